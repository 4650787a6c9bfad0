using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>A list by its id and name.</summary>
public sealed record ListName(long Id, string Name);

/// <summary>Which lists look at a property. As long as one does, the property cannot be archived: the list would go on by rules that nobody can see or choose.</summary>
public sealed class PropertyUsage(Properties properties)
{
    private static readonly SqlFile Sql = SqlFile.Beside<PropertyUsage>();

    /// <summary>The active lists whose filter has it, and snapshots that are still being taken, by name.</summary>
    public async Task<IReadOnlyList<ListName>> Of(Tx tx, long accountId, long propertyId)
    {
        var catalog = await properties.Catalog(tx, accountId);
        return [.. (await tx.Query<Row>(Sql["following"], new { accountId })).Where(row => Uses(row, catalog, propertyId)).Select(row => new ListName(row.Id, row.Name))];
    }

    /// <summary>Takes a property out of every choice, if no list uses it.</summary>
    /// <returns>The lists in the way; none when it is archived, or there is no such property of this account's own.</returns>
    public async Task<IReadOnlyList<ListName>> Archive(Tx tx, long accountId, long propertyId)
    {
        await ListGate.Alone(tx, accountId);                                    // nobody makes or changes a list meanwhile
        var lists = await Of(tx, accountId, propertyId);
        if (lists.Count == 0) await properties.Archive(tx, accountId, propertyId, true);
        return lists;
    }

    private static bool Uses(Row row, PropertyCatalog catalog, long propertyId) =>
        FilterJson.Read(row.Filter, catalog, ListStore.Zone(row.TimeZone)).Filter?.PropertyIds.Contains(propertyId) ?? false;

    private sealed record Row(long Id, string Name, string Filter, string TimeZone);
}
