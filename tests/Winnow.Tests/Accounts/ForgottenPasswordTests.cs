using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>A forgotten password, by a link in a real mail.</summary>
public partial class ForgottenPasswordTests
{
    private static readonly Dictionary<string, string> Noor = new() { ["Email"] = "Noor@fernhill.example" }, Nobody = new() { ["Email"] = "nobody@fernhill.example" };

    [Theory, Databases]
    public async Task A_link_in_a_mail_sets_a_new_password_once_and_ends_every_session(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await Start(database, relay);
        var browser = app.NewBrowser();

        await WebApp.Post(browser, "/forgot-password", Noor);
        await WebApp.Post(browser, "/forgot-password", Noor);
        await Mails(app);
        var links = relay.Mails.Select(mail => LinkIn(mail.Text)).ToList();
        Assert.Equal(2, links.Distinct().Count());
        Assert.All(relay.Mails, mail => Assert.Equal("noor@fernhill.example", mail.To, ignoreCase: true));

        Assert.Contains("at least 4 different", await Text(await WebApp.Post(browser, links[0], new() { ["New"] = "aaaaaaaaaaaa" })));
        Assert.Equal("/sign-in?chosen=1", (await WebApp.Post(browser, links[0], new() { ["New"] = "horse correct" })).Headers.Location?.PathAndQuery);

        Assert.Contains("works no more", await browser.GetStringAsync(links[0]));
        Assert.Contains("works no more", await browser.GetStringAsync(links[1]));               // the other one, too
        Assert.Equal(HttpStatusCode.Redirect, (await app.Http.GetAsync("/settings")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SignIn(browser, "correct horse")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await SignIn(browser, "horse correct")).StatusCode);
    }

    [Theory, Databases]
    public async Task An_unknown_address_hears_the_same_and_nobody_is_flooded(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await Start(database, relay);
        var browser = app.NewBrowser();

        var answers = new List<string?>();
        foreach (var who in new[] { Nobody, Noor, Noor, Noor, Noor, Noor, Noor, Noor }) answers.Add((await WebApp.Post(browser, "/forgot-password", who)).Headers.Location?.PathAndQuery);
        await Mails(app);

        Assert.Equal("/forgot-password?sent=1", Assert.Single(answers.Distinct()));
        Assert.Equal(5, relay.Mails.Count);
    }

    [Theory, Databases]
    public async Task An_old_link_works_no_more(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var (db, links) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<OneTimeLinks>());
        var stamp = await db.Read(tx => tx.Single<string>(Statement.Built("test", "select security_stamp from users")));
        var (now, browser) = (TimeProvider.System.GetUtcNow(), app.NewBrowser());
        var token = await db.Write(tx => links.Create(tx, new("password", now.AddSeconds(-1), 1, 1, Data: stamp)));
        var other = await db.Write(tx => links.Create(tx, new("invitation", now.AddHours(1), 1, 1, Data: stamp)));
        var good = await db.Write(tx => links.Create(tx, new("password", now.AddHours(1), 1, 1, Data: stamp)));

        Assert.Contains("works no more", await app.NewBrowser().GetStringAsync($"/reset-password/{token}"));
        Assert.Contains("works no more", await app.NewBrowser().GetStringAsync($"/reset-password/{other}"));
        Assert.DoesNotContain("works no more", await browser.GetStringAsync($"/reset-password/{good}"));
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Present"] = "correct horse", ["New"] = "horse correct" }, form: "password");
        Assert.Contains("works no more", await browser.GetStringAsync($"/reset-password/{good}"));     // the password it was to replace is gone
    }

    [Fact]
    public async Task A_person_learns_that_no_mail_can_leave()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();

        Assert.Contains("No mail can leave Winnow yet", await app.Http.GetStringAsync("/settings/security"));
    }

    internal static async Task<WebApp> Start(string database, TestRelay relay)
    {
        var app = await WebApp.On(database);
        await app.SetUp();
        var blank = MailSettings.Blank;
        await app.Services.GetRequiredService<MailSettingsStore>().Save(1, blank with { RelayHost = "127.0.0.1", RelayPort = relay.Port, RelayTls = "none", FromName = "Fern", FromAddress = "noor@fernhill.example", BounceDomain = "b.fernhill.example", PublicUrl = "https://crm.fernhill.example" });
        return app;
    }

    internal static Task Mails(WebApp app) => app.Services.GetRequiredService<JobRunner>().RunOpenJobs();

    internal static string LinkIn(string mail) => Link().Match(mail.Replace("=\r\n", "", StringComparison.Ordinal)).Groups[1].Value;

    private static Task<HttpResponseMessage> SignIn(HttpClient browser, string password) => WebApp.Post(browser, "/sign-in", new() { ["Email"] = "noor@fernhill.example", ["Password"] = password });

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    [GeneratedRegex(@"https://crm\.fernhill\.example(/reset-password/[\w-]{43})")]
    private static partial Regex Link();
}
