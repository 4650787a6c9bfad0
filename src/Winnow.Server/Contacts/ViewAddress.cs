using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Winnow.Lists;

namespace Winnow.Server.Contacts;

/// <summary>The state of the contacts page in its address: <c>view</c> names a saved view, and what stands beside it
/// (<c>filter sort col</c>) wins over what the view holds. An empty <c>filter</c> takes the view's filter away.</summary>
public static class ViewAddress
{
    /// <summary>The id of the saved view that an address names, or null.</summary>
    public static long? View(string uri) => long.TryParse(Query(uri).GetValueOrDefault("view"), out var id) ? id : null;

    /// <summary>What the address shows over the view that it names.</summary>
    public static ViewContent Content(string uri, SavedView? view)
    {
        var (query, saved) = (Query(uri), view?.Content ?? ViewContent.Everyone);
        return new(
            query.TryGetValue("filter", out var filter) ? filter.ToString().Trim() is { Length: > 0 } json ? json : null : saved.Filter,
            query.TryGetValue("col", out var columns) ? string.Join(' ', columns.Where(c => c is not null && !c.Contains(' ', StringComparison.Ordinal))) : saved.Columns,
            query.TryGetValue("sort", out var sort) && sort.ToString().Length > 0 ? sort.ToString() : saved.Sort);
    }

    /// <summary>The address with everything written out, for readers that know no saved views.</summary>
    public static string WrittenOut(string uri, ViewContent content)
    {
        var rest = Query(uri).Where(part => part.Key is not ("view" or "filter" or "sort" or "col")).SelectMany(part => part.Value, (part, value) => (part.Key, value));
        return QueryHelpers.AddQueryString(new Uri(uri).GetLeftPart(UriPartial.Path), rest.Concat(Parts(content, null)).Select(part => KeyValuePair.Create(part.Item1, part.Item2)));
    }

    /// <summary>The address of the contacts as a content shows them, seen from a view: only what differs from it is written.</summary>
    public static string Href(ViewContent content, SavedView? view)
    {
        var parts = Parts(content, view?.Content ?? ViewContent.Everyone);
        if (view is not null) parts = parts.Prepend(("view", view.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return QueryHelpers.AddQueryString("/contacts", parts.Select(part => KeyValuePair.Create(part.Item1, part.Item2)));
    }

    /// <summary>Whether an address shows something else than the view that it names, or than every standard view when it names none.</summary>
    /// <param name="filter">The filter that is shown, in the spelling in which views are kept.</param>
    public static bool Differs(ViewContent shown, SavedView? view, string? filter)
    {
        var kept = view?.Content ?? ViewContent.Everyone with { Filter = Array.Find(StandardViews.All, standard => standard.Filter == shown.Filter)?.Filter };
        return shown.Filter != kept.Filter && filter != kept.Filter || shown.Sort != kept.Sort || Columns(shown) != Columns(kept);
    }

    private static string Columns(ViewContent content) => content.Columns.Length > 0 ? content.Columns : string.Join(' ', ContactTablePage.Usual);

    private static IEnumerable<(string, string?)> Parts(ViewContent content, ViewContent? but)
    {
        if (content.Filter != but?.Filter) yield return ("filter", content.Filter ?? "");
        if (content.Sort != but?.Sort) yield return ("sort", content.Sort);
        if (but is null || Columns(content) != Columns(but))
            foreach (var column in content.ColumnNames) yield return ("col", column);
    }

    private static Dictionary<string, StringValues> Query(string uri) => QueryHelpers.ParseQuery(new Uri(uri).Query);
}
