using System.Collections.Concurrent;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>A list whose members follow the contacts: active, or a snapshot still being taken.</summary>
/// <param name="Takes">Its filter, compiled, when the contact alone answers it; null when the clock, the past, e-mails or other lists have a say.</param>
public sealed record FollowingList(long Id, bool IsComplete, Filter Filter, Func<Contact, bool>? Takes);

/// <summary>The lists of one account that follow its contacts, compiled once per version of the gate.</summary>
public sealed class FollowingLists
{
    private static readonly SqlFile Sql = SqlFile.Beside<FollowingLists>();
    private static readonly long LastModified = BuiltInProperties.Of("lastmodifieddate").Id;       // changes with every change, and is never named as changed
    private readonly ILookup<long, FollowingList> byProperty, byList;

    private FollowingLists(long version, List<FollowingList> all)
    {
        (Version, All) = (version, ListRanks.InOrder(all));
        byProperty = All.SelectMany(list => list.Filter.PropertyIds.Select(id => (id, list))).ToLookup(p => p.id, p => p.list);
        byList = All.SelectMany(list => list.Filter.ListIds.Select(id => (id, list))).ToLookup(p => p.id, p => p.list);
        AskingEmail = [.. All.Where(list => list.Filter.AsksEmail)];
    }

    /// <summary>The version of the gate that they were read at.</summary>
    public long Version { get; }

    /// <summary>All of them, each after those it asks for.</summary>
    public IReadOnlyList<FollowingList> All { get; }

    /// <summary>Those that look at what happened to e-mails.</summary>
    public IReadOnlyList<FollowingList> AskingEmail { get; }

    /// <summary>Those that ask for members of this list.</summary>
    public IEnumerable<FollowingList> Asking(long listId) => byList[listId];

    /// <summary>Those that a change of a contact may touch.</summary>
    public IEnumerable<FollowingList> TouchedBy(ContactChange change) =>
        change.Before is null ? All : change.Changed.Append(LastModified).SelectMany(id => byProperty[id]).DistinctBy(list => list.Id);

    /// <summary>Whether any of them looks at one of these properties, or at when a contact last changed.</summary>
    public bool Follows(IReadOnlySet<long> changed) => byProperty.Contains(LastModified) || changed.Any(byProperty.Contains);

    /// <summary>Reads them, or takes them from the cache when nothing has changed.</summary>
    internal static async Task<FollowingLists> Of(Tx tx, ConcurrentDictionary<long, FollowingLists> cache, long accountId, long version, PropertyCatalog properties)
    {
        if (cache.TryGetValue(accountId, out var known) && known.Version == version) return known;
        var rows = await tx.Query<Row>(Sql["following"], new { accountId });
        return cache[accountId] = new(version, [.. rows.Select(row => Compile(row, properties))]);
    }

    /// <summary>A stored filter, read.</summary>
    internal static Filter Read(long listId, string json, string timeZone, PropertyCatalog properties)
    {
        var (filter, error) = FilterJson.Read(json, properties, ListStore.Zone(timeZone));
        return filter ?? throw new InvalidOperationException($"The stored filter of list {listId} cannot be read: {error} Edit or delete the list.");
    }

    private static FollowingList Compile(Row row, PropertyCatalog properties)
    {
        var filter = Read(row.Id, row.Filter, row.TimeZone, properties);
        return new(row.Id, row.State == ListState.Complete, filter, filter.Moves || filter.Asks ? null : FilterPredicate.Compile(filter, DateTimeOffset.UnixEpoch));
    }

    private sealed record Row(long Id, ListState State, string Filter, string TimeZone);
}
