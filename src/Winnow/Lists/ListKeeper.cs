using System.Collections.Concurrent;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Keeps lists true: in the transaction that changes contacts, those that depend on what changed are asked, and who joins or
/// leaves is written. Where the contact alone answers, its state before and after tells who moves, and so it does for most lists that go by the
/// clock; where the past, e-mails or other lists have a say, the answer is compared with who is in the list. Deleted contacts leave them all.</summary>
public sealed class ListKeeper(ListMembers members, DeletedMembers deleted, FilterFacts facts, Properties properties, TimeProvider clock) : IFollowContacts
{
    /// <summary>From this many contacts on, lists are asked about all of them at once.</summary>
    private const int ManyFrom = 50;
    private static readonly Statement Hold = Statement.Built("hold contacts of lists", $"select {ContactColumn.List()} from contacts where account_id = @accountId and id in @ids order by id $lock");
    private readonly ConcurrentDictionary<long, FollowingLists> cache = new();

    /// <inheritdoc/>
    public async Task Changed(Tx tx, long accountId, PropertyCatalog properties, IReadOnlyList<ContactChange> changes)
    {
        var lists = await FollowingLists.Of(tx, cache, accountId, await ListGate.Share(tx, accountId), properties);
        if (lists.All.Count == 0) return;
        var (moves, open, now) = (new KeptMoves(members), new Dictionary<long, Dictionary<long, Contact>>(), clock.GetUtcNow());
        if (changes.Count < ManyFrom) OneByOne(lists, properties, changes, moves, open, now);
        else await AllAtOnce(tx, accountId, lists, changes, moves, open, now);
        Pass(open, lists, moves, changes.ToDictionary(c => c.Id, c => c.After));
        await Settle(tx, accountId, lists, open, moves);
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
        await Settle(tx, accountId, lists, open, new(members), hold);
    }

    private static void OneByOne(FollowingLists lists, PropertyCatalog properties, IReadOnlyList<ContactChange> changes, KeptMoves moves, Dictionary<long, Dictionary<long, Contact>> open, DateTimeOffset now)
    {
        foreach (var change in changes)
            foreach (var list in lists.MovedBy(change, properties, now))
                if (list.Was(change.Before, now) is not { } was) Ask(open, list, change.After);
                else if (list.Takes(change.After, now) is var @is && was != @is) moves.Add(list, change.Id, @is);
    }

    /// <summary>Lists that contact and clock answer are asked about all contacts before and after, whoever's change touched them: who did not change does not move.</summary>
    private async Task AllAtOnce(Tx tx, long accountId, FollowingLists lists, IReadOnlyList<ContactChange> changes, KeptMoves moves, Dictionary<long, Dictionary<long, Contact>> open, DateTimeOffset now)
    {
        var touched = lists.TouchedBy(changes).ToLookup(list => list.Asks);
        var told = touched[false].Select(list => (List: list, Passed: list.Passed(now))).ToList();
        var after = new FilterBatch(changes.Count, told.Select(t => t.List.Filter), now);
        var before = changes.Any(c => c.Before is not null) ? new FilterBatch(changes.Count, told.SelectMany(t => t.Passed is null ? [t.List.Filter] : new[] { t.List.Filter, t.Passed }), now) : null;
        for (var place = 0; place < changes.Count; place++)
        {
            if (changes[place].Before is { } old) before!.Add(place, old);
            after.Add(place, changes[place].After);
        }
        var doubts = new List<(FollowingList List, ulong[] Is, ulong[] Places)>();
        foreach (var (list, passed) in told)
        {
            var @is = after.Answer(list.Filter);
            var was = before?.Answer(list.Filter) ?? new ulong[@is.Length];
            var unsure = before is null ? new ulong[@is.Length] : passed is not null ? before.Answer(passed) : before.All();
            if (unsure.AsSpan().ContainsAnyExcept(0UL)) doubts.Add((list, [.. @is], unsure));
            for (var i = 0; i < was.Length; i++) (was[i], @is[i]) = (was[i] & ~@is[i] & ~unsure[i], @is[i] & ~was[i] & ~unsure[i]);
            moves.Add(list, Contacts(@is), Contacts(was));
        }
        var present = await Present(tx, accountId, doubts.ConvertAll(d => d.List), changes[0].Id, changes[^1].Id);
        foreach (var (list, @is, places) in doubts)
        {
            var moved = FilterBatch.Places(places).Select(place => (changes[place].Id, Is: FilterBatch.Has(@is, place)))
                .Where(c => !list.IsComplete || present[list.Id].Contains(c.Id) != c.Is).ToLookup(c => c.Is, c => c.Id);
            moves.Add(list, new MemberSet(moved[true]), new MemberSet(moved[false]));
        }
        if (touched[true].Any())
            foreach (var change in changes)
                foreach (var list in lists.TouchedBy(change).Where(list => list.Asks)) Ask(open, list, change.After);

        MemberSet Contacts(ulong[] places) => new(FilterBatch.Places(places).Select(place => changes[place].Id));
    }

    /// <summary>Asks lists in the order of their ranks, so that each sees the members of those before it; who asks for a list that moved is asked in turn.
    /// Whatever moved is written at the end, or before somebody asks for it.</summary>
    private async Task Settle(Tx tx, long accountId, FollowingLists lists, Dictionary<long, Dictionary<long, Contact>> open, KeptMoves moves, bool hold = true)
    {
        if (open.Count > 0)
        {
            var present = await Present(tx, accountId, lists.All.Where(list => open.ContainsKey(list.Id)), open.Values.Min(c => c.Keys.Min()), open.Values.Max(c => c.Keys.Max()));
            foreach (var list in lists.All)
            {
                if (!open.TryGetValue(list.Id, out var contacts)) continue;
                if (list.Filter.ListIds.Any()) await moves.Write(tx, accountId, hold);
                var (now, ids) = (clock.GetUtcNow(), contacts.Keys);
                var takes = FilterPredicate.Compile(list.Filter, now, await facts.About(tx, accountId, [list.Filter], ids, now));
                var before = !list.IsComplete ? null
                    : present.GetValueOrDefault(list.Id) ?? await members.Read(tx, accountId, list.Id, MemberSet.ChunkOf(ids.Min()), MemberSet.ChunkOf(ids.Max()));
                var found = contacts.Values.Select(contact => (Contact: contact, Is: takes(contact))).Where(c => before?.Contains(c.Contact.Id) != c.Is).ToLookup(c => c.Is, c => c.Contact.Id);
                moves.Add(list, new MemberSet(found[true]), new MemberSet(found[false]));
                Pass(open, lists, moves, contacts, list);
            }
        }
        await moves.Write(tx, accountId, hold);
    }

    /// <summary>Who is in those of these lists that are COMPLETE, as far as the chunks from one contact to another go, by one statement.</summary>
    private async Task<Dictionary<long, MemberSet>> Present(Tx tx, long accountId, IEnumerable<FollowingList> lists, long first, long last)
    {
        var complete = lists.Where(list => list.IsComplete).Select(list => list.Id).ToArray();
        var found = await members.Read(tx, accountId, complete, MemberSet.ChunkOf(first), MemberSet.ChunkOf(last));
        return complete.ToDictionary(id => id, id => found.GetValueOrDefault(id) ?? new());
    }

    private static void Ask(Dictionary<long, Dictionary<long, Contact>> open, FollowingList list, Contact contact)
    {
        if (!open.TryGetValue(list.Id, out var contacts)) open[list.Id] = contacts = [];
        contacts[contact.Id] = contact;
    }

    /// <summary>Opens the lists that ask for one that moved.</summary>
    /// <param name="only">The list that moved; null for all that did.</param>
    private static void Pass(Dictionary<long, Dictionary<long, Contact>> open, FollowingLists lists, KeptMoves moves, Dictionary<long, Contact> contacts, FollowingList? only = null)
    {
        foreach (var (list, moved) in moves.Moved(only))
            foreach (var asking in lists.Asking(list.Id))
                foreach (var id in moved) Ask(open, asking, contacts[id]);
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
}
