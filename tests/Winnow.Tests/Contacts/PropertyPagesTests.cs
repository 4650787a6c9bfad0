using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Filters;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Settings, Properties: as a person without script uses them, and how they look.</summary>
public sealed class PropertyPagesTests
{
    private static readonly Dictionary<string, string> Colour = new() { ["Form.Label"] = "Favourite colour", ["Form.Kind"] = "choice", ["Form.Options"] = "Red\r\nblue_1 = Blue\r\nA=B\r\n\r\n" };

    [Theory, Databases]
    public async Task A_property_is_made_used_renamed_archived_and_brought_back(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        Assert.Equal("/settings/properties?saved=1", Place(await WebApp.Post(app.Http, "/settings/properties/new", Colour)));
        Assert.Equal("/settings/properties?saved=1", Place(await WebApp.Post(app.Http, "/settings/properties/new", Colour)));      // posted twice
        var row = Assert.Single((await WebApp.Page(app.Http, "/settings/properties?show=own")).QuerySelectorAll("tbody tr"));
        Assert.Contains("favourite_colour", row.TextContent, StringComparison.Ordinal);
        var place = row.QuerySelector("a.name")!.GetAttribute("href")!;

        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@example.test", ["p.favourite_colour"] = "blue_1" });
        Assert.Equal("Blue", (await WebApp.Page(app.Http, "/contacts/1/history/favourite_colour")).QuerySelector("tbody th")!.TextContent.Trim());
        Assert.Equal("Red Red, Blue blue_1, A=B A=B", Rows(await WebApp.Page(app.Http, place)));
        await WebApp.Post(app.Http, place, new() { ["Form.Label"] = "Colour <3", ["o.1.label"] = "", ["o.1.value"] = "" }, "property");
        var facts = Text(await WebApp.Page(app.Http, "/contacts/1/properties"));
        Assert.Contains("Colour <3", facts, StringComparison.Ordinal);
        Assert.Contains("blue_1", facts, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/contacts/1/edit", new() { ["p.city"] = "Utrecht" })).StatusCode);      // the value without an option does not stand in the way

        var archived = await WebApp.Post(app.Http, place, [], "archive");
        Assert.Equal(place + "?saved=1", Place(archived));
        Assert.DoesNotContain("p.favourite_colour", await app.Http.GetStringAsync("/contacts/1/edit"), StringComparison.Ordinal);
        Assert.Single((await WebApp.Page(app.Http, "/settings/properties?show=archived")).QuerySelectorAll("tbody tr"));
        await WebApp.Post(app.Http, place, [], "archive");
        Assert.Contains("p.favourite_colour", await app.Http.GetStringAsync("/contacts/1/edit"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Options_are_moved_renamed_added_and_hidden_without_losing_a_value(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings/properties/new", Colour);
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@example.test", ["p.favourite_colour"] = "blue_1" });
        const string place = "/settings/properties/1000";

        var moved = await WebApp.Read(await WebApp.Post(app.Http, place, new() { ["do"] = "up:1", ["Form.Label"] = "Colour", ["o.1.label"] = "Navy" }, "property"));
        Assert.Equal("Navy blue_1, Red Red, A=B A=B", Rows(moved));
        Assert.Equal("Colour", ((IHtmlInputElement)moved.QuerySelector("[name='Form.Label']")!).Value);
        Assert.Equal("Red Red, Blue blue_1, A=B A=B", Rows(await WebApp.Page(app.Http, place)));                      // nothing is stored yet
        Assert.Equal("Red Red, Blue blue_1, A=B A=B,  ", Rows(await WebApp.Read(await WebApp.Post(app.Http, place, new() { ["do"] = "add" }, "property"))));

        await WebApp.Post(app.Http, place, new() { ["o.0.label"] = "Navy", ["o.0.value"] = "blue_1", ["o.0.hidden"] = "true", ["o.1.label"] = "Scarlet", ["o.1.value"] = "Red", ["o.3.label"] = "Green", ["o.3.value"] = "" }, "property");
        Assert.Equal("Navy blue_1, Scarlet Red, A=B A=B, Green Green", Rows(await WebApp.Page(app.Http, place)));
        Assert.Equal("–, Scarlet, A=B, Green", Choices(await WebApp.Page(app.Http, "/contacts/new")));
        Assert.Equal("–, Navy, Scarlet, A=B, Green", Choices(await WebApp.Page(app.Http, "/contacts/1/edit")));        // who has it keeps it

        var refused = await WebApp.Read(await WebApp.Post(app.Http, place, new() { ["o.3.label"] = "Sky", ["o.3.value"] = "blue_1" }, "property"));
        Assert.Equal("The option blue_1 is there twice.", refused.QuerySelector("#options .form-error")!.TextContent);
    }

    [Theory, Databases]
    public async Task Groups_are_made_renamed_filled_and_deleted_once_they_are_empty(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        const string groups = "/settings/properties/groups";
        await WebApp.Post(app.Http, groups, new() { ["Added"] = "Garden & home" });
        Assert.Equal("There is a group Garden & home already.", (await WebApp.Read(await WebApp.Post(app.Http, groups, new() { ["Added"] = "garden & HOME" }))).QuerySelector(".form-error")?.TextContent);
        await WebApp.Post(app.Http, groups, new() { ["label.garden_home"] = "Garden" });
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings/properties/new", new(Colour) { ["Form.Group"] = "garden_home" })).StatusCode);
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@example.test", ["p.favourite_colour"] = "Red" });

        Assert.Contains("Garden", (await WebApp.Page(app.Http, "/contacts/1/properties")).QuerySelectorAll(".panel h2").Select(h => h.TextContent));
        Assert.Contains("Garden", Assert.Single((await WebApp.Page(app.Http, "/settings/properties?show=own")).QuerySelectorAll("tbody tr")).TextContent, StringComparison.Ordinal);
        var picker = await WebApp.Page(app.Http, "/lists/new");
        Assert.Equal("Garden 1", picker.QuerySelector("button[value='part:garden_home']")!.TextContent);
        Assert.Null(picker.QuerySelector("button[value='part:own-properties']"));
        Assert.Null((await WebApp.Page(app.Http, groups)).QuerySelector("button[name=delete]"));
        await WebApp.Post(app.Http, groups, new() { ["delete"] = "garden_home" });                                     // from a page that is too old
        Assert.NotNull((await WebApp.Page(app.Http, groups)).QuerySelector("[name='label.garden_home']"));

        await WebApp.Post(app.Http, "/settings/properties/1000", new() { ["Form.Group"] = "contactinformation" }, "property");
        await WebApp.Post(app.Http, groups, new() { ["delete"] = "garden_home" });
        Assert.Null((await WebApp.Page(app.Http, groups)).QuerySelector("[name='label.garden_home']"));
        Assert.Equal("Choose a group from the list.", (await WebApp.Read(await WebApp.Post(app.Http, "/settings/properties/1000", new() { ["Form.Group"] = "garden_home" }, "property"))).QuerySelector("#f-Form-Group-error")?.TextContent);
        Assert.Equal(2, (await app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<PropertyGroups>().All(tx, 2))).Count);
    }

    [Theory, Databases]
    public async Task A_property_that_a_list_uses_is_not_archived_until_the_list_lets_go(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings/properties/new", Colour);
        var (db, lists, catalog) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ListStore>(), app.Services.GetRequiredService<Properties>());
        var id = await db.Write(async tx =>
        {
            var filter = new Filter([new([new PropertyFilter(((await catalog.Catalog(tx, 1)).Find("favourite_colour"))!, FilterOperator.Find("ENUMERATION", "IS_ANY_OF")!, new Texts(["Red"]))])]);
            await lists.Create(tx, 1, "Once red", ListKind.Snapshot, filter, TimeZoneInfo.Utc, 1);
            return (await lists.Create(tx, 1, "Red <people>", ListKind.Dynamic, filter, TimeZoneInfo.Utc, 1)).Made!.Id;
        });
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();                                              // the snapshot is taken: it has no use for the property any more

        const string place = "/settings/properties/1000";
        var refused = await WebApp.Read(await WebApp.Post(app.Http, place, [], "archive"));
        Assert.Equal("Red <people>", Assert.Single(refused.QuerySelectorAll($".notice a[href='/lists/{id}/filters']")).TextContent);
        Assert.Equal("Red <people>", (await WebApp.Page(app.Http, place)).QuerySelector($"a[href='/lists/{id}']")?.TextContent);
        Assert.Empty((await WebApp.Page(app.Http, "/settings/properties?show=archived")).QuerySelectorAll("tbody tr"));
        Assert.Empty(await db.Read(tx => app.Services.GetRequiredService<PropertyUsage>().Of(tx, 2, 1000)));

        await db.Write(tx => lists.Delete(tx, 1, id));
        Assert.Equal(place + "?saved=1", Place(await WebApp.Post(app.Http, place, [], "archive")));
        Assert.Single((await WebApp.Page(app.Http, "/settings/properties?show=archived")).QuerySelectorAll("tbody tr"));
    }

    [Theory, Databases]
    public async Task A_property_that_a_view_or_a_draft_uses_is_not_archived_until_they_let_go(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings/properties/new", Colour);
        var (db, views, emails) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<SavedViews>(), app.Services.GetRequiredService<EmailStore>());
        using var colleague = await app.Colleague("lea@fernhill.example", PermissionSet.ReadOnly);
        await View(1, "In columns", ViewContent.Everyone with { Columns = "city favourite_colour" });
        await View(1, "In the filter", ViewContent.Everyone with { Filter = """{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{"filterType":"PROPERTY","property":"favourite_colour","operation":{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}}]}]}""" });
        await View(2, "My own", ViewContent.Everyone with { Columns = "favourite_colour" });
        await View(1, "Without it", ViewContent.Everyone with { Columns = "city" });
        await Email("Half", draft => draft with { Html = "<p>{{ contact.favourite_colour | default: &quot;none&quot; }}</p>" });
        await Email("In the subject", draft => draft with { Subject = "{{personalization_token('contact.favourite_colour', '')}}" });
        await Email("Only words", draft => draft with { Text = "Write contact.favourite_colour, or {{contact.favourite_colours}}" });
        await Email("Sent", draft => draft with { Subject = "{{contact.favourite_colour}}" });
        await db.Write(tx => tx.Execute(Statement.Built("sent", "update marketing_emails set state = 'sent' where account_id = 1 and name = 'Sent'")));

        const string place = "/settings/properties/1000";
        var refused = await WebApp.Read(await WebApp.Post(app.Http, place, [], "archive"));
        Assert.Equal(["/contacts?view=1 In columns", "/contacts?view=2 In the filter", "/email/1/edit Half", "/email/2/edit In the subject"], Links(refused, ".notice"));
        Assert.Contains("A view of lea that only they see", refused.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("My own", refused.DocumentElement.TextContent, StringComparison.Ordinal);
        Assert.Equal(["/contacts?view=1 In columns", "/contacts?view=2 In the filter", "/email/1 Half", "/email/2 In the subject"], Links(await WebApp.Page(app.Http, place), ".plain-list"));
        var byCity = await db.Read(tx => app.Services.GetRequiredService<PropertyUsage>().Of(tx, 1, BuiltInProperties.Of("city").Id));
        Assert.Equal(["In columns", "Without it"], byCity.Select(use => use.Name));
        Assert.Contains("In columns", (await db.Read(tx => app.Services.GetRequiredService<PropertyUsage>().Of(tx, 1, BuiltInProperties.Of("createdate").Id))).Select(use => use.Name));      // by its order

        await db.Write(tx => tx.Execute(Statement.Built("left", "update account_users set deactivated_at = 1 where account_id = 1 and user_id = 2")));
        await db.Write(tx => tx.Execute(Statement.Built("let go", "delete from contact_views where account_id = 1 and owner_id = 1")));
        foreach (var id in new[] { 1L, 2L }) Assert.True(await emails.DeleteDraft(1, id, 1));
        Assert.Equal(place + "?saved=1", Place(await WebApp.Post(app.Http, place, [], "archive")));

        Task View(long owner, string name, ViewContent content) => db.Write(async tx => Assert.Null((await views.Create(tx, 1, owner, name, default, content, TimeZoneInfo.Utc)).Error));

        async Task Email(string name, Func<MarketingEmail, MarketingEmail> write) =>
            await emails.Save(write((await emails.Find(1, await emails.Create(1, name, MailSettings.Blank, 1)))!));

        static IEnumerable<string> Links(AngleSharp.Dom.IParentNode page, string part) => page.QuerySelectorAll($"{part} a").Select(a => $"{a.GetAttribute("href")} {a.TextContent}");
    }

    [Theory, Databases]
    public async Task What_is_wrong_stands_beside_its_field_and_the_input_stays(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var refused = await WebApp.Read(await WebApp.Post(app.Http, "/settings/properties/new", new() { ["Form.Label"] = "Phone", ["Form.Name"] = "phone", ["Form.Kind"] = "number" }));

        Assert.Equal("The internal name phone is taken by Phone Number.", refused.QuerySelector("#f-Form-Name-error")!.TextContent);
        Assert.Equal("number", ((IHtmlSelectElement)refused.QuerySelector("[name='Form.Kind']")!).Value);
        var strange = await WebApp.Post(app.Http, "/settings/properties/new", new() { ["Form.Label"] = "a\u0007b", ["Form.Kind"] = "text", ["Form.Description"] = "one\r\ntwo\u0001" });
        Assert.Equal(HttpStatusCode.Redirect, strange.StatusCode);
    }

    [Theory, Databases]
    public async Task Properties_of_another_account_are_not_found_and_built_in_ones_not_changed(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var properties = app.Services.GetRequiredService<Properties>();
        await app.Services.GetRequiredService<Db>().Write(tx => properties.Create(tx, 2, new(null, "Secret", "text", "", [])));
        await WebApp.Post(app.Http, "/settings/properties/new", Colour);

        Assert.DoesNotContain("Secret", await app.Http.GetStringAsync("/settings/properties"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/settings/properties/1001")).StatusCode);      // one account's ids say nothing of another's
        var builtIn = await WebApp.Page(app.Http, "/settings/properties/20");
        Assert.Empty(builtIn.QuerySelectorAll("main form[method=post]"));
        Assert.Contains("marketingqualifiedlead", Text(builtIn), StringComparison.Ordinal);
        var found = await WebApp.Page(app.Http, "/settings/properties?q=bounce");
        Assert.All(found.QuerySelectorAll("tbody tr"), row => Assert.DoesNotContain("Favourite", row.TextContent, StringComparison.Ordinal));
        Assert.Contains("hs_email_hard_bounce_reason_enum", Text(found), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en")]
    [InlineData(1280, ColorScheme.Dark, "en")]
    [InlineData(390, ColorScheme.Light, "nl")]
    [InlineData(390, ColorScheme.Dark, "nl")]
    public async Task The_pages_are_clean_in_a_real_browser(int width, ColorScheme colours, string language)
    {
        await using var app = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings/properties/new", new(Colour) { ["Form.Description"] = "What they like best" });
        await WebApp.Post(app.Http, "/settings/properties/groups", new() { ["Added"] = "Garden" });
        await WebApp.Post(app.Http, "/settings", new() { ["Language"] = language });
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);

        foreach (var path in new[] { "/settings/properties", "/settings/properties?show=archived", "/settings/properties/1000", "/settings/properties/20", "/settings/properties/groups", "/settings/properties/new" })
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"{path.Trim('/').Replace('/', '-').Replace("?show=", "-", StringComparison.Ordinal)}-{look}");
        }
        Assert.False(await page.IsVisibleAsync("[name='Form.Options']"));
        await page.SelectOptionAsync("[name='Form.Kind']", "choices");
        Assert.True(await page.IsVisibleAsync("[name='Form.Options']"));

        await page.GotoAsync("/settings/properties");
        await page.FillAsync("main [type=search]", "favourite");
        await page.WaitForURLAsync("**/settings/properties?q=favourite");
        await Assertions.Expect(page.Locator("#results tbody tr")).ToHaveCountAsync(1);
    }

    private static string Rows(IHtmlDocument page) => string.Join(", ", page.QuerySelectorAll(".option-row").Select(row => $"{Value(row, "label")} {Value(row, "value")}"));

    private static string Value(IElement row, string part) => ((IHtmlInputElement)row.QuerySelector($"[name$='.{part}']")!).Value;

    private static string Choices(IHtmlDocument page) => string.Join(", ", page.QuerySelectorAll("[name='p.favourite_colour'] option").Select(option => option.TextContent));

    private static string Text(IHtmlDocument page) => page.QuerySelector("main")!.TextContent;
    private static string? Place(HttpResponseMessage answer) => answer.Headers.Location is { } place ? place.IsAbsoluteUri ? place.PathAndQuery : place.OriginalString : null;
}
