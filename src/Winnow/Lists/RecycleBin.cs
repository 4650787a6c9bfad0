using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>The deletes that can be taken back, and the end of those that no longer can.</summary>
public sealed class RecycleBin(Db db, DeletedMembers deleted, Erasure erasure, AddressHashes hashes, JobQueue jobs, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<RecycleBin>();

    /// <summary>The deletes of the last <see cref="DeleteContacts.RestorableDays"/> days, the latest first.</summary>
    public Task<List<BulkOperation>> Operations(long accountId) => db.Read(tx =>
        tx.Query<BulkOperation>(Sql["operations"], new { accountId, since = clock.GetUtcNow().AddDays(-DeleteContacts.RestorableDays) }));

    /// <summary>The delete, or null when this account has none of this id.</summary>
    public Task<BulkOperation?> Find(long accountId, long operationId) => db.Read(tx => Find(tx, accountId, operationId));

    /// <inheritdoc cref="Find(long, long)"/>
    public Task<BulkOperation?> Find(Tx tx, long accountId, long operationId) => tx.SingleOrNone<BulkOperation>(Sql["find"], new { accountId, operationId });

    /// <summary>Erases what is past its date, and receipts that nobody confirmed within a day, in short transactions. A permanent delete that was stopped,
    /// or whose erasure was, is erased all the same as far as it came.</summary>
    public async Task Empty(CancellationToken stop)
    {
        var pace = new PacedBatches(clock);
        var past = await db.Read(tx => tx.Query<Due>(Sql["due"], new { now = clock.GetUtcNow() }), stop);
        if (past.Count > 0) await hashes.MakeKey(stop);
        foreach (var due in past)
            for (var finished = false; !finished;)
                await pace.Take(async () => finished = await db.Write(tx => Erase(tx, due, pace.Size), stop));
        foreach (var cut in await db.Read(tx => tx.Query<Cut>(Sql["not-erased"]), stop))
            await db.Write(tx => EraseContacts.Order(tx, jobs, cut.AccountId, cut.Id, cut.Deleted, cut.UserId), stop);
        foreach (var (accountId, id) in await db.Read(tx => tx.Query<(long, long)>(Sql["unused-selections"], new { before = clock.GetUtcNow().AddDays(-1) }), stop))
            await db.Write(tx => Forget(tx, accountId, id), stop);
    }

    /// <summary>One batch; true when it was the last.</summary>
    private async Task<bool> Erase(Tx tx, Due due, long limit)
    {
        if (await erasure.Batch(tx, due.AccountId, due.Id, limit, block: false) > 0) return false;
        await deleted.Forget(tx, due.AccountId, due.Id);
        await tx.Execute(Sql["purged"], new { due.AccountId, due.Id, now = clock.GetUtcNow() });
        return true;
    }

    private static async Task Forget(Tx tx, long accountId, long id)
    {
        await tx.Execute(Sql["forget-chunks"], new { accountId, id });
        await tx.Execute(Sql["forget-selection"], new { accountId, id });
    }

    private sealed record Due(long AccountId, long Id);
    private sealed record Cut(long AccountId, long Id, long Deleted, long? UserId);
}
