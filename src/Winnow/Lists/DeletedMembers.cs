using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Deleted contacts leave every list, frozen selections apart. Where they were in static lists is kept with the operation that deleted them,
/// so that a restore puts them back; active lists take them again by themselves.</summary>
public sealed class DeletedMembers(ListMembers members)
{
    private static readonly SqlFile Sql = SqlFile.Beside<DeletedMembers>();

    /// <summary>Takes contacts that this transaction deletes out of the lists. A second call does nothing more.</summary>
    public async Task Remove(Tx tx, long accountId, long operationId, MemberSet contacts)
    {
        var chunks = contacts.ChunkNumbers.ToArray();
        var kept = (await tx.Query<Kept>(Sql["kept"], new { accountId, operationId, chunks })).ToLookup(k => k.ListId);
        var leaves = new List<(bool FromStatic, ListMoves Moves)>();
        // active lists first, as where contacts change or come back: two who take the same lists never do it in two orders
        foreach (var (list, present) in (await Memberships(tx, accountId, contacts)).OrderBy(m => m.List.IsStatic).ThenBy(m => m.List.Id))
        {
            if (!list.IsComplete) await members.ChangeWhileProcessing(tx, accountId, list.Id, new(), contacts);
            if (!list.IsComplete || present.Intersect(contacts) is not { Count: > 0 } gone) continue;
            if (list.IsStatic) await Keep(tx, accountId, operationId, list.Id, gone.Union(Set(kept[list.Id])), gone.ChunkNumbers);
            leaves.Add((list.IsStatic, new(list.Id, new(), gone)));
        }
        foreach (var part in leaves.GroupBy(l => l.FromStatic)) await members.Move(tx, accountId, [.. part.Select(l => l.Moves)], hold: true);
    }

    /// <summary>Puts contacts that came back from the bin into the static lists where they were and which still exist.</summary>
    public async Task Restore(Tx tx, long accountId, long operationId, MemberSet contacts)
    {
        var back = new MemberSet(await tx.Query<long>(Sql["present-contacts"], new { accountId, ids = contacts.Ids.ToArray() }));
        var kept = await tx.Query<Kept>(Sql["kept"], new { accountId, operationId, chunks = back.ChunkNumbers.ToArray() });
        foreach (var list in kept.GroupBy(k => k.ListId).OrderBy(g => g.Key))
        {
            if (await tx.SingleOrNone<long>(Sql["list"], new { accountId, listId = list.Key }) == 0) continue;
            var were = Set(list);
            await members.Flip(tx, accountId, list.Key, were.Intersect(back), new());
            await Keep(tx, accountId, operationId, list.Key, were.Except(back), were.ChunkNumbers);
        }
    }

    /// <summary>Forgets what was kept for an operation: nothing of it can be restored any more.</summary>
    public Task Forget(Tx tx, long accountId, long operationId) => tx.Execute(Sql["forget"], new { accountId, operationId });

    /// <summary>The lists, with their members in the chunks of these contacts; of a list being built nothing is known yet.</summary>
    private static async Task<List<(MemberList List, MemberSet Members)>> Memberships(Tx tx, long accountId, MemberSet contacts)
    {
        var parts = await tx.Query<Part>(Sql["memberships"], new { accountId, chunks = contacts.ChunkNumbers.ToArray(), ids = contacts.Ids.ToArray() });
        var lists = parts.GroupBy(p => new MemberList(p.ListId, p.Kind is not "DYNAMIC", p.State is "COMPLETE")).OrderBy(g => g.Key.Id);
        return [.. lists.Select(list => (list.Key, Corrected(list)))];
    }

    private static MemberSet Corrected(IEnumerable<Part> parts)
    {
        var set = new MemberSet();
        foreach (var part in parts.OrderBy(p => p.Members is null))
            if (part.Members is not null) set.Decode(part.Number, part.Members);
            else if (part.Number > 0) _ = part.Added ? set.Add(part.Number) : set.Remove(part.Number);
        return set;
    }

    private static MemberSet Set(IEnumerable<Kept> kept)
    {
        var set = new MemberSet();
        foreach (var row in kept) set.Decode(row.Chunk, row.Members);
        return set;
    }

    private static async Task Keep(Tx tx, long accountId, long operationId, long listId, MemberSet members, IEnumerable<long> chunks)
    {
        foreach (var chunk in chunks.ToArray())
            if (members.Encode(chunk) is { } bytes) await tx.Execute(Sql["keep"], new { accountId, operationId, listId, chunk, bytes });
            else await tx.Execute(Sql["drop"], new { accountId, operationId, listId, chunk });
    }

    private sealed record MemberList(long Id, bool IsStatic, bool IsComplete);
    private sealed record Part(long ListId, string Kind, string State, long Number, byte[]? Members, bool Added);
    private sealed record Kept(long ListId, long Chunk, byte[] Members);
}
