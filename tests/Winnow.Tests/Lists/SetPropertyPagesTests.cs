using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>Editing a property of many contacts, by forms alone and in Chromium.</summary>
public sealed class SetPropertyPagesTests
{
    private const string All = "/contacts/edit-property?all=1";

    [Theory, Databases]
    public async Task A_property_is_chosen_set_and_emptied_for_all_that_are_selected(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app, 30);
        var page = await WebApp.Page(app.Http, All);
        var names = page.QuerySelectorAll("select[name=Property] option").Select(o => o.GetAttribute("value")).ToList();
        Assert.Contains("city", names);
        Assert.DoesNotContain("email", names);
        Assert.DoesNotContain("hs_marketable_status", names);
        Assert.Contains("Choose a property that people can edit.", await Text(await WebApp.Post(app.Http, All, [])), StringComparison.Ordinal);
        Assert.Contains("Choose a property that people can edit.", await Text(await WebApp.Post(app.Http, All, new() { ["Property"] = "hs_marketable_status", ["Chosen"] = "hs_marketable_status", ["Typed"] = "30" })), StringComparison.Ordinal);

        page = await WebApp.Read(await WebApp.Post(app.Http, All, new() { ["Property"] = "lifecyclestage" }));
        Assert.Contains("customer", page.QuerySelectorAll("select[name=Value] option").Select(o => o.GetAttribute("value")));
        Dictionary<string, string> set = new() { ["Property"] = "lifecyclestage", ["Chosen"] = "lifecyclestage", ["How"] = "set", ["Value"] = "customer" };
        Assert.Contains("type 30 to change", await Text(await WebApp.Post(app.Http, All, new(set) { ["Typed"] = "29" })), StringComparison.Ordinal);
        Assert.Contains("or choose to empty", await Text(await WebApp.Post(app.Http, All, new(set) { ["Typed"] = "30", ["Value"] = "" })), StringComparison.Ordinal);
        Assert.Contains("Choose one of the options.", await Text(await WebApp.Post(app.Http, All, new(set) { ["Typed"] = "30", ["Value"] = "king" })), StringComparison.Ordinal);

        var ordered = await WebApp.Post(app.Http, All, new(set) { ["Typed"] = "30" });
        Assert.Equal(HttpStatusCode.Redirect, ordered.StatusCode);
        await RunJobs(app);
        page = await WebApp.Page(app.Http, ordered.Headers.Location!.ToString());
        Assert.Equal("Set Lifecycle Stage to Customer (30 contacts)", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(["30", "0"], page.QuerySelectorAll("#job dl.lines dd").Select(d => d.TextContent.Trim()));

        // a page's worth needs no number
        ordered = await WebApp.Post(app.Http, "/contacts/edit-property?id=1&id=2&id=99", new() { ["Property"] = "lifecyclestage", ["Chosen"] = "lifecyclestage", ["How"] = "empty" });
        await RunJobs(app);
        Assert.Equal("Empty Lifecycle Stage (2 contacts)", (await WebApp.Page(app.Http, ordered.Headers.Location!.ToString())).QuerySelector("h1")!.TextContent);
        Assert.Equal(28L, await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from contacts where account_id = 1 and lifecycle_stage = 'customer'"))));
        Assert.Contains("Lifecycle Stage", (await WebApp.Page(app.Http, "/contacts/1")).QuerySelector(".events")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task A_changed_selection_is_refused_and_another_account_s_contacts_cannot_be_chosen(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app, 3);
        var page = await WebApp.Read(await WebApp.Post(app.Http, All, new() { ["Property"] = "city" }));
        await Fill(app, 1);
        var fields = page.QuerySelectorAll("main form input[type=hidden]").ToDictionary(f => f.GetAttribute("name")!, f => f.GetAttribute("value")!);
        (fields["How"], fields["Value"]) = ("set", "Ede");
        var refused = await Text(await app.Http.PostAsync(All, new FormUrlEncodedContent(fields)));
        Assert.Contains("Nothing was changed: the selection is another one by now.", refused, StringComparison.Ordinal);
        Assert.Contains("4 contacts now: 1 joined and 0 left", refused, StringComparison.Ordinal);
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("move", "update contacts set account_id = 2 where account_id = 1")));
        Assert.Contains("No contacts are selected.", await app.Http.GetStringAsync("/contacts/edit-property?id=1"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task The_job_and_its_notification_offer_an_undo_which_asks_for_the_number_and_tells_what_was_kept(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app, 30);
        var ordered = await WebApp.Post(app.Http, All, new() { ["Property"] = "city", ["Chosen"] = "city", ["How"] = "set", ["Value"] = "Ede", ["Typed"] = "30" });
        var job = ordered.Headers.Location!.ToString();
        Assert.Empty((await WebApp.Page(app.Http, job)).QuerySelectorAll("a[href$='/undo']"));                    // it still runs
        await RunJobs(app);
        await WebApp.Post(app.Http, "/contacts/1/edit", new() { ["p.city"] = "Gouda" });
        var reader = await app.Colleague("reader@fernhill.example", PermissionSet.ReadOnly);
        Assert.Empty((await WebApp.Page(reader, job)).QuerySelectorAll("a[href$='/undo']"));
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync("/bulk-edits/1/undo")).StatusCode);

        Assert.Equal("/bulk-edits/1/undo", (await WebApp.Page(app.Http, "/notifications")).QuerySelector("main a[href$='/undo']")!.GetAttribute("href"));
        var undo = (await WebApp.Page(app.Http, job)).QuerySelector("#job a[href$='/undo']")!.GetAttribute("href")!;
        Assert.Contains("type 30 to undo", await Text(await WebApp.Post(app.Http, undo, new() { ["Typed"] = "29" })), StringComparison.Ordinal);
        ordered = await WebApp.Post(app.Http, undo, new() { ["Typed"] = "30" });
        Assert.Equal(HttpStatusCode.Redirect, ordered.StatusCode);
        await RunJobs(app);

        var page = await WebApp.Page(app.Http, ordered.Headers.Location!.ToString());
        Assert.Equal("Undo: Set City to Ede (30 contacts)", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(["29", "1"], page.QuerySelectorAll("#job dl.lines dd").Select(d => d.TextContent.Trim()));
        Assert.Contains("a1@example.test", await app.Http.GetStringAsync(page.QuerySelector("#job a[href$='/kept']")!.GetAttribute("href")), StringComparison.Ordinal);
        Assert.Contains("Undone for 29 contacts", (await WebApp.Page(app.Http, job)).QuerySelector("#job")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("undone already", await app.Http.GetStringAsync(undo), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_and_the_file_of_an_undo_are_in_the_language_of_whoever_reads_them()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings", new() { ["Language"] = "nl" }, "account");
        await Fill(app, 3);
        foreach (var deed in new[] { "edit-property", "set-marketing", "delete", "export", "unbounce", "add-to-list", "create-list" })
            Assert.Contains("Er zijn geen contacten geselecteerd.", await app.Http.GetStringAsync($"/contacts/{deed}?id=99"), StringComparison.Ordinal);
        await WebApp.Post(app.Http, All, new() { ["Property"] = "city", ["Chosen"] = "city", ["How"] = "set", ["Value"] = "Ede" });
        await RunJobs(app);
        await WebApp.Post(app.Http, "/contacts/1/edit", new() { ["p.city"] = "Gouda" });
        await WebApp.Post(app.Http, "/bulk-edits/1/undo", []);
        await RunJobs(app);
        var kept = await app.Http.GetAsync("/bulk-edits/1/kept");
        var lines = (await kept.Content.ReadAsStringAsync()).TrimStart('\uFEFF').Split("\r\n");
        Assert.Equal("Record-ID,E-mail,Naam,Eigenschap,Waarde voor de bewerking,Waarde nu,Gewijzigd op (UTC),Gewijzigd door,Waarom het behouden is", lines[0]);
        Assert.Contains(",Plaats,", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",De waarde is na de bewerking veranderd.", lines[1], StringComparison.Ordinal);
        Assert.Equal("behouden waarden.csv", kept.Content.Headers.ContentDisposition!.FileNameStar);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task All_contacts_of_a_view_get_a_value_by_clicks(int width, ColorScheme colours)
    {
        await using var app = await WebApp.On("sqlite", "web,worker");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        await Fill(app, 30);
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);
        await page.GotoAsync("/contacts");
        await page.CheckAsync("thead .tick input");
        await page.ClickAsync("#select-all");
        await page.WaitForURLAsync("**/contacts?*all=1*");
        await page.ClickAsync(".bulkbar summary");
        await page.ClickAsync(".bulkbar [formaction='/contacts/edit-property']");
        await page.WaitForSelectorAsync("#dialog dialog[open]");
        await Chromium.Check(page, $"edit-property-choose-{look}");
        await page.SelectOptionAsync("#dialog [name=Property]", "city");
        await page.ClickAsync("#dialog footer .btn-primary");
        await page.WaitForSelectorAsync("#dialog [name=Value]");
        Assert.True(await page.IsDisabledAsync("#dialog [data-needs-count]"));
        await page.FillAsync("#dialog [name=Value]", "Ede");
        await page.FillAsync("#dialog [name=Typed]", "30");
        await Chromium.Check(page, $"edit-property-{look}");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/jobs/*");
        await page.WaitForSelectorAsync("#job dl.lines");
        await Chromium.Check(page, $"edit-property-job-{look}");
        Assert.Equal(30L, await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from contacts where account_id = 1 and city = 'Ede'"))));

        await page.ClickAsync("#job a[href$='/undo']");
        await page.FillAsync("#dialog [name=Typed]", "30");
        await Chromium.Check(page, $"undo-edit-{look}");
        await page.ClickAsync("#dialog footer .btn-primary");
        await page.WaitForSelectorAsync("h1:has-text('Undo:')");
        await page.WaitForSelectorAsync("#job dl.lines");
        await Chromium.Check(page, $"undo-edit-job-{look}");
        Assert.Equal(0L, await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from contacts where account_id = 1 and city = 'Ede'"))));
    }

    private static Task Fill(WebApp app, int count) => app.Services.GetRequiredService<Db>().Write(async tx =>
    {
        var store = app.Services.GetRequiredService<ContactStore>();
        var made = await store.New(tx, 1, count);
        foreach (var contact in made) contact[BuiltInProperties.Of("email")] = $"a{contact.Id}@example.test";
        await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
    });

    private static Task RunJobs(WebApp app) => app.Services.GetRequiredService<JobRunner>().RunOpenJobs();

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();
}
