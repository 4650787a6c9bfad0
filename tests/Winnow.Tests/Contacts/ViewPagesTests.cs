using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Saved views as a person without script uses them, on the real server.</summary>
public sealed class ViewPagesTests
{
    [Theory, Databases]
    public async Task A_filter_is_made_saved_as_a_view_changed_and_saved_again(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app);

        // a filter without knowing JSON
        var filtered = Place(await WebApp.Post(app.Http, "/contacts/filter", City("Ede"), "filter"));
        Assert.StartsWith("/contacts?filter=", filtered, StringComparison.Ordinal);
        var page = await WebApp.Page(app.Http, filtered);
        Assert.Equal(["Bob", "Ann"], Names(page));
        Assert.Equal("City is equal to Ede", page.QuerySelector(".tools .chip span")!.TextContent);
        var save = page.QuerySelector(".viewbar a[href^='/contacts/views/new']")!.GetAttribute("href")!;

        // a view of it
        var saved = Place(await WebApp.Post(app.Http, save, new() { ["Name"] = "People of Ede" }, "view"));
        Assert.Equal("/contacts?view=1", saved);
        page = await WebApp.Page(app.Http, saved);
        Assert.Equal(["Bob", "Ann"], Names(page));
        Assert.Equal("People of Ede", page.QuerySelector(".views a[aria-current]")!.TextContent.Trim());
        Assert.Null(page.QuerySelector("form[action='/contacts/views/1/save']"));

        // what the address says wins, until it is saved
        const string Changed = "/contacts?view=1&sort=firstname&col=city&col=company";
        page = await WebApp.Page(app.Http, Changed);
        Assert.Equal(["Ann", "Bob"], Names(page));
        Assert.Equal("Changed, not saved", page.QuerySelector(".viewbar .muted")!.TextContent);
        Assert.Equal("/contacts?view=1", Place(await WebApp.Post(app.Http, Changed, [], "/contacts/views/1/save")));
        page = await WebApp.Page(app.Http, "/contacts?view=1");
        Assert.Equal(["Ann", "Bob"], Names(page));
        Assert.Equal(["Contact", "City", "Company Name"], page.QuerySelectorAll("thead th:not(.tick)").Select(h => h.TextContent.Trim()));
        Assert.Null(page.QuerySelector("form[action='/contacts/views/1/save']"));

        // the filter taken away in the address; the rest of the view stays
        page = await WebApp.Page(app.Http, page.QuerySelector(".tools .chip a")!.GetAttribute("href")!);
        Assert.Equal(["Ann", "Bob", "Cas"], Names(page));
        Assert.NotNull(page.QuerySelector("form[action='/contacts/views/1/save']"));

        // the builder shows the view's filter, and what it makes is the view with another filter
        page = await WebApp.Page(app.Http, "/contacts/filter?view=1&q=cas");
        Assert.Equal("Ede", ((IHtmlInputElement)page.QuerySelector("[name='g0.0.value']")!).Value);
        var other = Place(await WebApp.Post(app.Http, "/contacts/filter?view=1", new() { ["g0.0.value"] = "Delft", ["do"] = "save" }, "filter"));
        Assert.StartsWith("/contacts?view=1&filter=", other, StringComparison.Ordinal);
        Assert.Equal(["Cas"], Names(await WebApp.Page(app.Http, other)));
    }

    [Theory, Databases]
    public async Task A_view_is_renamed_shared_copied_and_deleted(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app);
        await WebApp.Post(app.Http, "/contacts/views/new?sort=email&col=city", new() { ["Name"] = "Short" }, "view");
        Assert.Contains("Give the view a name.", await Text(await WebApp.Post(app.Http, "/contacts/views/new", new() { ["Name"] = " " }, "view")), StringComparison.Ordinal);
        Assert.Contains("You have a view of this name.", await Text(await WebApp.Post(app.Http, "/contacts/views/new", new() { ["Name"] = "SHORT" }, "view")), StringComparison.Ordinal);

        Assert.Equal("/contacts?view=1", Place(await WebApp.Post(app.Http, "/contacts/views/1/rename", new() { ["Name"] = "By address", ["Shared"] = "true" }, "rename-view")));
        Assert.Equal("Shared with everyone", (await WebApp.Page(app.Http, "/contacts?view=1")).QuerySelector(".viewbar .muted")!.TextContent);
        Assert.Equal("/contacts?view=4", Place(await WebApp.Post(app.Http, "/contacts/views/new?view=1", [], "view")));
        var all = await WebApp.Page(app.Http, "/contacts/views");
        Assert.Equal(["By address", "Copy of By address"], all.QuerySelectorAll("tbody a.name").Select(a => a.TextContent));

        Assert.Equal("/contacts", Place(await WebApp.Post(app.Http, "/contacts/views/1/delete", [], "delete-view")));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/contacts?view=1")).StatusCode);
        Assert.Equal(["Ann", "Bob", "Cas"], Names(await WebApp.Page(app.Http, "/contacts?view=4")));
    }

    [Theory, Databases]
    public async Task Tabs_get_their_numbers_once_the_page_is_shown(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app);
        var filtered = Place(await WebApp.Post(app.Http, "/contacts/filter", City("Ede"), "filter"));
        await WebApp.Post(app.Http, filtered.Replace("/contacts?", "/contacts/views/new?", StringComparison.Ordinal), new() { ["Name"] = "People of Ede" }, "view");
        var page = await WebApp.Page(app.Http, "/contacts?view=1");
        var counts = await WebApp.Page(app.Http, page.QuerySelector("#views")!.GetAttribute("hx-get")!);
        Assert.Equal(["All contacts3", "Marketing1", "Hard bounced0", "Unsubscribed0", "Spam reports0", "People of Ede2", "All views"], counts.QuerySelectorAll("#views a").Select(a => a.TextContent.Trim()));
        Assert.Equal("/contacts?view=1", counts.QuerySelector("#views a[aria-current]")!.GetAttribute("href"));
        Assert.Null(counts.QuerySelector("#views")!.GetAttribute("hx-get"));
    }

    [Theory, Databases]
    public async Task A_view_whose_filter_cannot_be_read_any_more_says_so_and_can_be_mended(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app);
        await WebApp.Post(app.Http, "/contacts/views/new", new() { ["Name"] = "Old" }, "view");
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("break", "update contact_views set filter = @filter where account_id = 1"),
            new { filter = """{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{"filterType":"PROPERTY","property":"gone","operation":{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}}]}]}""" }));
        var page = await WebApp.Page(app.Http, "/contacts?view=1");
        Assert.Equal("The filter of Old cannot be read any more.", page.QuerySelector("#results .notice.danger b")!.TextContent);
        Assert.Contains("there is no contact property \"gone\"", page.QuerySelector("#results .notice.danger")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/contacts/views")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/contacts/views/counts?view=1")).StatusCode);

        var mended = Place(await WebApp.Post(app.Http, "/contacts/filter?view=1", City("Delft"), "filter"));
        Assert.Equal("/contacts?view=1", Place(await WebApp.Post(app.Http, mended, [], "/contacts/views/1/save")));
        Assert.Equal(["Cas"], Names(await WebApp.Page(app.Http, "/contacts?view=1")));
    }

    [Theory, Databases]
    public async Task A_filter_on_an_archived_property_still_works_and_says_so(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var (db, properties) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<Properties>());
        await db.Write(tx => properties.Create(tx, 1, new PropertyWish("size", "Size", "text", "", [])));
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@example.test", ["p.firstname"] = "Ann", ["p.size"] = "XL" });
        await Fill(app);
        var filtered = Place(await WebApp.Post(app.Http, "/contacts/filter", new() { ["g0.0.property"] = "size", ["g0.0.was"] = "size", ["g0.0.operator"] = "STRING:IS_EQUAL_TO", ["g0.0.value"] = "XL", ["do"] = "save" }, "filter"));
        await WebApp.Post(app.Http, filtered.Replace("/contacts?", "/contacts/views/new?", StringComparison.Ordinal), new() { ["Name"] = "Large" }, "view");
        Assert.Null((await WebApp.Page(app.Http, "/contacts?view=1")).QuerySelector("#results .notice"));
        await db.Write(tx => properties.Archive(tx, 1, Property.FirstCustomId, true));
        var page = await WebApp.Page(app.Http, "/contacts?view=1");
        Assert.Equal("This filter uses what is archived: Size.", page.QuerySelector("#results .notice.warn b")!.TextContent);
        Assert.Equal(["Ann"], Names(page));
    }

    [Theory, Databases]
    public async Task Views_of_another_account_and_private_views_of_another_person_are_not_found(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var (db, views) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<SavedViews>());
        await db.Write(async tx =>
        {
            await views.Create(tx, 1, 7, "Secret", default, ViewContent.Everyone, TimeZoneInfo.Utc);
            await views.Create(tx, 1, 7, "Common", SharedWith.All, ViewContent.Everyone, TimeZoneInfo.Utc);
            await views.Create(tx, 2, 1, "Theirs", SharedWith.All, ViewContent.Everyone, TimeZoneInfo.Utc);
            foreach (var name in new[] { "a", "b" }) await views.Create(tx, 2, 1, name, SharedWith.All, ViewContent.Everyone, TimeZoneInfo.Utc);
        });
        foreach (var path in new[] { "/contacts?view=1", "/contacts?view=3", "/contacts/filter?view=3", "/contacts/views/new?view=3", "/contacts/views/1/rename", "/contacts/views/3/rename", "/contacts/views/3/delete", "/contacts/views/2/delete", "/contacts/views/2/rename" })
            Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync(path)).StatusCode);
        var page = await app.Http.GetStringAsync("/contacts/views");
        Assert.DoesNotContain("Theirs", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", page, StringComparison.Ordinal);
        var common = await WebApp.Page(app.Http, "/contacts?view=2&sort=email");
        Assert.Null(common.QuerySelector("form[action='/contacts/views/2/save']"));
        Assert.NotNull(common.QuerySelector(".viewbar a[href^='/contacts/views/new']"));
        var token = (await WebApp.Page(app.Http, "/settings")).QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        foreach (var id in new[] { 1, 2, 3 })
            Assert.Equal(HttpStatusCode.NotFound, (await app.Http.PostAsync($"/contacts/views/{id}/save", new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("sort", "email")]))).StatusCode);
    }

    private static Dictionary<string, string> City(string city) => new() { ["g0.0.property"] = "city", ["g0.0.was"] = "city", ["g0.0.operator"] = "STRING:IS_EQUAL_TO", ["g0.0.value"] = city, ["do"] = "save" };

    private static async Task Fill(WebApp app)
    {
        foreach (var (name, city) in new[] { ("Ann", "Ede"), ("Bob", "Ede"), ("Cas", "Delft") })
            await WebApp.Post(app.Http, "/contacts/new", new Dictionary<string, string> { ["p.email"] = $"{name}@example.test", ["p.firstname"] = name, ["p.city"] = city, ["Marketing"] = name == "Ann" ? "true" : "" });
    }

    private static IEnumerable<string> Names(IHtmlDocument page) => page.QuerySelectorAll("tbody a.name").Select(a => a.TextContent);

    private static string Place(HttpResponseMessage answer) => answer.Headers.Location is { } place ? place.IsAbsoluteUri ? place.PathAndQuery : place.ToString() : $"{answer.StatusCode}";

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();
}
