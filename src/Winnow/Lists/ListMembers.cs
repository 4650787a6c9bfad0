using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Who is in a list, of any kind, frozen selections (kind SELECTION) included. Members are chunks of 65,536 ids
/// (<see cref="MemberSet"/>) corrected by single joins and leaves (list_deltas) that a background run folds in.
/// <para>While a list is COMPLETE a delta is always a real difference to its chunk, so counts are a sum. While it is PROCESSING
/// deltas are absolute, the last one holds, and the end of the build folds them.</para>
/// <para>Who joins or leaves a contact must hold that contact's row lock, or have made it in the same transaction.</para></summary>
public sealed class ListMembers(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<ListMembers>();
    private static readonly BulkTable Chunks = new("list_chunks", "account_id", "list_id", "chunk", "count", "members");
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

    /// <summary>Makes exactly these the members.</summary>
    public async Task Write(Tx tx, long accountId, long listId, MemberSet members)
    {
        await Clear(tx, accountId, listId);
        await tx.Bulk(Chunks, members.ChunkNumbers, (row, chunk) =>
        {
            row.Long(accountId);
            row.Long(listId);
            row.Long(chunk);
            row.Long(members.CountOf(chunk));
            row.Bytes(members.Encode(chunk));
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
        var touched = add.Union(remove);
        if (touched.Count == 0) return;
        await Lock(tx, accountId, listId);
        await Rewrite(tx, accountId, listId, add, remove);
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
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (contacts, added) in new[] { (@in, true), (@out, false) })
            await tx.Bulk(Deltas, contacts.Ids, (row, contact) =>
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
        var deltas = await tx.Query<(long ContactId, bool Added)>(Sql["take-deltas"], new { accountId, listId });
        await Rewrite(tx, accountId, listId, new(deltas.Where(d => d.Added).Select(d => d.ContactId)), new(deltas.Where(d => !d.Added).Select(d => d.ContactId)));
    }

    private static async Task WriteChunk(Tx tx, long accountId, long listId, long chunk, MemberSet members)
    {
        if (members.Encode(chunk) is { } bytes) await tx.Execute(Sql["put-chunk"], new { accountId, listId, chunk, count = members.CountOf(chunk), bytes });
        else await tx.Execute(Sql["delete-chunk"], new { accountId, listId, chunk });
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

    private static async Task Rewrite(Tx tx, long accountId, long listId, MemberSet add, MemberSet remove)
    {
        var touched = add.ChunkNumbers.Union(remove.ChunkNumbers).Order().ToArray();
        var present = new MemberSet();
        foreach (var part in await tx.Query<Part>(Sql["chunks"], new { accountId, listId, chunks = touched })) present.Decode(part.Number, part.Members!);
        var next = present.Union(add).Except(remove);
        foreach (var chunk in touched) await WriteChunk(tx, accountId, listId, chunk, next);
    }

    private Task<int> Put(Tx tx, long accountId, long contactId, IEnumerable<long> lists, bool added) =>
        tx.Execute(Sql["put-deltas"], new { accountId, contactId, lists = lists.ToArray(), added, now = clock.GetUtcNow() });

    private sealed record Part(long Number, byte[]? Members, bool Added);
}
