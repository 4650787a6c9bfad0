using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.MarketingContacts;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>Who may make marketing contacts, what tools do by default, and what waits for an approval: by forms alone.</summary>
public sealed partial class MarketingDoorsTests
{
    /// <summary>Who creates contacts, and which tool's default is asked for them; null: why none is.</summary>
    private static readonly Dictionary<string, (CreatingTool? Tool, string? WhyNone)> Creators = new()
    {
        ["EditContact"] = (CreatingTool.ByHand, null),
        ["ImportDrafts"] = (CreatingTool.Import, null),
        ["SampleAccount"] = (null, "the demo's people are marketing contacts or not as they are made up"),
        ["MoveInContacts"] = (null, "contacts that move in keep the status that they had"),
    };

    [Fact]
    public void Whoever_creates_contacts_is_a_tool_with_a_default_that_is_asked()
    {
        var sources = Directory.EnumerateFiles(Root.At("src"), "*.*", SearchOption.AllDirectories).Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)).ToDictionary(file => file, File.ReadAllText);
        var makers = sources.Where(source => Makes().IsMatch(source.Value)).Select(source => Path.GetFileNameWithoutExtension(source.Key)).ToList();
        Assert.Contains("EditContact", makers);
        Assert.Empty(makers.Where(maker => !Creators.ContainsKey(maker)));                      // new: give it a row in Defaults.Usual, ask it, and name it above
        Assert.Equal(Enum.GetValues<CreatingTool>(), Defaults.Usual.Select(row => row.Tool));
        foreach (var tool in Enum.GetValues<CreatingTool>())
        {
            Assert.Contains(Creators.Values, creator => creator.Tool == tool);
            Assert.Contains(sources, source => source.Value.Contains($"CreatingTool.{tool})", StringComparison.Ordinal) && source.Value.Contains("Defaults.Of(", StringComparison.Ordinal));
        }
    }

    [Theory, Databases]
    public async Task Defaults_tick_the_boxes_and_without_the_permission_no_door_makes_a_marketing_contact(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var saved = await WebApp.Post(app.Http, "/settings/marketing", new() { ["ByHand"] = "marketing", ["Import"] = "new" }, "/settings/marketing/defaults");
        Assert.EndsWith("/settings/marketing?saved=1", saved.Headers.Location!.ToString(), StringComparison.Ordinal);
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "ann@example.test" });
        Assert.Equal((1L, 1L), await Counts(app));                                              // the box was ticked by the default
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "bob@example.test", ["Marketing"] = "false" });
        Assert.Equal((2L, 1L), await Counts(app));

        var import = await Upload(app, "Email\nbob@example.test\ncas@example.test\n");
        var mapping = await WebApp.Page(app.Http, $"/imports/{import}/mapping");
        Assert.True(mapping.QuerySelector("input[name=Marketing]")!.HasAttribute("checked"));
        Assert.False(mapping.QuerySelector("input[name=MarketingKnown]")!.HasAttribute("checked"));
        Assert.Contains("1 contact would become a marketing contact", mapping.Body!.TextContent, StringComparison.Ordinal);
        await WebApp.Post(app.Http, $"/imports/{import}/mapping", [], "mapping");
        await RunJobs(app);
        Assert.Equal((3L, 2L), await Counts(app));                                              // only the new one

        var editor = await app.Colleague("editor@fernhill.example", PermissionSet.Of(Permission.EditContacts, Permission.EditLists, Permission.Import, Permission.DeleteContacts));
        var form = await WebApp.Page(editor, "/contacts/new");
        Assert.Null(form.QuerySelector("input[name=Marketing]"));
        Assert.Contains("needs the permission “Modify marketing contacts”", form.Body!.TextContent, StringComparison.Ordinal);
        var refused = await WebApp.Post(editor, "/contacts/new", new() { ["p.email"] = "dan@example.test", ["Marketing"] = "true" });
        Assert.Contains("Nothing was created.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await WebApp.Post(editor, "/contacts/new", new() { ["p.email"] = "dan@example.test" });
        import = await Upload(app, "Email\nbob@example.test\neve@example.test\n");
        Assert.Contains("needs the permission “Modify marketing contacts”", (await WebApp.Page(editor, $"/imports/{import}/mapping")).Body!.TextContent, StringComparison.Ordinal);
        refused = await WebApp.Post(editor, $"/imports/{import}/mapping", new() { ["Marketing"] = "true", ["MarketingKnown"] = "true" }, "mapping");
        Assert.Contains("The import was not started.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await WebApp.Post(editor, $"/imports/{import}/mapping", [], "mapping");
        await RunJobs(app);
        Assert.Equal((5L, 2L), await Counts(app));

        foreach (var path in new[] { "/contacts/2/marketing", "/contacts/set-marketing?id=2" }) Assert.Equal(HttpStatusCode.Forbidden, (await editor.GetAsync(path)).StatusCode);
        Assert.Null((await WebApp.Page(editor, "/settings/marketing")).QuerySelector("main form"));
        foreach (var path in new[] { "/settings/marketing/defaults", "/settings/marketing/fuse", "/usage/approvals/1/approve", "/usage/approvals/1/refuse", "/contacts/2/marketing", "/marketing-changes/1/undo" })
            Assert.Equal(HttpStatusCode.Forbidden, (await WithToken(editor, path)).StatusCode);
        await WebApp.Post(editor, "/contacts/2/edit", new() { ["p.hs_marketable_status"] = "true", ["p.city"] = "Ede" });      // no form takes the property itself
        Assert.Equal((5L, 2L), await Counts(app));
    }

    [Theory, Databases]
    public async Task What_is_more_than_the_day_has_room_for_waits_whole_and_runs_once_when_it_is_approved(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var marketer = await app.Colleague("marketer@fernhill.example", PermissionSet.Of(Permission.EditContacts, Permission.Import, Permission.MarketingContacts, Permission.DeleteContacts));
        await WebApp.Post(app.Http, "/settings/marketing", new() { ["on"] = "true", ["percent"] = "0", ["contacts"] = "3" }, "/settings/marketing/fuse");
        await RunImport(app, marketer, string.Concat(Enumerable.Range(0, 8).Select(i => $"p{i}@example.test\n")), marketing: false);
        Assert.Equal((8L, 0L), await Counts(app));

        // one by one there is room; many at once are too many, and wait whole
        await WebApp.Post(marketer, "/contacts/1/marketing", []);
        var dialog = await WebApp.Page(marketer, Four);
        Assert.Contains("This waits for an approval.", dialog.Body!.TextContent, StringComparison.Ordinal);
        var waits = await WebApp.Post(marketer, Four, new() { ["Typed"] = "4" });
        Assert.EndsWith("/usage/approvals/1", waits.Headers.Location!.ToString(), StringComparison.Ordinal);
        await RunJobs(app);
        Assert.Equal((8L, 1L), await Counts(app));
        Assert.Null((await WebApp.Page(marketer, "/usage/approvals/1")).QuerySelector("main form"));
        await Tell(app);
        Assert.Contains("4 contacts wait for your approval", await app.Http.GetStringAsync("/notifications"), StringComparison.Ordinal);
        Assert.Contains("4 contacts wait for an approval", await marketer.GetStringAsync("/notifications"), StringComparison.Ordinal);

        // one of them is gone, another was set by hand: the number that was shown is refused, the new one is done, once
        var shown = await WebApp.Page(app.Http, "/usage/approvals/1");
        Assert.Contains("Approve 4 contacts", shown.Body!.TextContent, StringComparison.Ordinal);
        await WebApp.Post(marketer, "/contacts/2/marketing", []);
        var stale = await WebApp.Post(app.Http, "/usage/approvals/1", new() { ["expected"] = "4" }, "/usage/approvals/1/approve");
        Assert.EndsWith("/usage/approvals/1?changed=1", stale.Headers.Location!.ToString(), StringComparison.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => WebApp.Post(app.Http, "/usage/approvals/1", [], "/usage/approvals/1/approve")).ToList<Task>().Select(async post => { try { await post; } catch (InvalidOperationException) { } }));
        await RunJobs(app);
        Assert.Equal((8L, 5L), await Counts(app));
        Assert.Equal(1L, await Scalar(app, "select count(*) from bulk_operations where account_id = 1 and kind = 'marketing'"));
        Assert.Contains("Approved by Noor Jansen", await marketer.GetStringAsync("/usage/approvals/1"), StringComparison.Ordinal);
        Assert.Equal(4L, await Scalar(app, "select count(*) from contacts where account_id = 1 and marketing and marketing_source = 'USER_SET' and id < 5"));

        // an import runs, and what it would have set waits; known contacts that do not fit too
        Assert.Equal(2L, await Scalar(app, "select taken from marketing_fuse_days where account_id = 1"));
        await RunImport(app, marketer, "p6@example.test\np7@example.test\nnew@example.test\np0@example.test\n", marketing: true);
        Assert.Equal((9L, 5L), await Counts(app));
        Assert.Contains("Contacts of this import wait", await marketer.GetStringAsync("/imports/2"), StringComparison.Ordinal);
        await WebApp.Post(app.Http, "/usage/approvals/2", [], "/usage/approvals/2/approve");
        await RunJobs(app);
        Assert.Equal((9L, 8L), await Counts(app));
        Assert.Equal(3L, await Scalar(app, "select count(*) from contacts where account_id = 1 and marketing and marketing_source = 'CONTACT_IMPORT'"));

        // the last one of the day goes, the next is made, but waits; a refusal tells why
        await WebApp.Post(marketer, "/contacts/new", new() { ["p.email"] = "in@example.test", ["Marketing"] = "true" });
        waits = await WebApp.Post(marketer, "/contacts/new", new() { ["p.email"] = "out@example.test", ["Marketing"] = "true" });
        Assert.EndsWith("/usage/approvals/3", waits.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal((11L, 9L), await Counts(app));
        await WebApp.Post(app.Http, "/usage/approvals/3", new() { ["why"] = "Not in November" }, "/usage/approvals/3/refuse");
        await RunJobs(app);
        Assert.Equal((11L, 9L), await Counts(app));
        Assert.Contains("Refused: set 1 contact as marketing contact", await marketer.GetStringAsync("/notifications"), StringComparison.Ordinal);
        Assert.Contains("Not in November", await marketer.GetStringAsync("/usage/approvals/3"), StringComparison.Ordinal);
        Assert.Equal(3, (await WebApp.Page(app.Http, "/usage/approvals")).QuerySelectorAll("tbody tr").Length);
    }

    [Theory, Databases]
    public async Task The_day_is_counted_exactly_whoever_takes_room_at_the_same_time_and_ends_at_midnight_of_the_account(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'Fern', 'Pacific/Auckland', 'en', @secret, 0)", new { secret = new byte[32] });
        var fuse = app.Get<MarketingFuse>();
        Assert.Null((await app.Db.Read(tx => fuse.Today(tx, 1))).Limit);                        // no contact tier, no fuse
        await app.Get<MarketingPlans>().Choose(1, PlanPeriod.Month, new(2026, 6, 1), 25_000, null, 1);
        Assert.Equal(2_500L, (await app.Db.Read(tx => fuse.Today(tx, 1))).Limit);
        await app.Get<MarketingPlans>().AskLower(1, 1_000, 1);
        Assert.False(await app.Db.Write(tx => fuse.Take(tx, 1, 2_501)));
        var taken = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => app.Db.Write(tx => fuse.Take(tx, 1, 100)))));
        Assert.Equal(25, taken.Count(took => took));
        Assert.Equal(new FuseToday(new(true, 10, 1_000), 2_500, 2_500), await app.Db.Read(tx => fuse.Today(tx, 1)));
        Assert.False(await app.Db.Write(tx => fuse.Take(tx, 1, 1)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.Db.Write(async tx =>
        {
            await MarketingFuse.Save(tx, 1, new(false, 10, 1_000));
            throw new InvalidOperationException();
        }));
        app.Clock.Set(new(2026, 11, 30, 11, 0, 0, TimeSpan.Zero));                              // midnight in Auckland
        Assert.True(await app.Db.Write(tx => fuse.Take(tx, 1, 2_500)));
        app.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.False(await app.Db.Write(tx => fuse.Take(tx, 1, 1)));
        app.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await app.Db.Write(tx => fuse.Take(tx, 1, 1)));
        await app.Db.Write(tx => MarketingFuse.Save(tx, 1, new(false, 0, 0)));
        Assert.True(await app.Db.Write(tx => fuse.Take(tx, 1, 1_000_000)));
    }

    private const string Four = "/contacts/set-marketing?id=2&id=3&id=4&id=5";

    private static async Task<long> Upload(WebApp app, string file) =>
        (await app.Services.GetRequiredService<Imports>().Upload(1, "people.csv", new MemoryStream(Encoding.UTF8.GetBytes(file)), 1, default)).Id!.Value;

    private static async Task RunImport(WebApp app, HttpClient browser, string addresses, bool marketing)
    {
        var import = await Upload(app, "Email\n" + addresses);
        await WebApp.Post(browser, $"/imports/{import}/mapping", marketing ? new() { ["Marketing"] = "true" } : [], "mapping");
        await RunJobs(app);
    }

    /// <summary>What a schedule does a minute later.</summary>
    private static async Task Tell(WebApp app)
    {
        await app.Services.GetRequiredService<Approvals>().Tell(default);
        await app.Services.GetRequiredService<Approvals>().Tell(default);
        await RunJobs(app);
    }

    /// <summary>A form that no page of this person shows, with the token of another one.</summary>
    private static async Task<HttpResponseMessage> WithToken(HttpClient browser, string path)
    {
        var token = (await WebApp.Page(browser, "/contacts/new")).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return await browser.PostAsync(path, new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["Wanted"] = "true" }));
    }

    private static async Task<(long All, long Marketing)> Counts(WebApp app) =>
        await app.Services.GetRequiredService<Db>().Read(async tx => await app.Services.GetRequiredService<ContactStore>().Counts(tx, 1)) is var counts ? (counts.All, counts.Marketing) : default;

    private static Task<long> Scalar(WebApp app, string sql) => app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", sql)));

    private static Task RunJobs(WebApp app) => app.Services.GetRequiredService<JobRunner>().RunOpenJobs();

    [GeneratedRegex(@"\bcontacts\.New\(tx|\bcontacts\.New\([^)]*accountId|ContactStore>\(\)\.New\(", RegexOptions.IgnoreCase)]
    private static partial Regex Makes();
}
