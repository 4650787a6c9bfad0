using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Who is in a list, of any kind, frozen selections (kind SELECTION) included. Members are chunks of 65,536 ids
/// (<see cref="MemberSet"/>) corrected by single joins and leaves (list_deltas) that a background run folds in.
/// <para>While a list is COMPLETE a delta is always a real difference to its chunk, so counts are a sum. While it is PROCESSING
/// deltas are absolute, the last one holds, and the end of the build folds them.</para>
/// <para>Who joins or leaves a contact must hold that contact's row lock, or have made it in the same transaction.</para></summary>
public sealed class ListMembers(Db db, TimeProvider clock)
{
    /// <summary>Fewer changes than this do not get a row of the history to themselves.</summary>
    private const int Few = 50;

    /// <summary>A chunk in which so many contacts move is rewritten at once: the same as noting each and folding them later.</summary>
    private const int Rewritten = 32;
    private static readonly SqlFile Sql = SqlFile.Beside<ListMembers>();
    private static readonly BulkTable Chunks = new("list_chunks", "account_id", "list_id", "chunk", "count", "members", "joined");
    private static readonly BulkTable Deltas = new("list_deltas", "account_id", "list_id", "contact_id", "added", "at");

    /// <summary>All members.</summary>
    public Task<MemberSet> Read(Tx tx, long accountId, long listId) => Read(tx, accountId, listId, 0, long.MaxValue >> MemberChunk.Bits);

    /// <summary>How many members the list has. While it is PROCESSING: about how many were found so far.</summary>
    public Task<long> Count(Tx tx, long accountId, long listId) => tx.Single<long>(Sql["count"], new { accountId, listId });

    /// <summary>The sizes of all lists of the account that have members, by list id.</summary>
    public async Task<Dictionary<long, long>> Counts(Tx tx, long accountId) =>
        (await tx.Query<(long ListId, long Members)>(Sql["counts"], new { accountId })).ToDictionary(c => c.ListId, c => c.Members);

    /// <summary>The members with ids after this one (0 to begin), ascending.</summary>
    public async Task<List<long>> Page(Tx tx, long accountId, long listId, long after, int limit)
    {
        var page = new List<long>(limit);
        var last = await tx.Single<long>(Sql["last-chunk"], new { accountId, listId });
        var from = MemberSet.ChunkOf(after + 1);
        for (var width = 1; from <= last && page.Count < limit; from += width, width *= 4)      // sparse lists: look further and further
            page.AddRange((await Read(tx, accountId, listId, from, from + width - 1)).After(after).Take(limit - page.Count));
        return page;
    }

    /// <summary>Whether the contact is in the list.</summary>
    public async Task<bool> Contains(Tx tx, long accountId, long listId, long contactId) =>
        (await Read(tx, accountId, listId, MemberSet.ChunkOf(contactId), MemberSet.ChunkOf(contactId))).Contains(contactId);

    /// <summary>Since when these members are in the list, to the second; who is not in it, or of whom nobody knows, is left out.</summary>
    public async Task<Dictionary<long, DateTimeOffset>> JoinTimes(Tx tx, long accountId, long listId, IReadOnlyCollection<long> contacts)
    {
        var (times, ids) = (new Dictionary<long, DateTimeOffset>(), new MemberSet(contacts));
        foreach (var chunk in await tx.Query<Stored>(Sql["chunks"], new { accountId, listId, chunks = ids.ChunkNumbers.ToArray() }))
        {
            var members = new MemberSet();
            members.Decode(chunk.Number, chunk.Members);
            var asked = ids.Only(chunk.Number).Intersect(members);
            var all = asked.Count > Few ? Lists.JoinTimes.Read(chunk.Joined) : null;
            foreach (var id in asked.Ids) if (Lists.JoinTimes.At(all?[id & MemberChunk.Mask] ?? Lists.JoinTimes.Of(chunk.Joined, (ushort)id)) is { } at) times[id] = at;
        }
        foreach (var (id, added, at) in await tx.Query<(long, bool, long)>(Sql["deltas"], new { accountId, listId, ids = contacts.ToArray() }))
            if (added) times[id] = DateTimeOffset.FromUnixTimeSeconds(at / 1_000);
            else times.Remove(id);
        return times;
    }

    /// <summary>Since when a contact is in these lists, by list id; where nobody knows it the list is left out.</summary>
    public async Task<Dictionary<long, DateTimeOffset>> JoinTimesOf(Tx tx, long accountId, long contactId, IReadOnlyCollection<long> lists)
    {
        var (times, of) = (new Dictionary<long, DateTimeOffset>(), new { accountId, contactId, chunk = MemberSet.ChunkOf(contactId), lists = lists.ToArray() });
        foreach (var (list, joined) in await tx.Query<(long, byte[]?)>(Sql["joined"], of))
            if (Lists.JoinTimes.At(Lists.JoinTimes.Of(joined, (ushort)contactId)) is { } at) times[list] = at;
        foreach (var (list, at) in await tx.Query<(long, long)>(Sql["joined-lately"], of)) times[list] = DateTimeOffset.FromUnixTimeSeconds(at / 1_000);
        return times;
    }

    /// <summary>The members in the order in which they joined, those of one second by id; of whom nobody knows it comes first.</summary>
    public async Task<long[]> InOrderOfJoining(Tx tx, long accountId, long listId)
    {
        var members = await Read(tx, accountId, listId);
        var seconds = new Dictionary<long, long[]>();
        foreach (var chunk in await tx.Query<Stored>(Sql["chunks"], new { accountId, listId, chunks = members.ChunkNumbers.ToArray() })) seconds[chunk.Number] = Lists.JoinTimes.Read(chunk.Joined);
        var lately = (await tx.Query<(long Id, bool, long At)>(Sql["all-deltas"], new { accountId, listId })).ToDictionary(d => d.Id, d => d.At / 1_000);
        var (bySecond, last) = (new SortedDictionary<long, List<long>>(), (Second: -1L, Ids: new List<long>()));
        foreach (var id in members.Ids)
        {
            var second = lately.TryGetValue(id, out var at) ? at : seconds.TryGetValue(MemberSet.ChunkOf(id), out var chunk) ? chunk[id & MemberChunk.Mask] : 0;
            if (second != last.Second)                                  // mostly many in a row joined together
            {
                if (!bySecond.TryGetValue(second, out var there)) bySecond[second] = there = [];
                last = (second, there);
            }
            last.Ids.Add(id);
        }
        return [.. bySecond.Values.SelectMany(ids => ids)];
    }

    /// <summary>Makes exactly these the members.</summary>
    /// <param name="joined">When they joined; null for a selection, of which nobody asks.</param>
    public async Task Write(Tx tx, long accountId, long listId, MemberSet members, DateTimeOffset? joined = null)
    {
        await Clear(tx, accountId, listId);
        var times = joined is { } at ? Lists.JoinTimes.All(Lists.JoinTimes.Second(at)) : null;
        await tx.Bulk(Chunks, members.ChunkNumbers, (row, chunk) =>
        {
            row.Long(accountId);
            row.Long(listId);
            row.Long(chunk);
            row.Long(members.CountOf(chunk));
            row.Bytes(members.Encode(chunk));
            row.Bytes(times);
        });
    }

    /// <summary>Takes everyone out.</summary>
    public async Task Clear(Tx tx, long accountId, long listId)
    {
        await Lock(tx, accountId, listId);
        await tx.Execute(Sql["clear-chunks"], new { accountId, listId });
        await tx.Execute(Sql["clear-deltas"], new { accountId, listId });
    }

    /// <summary>Many contacts join and leave a list that is COMPLETE, at once.</summary>
    public Task Flip(Tx tx, long accountId, long listId, MemberSet add, MemberSet remove) => Flip(tx, accountId, [new(listId, add, remove)]);

    /// <inheritdoc cref="Flip(Tx, long, long, MemberSet, MemberSet)"/>
    /// <param name="now">The second in which they join and leave.</param>
    /// <param name="since">Since which second each who joins counts as a member: an earlier one where a membership is given back.</param>
    internal Task Flip(Tx tx, long accountId, long listId, MemberSet add, MemberSet remove, long now, Func<long, long> since) => Flip(tx, accountId, [new(listId, add, remove)], now, since);

    /// <summary>Many contacts join and leave lists that are COMPLETE, at once: their chunks are rewritten and their deltas dropped. A handful of statements,
    /// however many lists.</summary>
    internal Task Flip(Tx tx, long accountId, IReadOnlyCollection<ListMoves> moves)
    {
        var now = Lists.JoinTimes.Second(clock.GetUtcNow());
        return Flip(tx, accountId, moves, now, _ => now);
    }

    private static async Task Flip(Tx tx, long accountId, IReadOnlyCollection<ListMoves> moves, long now, Func<long, long> since)
    {
        var lists = moves.Where(m => m.Joins.Count + m.Leaves.Count > 0).OrderBy(m => m.ListId).ToList();
        if (lists.Count == 0) return;
        await ChunkRewrite.Hold(tx, accountId, lists.Select(m => m.ListId));
        await ChunkRewrite.Write(tx, accountId, lists, _ => now, since, few: lists.Sum(m => m.Joins.Count + m.Leaves.Count) < Few);
        foreach (var (listId, ids) in await Noted(tx, accountId, lists)) await tx.Execute(Sql["drop-deltas"], new { accountId, listId, ids = ids.ToArray() });
    }

    /// <summary>Those of the contacts that move of whom a delta is noted, by list: mostly none.</summary>
    private static async Task<List<(long ListId, List<long> Contacts)>> Noted(Tx tx, long accountId, List<ListMoves> moves)
    {
        var (from, to) = (moves.Min(m => m.First), moves.Max(m => m.Last));
        var noted = (await tx.Query<(long ListId, long ContactId)>(Sql["noted"], new { accountId, lists = moves.Select(m => m.ListId).ToArray(), from, to })).ToLookup(n => n.ListId, n => n.ContactId);
        return [.. moves.Select(m => (m.ListId, noted[m.ListId].Where(id => m.Joins.Contains(id) || m.Leaves.Contains(id)).ToList())).Where(m => m.Item2.Count > 0)];
    }

    /// <summary>Contacts join and leave lists that are COMPLETE; they must really not be in them, or be in them. Chunks in which many move are rewritten, which holds
    /// their list, as long as that is allowed; the others are noted.</summary>
    internal async Task Move(Tx tx, long accountId, IReadOnlyCollection<ListMoves> moves, bool hold)
    {
        var (many, few) = (new List<ListMoves>(), new List<ListMoves>());
        foreach (var list in moves)
        {
            var there = list.Joins.ChunkNumbers.Union(list.Leaves.ChunkNumbers).ToLookup(chunk => hold && list.Joins.CountOf(chunk) + list.Leaves.CountOf(chunk) >= Rewritten);
            if (there[true].Any()) many.Add(new(list.ListId, list.Joins.Only(there[true]), list.Leaves.Only(there[true])));
            if (there[false].Any()) few.Add(new(list.ListId, list.Joins.Only(there[false]), list.Leaves.Only(there[false])));
        }
        await Flip(tx, accountId, many);
        await Note(tx, accountId, few);
    }

    /// <summary>Notes moves as deltas; one that takes a noted one back takes it away.</summary>
    private async Task Note(Tx tx, long accountId, List<ListMoves> moves)
    {
        if (moves.Count == 0) return;
        var undone = new Dictionary<long, MemberSet>();
        foreach (var (listId, ids) in await Noted(tx, accountId, moves)) undone[listId] = new(await tx.Query<long>(Sql["undo-deltas-of"], new { accountId, listId, ids = ids.ToArray() }));
        await Put(tx, accountId, moves.SelectMany(m => m.Joins.Ids.Select(id => (m.ListId, id, true)).Concat(m.Leaves.Ids.Select(id => (m.ListId, id, false))))
            .Where(d => undone.GetValueOrDefault(d.ListId)?.Contains(d.id) != true));
    }

    /// <summary>One contact joins and leaves lists that are COMPLETE. It must really not be in the former and be in the latter.</summary>
    public async Task Change(Tx tx, long accountId, long contactId, IReadOnlyCollection<long> joins, IReadOnlyCollection<long> leaves)
    {
        if (joins.Count + leaves.Count == 0) return;
        var undone = await tx.Query<long>(Sql["undo-deltas"], new { accountId, contactId, lists = joins.Concat(leaves).ToArray(), leaves = leaves.ToArray() });
        if (joins.Concat(leaves).Except(undone).ToArray() is { Length: > 0 } lists) await tx.Execute(Sql["put-deltas"], new { accountId, contactId, lists, joins = joins.ToArray(), now = clock.GetUtcNow() });
    }

    /// <summary>One contact's membership in lists that are PROCESSING, whatever it was before.</summary>
    public async Task ChangeWhileProcessing(Tx tx, long accountId, long contactId, IReadOnlyCollection<long> @in, IReadOnlyCollection<long> @out)
    {
        if (@in.Count + @out.Count > 0) await tx.Execute(Sql["put-deltas"], new { accountId, contactId, lists = @in.Concat(@out).ToArray(), joins = @in.ToArray(), now = clock.GetUtcNow() });
    }

    /// <inheritdoc cref="ChangeWhileProcessing(Tx, long, long, IReadOnlyCollection{long}, IReadOnlyCollection{long})"/>
    public async Task ChangeWhileProcessing(Tx tx, long accountId, long listId, MemberSet @in, MemberSet @out)
    {
        await tx.Execute(Sql["drop-deltas"], new { accountId, listId, ids = @in.Union(@out).Ids.ToArray() });
        await Put(tx, accountId, @in.Ids.Select(id => (listId, id, true)).Concat(@out.Ids.Select(id => (listId, id, false))));
    }

    /// <summary>Notes deltas of whom none is noted.</summary>
    private Task Put(Tx tx, long accountId, IEnumerable<(long ListId, long ContactId, bool Added)> deltas)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return tx.Bulk(Deltas, deltas, (row, delta) =>
        {
            row.Long(accountId);
            row.Long(delta.ListId);
            row.Long(delta.ContactId);
            row.Bool(delta.Added);
            row.Long(now);
        });
    }

    /// <summary>Folds the deltas of every list that is COMPLETE into its chunks, a transaction each. Runs every few seconds.</summary>
    public async Task FoldAll(CancellationToken stop)
    {
        foreach (var (accountId, listId) in await db.Read(tx => tx.Query<(long, long)>(Sql["lists-with-deltas"]), stop))
            await db.Write(tx => Fold(tx, accountId, listId), stop);
    }

    /// <summary>Folds the deltas of a list into its chunks. Deltas that a writer holds just now stay.</summary>
    internal async Task Fold(Tx tx, long accountId, long listId)
    {
        await Lock(tx, accountId, listId);
        var deltas = await tx.Query<(long ContactId, bool Added, long At)>(Sql["take-deltas"], new { accountId, listId });
        var seconds = deltas.ToDictionary(d => d.ContactId, d => d.At / 1_000);
        ListMoves moves = new(listId, new(deltas.Where(d => d.Added).Select(d => d.ContactId)), new(deltas.Where(d => !d.Added).Select(d => d.ContactId)));
        await ChunkRewrite.Write(tx, accountId, [moves], id => seconds[id], id => seconds[id], few: true);
    }

    /// <summary>Holds the list's row until the commit: chunks have one writer at a time.</summary>
    internal Task Lock(Tx tx, long accountId, long listId) => ChunkRewrite.Hold(tx, accountId, [listId]);

    /// <summary>The members in some chunks.</summary>
    internal async Task<MemberSet> Read(Tx tx, long accountId, long listId, long fromChunk, long toChunk) =>
        (await Read(tx, accountId, [listId], fromChunk, toChunk)).GetValueOrDefault(listId) ?? new();

    /// <summary>The members of lists in some chunks; lists without any are left out. One statement, so that a fold that commits meanwhile cannot be seen half.</summary>
    internal async Task<Dictionary<long, MemberSet>> Read(Tx tx, long accountId, long[] lists, long fromChunk, long toChunk)
    {
        var sets = new Dictionary<long, MemberSet>();
        if (lists.Length == 0) return sets;
        var parts = await tx.Query<Part>(Sql["members"], new
        {
            accountId, lists, fromChunk, toChunk, fromContact = fromChunk << MemberChunk.Bits, toContact = (toChunk << MemberChunk.Bits) + MemberChunk.Mask,
        });
        foreach (var part in parts.Where(p => p.Members is not null)) Of(part).Decode(part.Number, part.Members!);
        foreach (var part in parts.Where(p => p.Members is null)) _ = part.Added ? Of(part).Add(part.Number) : Of(part).Remove(part.Number);
        return sets;

        MemberSet Of(Part part) => sets.TryGetValue(part.ListId, out var known) ? known : sets[part.ListId] = new();
    }

    private sealed record Part(long ListId, long Number, byte[]? Members, bool Added);
    private sealed record Stored(long Number, byte[] Members, byte[]? Joined);
}
