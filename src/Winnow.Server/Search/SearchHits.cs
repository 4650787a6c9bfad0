using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Lists;
using Winnow.Server.Accounts;
using Winnow.Server.Email;
using Winnow.Server.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Search;

/// <summary>One thing that was found.</summary>
/// <param name="Sub">What tells it from others of its name.</param>
public sealed record SearchHit(string Icon, string Name, string? Sub, string Href);

/// <summary>What was found of one sort.</summary>
/// <param name="All">Where all of them are shown; null when these are all.</param>
public sealed record SearchGroup(string Word, IReadOnlyList<SearchHit> Hits, string? All = null);

/// <summary>Looks in everything that has a name: contacts, lists, saved views, e-mails, properties, pages. A few of each, in milliseconds.</summary>
public sealed class SearchHits(Db db, ContactIndex contacts, ListStore lists, SavedViews views, EmailStore emails, Winnow.Contacts.Properties properties, Routes routes, CurrentAccount current, IStringLocalizer<Words> words)
{
    /// <summary>Longest search kept, in characters, and most hits of one sort.</summary>
    public const int MaxLength = 200, Few = 6;

    // What people do often, besides going to a page.
    private static readonly (string Word, string Href, string Icon)[] Deeds =
    [
        ("Create contact", "/contacts/new", "user-plus"),
        ("Import contacts", "/imports/new", "upload"),
        ("Create list", "/lists/new", "playlist-add"),
        ("Create email", "/email/new", "mail"),
        ("Create property", "/settings/properties/new", "tag"),
        ("Create list of hard bounced contacts", "/email/bounce-tools/create-list", "list-check"),
        ("Add hard bounced contacts to existing list", "/email/bounce-tools/add-to-list", "list-details"),
        ("Export unsubscribes and bounces", "/email/bounce-tools/export", "mail-share"),
        ("Export a suppression passport", "/email/bounce-tools/passport", "mail-share"),
        ("Suppression passports", "/imports/passports", "upload"),
    ];

    /// <summary>The words of the table, for the test of translations.</summary>
    public static IEnumerable<string> Words => Deeds.Select(deed => deed.Word);

    /// <summary>The groups that have something; for an empty search the pages one can go to.</summary>
    public async Task<IReadOnlyList<SearchGroup>> Of(long accountId, TimeZoneInfo zone, string search, CancellationToken stop)
    {
        var text = search.Trim();
        if (text.Length == 0) return [new(words["Go to"], [.. Places().Where(Lets).Take(12)])];
        var found = await db.Read<SearchGroup[]>(async tx =>
        {
            var catalog = await properties.Catalog(tx, accountId);
            return [await Contacts(tx, accountId, zone, catalog, text), await Lists(tx, accountId, text), await Views(tx, accountId, text), await Emails(tx, accountId, text), Properties(catalog, text)];
        }, stop);
        return [.. found.Select(group => group with { Hits = [.. group.Hits.Where(Lets)] })
            .Append(new(words["Go to"], [.. Places().Concat(Doings()).Where(place => Lets(place) && Has(place.Name, text)).Take(Few)])).Where(group => group.Hits.Count > 0)];
    }

    private bool Lets(SearchHit hit) => Permissions.Lets(current.May, hit.Href);

    private async Task<SearchGroup> Contacts(Tx tx, long accountId, TimeZoneInfo zone, PropertyCatalog catalog, string text)
    {
        if (!SearchWords.Asked(text).Any()) return new(words["Contacts"], []);
        var (view, error) = await contacts.View(tx, accountId, new(null, text), catalog, zone);
        var page = view is null ? throw new InvalidOperationException($"A search alone made no view of contacts: {error}") : await contacts.Page(tx, view, new(Size: Few));
        var hits = page.Rows.Select(c => new SearchHit("user", c.DisplayName, c.DisplayName == c.Email ? null : c.Email, $"/contacts/{c.Id}"));
        return new(words["Contacts"], [.. hits], page.HasNext ? $"/contacts?q={Uri.EscapeDataString(text)}" : null);
    }

    private async Task<SearchGroup> Lists(Tx tx, long accountId, string text)
    {
        var found = await lists.Named(tx, accountId, text, Few + 1);
        var hits = found.Take(Few).Select(list => new SearchHit("list-details", list.Name, list.IsActive ? words["Active"] : words["Static"], $"/lists/{list.Id}"));
        return new(words["Lists"], [.. hits], found.Count > Few ? $"/lists?q={Uri.EscapeDataString(text)}" : null);
    }

    private async Task<SearchGroup> Views(Tx tx, long accountId, string text)
    {
        var found = (await views.All(tx, accountId, current.UserId)).Where(view => Has(view.Name, text)).Take(Few + 1).ToList();
        var hits = found.Take(Few).Select(view => new SearchHit("filter", view.Name, view.OwnerId == current.UserId ? null : words["Shared by {0}", view.OwnerName ?? words["someone who left"].Value].Value, $"/contacts?view={view.Id}"));
        return new(words["Saved views"], [.. hits], found.Count > Few ? "/contacts/views" : null);
    }

    private async Task<SearchGroup> Emails(Tx tx, long accountId, string text)
    {
        var found = await emails.Page(tx, accountId, text, 0, Few + 1);
        var hits = found.Take(Few).Select(email => new SearchHit("mail", email.Name, words.State(email.State).Name, $"/email/{email.Id}"));
        return new(words["Email"], [.. hits], found.Count > Few ? $"/email?q={Uri.EscapeDataString(text)}" : null);
    }

    private SearchGroup Properties(PropertyCatalog catalog, string text)
    {
        var found = catalog.Present.Where(p => Has(words.Say(p), text) || Has(p.Name, text)).Take(Few + 1).ToList();
        var hits = found.Take(Few).Select(p => new SearchHit("tag", words.Say(p), p.Name, $"/settings/properties/{p.Id}"));
        return new(words["Properties"], [.. hits], found.Count > Few ? $"/settings/properties?q={Uri.EscapeDataString(text)}" : null);
    }

    private IEnumerable<SearchHit> Places() =>
        SidebarMap.Groups.SelectMany(group => group.Lines).Where(line => routes.Has(line.Href)).Select(line => new SearchHit(line.Icon, words[line.Word], null, line.Href))
        .Concat(SettingsMap.Lines.Where(line => routes.Has(line.Href)).Select(line => new SearchHit(SidebarMap.Settings.Icon, words[line.Word], words[SidebarMap.Settings.Word], line.Href)));

    private IEnumerable<SearchHit> Doings() => Deeds.Where(deed => routes.Has(deed.Href)).Select(deed => new SearchHit(deed.Icon, words[deed.Word], null, deed.Href));

    private static bool Has(string name, string text) => name.Contains(text, StringComparison.CurrentCultureIgnoreCase);
}
