using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Looks for the members of new and edited lists: one pass over the contacts in the order of their ids, for all lists that
/// wait at that moment, a chunk of 65,536 ids a step. Writers go on meanwhile and note every join and leave as an absolute delta;
/// contacts are read before the deltas of their chunk are taken, so what is noted is never older than what was read.</summary>
public sealed class BuildLists(Db db, Properties properties, ListMembers members, FilterFacts facts, JobQueue jobs, TimeProvider clock) : IJob
{
    private const int FinishBelow = 2_000;
    private static readonly SqlFile Sql = SqlFile.Beside<BuildLists>();
    private static readonly Statement Contacts = Statement.Built("contacts of a chunk",
        $"select {ContactColumn.List()} from contacts where account_id = @accountId and id between @from and @to order by id");
    private static readonly BulkTable Chunks = new("list_chunks", "account_id", "list_id", "chunk", "count", "members", "joined");

    /// <summary>Where the pass is.</summary>
    /// <param name="Chunk">The next chunk; below 0 before the lists were taken.</param>
    public sealed record Pass(long Chunk);

    /// <summary>Puts the job in for lists that were made or edited in this transaction.</summary>
    internal static Task<long> Start(Tx tx, JobQueue jobs, long accountId, string listName, long? userId) =>
        jobs.Enqueue<BuildLists>(tx, accountId, listName.Length == 0 ? "Fill lists that ask for other lists" : $"Fill the list {listName}", new Pass(-1), 0, userId);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        if (run.State<Pass>().Chunk < 0) await run.Step(tx => TakeWaiting(tx, run), stop);
        while (await Lists(run, stop) is { Count: > 0 } lists)
        {
            var chunk = run.State<Pass>().Chunk;
            if (chunk > await LastChunk(run, stop)) break;
            var found = await Evaluate(run.AccountId, chunk, lists, stop);
            await run.Step(tx => WriteChunk(tx, run, chunk, found), stop);
        }
        return (await Lists(run, stop)).Count == 0 ? new { lists = 0 } : await Finish(run, stop);       // another pass took them along
    }

    /// <summary>Lists that no other pass has: several made in a row are found in one. Who asks for a list that is not filled yet waits for the next pass. What they were
    /// told until now is forgotten, as lists that they ask for may have been half filled when it was: the pass reads every contact after this.</summary>
    private async Task<Step<Pass>> TakeWaiting(Tx tx, JobRun run)
    {
        var ids = await Ready(tx, run.AccountId);
        long[] taken = ids.Length == 0 ? [] : [.. await tx.Query<long>(Sql["take-waiting"], new { run.AccountId, run.Id, ids, now = clock.GetUtcNow() })];
        if (taken.Length == 0) return new(new(0), 0, 0);
        await tx.Execute(Sql["take-deltas"], new { run.AccountId, lists = taken, from = 0L, to = long.MaxValue });
        return new(new(0), 0, await tx.Single<long>(Sql["last-contact"], new { run.AccountId }));
    }

    private async Task<long[]> Ready(Tx tx, long accountId)
    {
        var catalog = await properties.Catalog(tx, accountId);
        var unfilled = (await tx.Query<long>(Sql["unfilled"], new { accountId })).ToHashSet();
        return [.. (await tx.Query<Row>(Sql["waiting"], new { accountId })).Where(row => !FollowingLists.Read(row.Id, row.Filter, row.TimeZone, catalog).ListIds.Any(unfilled.Contains)).Select(row => row.Id)];
    }

    private async Task<List<FollowingList>> Lists(JobRun run, CancellationToken stop) => await db.Read(async tx =>
    {
        var catalog = await properties.Catalog(tx, run.AccountId);
        return (await tx.Query<Row>(Sql["mine"], new { run.AccountId, run.Id }))
            .Select(row => new FollowingList(row.Id, false, FollowingLists.Read(row.Id, row.Filter, row.TimeZone, catalog), null)).ToList();
    }, stop);

    private Task<long> LastChunk(JobRun run, CancellationToken stop) =>
        db.Read(async tx => MemberSet.ChunkOf(await tx.Single<long>(Sql["last-contact"], new { run.AccountId })), stop);

    /// <summary>Reads a chunk of contacts once and asks every list; no transaction, so nobody waits.</summary>
    private Task<Dictionary<long, MemberSet>> Evaluate(long accountId, long chunk, List<FollowingList> lists, CancellationToken stop) => db.Read(async tx =>
    {
        var (from, to, now) = (chunk << MemberChunk.Bits, (chunk << MemberChunk.Bits) + MemberChunk.Mask, clock.GetUtcNow());
        var known = await facts.About(tx, accountId, lists.Select(l => l.Filter), from, to, now);
        var batch = new FilterBatch(1 << MemberChunk.Bits, lists.Select(l => l.Filter), now, known);
        await using (var rows = await tx.Reader(Contacts, new { accountId, from, to }))
            while (await rows.ReadAsync(stop))
            {
                var contact = Contact.Read(rows);
                batch.Add((int)(contact.Id & MemberChunk.Mask), contact);
            }
        return lists.ToDictionary(list => list.Id, list => MemberSet.Of(chunk, batch.Answer(list.Filter)));
    }, stop);

    /// <summary>Writes the chunk of every list that is still this job's: one edited meanwhile belongs to the next pass.</summary>
    private async Task<Step<Pass>> WriteChunk(Tx tx, JobRun run, long chunk, Dictionary<long, MemberSet> found)
    {
        var mine = (await tx.Query<Row>(Sql["hold-mine"], new { run.AccountId, run.Id })).Select(r => r.Id).Where(found.ContainsKey).ToArray();
        var (from, to) = (chunk << MemberChunk.Bits, (chunk << MemberChunk.Bits) + MemberChunk.Mask);
        foreach (var (listId, contactId, added) in await tx.Query<(long, long, bool)>(Sql["take-deltas"], new { run.AccountId, lists = mine, from, to }))
            _ = added ? found[listId].Add(contactId) : found[listId].Remove(contactId);
        await tx.Execute(Sql["clear-chunk"], new { run.AccountId, lists = mine, chunk });       // there only when a build that had got to its end was broken off
        var joined = JoinTimes.All(JoinTimes.Second(clock.GetUtcNow()));
        await tx.Bulk(Chunks, mine.Where(id => found[id].Count > 0), (row, id) =>
        {
            row.Long(run.AccountId);
            row.Long(id);
            row.Long(chunk);
            row.Long(found[id].Count);
            row.Bytes(found[id].Encode(chunk));
            row.Bytes(joined);
        });
        return new(new(chunk + 1), Math.Max(0, Math.Min(to, run.Total) - Math.Max(from, run.Done)));
    }

    /// <summary>Folds what was noted meanwhile, the last of it alone behind the gate, and declares the lists complete.</summary>
    private async Task<object?> Finish(JobRun run, CancellationToken stop)
    {
        foreach (var listId in await db.Read(tx => tx.Query<long>(Sql["with-deltas"], new { run.AccountId, run.Id, atLeast = FinishBelow }), stop))
            await run.Step(tx => FoldMost(tx, run, listId), stop);
        var finished = 0;
        await run.Step(async tx =>
        {
            await ListGate.Alone(tx, run.AccountId);
            await tx.Query<Row>(Sql["hold-mine"], new { run.AccountId, run.Id });
            foreach (var listId in await tx.Query<long>(Sql["with-deltas"], new { run.AccountId, run.Id, atLeast = 1 })) await members.Fold(tx, run.AccountId, listId);
            finished = await tx.Execute(Sql["complete"], new { run.AccountId, run.Id, now = clock.GetUtcNow() });
            if (await Ready(tx, run.AccountId) is { Length: > 0 } && finished > 0) await Start(tx, jobs, run.AccountId, "", null);
            return new Step<Pass>(run.State<Pass>(), Math.Max(0, run.Total - run.Done));
        }, stop);
        return new { lists = finished };
    }

    private async Task<Step<Pass>> FoldMost(Tx tx, JobRun run, long listId)
    {
        if ((await tx.Query<Row>(Sql["hold-mine"], new { run.AccountId, run.Id })).Any(r => r.Id == listId)) await members.Fold(tx, run.AccountId, listId);
        return new(run.State<Pass>(), 0);
    }

    private sealed record Row(long Id, string Filter, string TimeZone);
}
