using System.Text.Json;
using Winnow.Data;

namespace Winnow.Jobs;

/// <summary>Jobs are rows: put in with the caller's transaction, claimed with a lease, run step by step (<see cref="JobRunner"/>).</summary>
public sealed class JobQueue(Db db, TimeProvider clock)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly SqlFile Sql = SqlFile.Beside<JobQueue>();
    private readonly SemaphoreSlim arrived = new(0);

    /// <summary>Puts a job in; it starts when the caller's transaction has committed.</summary>
    /// <param name="title">What it does, for people: "Delete 12,345 contacts".</param>
    /// <param name="total">How many items it will go through; 0 when not known yet.</param>
    /// <returns>The id of the job in this account.</returns>
    public async Task<long> Enqueue<TJob>(Tx tx, long accountId, string title, object state, long total, long? userId) where TJob : IJob
    {
        var id = await Enqueue(tx, accountId, typeof(TJob).Name, title, state, total, userId, clock.GetUtcNow());
        arrived.Release();
        return id;
    }

    /// <summary>Puts a job in that runs as soon as somebody looks.</summary>
    internal static async Task<long> Enqueue(Tx tx, long accountId, string kind, string title, object state, long total, long? userId, DateTimeOffset now)
    {
        var id = await Ids.Next(tx, accountId, "job");
        await tx.Execute(Sql["enqueue"], new { accountId, id, kind, title, state = JsonSerializer.Serialize(state, Json), total, userId, now });
        return id;
    }

    /// <summary>The job, or null when this account has none of this id.</summary>
    public Task<Job?> Find(long accountId, long id) => db.Read(tx => tx.SingleOrNone<Job>(Sql["find"], new { accountId, id }));

    /// <summary>These jobs, by id; those that this account does not have are missing.</summary>
    public async Task<Dictionary<long, Job>> Find(long accountId, IReadOnlyCollection<long> ids) => ids.Count == 0 ? []
        : (await db.Read(tx => tx.Query<Job>(Sql["find-some"], new { accountId, ids = ids.ToArray() }))).ToDictionary(j => j.Id);

    /// <summary>A page of the account's jobs: open ones first, then the latest.</summary>
    /// <param name="open">Only those that wait or run, only those that ended, or null for all.</param>
    public Task<List<Job>> Page(long accountId, bool? open, int skip, int take, CancellationToken stop = default) =>
        db.Read(tx => tx.Query<Job>(Sql["page"], new { accountId, takeOpen = open != false, takeEnded = open != true, skip, take }), stop);

    /// <summary>How many jobs of the account wait or run.</summary>
    public Task<long> CountOpen(long accountId, CancellationToken stop = default) => db.Read(tx => tx.Single<long>(Sql["count-open"], new { accountId }), stop);

    /// <summary>Gives a job another title: one that was put in by somebody who does not know the reader's language.</summary>
    public Task Retitle(Tx tx, long accountId, long id, string title) => tx.Execute(Sql["retitle"], new { accountId, id, title });

    /// <summary>Asks a job to stop after its present step.</summary>
    public Task Cancel(long accountId, long id) => db.Write(tx => Cancel(tx, accountId, id));

    /// <inheritdoc cref="Cancel(long, long)"/>
    /// <returns>False when it had ended already, or there is none of this id.</returns>
    public async Task<bool> Cancel(Tx tx, long accountId, long id) => await tx.Execute(Sql["ask-cancel"], new { accountId, id, now = clock.GetUtcNow() }) == 1;

    /// <summary>Asks a job to wait after its present step, whatever becomes of this process.</summary>
    /// <returns>False when it has ended, waits already, or there is none of this id.</returns>
    public async Task<bool> Pause(Tx tx, long accountId, long id) => await tx.Execute(Sql["pause"], new { accountId, id, now = clock.GetUtcNow() }) == 1;

    /// <summary>Lets a paused job go on where it is.</summary>
    /// <returns>False when it is not paused, or there is none of this id.</returns>
    public async Task<bool> Resume(Tx tx, long accountId, long id)
    {
        if (await tx.Execute(Sql["resume"], new { accountId, id, now = clock.GetUtcNow() }) == 0) return false;
        arrived.Release();
        return true;
    }

    /// <summary>Waits until a job was put in by this process, or the time is over.</summary>
    internal Task Arrived(TimeSpan atMost, CancellationToken stop) => arrived.WaitAsync(atMost, stop);
}
