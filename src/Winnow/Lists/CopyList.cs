using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Makes a list like another one, in the same folder.</summary>
public sealed class CopyList(ListStore lists, Properties properties)
{
    /// <summary>The name that a copy gets when nobody gives another: "News (copy)".</summary>
    public static Task<string> Name(Tx tx, long accountId, string name, string suffix) => ListStore.FreeName(tx, accountId, name, suffix, always: true);

    /// <summary>Copies a list.</summary>
    /// <param name="active">An active list with the same filter, which looks for its members; else a static one with the members that it has now.</param>
    /// <returns>The copy, or what is wrong.</returns>
    public async Task<(ContactList? Made, string? Error)> Make(Tx tx, long accountId, long id, string name, bool active, long? userId)
    {
        if (await lists.Find(tx, accountId, id) is not { } list) return (null, ListRefusal.Gone);
        if (!active && !list.IsReady) return (null, ListRefusal.CopyUnfilled);
        if (!active) return await lists.CreateFrom(tx, accountId, name, list, userId);
        if (list.Filter is null) return (null, ListRefusal.CopyWithoutFilter);
        var (zone, catalog) = (ListStore.Zone(list.TimeZone), await properties.Catalog(tx, accountId));
        var (filter, error) = FilterJson.Read(list.Filter, catalog, zone);
        if (filter is null || (error = ListStore.Archived(filter, catalog)) is not null) return (null, error);
        return await lists.Create(tx, accountId, name, ListKind.Dynamic, filter, zone, userId, list.FolderId);
    }
}
