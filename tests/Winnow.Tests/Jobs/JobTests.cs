using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

public sealed class JobTests
{
    private static readonly Statement Mark = Statement.Built("mark", "insert into cursors (account_id, follower, change_id) values (@AccountId, @follower, 0)");

    [Theory, Databases]
    public async Task A_job_whose_process_dies_goes_on_where_it_was_and_does_no_step_twice(string database)
    {
        await using var app = await TestApp.On(database);
        var (queue, id) = await Enqueue(app, steps: 5);
        await Runner(app, queue, new Counting { DieBefore = 3 }).RunOpenJobs();                  // a step that throws is rolled back
        Assert.Equal((3, true), await State(queue, id));

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await Runner(app, queue, new Counting()).RunOpenJobs();
        Assert.Equal((5, false), await State(queue, id));
        Assert.Equal(5, await app.Scalar<long>("select count(*) from cursors where account_id = 1"));      // a step done twice would break the key
    }

    [Theory, Databases]
    public async Task A_process_that_lost_its_lease_keeps_nothing_of_its_step(string database)
    {
        await using var app = await TestApp.On(database);
        var (queue, id) = await Enqueue(app, steps: 2);
        var slow = new Counting { During = async () => { app.Clock.Advance(TimeSpan.FromMinutes(1)); await Runner(app, queue, new Counting()).RunOpenJobs(); } };
        await Runner(app, queue, slow).RunOpenJobs();
        Assert.Equal((2, false), await State(queue, id));
        Assert.Equal(2, await app.Scalar<long>("select count(*) from cursors where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_job_that_keeps_failing_says_why_and_stops(string database)
    {
        await using var app = await TestApp.On(database);
        var (queue, id) = await Enqueue(app, steps: 2);
        for (var i = 0; i < 6; i++)
        {
            await Runner(app, queue, new Counting { DieBefore = 0 }).RunOpenJobs();
            app.Clock.Advance(TimeSpan.FromHours(1));
        }
        var job = await queue.Find(TestApp.Account, id);
        Assert.Equal(("failed", "died"), (job!.Outcome, job.Error));
    }

    [Theory, Databases]
    public async Task A_cancelled_job_stops_between_steps_and_another_account_cannot_see_it(string database)
    {
        await using var app = await TestApp.On(database);
        var (queue, id) = await Enqueue(app, steps: 5);
        await queue.Cancel(TestApp.OtherAccount, id);
        await Runner(app, queue, new Counting { Before = i => i == 2 ? queue.Cancel(TestApp.Account, id) : Task.CompletedTask }).RunOpenJobs();
        var job = await queue.Find(TestApp.Account, id);
        Assert.Equal(("cancelled", 2L), (job!.Outcome, job.Done));
        Assert.Null(await queue.Find(TestApp.OtherAccount, id));
    }

    private static async Task<(JobQueue, long)> Enqueue(TestApp app, int steps)
    {
        var queue = app.Get<JobQueue>();
        return (queue, await app.Db.Write(tx => queue.Enqueue<Counting>(tx, TestApp.Account, "Count", new Counter(0, steps), steps, null)));
    }

    private static async Task<(long Done, bool Open)> State(JobQueue queue, long id) => await queue.Find(TestApp.Account, id) is { } job ? (job.Done, job.IsOpen) : default;

    private static JobRunner Runner(TestApp app, JobQueue queue, Counting job) =>
        new(app.Db, queue, new ServiceCollection().AddKeyedSingleton<IJob>(nameof(Counting), job).BuildServiceProvider(), app.Clock, NullLogger<JobRunner>.Instance);

    private sealed record Counter(int At, int Steps);

    private sealed class Counting : IJob
    {
        public int? DieBefore { get; init; }
        public Func<int, Task>? Before { get; init; }
        public Func<Task>? During { get; init; }

        public async Task<object?> Run(JobRun run, CancellationToken stop)
        {
            if (During is not null) await During();
            while (run.State<Counter>() is var counter && counter.At < counter.Steps)
            {
                if (Before is not null) await Before(counter.At);
                await run.Step(async tx =>
                {
                    await tx.Execute(Mark, new { run.AccountId, follower = $"step {counter.At}" });
                    if (counter.At == DieBefore) throw new InvalidOperationException("died");
                    return new Step<Counter>(counter with { At = counter.At + 1 }, 1);
                }, stop);
            }
            return null;
        }
    }
}
