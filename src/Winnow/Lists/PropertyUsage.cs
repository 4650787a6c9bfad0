using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>What uses a property: lists, saved views, drafts of e-mails. As long as one does, the property cannot be archived: it would go on by rules
/// and tokens that nobody can see or choose.</summary>
public sealed class PropertyUsage(Properties properties, IEnumerable<IUseProperties> others)
{
    private static readonly SqlFile Sql = SqlFile.Beside<PropertyUsage>();

    /// <summary>The active lists whose filter has it, and snapshots that are still being taken; then the saved views; then the drafts; each by name.</summary>
    public async Task<IReadOnlyList<PropertyUse>> Of(Tx tx, long accountId, long propertyId)
    {
        var catalog = await properties.Catalog(tx, accountId);
        if (catalog.Find(propertyId) is not { } property) return [];
        List<PropertyUse> uses = [.. (await tx.Query<Row>(Sql["following"], new { accountId })).Where(row => InFilter(row.Filter, row.TimeZone, catalog, property)).Select(row => new PropertyUse(PropertyUser.List, row.Id, row.Name))];
        foreach (var other in others) uses.AddRange(await other.UsesOf(tx, accountId, property, catalog));
        return [.. uses.OrderBy(use => use.By)];
    }

    /// <summary>Takes a property out of every choice, if nothing uses it.</summary>
    /// <returns>What is in the way; nothing when it is archived, or there is no such property of this account's own.</returns>
    public async Task<IReadOnlyList<PropertyUse>> Archive(Tx tx, long accountId, long propertyId, long? by = null)
    {
        await ListGate.Alone(tx, accountId);                                    // nobody makes or changes a list meanwhile
        var uses = await Of(tx, accountId, propertyId);
        if (uses.Count == 0) await properties.Archive(tx, accountId, propertyId, true, by);
        return uses;
    }

    /// <summary>Whether a stored filter looks at the property.</summary>
    internal static bool InFilter(string filter, string timeZone, PropertyCatalog catalog, Property property) =>
        FilterJson.Read(filter, catalog, ListStore.Zone(timeZone)).Filter?.PropertyIds.Contains(property.Id) ?? false;

    private sealed record Row(long Id, string Name, string Filter, string TimeZone);
}
