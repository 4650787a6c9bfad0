using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Contacts;

/// <summary>A tab above the contacts.</summary>
/// <param name="Filter">HubSpot's filterBranch as JSON; null: everyone.</param>
/// <param name="Count">How many contacts it has; null when that is not known, or not quickly told.</param>
public sealed record ViewTab(string Label, string Href, string? Filter, bool Current, long? Count = null);

/// <summary>The tabs above the contacts: the standard views, then the saved ones.</summary>
public static class ViewTabs
{
    /// <summary>How many saved views have a tab; the others are on the page of all views.</summary>
    private const int Saved = 8;

    /// <summary>Counting ends after this time: a tab without a number is better than a slow page.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The tabs of a person.</summary>
    /// <param name="current">The saved view that is shown.</param>
    /// <param name="filter">The filter that is shown; says which standard view it is when no saved one is.</param>
    public static List<ViewTab> Of(IReadOnlyList<SavedView> views, SavedView? current, string? filter, IStringLocalizer<Words> words)
    {
        var shown = views.Where((view, i) => i < Saved || view.Id == current?.Id);
        return
        [
            .. StandardViews.All.Select(view => new ViewTab(words[view.Label], view.Href, view.Filter, current is null && view.Filter == filter)),
            .. shown.Select(view => new ViewTab(view.Name, ViewAddress.Href(view.Content, view), view.Filter, view.Id == current?.Id)),
        ];
    }

    /// <summary>The same tabs with their numbers, as far as they are quickly told.</summary>
    public static async Task<List<ViewTab>> Count(Tx tx, ContactIndex index, PropertyCatalog properties, CurrentAccount account, TimeProvider clock, IReadOnlyList<ViewTab> tabs)
    {
        var (counted, began) = (new List<ViewTab>(tabs.Count), clock.GetTimestamp());
        foreach (var tab in tabs)
        {
            var view = clock.GetElapsedTime(began) > Patience ? null : (await index.View(tx, account.Id, new(null, Filter: tab.Filter), properties, account.TimeZone)).View;
            counted.Add(view is null ? tab : tab with { Count = await index.Narrow(tx, view) });
        }
        return counted;
    }
}
