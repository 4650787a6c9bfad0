using Winnow.Data;

namespace Winnow.Lists;

/// <summary>The deletes that can be taken back, and the end of those that no longer can.</summary>
public sealed class RecycleBin(Db db, DeletedMembers deleted, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<RecycleBin>();

    /// <summary>The deletes of the last <see cref="DeleteContacts.RestorableDays"/> days, the latest first.</summary>
    public Task<List<BulkOperation>> Operations(long accountId) => db.Read(tx =>
        tx.Query<BulkOperation>(Sql["operations"], new { accountId, since = clock.GetUtcNow().AddDays(-DeleteContacts.RestorableDays) }));

    /// <summary>The delete, or null when this account has none of this id.</summary>
    public Task<BulkOperation?> Find(long accountId, long operationId) => db.Read(tx => Find(tx, accountId, operationId));

    /// <inheritdoc cref="Find(long, long)"/>
    public Task<BulkOperation?> Find(Tx tx, long accountId, long operationId) => tx.SingleOrNone<BulkOperation>(Sql["find"], new { accountId, operationId });

    /// <summary>Erases what is past its date, and receipts that nobody confirmed within a day, in short transactions.</summary>
    public async Task Empty(CancellationToken stop)
    {
        var pace = new PacedBatches(clock);
        foreach (var due in await db.Read(tx => tx.Query<Due>(Sql["due"], new { now = clock.GetUtcNow() }), stop))
            for (var finished = false; !finished;)
                await pace.Take(async () => finished = await db.Write(tx => Erase(tx, due, pace.Size), stop));
        foreach (var (accountId, id) in await db.Read(tx => tx.Query<(long, long)>(Sql["unused-selections"], new { before = clock.GetUtcNow().AddDays(-1) }), stop))
            await db.Write(tx => Forget(tx, accountId, id), stop);
    }

    /// <summary>One batch; true when it was the last.</summary>
    private async Task<bool> Erase(Tx tx, Due due, long limit)
    {
        var ids = (await tx.Query<long>(Sql["next"], new { due.AccountId, due.Id, limit })).ToArray();
        if (ids.Length > 0)
        {
            await tx.Execute(Sql["erase-history"], new { due.AccountId, ids });
            await tx.Execute(Sql["erase-words"], new { due.AccountId, ids });
            await tx.Execute(Sql["erase"], new { due.AccountId, due.Id, ids });
            return false;
        }
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
}
