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

    [Theory, Databases]
    public async Task A_paused_job_waits_over_a_restart_goes_on_where_it_was_and_the_pause_is_not_counted_as_work(string database)
    {
        await using var app = await TestApp.On(database);
        var (queue, id) = await Enqueue(app, steps: 5);
        Assert.False(await app.Db.Write(tx => queue.Pause(tx, TestApp.OtherAccount, id)));
        await Runner(app, queue, new Counting { Before = async i => { app.Clock.Advance(TimeSpan.FromSeconds(1)); if (i == 2) Assert.True(await app.Db.Write(tx => queue.Pause(tx, TestApp.Account, id))); } }).RunOpenJobs();
        var paused = (await queue.Find(TestApp.Account, id))!;
        Assert.Equal((true, 2L, true), (paused.IsPaused, paused.Done, paused.IsOpen));
        app.Clock.Advance(TimeSpan.FromHours(3));
        await Runner(app, queue, new Counting()).RunOpenJobs();                        // another process, later: nobody let it go on
        Assert.Equal((2L, TimeSpan.FromSeconds(3)), (await queue.Find(TestApp.Account, id) is { } waits ? (waits.Done, waits.Worked(app.Clock.GetUtcNow())!.Value) : default));
        Assert.True(await app.Db.Write(tx => queue.Resume(tx, TestApp.Account, id)));
        Assert.False(await app.Db.Write(tx => queue.Resume(tx, TestApp.Account, id)));
        await Runner(app, queue, new Counting()).RunOpenJobs();
        var done = (await queue.Find(TestApp.Account, id))!;
        Assert.Equal(("done", 5L, TimeSpan.FromSeconds(3)), (done.Outcome, done.Done, done.Worked(app.Clock.GetUtcNow())));
        Assert.Equal(5, await app.Scalar<long>("select count(*) from cursors where account_id = 1"));

        (queue, id) = await Enqueue(app, steps: 5);                                    // one that is paused can be stopped
        await app.Db.Write(tx => queue.Pause(tx, TestApp.Account, id));
        await Runner(app, queue, new Counting()).RunOpenJobs();
        await queue.Cancel(TestApp.Account, id);
        await Runner(app, queue, new Counting()).RunOpenJobs();
        Assert.Equal(("cancelled", 0L), ((await queue.Find(TestApp.Account, id))!.Outcome, (await queue.Find(TestApp.Account, id))!.Done));
    }

    [Theory, Databases]
    public async Task Who_started_a_job_is_told_of_its_end_once_and_nobody_else_is(string database)
    {
        await using var app = await TestApp.On(database);
        var (queue, done) = await Enqueue(app, steps: 2, user: 7);
        var slow = new Counting { During = async () => { app.Clock.Advance(TimeSpan.FromMinutes(1)); await Runner(app, queue, new Counting()).RunOpenJobs(); } };
        await Runner(app, queue, slow).RunOpenJobs();                                            // two processes worked at it; one of them ended it
        var (_, stopped) = await Enqueue(app, steps: 2, user: 7);
        await queue.Cancel(TestApp.Account, stopped);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await Runner(app, queue, new Counting()).RunOpenJobs();
        await Enqueue(app, steps: 1);
        await Runner(app, queue, new Counting()).RunOpenJobs();                                  // nobody asked for this one

        var notifications = app.Get<Notifications>();
        var (unread, latest) = await notifications.Latest(TestApp.Account, 7);
        Assert.Equal(2, unread);
        Assert.Equal([(stopped, "cancelled"), (done, "done")], latest.Select(n => (n.JobId, n.Outcome)));
        Assert.Empty((await notifications.Latest(TestApp.Account, 8)).Latest);
        Assert.Empty((await notifications.Latest(TestApp.OtherAccount, 7)).Latest);

        Assert.Equal(1, (await notifications.Latest(TestApp.Account, 7, reading: done)).Unread);
        Assert.False(await notifications.Read(TestApp.OtherAccount, 7, done));
        Assert.False(await notifications.Read(TestApp.Account, 8, done));
        Assert.True(await notifications.Read(TestApp.Account, 7, done));
        Assert.Equal(1, (await notifications.Latest(TestApp.Account, 7)).Unread);
        await notifications.ReadAll(TestApp.Account, 7);
        Assert.Equal(0, (await notifications.Latest(TestApp.Account, 7)).Unread);
    }

    [Theory, Databases]
    public async Task A_failed_job_is_told_of_and_all_is_forgotten_after_90_days(string database)
    {
        await using var app = await TestApp.On(database);
        var (queue, id) = await Enqueue(app, steps: 2, user: 7);
        for (var i = 0; i < 6; i++)
        {
            Assert.Empty((await app.Get<Notifications>().Latest(TestApp.Account, 7)).Latest.Take(i < 5 ? 1 : 0));      // not before it is given up
            await Runner(app, queue, new Counting { DieBefore = 0 }).RunOpenJobs();
            app.Clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal((id, "failed"), (await app.Get<Notifications>().Latest(TestApp.Account, 7)).Latest.Select(n => (n.JobId, n.Outcome)).Single());

        app.Clock.Advance(TimeSpan.FromDays(89));
        await app.Get<Notifications>().Forget(default);
        Assert.Single((await app.Get<Notifications>().Latest(TestApp.Account, 7)).Latest);
        app.Clock.Advance(TimeSpan.FromDays(1));
        await app.Get<Notifications>().Forget(default);
        Assert.Empty((await app.Get<Notifications>().Latest(TestApp.Account, 7)).Latest);
    }

    private static async Task<(JobQueue, long)> Enqueue(TestApp app, int steps, long? user = null)
    {
        var queue = app.Get<JobQueue>();
        return (queue, await app.Db.Write(tx => queue.Enqueue<Counting>(tx, TestApp.Account, "Count", new Counter(0, steps), steps, user)));
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
