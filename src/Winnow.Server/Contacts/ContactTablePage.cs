using Microsoft.AspNetCore.WebUtilities;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Server.Contacts;

/// <summary>What a table of contacts shows, read from the address: <c>q filter list</c> say which contacts, <c>sort after before</c>
/// which page, <c>col</c> which columns, <c>all=1</c> that all are selected, <c>count=1</c> that they are counted however long that takes.</summary>
/// <param name="Joined">On the page of a list: since when they are in it, as far as that is known.</param>
/// <param name="Count">Null when it is a large view that nobody has counted yet: the page asks for that once it is shown.</param>
public sealed record ContactTablePage(ContactView View, ContactRows Page, long? Count, IReadOnlyList<Property> Columns, string Sort, bool AllSelected, PropertyCatalog Properties, IReadOnlyDictionary<long, DateTimeOffset>? Joined = null)
{
    /// <summary>The columns when nobody chose others.</summary>
    public static readonly string[] Usual = ["hs_marketable_status", "hs_email_hard_bounce_reason_enum", "hs_email_last_send_date", "createdate"];

    /// <summary>Which sort a column offers in this view; null for none. Large views offer only what has an index; lists all that has a column of its own, small ones anything.</summary>
    public string? SortOf(Property property) =>
        ContactIndex.Sorts.FirstOrDefault(s => s.Value.Column == property.Column && (s.Value.Indexed || Small || Joined is not null)).Key ?? (Joined is not null && (Small || property.Column is not null) ? property.Name : null);

    private bool Small => View.IsSmall || Count <= ContactIndex.Small;

    /// <summary>Reads the page that the address asks for.</summary>
    /// <param name="list">Only members of this list.</param>
    /// <returns>The page, or what is wrong with its filter.</returns>
    public static async Task<(ContactTablePage? Table, string? Error)> Read(Db db, Properties properties, ContactIndex index, CurrentAccount account, string uri, long? list = null) => await db.Read<(ContactTablePage?, string?)>(async tx =>
    {
        var query = QueryHelpers.ParseQuery(new Uri(uri).Query);
        var catalog = await properties.Catalog(tx, account.Id);
        var asked = SelectionQuery.Read(name => query.GetValueOrDefault(name)).All;
        var (view, error) = await index.View(tx, account.Id, list is null ? asked : asked with { ListId = list }, catalog, account.TimeZone);
        if (view is null) return (null, error);
        var count = await index.Narrow(tx, view);
        if (count is null && (query.GetValueOrDefault("all") == "1" || query.GetValueOrDefault("count") == "1")) count = await index.Count(tx, view);
        var (sort, by) = Sorted(query.GetValueOrDefault("sort").ToString(), view.IsSmall || count <= ContactIndex.Small, list is null ? null : catalog);
        var page = await index.Page(tx, view, new(sort.TrimStart('-'), sort.StartsWith('-'), Id(query.GetValueOrDefault("after")), Id(query.GetValueOrDefault("before")), By: by));
        var joined = list is { } id ? await index.JoinTimes(tx, account.Id, id, page.Rows) : null;
        var chosen = query.GetValueOrDefault("col") is { Count: > 0 } columns ? columns.ToArray() : Usual;
        return (new(view, page, count, [.. chosen.Select(name => catalog.Find(name!)).OfType<Property>().Take(ViewContent.MaxColumns)], sort, query.GetValueOrDefault("all") == "1", catalog, joined), null);
    });

    private static (string Sort, Property? By) Sorted(string asked, bool small, PropertyCatalog? ofList) => asked.TrimStart('-') switch
    {
        var name when ContactIndex.Sorts.TryGetValue(name, out var sort) && (sort.Indexed || small || ofList is not null) => (asked, null),
        ContactIndex.ByJoining when ofList is not null => (asked, null),
        var name when ofList?.Find(name) is { } property && (small || property.Column is not null) => (asked, property),
        _ => (ViewContent.UsualSort, null),
    };

    private static long? Id(string? text) => long.TryParse(text, out var id) ? id : null;
}
