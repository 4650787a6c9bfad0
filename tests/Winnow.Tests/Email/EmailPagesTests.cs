using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>The pages of Marketing > Email: by links and forms, and as a person sees them in a browser.</summary>
public sealed class EmailPagesTests
{
    [Theory, Databases]
    public async Task An_email_is_written_tested_sent_and_reported(string database)
    {
        await using var relay = TestRelay.Start();
        relay.Answer = (step, to) => step == "RCPT" && to == "c1@live.test" ? "550 5.1.1 <c1@live.test>: User unknown" : "250 2.0.0 Ok";
        await using var app = await WebApp.On(database);
        var list = await Prepare(app, relay.Port, 30);

        var made = await WebApp.Post(app.Http, "/email/new", new() { ["Name"] = "Autumn bulbs" });
        Assert.Equal("/email/1/edit", Where(made));
        var refused = await WebApp.Post(app.Http, "/email/1/edit", new() { ["Form.Subject"] = "{{contact.nope}}", ["Go"] = "send" }, "email");
        Assert.Equal("/email/1/edit?look=1", Where(refused));
        var page = await WebApp.Page(app.Http, "/email/1/edit?look=1");
        Assert.Contains("There is no contact property nope.", page.QuerySelector(".notice.warn")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("{{contact.nope}}", page.QuerySelector("[name='Form.Subject']")!.GetAttribute("value"));

        var saved = await WebApp.Post(app.Http, "/email/1/edit", new()
        {
            ["Form.Subject"] = "Hello {{contact.firstname|default(\"friend\")}}", ["Form.Html"] = "<p onclick='x()'>Dear {{contact.firstname|default(\"friend\")}}</p><script>x</script>", ["Form.Include"] = $"{list}", ["Go"] = "send",
        }, "email");
        Assert.Equal("/email/1/send", Where(saved));
        var preview = await app.Http.GetAsync("/email/1/preview");
        Assert.StartsWith("sandbox;", string.Join(' ', preview.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("<p>Dear friend</p>", await preview.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("30", (await WebApp.Page(app.Http, $"/email/1/audience?Form.Include={list}")).QuerySelector(".total")!.TextContent, StringComparison.Ordinal);

        var test = await WebApp.Post(app.Http, "/email/1/test", new() { ["Address"] = "boss@fernhill.test" }, "test-email");
        Assert.Equal("/email/1/test?done=boss%40fernhill.test", Where(test));
        Assert.Equal("boss@fernhill.test", Assert.Single(relay.Mails).To);

        Assert.Contains("Send to 30 contacts", (await WebApp.Page(app.Http, "/email/1/send")).QuerySelector("footer .btn-primary")!.TextContent, StringComparison.Ordinal);
        var changed = await WebApp.Read(await WebApp.Post(app.Http, "/email/1/send", new() { ["Expected"] = "29" }, "send-email"));
        Assert.Contains("Nothing was sent: the recipients changed.", changed.QuerySelector(".dialog-page .notice.danger")!.TextContent, StringComparison.Ordinal);
        var sent = await WebApp.Post(app.Http, "/email/1/send", [], "send-email");
        Assert.Equal("/email/1", Where(sent));
        Assert.NotNull((await WebApp.Page(app.Http, "/email/1")).QuerySelector("#report[hx-trigger='every 2s']"));
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();

        var report = await WebApp.Page(app.Http, "/email/1");
        Assert.Null(report.QuerySelector("#report[hx-trigger]"));
        Assert.Equal(["30", "30", "29", "0", "1", "0", "0"], report.QuerySelectorAll(".tile .big").Select(f => f.TextContent));
        Assert.Contains("Unknown user", report.QuerySelector("#report .dt th a.name")!.TextContent, StringComparison.Ordinal);
        var people = await WebApp.Page(app.Http, report.QuerySelector("#report .dt th a.name")!.GetAttribute("href")!);
        Assert.Contains("c1@live.test", Assert.Single(people.QuerySelectorAll(".dt tbody tr")).TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await app.Http.GetAsync("/email/1/edit")).StatusCode);
        Assert.Contains("Autumn bulbs", (await WebApp.Page(app.Http, "/email")).QuerySelector(".dt tbody")!.TextContent, StringComparison.Ordinal);

        var copy = await WebApp.Post(app.Http, "/email/1/copy", [], "copy-email");
        Assert.Equal("/email/2/edit", Where(copy));
        await WebApp.Post(app.Http, "/email/2/delete", [], "delete-email");
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/email/2/edit")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/email/99/preview")).StatusCode);
    }

    [Theory, Databases]
    public async Task One_click_unsubscribes_and_a_look_does_not(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await WebApp.On(database);
        var list = await Prepare(app, relay.Port, 2);
        await Send(app, list);
        var mail = TestRelay.Read(relay.Mails.Single(m => m.To == "c1@live.test").Text);
        var link = new Uri(mail.Headers["List-Unsubscribe"]!.Split('<', '>').Single(p => p.StartsWith("https", StringComparison.Ordinal))).AbsolutePath;
        using var stranger = app.NewBrowser();                                                        // no cookie, no session

        Assert.Contains("c1@live.test gets marketing email from Fernhill.", (await WebApp.Page(stranger, link)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(0, await OptedOut(app));
        var answer = await stranger.PostAsync(link, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]));
        Assert.Equal((HttpStatusCode.OK, "Unsubscribed."), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(1, await OptedOut(app));

        var page = await WebApp.Page(stranger, link);
        Assert.Contains("You are unsubscribed", page.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(stranger, link, [], link)).StatusCode);          // the undo
        Assert.Equal(0, await OptedOut(app));
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("/u/" + new string('a', 26))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync("/u/" + new string('a', 26), new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync("/email")).StatusCode);                    // the rest wants a sign-in
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task The_pages_look_right_and_axe_finds_nothing(int width, ColorScheme colours, string locale)
    {
        await using var relay = TestRelay.Start();
        relay.Answer = (step, to) => (step, to) switch
        {
            ("RCPT", "c1@live.test") => "550 5.1.1 <c1@live.test>: User unknown", ("RCPT", "c2@live.test") => "452 4.2.2 Mailbox full", ("end", "c3@live.test") => null, ("end", "c4@live.test") => "550 5.7.1 Blocked by policy", _ => "250 2.0.0 Ok",
        };
        await using var app = await WebApp.On("sqlite");
        var list = await Prepare(app, relay.Port, 60);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);

        await page.GotoAsync("/email");
        await Check(page, $"email-empty-{look}");
        await page.ClickAsync(".page-head .btn-primary");
        await page.FillAsync("dialog [name=Name]", "Autumn bulbs: last call");
        await Check(page, $"email-new-{look}");
        await page.ClickAsync("dialog .btn-primary");
        await page.WaitForURLAsync("**/edit");
        await page.FillAsync("[name='Form.Subject']", "Last call, {{contact.firstname|default(\"friend\")}}");
        await page.FillAsync("[name='Form.PreviewText']", "Tulips go until Sunday");
        await page.FillAsync("[name='Form.Html']", "<div style='font:16px sans-serif;padding:24px'><h1 style='color:#2b6e46'>Last call</h1><p>Dear </p><p><a href='https://fernhill.test'>See the bulbs</a></p></div>");
        await page.EvalOnSelectorAsync("[name='Form.Html']", "field => field.setSelectionRange(field.value.indexOf('Dear ') + 5, field.value.indexOf('Dear ') + 5)");
        await page.SelectOptionAsync("#token", "{{contact.firstname}}");
        await page.ClickAsync("[data-insert-token]");
        Assert.Contains("<p>Dear {{contact.firstname}}</p>", await page.InputValueAsync("[name='Form.Html']"), StringComparison.Ordinal);
        await page.SelectOptionAsync("#include", $"{list}");
        await page.WaitForSelectorAsync("#audience .total");
        await page.ClickAsync("button[value=stay]");
        await page.WaitForURLAsync("**/edit?look=1");
        await Check(page, $"email-edit-{look}");
        await page.GotoAsync("/email/1/test");
        await Check(page, $"email-test-{look}");
        await page.GotoAsync("/email/1/send");
        await Check(page, $"email-send-{look}");
        await page.ClickAsync("footer .btn-primary");
        await page.WaitForURLAsync("**/email/1");
        await Check(page, $"email-sending-{look}");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await page.GotoAsync("/email/1");
        await Check(page, $"email-report-{look}");
        await page.ClickAsync("#report .dt th a.name");
        await Check(page, $"email-people-{look}");
        await page.GotoAsync("/email");
        await page.ClickAsync(".page-head details summary");
        await Check(page, $"email-index-{look}");
        var mail = TestRelay.Read(relay.Mails.First(m => m.To == "c9@live.test").Text);
        await page.GotoAsync(new Uri(mail.Headers["List-Unsubscribe"]!.Split('<', '>').Single(p => p.StartsWith("https", StringComparison.Ordinal))).AbsolutePath);
        await Check(page, $"unsubscribe-{look}");
        await page.ClickAsync("main .btn-primary");
        await Check(page, $"unsubscribed-{look}");
    }

    /// <summary>The frame with the mail runs no script, not even axe's: it is taken out after the picture.</summary>
    private static async Task Check(IPage page, string name)
    {
        if (await page.Locator("iframe").CountAsync() > 0)
        {
            await page.Locator("iframe").First.ScrollIntoViewIfNeededAsync();
            await page.WaitForTimeoutAsync(500);
            await page.ScreenshotAsync(new() { Path = Path.Combine(Directory.CreateDirectory(Root.At("artifacts", "pictures")).FullName, name + "-frame.png"), FullPage = true });
            await page.EvalOnSelectorAllAsync("iframe", "frames => frames.forEach(frame => frame.remove())");
        }
        await Chromium.Check(page, name);
    }

    private static string Where(HttpResponseMessage answer) => new Uri(new Uri("http://here"), answer.Headers.Location!).PathAndQuery;

    private static async Task<long> Prepare(WebApp app, int relayPort, int contacts)
    {
        await app.SetUp();
        await app.Services.GetRequiredService<MailSettingsStore>().Save(1, new("127.0.0.1", relayPort, "none", null, null, 4, "Fern Hill", "news@fernhill.test", "bounces.fernhill.test", "https://fernhill.test"));
        return await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var (store, catalog) = (app.Services.GetRequiredService<ContactStore>(), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1));
            var made = await store.New(tx, 1, contacts);
            foreach (var (contact, i) in made.Select((c, i) => (c, i + 1)))
            {
                contact[BuiltInProperties.Of("email")] = $"c{i}@live.test";
                contact[BuiltInProperties.Of("firstname")] = $"Ann {i}";
                contact[BuiltInProperties.Of("hs_marketable_status")] = "true";
            }
            await store.Save(tx, Actor.Person(1), catalog, [.. made.Select(c => ((Contact?)null, c))]);
            var (list, _) = await app.Services.GetRequiredService<ListStore>().Create(tx, 1, "Customers Benelux", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
            await app.Services.GetRequiredService<ListStore>().AddMembers(tx, 1, list!.Id, new(made.Select(c => c.Id)));
            return list.Id;
        });
    }

    private static async Task Send(WebApp app, long list)
    {
        await WebApp.Post(app.Http, "/email/new", new() { ["Name"] = "Bulbs" });
        await WebApp.Post(app.Http, "/email/1/edit", new() { ["Form.Subject"] = "Hello", ["Form.Html"] = "<p>Hello</p>", ["Form.Include"] = $"{list}", ["Go"] = "send" }, "email");
        await WebApp.Post(app.Http, "/email/1/send", [], "send-email");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
    }

    private static Task<long> OptedOut(WebApp app) =>
        app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from addresses where account_id = 1 and opted_out_at is not null")));
}
