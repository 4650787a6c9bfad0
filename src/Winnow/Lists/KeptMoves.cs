using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Who joins and leaves which active list by a change of contacts, until it is written: each of them really does.</summary>
internal sealed class KeptMoves(ListMembers members)
{
    /// <summary>Up to so many contacts are written one by one: two statements a contact, whatever the number of lists.</summary>
    private const int Few = 4;
    private readonly Dictionary<long, (FollowingList List, MemberSet Joins, MemberSet Leaves)> waiting = [];

    /// <summary>Adds who was not added to this list before.</summary>
    public void Add(FollowingList list, long contactId, bool joins)
    {
        if (!waiting.TryGetValue(list.Id, out var moves)) waiting[list.Id] = moves = (list, new(), new());
        (joins ? moves.Joins : moves.Leaves).Add(contactId);
    }

    /// <inheritdoc cref="Add(FollowingList, long, bool)"/>
    public void Add(FollowingList list, MemberSet joins, MemberSet leaves)
    {
        if (joins.Count + leaves.Count == 0) return;
        waiting[list.Id] = waiting.TryGetValue(list.Id, out var moves) ? (list, moves.Joins.Union(joins), moves.Leaves.Union(leaves)) : (list, joins, leaves);
    }

    /// <summary>The lists that have moves waiting, or this one if it has, and the contacts that move.</summary>
    public IEnumerable<(FollowingList List, IEnumerable<long> Contacts)> Moved(FollowingList? only) =>
        waiting.Values.Where(m => only is null || m.List.Id == only.Id).Select(m => (m.List, m.Joins.Ids.Concat(m.Leaves.Ids)));

    /// <summary>Writes what waits.</summary>
    /// <param name="hold">Whether lists may be held until the commit.</param>
    public async Task Write(Tx tx, long accountId, bool hold)
    {
        if (waiting.Count == 0) return;
        var contacts = waiting.Values.SelectMany(m => m.Joins.Ids.Concat(m.Leaves.Ids)).Distinct().Take(Few + 1).ToList();
        var (complete, processing) = (waiting.Values.Where(m => m.List.IsComplete).ToList(), waiting.Values.Where(m => !m.List.IsComplete).OrderBy(m => m.List.Id).ToList());
        if (contacts.Count <= Few)
            foreach (var contact in contacts.Order())
            {
                await members.Change(tx, accountId, contact, Of(complete, m => m.Joins, contact), Of(complete, m => m.Leaves, contact));
                await members.ChangeWhileProcessing(tx, accountId, contact, Of(processing, m => m.Joins, contact), Of(processing, m => m.Leaves, contact));
            }
        else
        {
            await members.Move(tx, accountId, [.. complete.Select(m => new ListMoves(m.List.Id, m.Joins, m.Leaves)).OrderBy(m => m.ListId)], hold);
            foreach (var (list, joins, leaves) in processing) await members.ChangeWhileProcessing(tx, accountId, list.Id, joins, leaves);
        }
        waiting.Clear();
    }

    private static long[] Of(List<(FollowingList List, MemberSet Joins, MemberSet Leaves)> moves, Func<(FollowingList List, MemberSet Joins, MemberSet Leaves), MemberSet> which, long contact) =>
        [.. moves.Where(m => which(m).Contains(contact)).Select(m => m.List.Id)];
}
