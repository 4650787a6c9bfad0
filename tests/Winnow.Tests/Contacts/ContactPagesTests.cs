using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>The record pages as a person without script uses them, on the real server.</summary>
public sealed class ContactPagesTests
{
    [Theory, Databases]
    public async Task A_contact_is_made_edited_and_its_history_told(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var made = await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "Ann@Example.test", ["p.firstname"] = "Ann", ["p.lastname"] = "Bee", ["p.lifecyclestage"] = "customer", ["Marketing"] = "true" });
        Assert.Equal("/contacts/1", Place(made));

        var edited = await WebApp.Post(app.Http, "/contacts/1/edit", new() { ["p.city"] = "Utrecht", ["p.firstname"] = "Anna <b>" });
        Assert.Equal("/contacts/1", Place(edited));
        var page = await WebApp.Page(app.Http, "/contacts/1");
        Assert.Equal("Anna <b> Bee", page.QuerySelector("h1")!.TextContent);
        Assert.Contains("Marketing", page.QuerySelector(".page-head .badge")!.TextContent, StringComparison.Ordinal);
        var events = page.QuerySelectorAll(".events li .what").Select(e => Plain(e.TextContent)).ToList();
        Assert.Equal(2, events.Count);
        Assert.Contains("City: – → Utrecht", events[0], StringComparison.Ordinal);
        Assert.Contains("by Noor Jansen", events[1], StringComparison.Ordinal);

        var history = await WebApp.Page(app.Http, "/contacts/1/history/firstname");
        Assert.Equal(["Anna <b>", "Ann"], history.QuerySelectorAll("tbody th").Select(c => c.TextContent.Trim()));
        Assert.Contains("Utrecht", (await WebApp.Page(app.Http, "/contacts/1/properties")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task A_form_posted_twice_makes_one_contact_and_a_taken_address_leads_to_its_contact(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var values = new Dictionary<string, string> { ["p.email"] = "ann@example.test", ["p.firstname"] = "Ann" };
        await WebApp.Post(app.Http, "/contacts/new", values);
        Assert.Equal("/contacts/1", Place(await WebApp.Post(app.Http, "/contacts/new", values)));

        var refused = await WebApp.Read(await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ANN@example.test", ["p.firstname"] = "Bob" }));
        Assert.Equal("/contacts/1", refused.QuerySelector(".notice.danger a")!.GetAttribute("href"));
        Assert.Equal("Bob", ((IHtmlInputElement)refused.QuerySelector("[name='p.firstname']")!).Value);
        var faults = await WebApp.Read(await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@@example" }));
        Assert.Equal("This address has more than one @.", faults.QuerySelector(".form-error")!.TextContent);
    }

    [Theory, Databases]
    public async Task Own_properties_of_every_kind_are_filled_in_and_emptied(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var properties = app.Services.GetRequiredService<Properties>();
        string[] options = ["Red", "Blue"];
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            foreach (var kind in new[] { "text", "textarea", "number", "date", "bool", "choice", "choices" })
                Assert.Null((await properties.Create(tx, 1, new($"own_{kind}", $"Own {kind}", kind, "", [.. options.Select(o => new PropertyOption(o, o))]))).Error);
        });
        Dictionary<string, string> filled = new()
        {
            ["p.email"] = "ann@example.test", ["p.own_text"] = "x", ["p.own_textarea"] = "one\r\ntwo", ["p.own_number"] = "12.5", ["p.own_date"] = "2026-11-30", ["p.own_bool"] = "false", ["p.own_choice"] = "Red", ["p.own_choices"] = "Red;Blue",
        };
        await WebApp.Post(app.Http, "/contacts/new", filled);
        var form = await WebApp.Page(app.Http, "/contacts/1/edit");
        Assert.Equal("2026-11-30", ((IHtmlInputElement)form.QuerySelector("[name='p.own_date']")!).Value);
        Assert.Equal(2, form.QuerySelectorAll("[name='p.own_choices'][checked]").Length);
        var unchanged = await WebApp.Post(app.Http, "/contacts/1/edit", []);
        Assert.Equal(HttpStatusCode.Redirect, unchanged.StatusCode);
        var page = await WebApp.Page(app.Http, "/contacts/1/properties");
        Assert.Contains("30 Nov 2026", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        await WebApp.Post(app.Http, "/contacts/1/edit", new() { ["p.own_number"] = "", ["p.own_choices"] = "", ["p.own_bool"] = "" });
        var contact = await app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<ContactStore>().Find(tx, 1, 1));
        var catalog = await app.Services.GetRequiredService<Db>().Read(tx => properties.Catalog(tx, 1));
        Assert.Equal([null, null, null, "Red"], new[] { "own_number", "own_choices", "own_bool", "own_choice" }.Select(n => contact![catalog.Find(n)!]));
    }

    [Theory, Databases]
    public async Task Addresses_are_added_made_primary_and_removed(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        foreach (var email in new[] { "ann@example.test", "bob@example.test" }) await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = email });
        Assert.Equal("/contacts/1/addresses", Place(await WebApp.Post(app.Http, "/contacts/1/addresses", new() { ["Email"] = "work@example.test" }, "address")));
        var taken = await WebApp.Read(await WebApp.Post(app.Http, "/contacts/2/addresses", new() { ["Email"] = "Work@example.test" }, "address"));
        Assert.Equal("/contacts/1", taken.QuerySelector(".notice.danger a")!.GetAttribute("href"));

        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/contacts/1/addresses", new() { ["deed"] = "primary" })).StatusCode);
        Assert.Equal("work@example.test", (await WebApp.Page(app.Http, "/contacts/1")).QuerySelector("h1")!.TextContent);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/contacts/1/addresses", new() { ["deed"] = "remove" })).StatusCode);
        Assert.Single((await WebApp.Page(app.Http, "/contacts/1/addresses")).QuerySelectorAll(".rows li"));
    }

    [Theory, Databases]
    public async Task The_marketing_status_is_set_scheduled_and_kept(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@example.test" });
        var next = (await app.Services.GetRequiredService<Winnow.MarketingContacts.MarketingPlans>().Of(1)).NextUpdate;
        foreach (var badge in new[] { "Marketing", $"Until {next.Day} {next.ToString("MMM", System.Globalization.CultureInfo.GetCultureInfo("en-GB"))}", "Marketing" })
        {
            await WebApp.Post(app.Http, "/contacts/1/marketing", []);
            Assert.Equal(badge, (await WebApp.Page(app.Http, "/contacts/1")).QuerySelector(".page-head .badge")!.TextContent.Trim());
        }
    }

    [Theory, Databases]
    public async Task The_head_of_the_page_tells_a_dead_address_from_one_that_is_still_mailed(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@example.test" });
        var bounced = DateTimeOffset.UnixEpoch.AddDays(20_000);
        foreach (var (change, badges) in new (Func<AddressState, AddressState>, string[])[]
        {
            (s => s with { HardBounceReason = "POLICY", HardBouncedAt = bounced, HardBounceSpared = true }, ["b-non Non-marketing", "v-blocked Hard bounced"]),
            (s => s with { HardBounceReason = "UNKNOWN_USER", HardBounceSpared = false }, ["b-non Non-marketing", "v-dead Hard bounced"]),
            (s => s with { UnbouncedAt = bounced.AddDays(1), OptedOutAt = bounced }, ["b-non Non-marketing", "v-dead Unsubscribed"]),
            (s => s with { ComplainedAt = bounced, OptedOutAt = null }, ["b-non Non-marketing", "v-dead Reported as spam"]),
        })
        {
            await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<AddressChanges>().Change(tx, 1, new("EMAIL"), "ann@example.test", change));
            Assert.Equal(badges, (await WebApp.Page(app.Http, "/contacts/1")).QuerySelectorAll(".page-head .badge").Select(b => $"{b.ClassList.Last()} {b.TextContent.Trim()}"));
        }
    }

    [Theory, Databases]
    public async Task Contacts_of_another_account_and_contacts_that_are_gone_are_not_found(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var other = (await app.Services.GetRequiredService<ContactStore>().New(tx, 2, 7))[6];
            other[BuiltInProperties.Of("email")] = "secret@example.test";
            await app.Services.GetRequiredService<ContactStore>().Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Properties>().Catalog(tx, 2), [(null, other)]);
        });
        foreach (var path in new[] { "/contacts/7", "/contacts/7/edit", "/contacts/7/addresses", "/contacts/7/history/email", "/contacts/7/marketing", "/contacts/7/properties" })
        {
            var answer = await app.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@example.test" });
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/contacts/1/history/nonsense")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/contacts/1?from=nonsense&show=email")).StatusCode);
    }

    private static string? Place(HttpResponseMessage answer) => answer.Headers.Location is { } place ? place.IsAbsoluteUri ? place.PathAndQuery : place.ToString() : null;

    private static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
