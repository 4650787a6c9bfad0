using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Where a restore is, and at its end what came of it.</summary>
public sealed record RestoreState(long OperationId, long After, long Restored);

/// <summary>Brings the contacts of one delete back from the recycle bin, with their places in static lists, in short transactions.</summary>
public sealed class RestoreContacts(Db db, ContactStore contacts, Properties properties, RecycleBin bin, JobQueue jobs, TimeProvider clock) : IJob
{
    private static readonly SqlFile Sql = SqlFile.Beside<RestoreContacts>();

    /// <summary>Orders the restore. Posted twice it starts one job.</summary>
    /// <param name="title">The job's title.</param>
    /// <returns>The job's id, or why nothing can be restored, as a sentence.</returns>
    public Task<(long? JobId, string? Error)> Request(long accountId, long operationId, string title, long? userId, CancellationToken stop = default) =>
        db.Write<(long?, string?)>(async tx =>
        {
            await tx.SingleOrNone<long>(Sql["lock"], new { accountId, operationId });
            if (await bin.Find(tx, accountId, operationId) is not { } operation) return (null, "There is no such delete.");
            if (!operation.IsRestorable(clock.GetUtcNow()) && operation.RestoreJobId is { } posted) return (posted, null);
            if (!operation.IsRestorable(clock.GetUtcNow())) return (null, operation.JobOutcome is null ? "The delete is still running. Stop it first." : "These contacts cannot be restored any more.");
            var jobId = await jobs.Enqueue<RestoreContacts>(tx, accountId, title, new RestoreState(operationId, 0, 0), operation.Deleted, userId);
            await tx.Execute(Sql["order"], new { accountId, operationId, jobId });
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ContactsRestored, operation.Source, operation.Deleted);
            return (jobId, null);
        }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var catalog = await db.Read(tx => properties.Catalog(tx, run.AccountId), stop);
        var pace = new PacedBatches(clock);
        while (await db.Read(tx => tx.Query<long>(Sql["next"], new { run.AccountId, run.State<RestoreState>().OperationId, run.State<RestoreState>().After, limit = (long)pace.Size }), stop) is { Count: > 0 } ids)
            await pace.Step(run, tx => RestoreBatch(tx, run, catalog, ids), stop);
        return run.State<RestoreState>();
    }

    private async Task<Step<RestoreState>> RestoreBatch(Tx tx, JobRun run, PropertyCatalog catalog, List<long> ids)
    {
        var state = run.State<RestoreState>();
        var actor = new Actor("CRM_UI", $"restore:{state.OperationId}", run.UserId);
        var back = await contacts.Restore(tx, actor, run.AccountId, state.OperationId, catalog, ids);
        await tx.Execute(Sql["count-restored"], new { run.AccountId, state.OperationId, count = (long)back });
        return new(state with { After = ids[^1], Restored = state.Restored + back }, ids.Count);
    }
}
