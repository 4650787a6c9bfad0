using System.Collections.Concurrent;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Keeps lists true: in the transaction that changes contacts, those that depend on what changed are asked, and who joins or
/// leaves is written. Where the contact alone answers, its state before and after tells who moves; where the clock, the past, e-mails or
/// other lists have a say, the answer is compared with who is in the list. Deleted contacts leave them all.</summary>
public sealed class ListKeeper(ListMembers members, DeletedMembers deleted, FilterFacts facts, Properties properties, TimeProvider clock) : IFollowContacts
{
    /// <summary>From this many contacts on, chunks are rewritten instead of single joins and leaves noted.</summary>
    private const int FlipFrom = 50;
    private static readonly Statement Hold = Statement.Built("hold contacts of lists", $"select {ContactColumn.List()} from contacts where account_id = @accountId and id in @ids order by id $lock");
    private readonly ConcurrentDictionary<long, FollowingLists> cache = new();

    /// <inheritdoc/>
    public async Task Changed(Tx tx, long accountId, PropertyCatalog properties, IReadOnlyList<ContactChange> changes)
    {
        var lists = await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), properties);
        var (moves, open) = (new List<ListMove>(), new Dictionary<long, Dictionary<long, Contact>>());
        foreach (var change in changes)
            foreach (var list in lists.TouchedBy(change))
                if (list.Takes is not null) Add(moves, list, change);
                else Ask(open, list, change.After);
        if (changes.Count < FlipFrom) await Note(tx, accountId, moves);
        else await Flip(tx, accountId, moves);
        Pass(open, lists, moves, changes.ToDictionary(c => c.Id, c => c.After));
        await Settle(tx, accountId, lists, open);
    }

    /// <summary>Something happened to e-mails that these contacts were sent; its events are written, in this transaction. No list is held for it:
    /// others take the counter of events, which this transaction has, after their lists.</summary>
    public async Task Happened(Tx tx, long accountId, IReadOnlyCollection<long> contactIds)
    {
        if (contactIds.Count == 0) return;
        var lists = await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), await properties.Catalog(tx, accountId));
        if (lists.AskingEmail.Count > 0) await Ask(tx, accountId, lists, lists.AskingEmail, contactIds, hold: false);
    }

    /// <summary>These contacts joined or left a list by hand, in this transaction.</summary>
    public async Task Moved(Tx tx, long accountId, long listId, MemberSet contacts)
    {
        var lists = await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), await properties.Catalog(tx, accountId));
        if (lists.Asking(listId).ToList() is not { Count: > 0 } asking) return;
        foreach (var part in contacts.Ids.Chunk(5_000)) await Ask(tx, accountId, lists, asking, part);
    }

    /// <summary>The clock may have moved these contacts.</summary>
    internal async Task Swept(Tx tx, long accountId, PropertyCatalog properties, IReadOnlyCollection<long> contactIds)
    {
        var lists = await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), properties);
        if (lists.All.Where(list => list.Filter.Moves).ToList() is { Count: > 0 } moving) await Ask(tx, accountId, lists, moving, contactIds);
    }

    /// <summary>Asks these lists about these contacts again, whatever moved them.</summary>
    internal async Task Ask(Tx tx, long accountId, FollowingLists lists, IReadOnlyList<FollowingList> asked, IReadOnlyCollection<long> contactIds, bool hold = true)
    {
        var open = new Dictionary<long, Dictionary<long, Contact>>();
        foreach (var contact in await ContactStore.ReadAll(tx, Hold, new { accountId, ids = contactIds.Order().ToArray() }))
            foreach (var list in asked) Ask(open, list, contact);
        await Settle(tx, accountId, lists, open, hold);
    }

    /// <summary>Asks lists in the order of their ranks, so that each sees the members of those before it; who asks for a list that moved is asked in turn.</summary>
    private async Task Settle(Tx tx, long accountId, FollowingLists lists, Dictionary<long, Dictionary<long, Contact>> open, bool hold = true)
    {
        foreach (var list in open.Count == 0 ? [] : lists.All)
        {
            if (!open.TryGetValue(list.Id, out var contacts)) continue;
            var (now, ids) = (clock.GetUtcNow(), contacts.Keys);
            var takes = FilterPredicate.Compile(list.Filter, now, await facts.About(tx, accountId, [list.Filter], ids, now));
            var present = list.IsComplete ? await members.Read(tx, accountId, list.Id, MemberSet.ChunkOf(ids.Min()), MemberSet.ChunkOf(ids.Max())) : null;
            var moves = contacts.Values.Select(contact => (Contact: contact, Is: takes(contact))).Where(c => present?.Contains(c.Contact.Id) != c.Is)
                .Select(c => new ListMove(list, c.Contact.Id, c.Is, !c.Is)).ToList();
            if (moves.Count < FlipFrom) await Note(tx, accountId, moves);
            else await Flip(tx, accountId, moves, hold);
            Pass(open, lists, moves, contacts);
        }
    }

    private static void Ask(Dictionary<long, Dictionary<long, Contact>> open, FollowingList list, Contact contact)
    {
        if (!open.TryGetValue(list.Id, out var contacts)) open[list.Id] = contacts = [];
        contacts[contact.Id] = contact;
    }

    private static void Pass(Dictionary<long, Dictionary<long, Contact>> open, FollowingLists lists, List<ListMove> moves, Dictionary<long, Contact> contacts)
    {
        foreach (var move in moves)
            foreach (var asking in lists.Asking(move.List.Id)) Ask(open, asking, contacts[move.ContactId]);
    }

    /// <inheritdoc/>
    public async Task Deleted(Tx tx, long accountId, long operationId, IReadOnlyList<long> ids)
    {
        await ListGate.Share(tx, accountId);
        await deleted.Remove(tx, accountId, operationId, new(ids));
    }

    /// <inheritdoc/>
    public async Task Restored(Tx tx, long accountId, long operationId, IReadOnlyList<long> ids)
    {
        await deleted.Restore(tx, accountId, operationId, new(ids));
        var lists = await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), await properties.Catalog(tx, accountId));
        if (lists.All.Where(list => list.Filter.ListIds.Any()).ToList() is { Count: > 0 } asking) await Ask(tx, accountId, lists, asking, ids);     // they are back in static lists only now
    }

    /// <inheritdoc/>
    public async Task<bool> Minds(Tx tx, long accountId, PropertyCatalog properties, IReadOnlySet<long> changed) =>
        (await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), properties)).Follows(changed);

    /// <summary>The account's lists that follow contacts, to look at.</summary>
    public async Task<FollowingLists> Following(Tx tx, long accountId, PropertyCatalog properties) =>
        await FollowingLists.Of(tx, cache, accountId, await ListGate.Look(tx, accountId), properties);

    /// <summary>Decides; before and after differ when the contact joins or leaves.</summary>
    private static void Add(List<ListMove> moves, FollowingList list, ContactChange change)
    {
        var (was, @is) = (change.Before is { } before && list.Takes!(before), list.Takes!(change.After));
        if (was != @is) moves.Add(new(list, change.Id, Joins: @is, Leaves: was));
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

    private async Task Flip(Tx tx, long accountId, List<ListMove> moves, bool hold = true)
    {
        foreach (var list in moves.GroupBy(m => m.List.Id).OrderBy(g => g.Key))
        {
            var (joins, leaves) = (new MemberSet(list.Where(m => m.Joins).Select(m => m.ContactId)), new MemberSet(list.Where(m => m.Leaves).Select(m => m.ContactId)));
            if (list.First().List.IsComplete && hold) await members.Flip(tx, accountId, list.Key, joins, leaves);
            else if (list.First().List.IsComplete) await members.Note(tx, accountId, list.Key, joins, leaves);
            else await members.ChangeWhileProcessing(tx, accountId, list.Key, joins, leaves);
        }
    }

    private sealed record ListMove(FollowingList List, long ContactId, bool Joins, bool Leaves);
}
