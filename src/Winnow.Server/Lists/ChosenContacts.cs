using Microsoft.AspNetCore.WebUtilities;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Server.Lists;

/// <summary>The contacts that the address of a dialog means: those ticked, or all of a view.</summary>
public static class ChosenContacts
{
    /// <summary>Reads them as they are now.</summary>
    /// <returns>The set, empty when nothing is ticked; or what is wrong with its filter.</returns>
    public static async Task<(MemberSet Set, string? Error)> Read(Tx tx, Properties properties, ContactIndex index, CurrentAccount account, string uri, long? list = null)
    {
        var values = QueryHelpers.ParseQuery(new Uri(uri).Query);
        var query = SelectionQuery.Read(name => values.GetValueOrDefault(name));
        if (query.Ids is { Count: 0 }) return (new(), null);
        if (list is not null) query = query with { ListId = list };
        var (view, error) = await index.View(tx, account.Id, query, await properties.Catalog(tx, account.Id), account.TimeZone);
        return view is null ? (new(), error) : (await index.Freeze(tx, view), null);
    }
}
