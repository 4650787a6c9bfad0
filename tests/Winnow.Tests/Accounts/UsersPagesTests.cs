using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>Users of an account: invited by a real mail, given permissions, shut out; and people in several accounts.</summary>
public sealed partial class UsersPagesTests
{
    [Theory, Databases]
    public async Task A_person_is_invited_by_mail_joins_and_may_just_what_was_offered(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await Start(database, relay);
        Assert.StartsWith("/settings/users?invited=", (await Invite(app, "mo@fernhill.example", "Marketer")).Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        var mail = Assert.Single(relay.Mails);
        Assert.Equal("mo@fernhill.example", mail.To);
        var link = LinkIn(mail.Text);

        var browser = app.NewBrowser();
        Assert.Contains("at least 4 different", await Text(await WebApp.Post(browser, link, new() { ["Person"] = "Mo", ["Password"] = "aaaaaaaaaaaa" })));
        Assert.Equal("/", (await WebApp.Post(browser, link, new() { ["Person"] = "Mo", ["Password"] = "another horse" })).Headers.Location?.PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/contacts/new")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/settings/users")).StatusCode);
        Assert.Contains("works no more", await app.NewBrowser().GetStringAsync(link), StringComparison.Ordinal);
        Assert.Contains("in this account already", await Text(await Invite(app, "mo@fernhill.example", "Analyst")), StringComparison.Ordinal);
        Assert.Contains("User joined: Mo", (await WebApp.Page(app.Http, "/settings/audit")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Permissions_hold_from_the_next_click_and_who_is_shut_out_is_out(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        using var bob = await app.Colleague("bob@fernhill.example", PermissionSet.ReadOnly);
        var id = (await app.Services.GetRequiredService<People>().All(1)).Single(m => m.Name == "bob").UserId;
        Assert.Equal(HttpStatusCode.Forbidden, (await bob.GetAsync("/contacts/new")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, $"/settings/users/{id}", new() { ["Set"] = "own", ["May"] = "EditContacts" }, "permissions")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await bob.GetAsync("/contacts/new")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, $"/settings/users/{id}", [], "active")).StatusCode);
        Assert.StartsWith("/sign-in", (await bob.GetAsync("/contacts")).Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        Assert.Contains("last super admin", await Text(await WebApp.Post(app.Http, "/settings/users/1", new() { ["Set"] = "Read only" }, "permissions")), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Who_belongs_to_two_accounts_goes_from_one_to_the_other_and_sees_one_at_a_time(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await Start(database, relay);
        await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = "first@home.test" });
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/accounts/new", new() { ["Company"] = "Second Ltd", ["Zone"] = "UTC", ["Language"] = "en" })).StatusCode);
        Assert.DoesNotContain("first@home.test", await app.Http.GetStringAsync("/contacts"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/contacts/1")).StatusCode);
        var page = await WebApp.Page(app.Http, "/accounts");
        Assert.Contains("Second Ltd", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/accounts", [], "/accounts/1/switch")).StatusCode);
        Assert.Contains("first@home.test", await app.Http.GetStringAsync("/contacts"), StringComparison.Ordinal);

        using var bob = await app.Colleague("bob@fernhill.example", PermissionSet.ReadOnly);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.GetAsync("/accounts/new")).StatusCode);
        var token = (await WebApp.Page(bob, "/settings/profile")).QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        Assert.Equal(HttpStatusCode.NotFound, (await bob.PostAsync("/accounts/2/switch", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]))).StatusCode);

        // a person who signs in here already accepts with that sign-in
        await WebApp.Post(app.Http, "/accounts", [], "/accounts/2/switch");
        await Sending(app, relay, 2);
        Assert.Equal(HttpStatusCode.Redirect, (await Invite(app, "bob@fernhill.example", "Analyst")).StatusCode);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        var link = LinkIn(relay.Mails.Last().Text);
        Assert.Contains("has a sign-in here", await app.NewBrowser().GetStringAsync(link), StringComparison.Ordinal);
        Assert.Equal("/accounts", (await WebApp.Post(bob, link, [])).Headers.Location?.PathAndQuery);
        Assert.Contains("Second Ltd", await bob.GetStringAsync("/accounts"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1280, Microsoft.Playwright.ColorScheme.Light)]
    [InlineData(390, Microsoft.Playwright.ColorScheme.Dark)]
    public async Task The_pages_of_people_look_right_and_pass_axe(int width, Microsoft.Playwright.ColorScheme colours)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        using var bob = await app.Colleague("bob@fernhill.example", PermissionSet.Presets[1].Set);
        var (db, teams) = (app.Services.GetRequiredService<Winnow.Data.Db>(), app.Services.GetRequiredService<Teams>());
        foreach (var name in new[] { "Field work", "Office" }) await db.Write(async tx => await teams.Add(tx, 1, 1, (await teams.Create(tx, 1, 1, name)).Id!.Value, 2));
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours);
        await Chromium.SignIn(page);
        foreach (var path in new[] { "/settings/users", "/settings/users/invite", "/settings/users/2", "/settings/teams", "/settings/teams/1", "/settings/teams/1/delete", "/settings/notifications", "/settings/audit", "/accounts", "/accounts/new" })
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"people{path.Replace('/', '-')}-{width}-{colours}".ToLowerInvariant());
        }
    }

    private static Task<HttpResponseMessage> Invite(WebApp app, string email, string set) => WebApp.Post(app.Http, "/settings/users/invite", new() { ["Email"] = email, ["Set"] = set });

    private static async Task<WebApp> Start(string database, TestRelay relay)
    {
        var app = await WebApp.On(database);
        await app.SetUp();
        await Sending(app, relay, 1);
        return app;
    }

    private static Task Sending(WebApp app, TestRelay relay, long account) => app.Services.GetRequiredService<MailSettingsStore>().Save(account,
        MailSettings.Blank with { RelayHost = "127.0.0.1", RelayPort = relay.Port, RelayTls = "none", FromName = "Fernhill", FromAddress = "news@fernhill.test", BounceDomain = "bounces.fernhill.test", PublicUrl = "https://winnow.fernhill.test" });

    private static async Task<string> Text(HttpResponseMessage answer) => (await WebApp.Read(answer)).Body!.TextContent;

    private static string LinkIn(string mail) => Link().Match(TestRelay.Read(mail).First("text/plain")!.Text()).Value;

    [GeneratedRegex("/invitation/[A-Za-z0-9_-]+")]
    private static partial Regex Link();
}
