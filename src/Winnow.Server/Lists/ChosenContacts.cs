using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Lists;

/// <summary>The contacts that the address of a dialog means: those ticked, or all of a view.</summary>
public static class ChosenContacts
{
    /// <summary>Reads them as they are now.</summary>
    /// <returns>The set, empty when nothing is ticked; or what is wrong with its filter.</returns>
    public static async Task<(MemberSet Set, string? Error)> Read(Tx tx, Properties properties, ContactIndex index, CurrentAccount account, string uri, long? list = null)
    {
        var query = Query(uri);
        if (query.Ids is { Count: 0 }) return (new(), null);
        if (list is not null) query = query with { ListId = list };
        var (view, error) = await index.View(tx, account.Id, query, await properties.Catalog(tx, account.Id), account.TimeZone);
        return view is null ? (new(), error) : (await index.Freeze(tx, view), null);
    }

    /// <summary>What the address of a dialog selects.</summary>
    public static SelectionQuery Query(string uri)
    {
        var values = QueryHelpers.ParseQuery(new Uri(uri).Query);
        return SelectionQuery.Read(name => values.GetValueOrDefault(name));
    }

    /// <summary>The same in words: ticked contacts, a list, a filter, a search.</summary>
    public static async Task<string> Say(Tx tx, SelectionQuery query, ListStore lists, Properties properties, CurrentAccount account, IStringLocalizer<Words> words)
    {
        if (query.Ids is { } ids) return words.Count(ids.Count, "{0} contact ticked by hand", "{0} contacts ticked by hand");
        var parts = new List<string>();
        if (query.ListId is { } id && await lists.Find(tx, account.Id, id) is { } list) parts.Add(words["everyone in the list {0}", list.Name]);
        if (await words.Say(tx, account.Id, query.Filter, await properties.Catalog(tx, account.Id), account.TimeZone) is { Length: > 0 } filter) parts.Add(filter);
        if (query.Search is { } search) parts.Add(words["found by “{0}”", search]);
        return parts.Count == 0 ? words["All contacts"] : string.Join("; ", parts);
    }
}
