using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>What is about to be deleted, frozen: exactly this and nothing else.</summary>
/// <param name="SelectionId">The frozen selection.</param>
/// <param name="Marketing">How many of them are marketing contacts.</param>
/// <param name="Sample">Some of them.</param>
/// <param name="Tier">Contacts that count toward the tier before and after.</param>
/// <param name="FrozenAt">When the selection was frozen (UTC).</param>
public sealed record DeleteReceipt(long SelectionId, DateTimeOffset FrozenAt, long Count, long Marketing, IReadOnlyList<Contact> Sample, (long Before, long After) Tier);

/// <summary>Where a delete is, and at its end what came of it.</summary>
/// <param name="After">All ids up to here are done.</param>
/// <param name="Deleted">Contacts deleted; fewer than ordered when others deleted some of them meanwhile.</param>
/// <param name="EraseJobId">The job that erases them; null while there is none.</param>
public sealed record DeleteState(long OperationId, long After, long Deleted, bool Permanent, long? EraseJobId = null);

/// <summary>Deletes a selection of contacts: frozen first, confirmed by its number, then taken out in short transactions in the
/// order of their ids, each with the place to go on from. Restorable for <see cref="RestorableDays"/> days, or permanent: then
/// <see cref="EraseContacts"/> goes on with them, and their addresses are kept from being imported from this moment on.</summary>
public sealed class DeleteContacts(Db db, ContactStore contacts, FrozenSelections selections, ListMembers members, AddressHashes hashes, JobQueue jobs, TimeProvider clock) : IJob
{
    /// <summary>How long a delete can be taken back, in days.</summary>
    public const int RestorableDays = 90;
    private const int SampleSize = 5;
    private static readonly SqlFile Sql = SqlFile.Beside<DeleteContacts>();

    /// <summary>Freezes a selection as it is now and says what deleting it would mean.</summary>
    /// <returns>The receipt, or what is wrong with the selection, as a sentence.</returns>
    public Task<(DeleteReceipt? Receipt, string? Error)> Freeze(long accountId, SelectionQuery query, TimeZoneInfo zone, long? userId, CancellationToken stop = default) =>
        db.Write<(DeleteReceipt?, string?)>(async tx =>
        {
            var (frozen, error) = await selections.Freeze(tx, accountId, query, zone, userId);
            return frozen is null ? (null, error) : (await Receipt(tx, frozen), null);
        }, stop);

    /// <summary>The receipt of a frozen selection again, or null when this account has none of this id.</summary>
    public Task<DeleteReceipt?> Find(long accountId, long selectionId, CancellationToken stop = default) => db.Read(async tx =>
        await selections.Find(tx, accountId, selectionId) is { } frozen ? await Receipt(tx, frozen) : null, stop);

    /// <summary>Orders the delete. The number typed must be that of the frozen selection, and the selection, evaluated again, the same
    /// set; else nothing happens. Posted twice it starts one job.</summary>
    /// <param name="query">The selection that the receipt was made of.</param>
    /// <param name="words">What was selected, in words, for the recycle bin.</param>
    /// <param name="title">The job's title.</param>
    public Task<BulkOutcome> Confirm(long accountId, long selectionId, long? typed, bool permanent, SelectionQuery query, TimeZoneInfo zone, string words, string title, long? userId, CancellationToken stop = default) =>
        db.Write(async tx =>
        {
            var (frozen, refused) = await selections.Confirm(tx, accountId, selectionId, typed, query, zone);
            if (frozen is null) return refused!;

            var operationId = await Ids.Next(tx, accountId, "bulk_operation");
            var jobId = await jobs.Enqueue<DeleteContacts>(tx, accountId, title, new DeleteState(operationId, 0, 0, permanent), frozen.Set.Count, userId);
            await tx.Execute(Sql["order"], new
            {
                accountId, operationId, selectionId, count = frozen.Set.Count, jobId, words, userId, now = clock.GetUtcNow(),
                until = permanent ? (DateTimeOffset?)null : clock.GetUtcNow().AddDays(RestorableDays),
            });
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ContactsDeleted, words, frozen.Set.Count, after: permanent ? "permanent" : "restorable");
            return new BulkOutcome(jobId);
        }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        if (run.State<DeleteState>().Permanent) await hashes.MakeKey(stop);
        var selectionId = await db.Read(tx => tx.Single<long>(Sql["selection-of"], new { run.AccountId, run.State<DeleteState>().OperationId }), stop);
        var pace = new PacedBatches(clock);
        while (await db.Read(tx => members.Page(tx, run.AccountId, selectionId, run.State<DeleteState>().After, pace.Size), stop) is { Count: > 0 } ids)
            await pace.Step(run, tx => DeleteBatch(tx, run, ids), stop);
        if (run.State<DeleteState>() is { Permanent: true, EraseJobId: null })
            await run.Step(async tx => new Step<DeleteState>(run.State<DeleteState>() with { After = 0, EraseJobId = await EraseContacts.Order(tx, jobs, run.AccountId, run.State<DeleteState>().OperationId, run.State<DeleteState>().Deleted, run.UserId) }, 0), stop);
        return run.State<DeleteState>();
    }

    private async Task<Step<DeleteState>> DeleteBatch(Tx tx, JobRun run, List<long> ids)
    {
        var state = run.State<DeleteState>();
        var others = state.Permanent ? await tx.Query<string>(Sql["additional-addresses"], new { accountId = run.AccountId, ids = ids.ToArray() }) : [];   // a delete frees them
        var gone = await contacts.Delete(tx, run.AccountId, state.OperationId, ids);
        if (state.Permanent) await contacts.Block(tx, run.AccountId, [.. others, .. await tx.Query<string>(Sql["addresses-in-bin"], new { run.AccountId, state.OperationId, ids = ids.ToArray() })]);
        await tx.Execute(Sql["count-deleted"], new { run.AccountId, state.OperationId, count = (long)gone.Count });
        return new(state with { After = ids[^1], Deleted = state.Deleted + gone.Count }, ids.Count);
    }

    private async Task<DeleteReceipt> Receipt(Tx tx, FrozenSelection frozen)
    {
        var (accountId, set) = (frozen.AccountId, frozen.Set);
        var marketing = await Marketing(tx, accountId, set);
        var counting = (await contacts.Counts(tx, accountId)).Marketing;
        var sample = await contacts.Read(tx, accountId, [.. set.After(0).Take(SampleSize)]);
        return new(frozen.Id, frozen.At, set.Count, marketing, sample, (counting, counting - marketing));
    }

    private static async Task<long> Marketing(Tx tx, long accountId, MemberSet set)
    {
        if (set.Count <= ContactIndex.Small) return await tx.Single<long>(Sql["marketing-among"], new { accountId, ids = set.Ids.ToArray() });
        var count = 0L;
        await using var rows = await tx.Reader(Sql["marketing"], new { accountId });
        while (await rows.ReadAsync(tx.Stop)) if (set.Contains(rows.GetInt64(0))) count++;
        return count;
    }
}
