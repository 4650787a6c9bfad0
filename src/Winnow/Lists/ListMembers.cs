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

    /// <summary>Many contacts join and leave at once: their chunks are rewritten and their deltas dropped. For lists that are COMPLETE.</summary>
    public async Task Flip(Tx tx, long accountId, long listId, MemberSet add, MemberSet remove)
    {
        var now = Lists.JoinTimes.Second(clock.GetUtcNow());
        await Flip(tx, accountId, listId, add, remove, now, _ => now);
    }

    /// <inheritdoc cref="Flip(Tx, long, long, MemberSet, MemberSet)"/>
    /// <param name="now">The second in which they join and leave.</param>
    /// <param name="since">Since which second each who joins counts as a member: an earlier one where a membership is given back.</param>
    internal async Task Flip(Tx tx, long accountId, long listId, MemberSet add, MemberSet remove, long now, Func<long, long> since)
    {
        var touched = add.Union(remove);
        if (touched.Count == 0) return;
        await Lock(tx, accountId, listId);
        await Rewrite(tx, accountId, listId, add, remove, _ => now, since, few: touched.Count < Few);
        await tx.Execute(Sql["drop-deltas"], new { accountId, listId, ids = touched.Ids.ToArray() });
    }

    /// <summary>One contact joins and leaves lists that are COMPLETE. It must really not be in the former and be in the latter.</summary>
    public async Task Change(Tx tx, long accountId, long contactId, IReadOnlyCollection<long> joins, IReadOnlyCollection<long> leaves)
    {
        foreach (var (lists, added) in new[] { (joins, true), (leaves, false) })
        {
            if (lists.Count == 0) continue;
            var undone = await tx.Query<long>(Sql["undo-deltas"], new { accountId, contactId, lists = lists.ToArray(), opposite = !added });
            if (undone.Count < lists.Count) await Put(tx, accountId, contactId, lists.Except(undone), added);
        }
    }

    /// <summary>One contact's membership in lists that are PROCESSING, whatever it was before.</summary>
    public async Task ChangeWhileProcessing(Tx tx, long accountId, long contactId, IReadOnlyCollection<long> @in, IReadOnlyCollection<long> @out)
    {
        if (@in.Count > 0) await Put(tx, accountId, contactId, @in, true);
        if (@out.Count > 0) await Put(tx, accountId, contactId, @out, false);
    }

    /// <inheritdoc cref="ChangeWhileProcessing(Tx, long, long, IReadOnlyCollection{long}, IReadOnlyCollection{long})"/>
    public async Task ChangeWhileProcessing(Tx tx, long accountId, long listId, MemberSet @in, MemberSet @out)
    {
        await tx.Execute(Sql["drop-deltas"], new { accountId, listId, ids = @in.Union(@out).Ids.ToArray() });
        await Put(tx, accountId, listId, @in, true);
        await Put(tx, accountId, listId, @out, false);
    }

    /// <summary>Many contacts join and leave a list that is COMPLETE, without holding the list: for those who hold what others take after it. They must really
    /// not be in it, or be in it.</summary>
    public async Task Note(Tx tx, long accountId, long listId, MemberSet joins, MemberSet leaves)
    {
        foreach (var (contacts, added) in new[] { (joins, true), (leaves, false) })
        {
            if (contacts.Count == 0) continue;
            var undone = new MemberSet(await tx.Query<long>(Sql["undo-deltas-of"], new { accountId, listId, ids = contacts.Ids.ToArray(), opposite = !added }));
            await Put(tx, accountId, listId, contacts.Except(undone), added);
        }
    }

    private Task Put(Tx tx, long accountId, long listId, MemberSet contacts, bool added)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return tx.Bulk(Deltas, contacts.Ids, (row, contact) =>
        {
            row.Long(accountId);
            row.Long(listId);
            row.Long(contact);
            row.Bool(added);
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
        await Rewrite(tx, accountId, listId, new(deltas.Where(d => d.Added).Select(d => d.ContactId)), new(deltas.Where(d => !d.Added).Select(d => d.ContactId)), id => seconds[id], id => seconds[id], few: true);
    }

    /// <summary>Holds the list's row until the commit: chunks have one writer at a time.</summary>
    internal Task Lock(Tx tx, long accountId, long listId) => tx.SingleOrNone<long>(Sql["lock"], new { accountId, listId });

    /// <summary>The members in some chunks. One statement, so that a fold that commits meanwhile cannot be seen half.</summary>
    internal async Task<MemberSet> Read(Tx tx, long accountId, long listId, long fromChunk, long toChunk)
    {
        var parts = await tx.Query<Part>(Sql["members"], new
        {
            accountId, listId, fromChunk, toChunk, fromContact = fromChunk << MemberChunk.Bits, toContact = (toChunk << MemberChunk.Bits) + MemberChunk.Mask,
        });
        var members = new MemberSet();
        foreach (var part in parts.Where(p => p.Members is not null)) members.Decode(part.Number, part.Members!);
        foreach (var part in parts.Where(p => p.Members is null))
            _ = part.Added ? members.Add(part.Number) : members.Remove(part.Number);
        return members;
    }

    /// <summary>Rewrites the chunks of those who join and leave, notes since when the former are in, and both in the history.</summary>
    /// <param name="second">When each of them did.</param>
    /// <param name="since">Since when each who joins counts as a member.</param>
    private static async Task Rewrite(Tx tx, long accountId, long listId, MemberSet add, MemberSet remove, Func<long, long> second, Func<long, long> since, bool few)
    {
        var touched = add.ChunkNumbers.Union(remove.ChunkNumbers).Order().ToArray();
        var (present, times) = (new MemberSet(), new Dictionary<long, byte[]?>());
        foreach (var part in await tx.Query<Stored>(Sql["chunks"], new { accountId, listId, chunks = touched }))
        {
            present.Decode(part.Number, part.Members);
            times[part.Number] = part.Joined;
        }
        var (joining, leaving) = (add.Except(present).Except(remove), remove.Intersect(present));
        var next = present.Union(joining).Except(leaving);
        foreach (var chunk in joining.ChunkNumbers.Union(leaving.ChunkNumbers).Order())
            if (next.Encode(chunk) is { } bytes) await tx.Execute(Sql["put-chunk"], new { accountId, listId, chunk, count = next.CountOf(chunk), bytes, joined = Times(chunk) });
            else await tx.Execute(Sql["delete-chunk"], new { accountId, listId, chunk });
        await ListHistory.Note(tx, accountId, listId, [.. Moves(joining, false, second).Concat(Moves(leaving, true, second)).OrderBy(m => m.Second)], few);

        byte[] Times(long chunk)
        {
            (ushort, long)[] joins = [.. joining.Only(chunk).Ids.Select(id => ((ushort)id, since(id)))];
            return Lists.JoinTimes.Change(times.GetValueOrDefault(chunk), !times.ContainsKey(chunk), joins, leaving.Only(chunk).Ids.Select(id => (ushort)id));
        }
    }

    private static IEnumerable<ListHistory.Move> Moves(MemberSet contacts, bool left, Func<long, long> second) =>
        contacts.Ids.GroupBy(second).Select(g => new ListHistory.Move(g.Key, left, [.. g]));

    private Task<int> Put(Tx tx, long accountId, long contactId, IEnumerable<long> lists, bool added) =>
        tx.Execute(Sql["put-deltas"], new { accountId, contactId, lists = lists.ToArray(), added, now = clock.GetUtcNow() });

    private sealed record Part(long Number, byte[]? Members, bool Added);
    private sealed record Stored(long Number, byte[] Members, byte[]? Joined);
}
