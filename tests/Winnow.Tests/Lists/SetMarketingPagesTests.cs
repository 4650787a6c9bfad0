using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>The marketing status of many contacts, by forms alone.</summary>
public sealed class SetMarketingPagesTests
{
    private const string To = "/contacts/set-marketing?all=1", Non = "/contacts/set-non-marketing?all=1";

    [Theory, Databases]
    public async Task The_dialog_says_who_changes_asks_for_that_number_and_the_job_offers_the_undo(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app, 30);
        var page = await WebApp.Page(app.Http, To);
        Assert.Equal("Set 28 contacts as marketing contacts", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(["28", "0", "28", "2 → 30", "2"], page.QuerySelectorAll(".receipt dd").Select(d => d.TextContent.Trim()));
        Assert.Contains("Tick this to change all", await Text(await WebApp.Post(app.Http, To, new() { ["Typed"] = "28" })), StringComparison.Ordinal);
        Assert.Contains("type 28 to change", await Text(await WebApp.Post(app.Http, To, new() { ["Typed"] = "30", ["Everyone"] = "true" })), StringComparison.Ordinal);
        var ordered = await WebApp.Post(app.Http, To, new() { ["Typed"] = "28", ["Everyone"] = "true" });
        await RunJobs(app);
        var job = ordered.Headers.Location!.ToString();
        page = await WebApp.Page(app.Http, job);
        Assert.Equal("Set 28 contacts as marketing contacts", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(["28", "0", "2"], page.QuerySelectorAll("#job dl.lines dd").Select(d => d.TextContent.Trim()));
        Assert.Contains("All of these are marketing contacts already.", await app.Http.GetStringAsync(To), StringComparison.Ordinal);

        var undo = page.QuerySelector("#job a[href$='/undo']")!.GetAttribute("href")!;
        Assert.Equal("/marketing-changes/1/undo", undo);
        Assert.Equal(undo, (await WebApp.Page(app.Http, "/notifications")).QuerySelector("main a[href$='/undo']")!.GetAttribute("href"));
        ordered = await WebApp.Post(app.Http, undo, new() { ["Typed"] = "28" });
        await RunJobs(app);
        page = await WebApp.Page(app.Http, ordered.Headers.Location!.ToString());
        Assert.Equal(["28", "0"], page.QuerySelectorAll("#job dl.lines dd").Select(d => d.TextContent.Trim()));
        page = await WebApp.Page(app.Http, "/contacts/set-non-marketing?id=1&id=2&id=3");
        var next = (await app.Services.GetRequiredService<Winnow.MarketingContacts.MarketingPlans>().Of(1)).NextUpdate.ToString("d MMMM yyyy", System.Globalization.CultureInfo.GetCultureInfo("en-GB"));
        Assert.Equal(["2", "2", $"2 until {next}", "0", "0", "1"], page.QuerySelectorAll(".receipt dd").Select(d => d.TextContent.Trim()));
    }

    [Theory, Databases]
    public async Task Without_the_permission_every_door_is_shut_and_nobody_reaches_another_account(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Fill(app, 3);
        var ordered = await WebApp.Post(app.Http, Non, new() { ["Typed"] = "2", ["Everyone"] = "true" });
        await RunJobs(app);
        var editor = await app.Colleague("editor@fernhill.example", PermissionSet.Of(Permission.EditContacts, Permission.EditLists));
        foreach (var path in new[] { To, Non, "/marketing-changes/1/undo", "/marketing-changes/1/kept" }) Assert.Equal(HttpStatusCode.Forbidden, (await editor.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await editor.GetAsync("/bulk-edits/1/undo")).StatusCode);          // nor by the door of properties
        Assert.DoesNotContain("set-marketing", await editor.GetStringAsync("/contacts"), StringComparison.Ordinal);
        Assert.Empty((await WebApp.Page(editor, ordered.Headers.Location!.ToString())).QuerySelectorAll("a[href$='/undo']"));
        Assert.Contains("set-non-marketing", await app.Http.GetStringAsync("/contacts"), StringComparison.Ordinal);
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("move", "update contacts set account_id = 2 where account_id = 1")));
        Assert.Contains("No contacts are selected.", await app.Http.GetStringAsync("/contacts/set-marketing?id=1"), StringComparison.Ordinal);
    }

    /// <summary>Contacts, of which the first two are marketing contacts.</summary>
    private static Task Fill(WebApp app, int count) => app.Services.GetRequiredService<Db>().Write(async tx =>
    {
        var store = app.Services.GetRequiredService<ContactStore>();
        var made = await store.New(tx, 1, count);
        foreach (var contact in made) contact[BuiltInProperties.Of("email")] = $"a{contact.Id}@example.test";
        foreach (var contact in made.Take(2)) MarketingStatus.Set(contact, "CONTACT_IMPORT", "a file");
        await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
    });

    private static Task RunJobs(WebApp app) => app.Services.GetRequiredService<JobRunner>().RunOpenJobs();

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();
}
