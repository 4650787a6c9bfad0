using System.Collections.Concurrent;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Keeps lists true: in the transaction that changes contacts, those that depend on what changed are asked before and
/// after, and who joins or leaves is written. Deleted contacts leave them all.</summary>
public sealed class ListKeeper(ListMembers members, DeletedMembers deleted) : IFollowContacts
{
    /// <summary>From this many contacts on, chunks are rewritten instead of single joins and leaves noted.</summary>
    private const int FlipFrom = 50;
    private readonly ConcurrentDictionary<long, FollowingLists> cache = new();

    /// <inheritdoc/>
    public async Task Changed(Tx tx, long accountId, PropertyCatalog properties, IReadOnlyList<ContactChange> changes)
    {
        var lists = await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), properties);
        var moves = changes.SelectMany(change => lists.TouchedBy(change).Select(list => Move(list, change))).Where(move => move.Joins != move.Leaves).ToList();
        if (changes.Count < FlipFrom) await Note(tx, accountId, moves);
        else await Flip(tx, accountId, moves);
    }

    /// <inheritdoc/>
    public async Task Deleted(Tx tx, long accountId, long operationId, IReadOnlyList<long> ids)
    {
        await ListGate.Share(tx, accountId);
        await deleted.Remove(tx, accountId, operationId, new(ids));
    }

    /// <inheritdoc/>
    public Task Restored(Tx tx, long accountId, long operationId, IReadOnlyList<long> ids) => deleted.Restore(tx, accountId, operationId, new(ids));

    /// <inheritdoc/>
    public async Task<bool> Minds(Tx tx, long accountId, PropertyCatalog properties, IReadOnlySet<long> changed) =>
        (await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), properties)).Follows(changed);

    /// <summary>The account's lists that follow contacts, to look at.</summary>
    public async Task<FollowingLists> Following(Tx tx, long accountId, PropertyCatalog properties) =>
        await FollowingLists.Of(tx, cache, accountId, await ListGate.Look(tx, accountId), properties);

    /// <summary>Decides; before and after differ when the contact joins or leaves.</summary>
    private static ListMove Move(FollowingList list, ContactChange change)
    {
        var (was, @is) = (change.Before is { } before && list.Takes(before), list.Takes(change.After));
        return new(list, change.Id, Joins: @is && !was, Leaves: was && !@is);
    }

    private async Task Note(Tx tx, long accountId, List<ListMove> moves)
    {
        foreach (var contact in moves.GroupBy(m => m.ContactId))
        {
            await members.Change(tx, accountId, contact.Key, Ids(contact, m => m.Joins && m.List.IsComplete), Ids(contact, m => m.Leaves && m.List.IsComplete));
            await members.ChangeWhileProcessing(tx, accountId, contact.Key, Ids(contact, m => m.Joins && !m.List.IsComplete), Ids(contact, m => m.Leaves && !m.List.IsComplete));
        }

        static long[] Ids(IEnumerable<ListMove> moves, Func<ListMove, bool> which) => [.. moves.Where(which).Select(m => m.List.Id)];
    }

    private async Task Flip(Tx tx, long accountId, List<ListMove> moves)
    {
        foreach (var list in moves.GroupBy(m => m.List.Id).OrderBy(g => g.Key))
        {
            var (joins, leaves) = (new MemberSet(list.Where(m => m.Joins).Select(m => m.ContactId)), new MemberSet(list.Where(m => m.Leaves).Select(m => m.ContactId)));
            if (list.First().List.IsComplete) await members.Flip(tx, accountId, list.Key, joins, leaves);
            else await members.ChangeWhileProcessing(tx, accountId, list.Key, joins, leaves);
        }
    }

    private sealed record ListMove(FollowingList List, long ContactId, bool Joins, bool Leaves);
}
