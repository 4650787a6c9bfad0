using System.Collections.Concurrent;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>A list whose members follow the contacts: active, or a snapshot still being taken.</summary>
/// <param name="Takes">Its filter, compiled.</param>
public sealed record FollowingList(long Id, bool IsComplete, Func<Contact, bool> Takes, IReadOnlyList<long> PropertyIds);

/// <summary>The lists of one account that follow its contacts, compiled once per version of the gate.</summary>
public sealed class FollowingLists
{
    private static readonly SqlFile Sql = SqlFile.Beside<FollowingLists>();
    private static readonly long LastModified = BuiltInProperties.Of("lastmodifieddate").Id;       // changes with every change, and is never named as changed
    private readonly ILookup<long, FollowingList> byProperty;

    private FollowingLists(long version, List<FollowingList> all)
    {
        (Version, All) = (version, all);
        byProperty = all.SelectMany(list => list.PropertyIds.Select(id => (id, list))).ToLookup(p => p.id, p => p.list);
    }

    /// <summary>The version of the gate that they were read at.</summary>
    public long Version { get; }

    /// <summary>All of them, by id.</summary>
    public IReadOnlyList<FollowingList> All { get; }

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

    /// <summary>A stored filter, compiled.</summary>
    internal static (Func<Contact, bool> Takes, Filter Filter) Compile(long listId, string json, string timeZone, PropertyCatalog properties)
    {
        var (filter, error) = FilterJson.Read(json, properties, ListStore.Zone(timeZone));
        return filter is null ? throw new InvalidOperationException($"The stored filter of list {listId} cannot be read: {error} Edit or delete the list.") : (FilterPredicate.Compile(filter), filter);
    }

    private static FollowingList Compile(Row row, PropertyCatalog properties)
    {
        var (takes, filter) = Compile(row.Id, row.Filter, row.TimeZone, properties);
        return new(row.Id, row.State == ListState.Complete, takes, [.. filter.PropertyIds]);
    }

    private sealed record Row(long Id, ListState State, string Filter, string TimeZone);
}
