using System.Text.Json;
using Winnow.Data;

namespace Winnow.Jobs;

/// <summary>One run of a job by one process, as long as its lease holds.</summary>
public sealed class JobRun
{
    private static readonly SqlFile Sql = SqlFile.Beside<JobRun>();
    private readonly Db db;
    private readonly TimeProvider clock;
    private readonly string owner, kind;
    private string state;

    internal JobRun(Db db, TimeProvider clock, ClaimedJob job, string owner)
    {
        (this.db, this.clock, this.owner, state) = (db, clock, owner, job.State);
        (AccountId, Id, kind, UserId, Done, Total) = (job.AccountId, job.Id, job.Kind, job.CreatedBy, job.Done, job.Total);
    }

    /// <summary>How long a claim holds without a sign of life.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>The account the job belongs to.</summary>
    public long AccountId { get; }

    /// <summary>The job's id in its account.</summary>
    public long Id { get; }

    /// <summary>Who asked for it; null for the system.</summary>
    public long? UserId { get; }

    /// <summary>Whether the end of this job is told to who asked for it. A job that is only one leg of a longer way says no.</summary>
    public bool IsNews { get; set; } = true;

    /// <summary>Items done so far.</summary>
    public long Done { get; private set; }

    /// <summary>Items in all; 0 when not known.</summary>
    public long Total { get; private set; }

    /// <summary>The state that the last step left, or the one it was put in with.</summary>
    public TState State<TState>() => JsonSerializer.Deserialize<TState>(state, JobQueue.Json)!;

    /// <summary>Does one piece of work in a transaction together with the job's new state and progress.</summary>
    /// <param name="work">Does the piece; returns the state to go on from, how many more items are done, and the total when it became known.</param>
    /// <exception cref="LeaseLostException">Another process has the job now; nothing of this piece was kept.</exception>
    /// <exception cref="JobPausedException">Someone asked to pause; nothing of this piece was kept.</exception>
    /// <exception cref="JobCancelledException">Someone asked to stop; nothing of this piece was kept.</exception>
    public async Task Step<TState>(Func<Tx, Task<Step<TState>>> work, CancellationToken stop) where TState : notnull
    {
        var (next, step) = await db.Write(async tx =>
        {
            await MustBeOurs(tx);
            var step = await work(tx);
            var next = JsonSerializer.Serialize(step.State, JobQueue.Json);
            await tx.Execute(Sql["advance"], new
            {
                AccountId, Id, state = next, done = Done + step.Done, total = step.Total ?? Total, until = clock.GetUtcNow() + Lease,
            });
            return (next, step);
        }, stop);
        (state, Done, Total) = (next, Done + step.Done, step.Total ?? Total);
    }

    private async Task MustBeOurs(Tx tx)
    {
        var held = await tx.SingleOrNone<Held>(Sql["held"], new { AccountId, Id, owner });
        if (held is null) throw new LeaseLostException();
        if (held.CancelAsked) throw new JobCancelledException();
        if (held.PauseAsked) throw new JobPausedException();
    }

    internal Task<bool> Extend(CancellationToken stop) => Write("extend", new { AccountId, Id, owner, until = clock.GetUtcNow() + Lease }, stop);

    /// <summary>Ends the job and tells who started it, in one transaction.</summary>
    internal Task<bool> Finish(string outcome, string? error, object? result, CancellationToken stop) => db.Write(async tx =>
    {
        var now = clock.GetUtcNow();
        var ended = await tx.Execute(Sql["finish"], new { AccountId, Id, owner, outcome, error, now, result = result is null ? null : JsonSerializer.Serialize(result, JobQueue.Json) }) == 1;
        if (ended && IsNews && UserId is { } user) await Notifications.Make(tx, AccountId, user, Id, kind, outcome, now);
        return ended;
    }, stop);

    /// <summary>Lets go of it: whoever claims it next goes on from the last step.</summary>
    internal Task<bool> Release(CancellationToken stop) => Write("release", new { AccountId, Id, owner }, stop);

    internal Task<bool> Retry(string error, TimeSpan pause, CancellationToken stop) =>
        Write("retry", new { AccountId, Id, owner, error, until = clock.GetUtcNow() + pause }, stop);

    internal Task<bool> Postpone(string error, TimeSpan pause, CancellationToken stop) =>
        Write("postpone", new { AccountId, Id, owner, error, until = clock.GetUtcNow() + pause }, stop);

    private Task<bool> Write(string statement, object args, CancellationToken stop) =>
        db.Write(async tx => await tx.Execute(Sql[statement], args) == 1, stop);

    private sealed record Held(bool CancelAsked, bool PauseAsked);
}

/// <summary>What a step leaves behind.</summary>
/// <param name="State">Where to go on.</param>
/// <param name="Done">How many more items are done.</param>
/// <param name="Total">Items in all, when this step found out.</param>
public readonly record struct Step<TState>(TState State, long Done, long? Total = null) where TState : notnull;

internal sealed record ClaimedJob(long AccountId, long Id, string Kind, string State, long Done, long Total, int Attempts, long? CreatedBy);
