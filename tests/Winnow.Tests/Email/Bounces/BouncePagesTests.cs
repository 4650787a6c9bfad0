using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Reports;
using static Microsoft.Playwright.Assertions;

namespace Winnow.Tests;

/// <summary>What people see of a bounce, and what they can do about it.</summary>
public sealed class BouncePagesTests
{
    [Theory, Databases]
    public async Task The_evidence_is_shown_as_text_whatever_a_stranger_wrote_and_only_to_its_account(string database)
    {
        await using var web = await WithBounce(database);
        var page = await WebApp.Page(web.Http, "/contacts/1/evidence/1");
        Assert.Contains("<script>alert(1)</script>", page.QuerySelector("pre.raw")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(page.QuerySelectorAll("pre.raw script"), _ => true);
        var raw = await web.Http.GetAsync("/contacts/1/evidence/1/raw");
        Assert.Equal(("application/octet-stream", "attachment"), (raw.Content.Headers.ContentType!.MediaType, raw.Content.Headers.ContentDisposition!.DispositionType));
        foreach (var missing in new[] { "/contacts/2/evidence/1", "/contacts/1/evidence/2", "/contacts/1/evidence/2/raw", "/contacts/9/evidence/9" })
            Assert.Equal(HttpStatusCode.NotFound, (await web.Http.GetAsync(missing)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await web.NewBrowser().GetAsync("/contacts/1/evidence/1")).StatusCode);
    }

    [Theory, Databases]
    public async Task The_tool_counts_on_its_button_what_it_will_collect(string database)
    {
        await using var web = await WithBounce(database);
        var page = await WebApp.Page(web.Http, "/email/bounce-tools/create-list");
        Assert.Equal("Create list of 1 contact", page.QuerySelector("#hb-deed")!.TextContent);
        Assert.Equal(6, page.QuerySelectorAll("input[name=Reason][checked]").Length);
        Assert.Equal("Create list of 0 contacts", (await WebApp.Page(web.Http, "/email/bounce-tools/create-list?Period=all&Reason=SPAM")).QuerySelector("#hb-deed")!.TextContent);
        Assert.Contains("Tick at least one reason.", (await web.Http.GetStringAsync("/email/bounce-tools/create-list?Period=all")), StringComparison.Ordinal);

        var answer = await WebApp.Post(web.Http, "/email/bounce-tools/create-list", new() { ["Name"] = "Clean-up", ["Reason"] = "UNKNOWN_USER" });
        Assert.EndsWith("/jobs/1", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var again = await WebApp.Read(await WebApp.Post(web.Http, "/email/bounce-tools/create-list", new() { ["Name"] = "clean-up", ["Reason"] = "UNKNOWN_USER" }));
        Assert.Contains("Another list is called Clean-up", again.QuerySelector("#f-Name-error")!.TextContent, StringComparison.Ordinal);
        var dates = await WebApp.Read(await WebApp.Post(web.Http, "/email/bounce-tools/create-list?Period=dates", new() { ["Period"] = "dates", ["From"] = "2026-02-30", ["Until"] = "" }));
        Assert.Contains("2026-11-30", dates.QuerySelector("#f-From-error")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Hard_bounced_contacts_are_added_to_the_list_that_was_chosen(string database)
    {
        await using var web = await WithBounce(database);
        Assert.True((await WebApp.Page(web.Http, "/email/bounce-tools/add-to-list")).QuerySelector("#hb-deed")!.HasAttribute("disabled"));
        await WebApp.Post(web.Http, "/email/bounce-tools/create-list", new() { ["Name"] = "Clean-up" });
        var answer = await WebApp.Post(web.Http, "/email/bounce-tools/add-to-list", new() { ["List"] = "1" });
        Assert.EndsWith("/jobs/2", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.NotNull((await WebApp.Read(await WebApp.Post(web.Http, "/email/bounce-tools/add-to-list", new() { ["List"] = "99" }))).QuerySelector("#f-List-error"));
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB", "Create list of 1 contact", "Create list of 0 contacts")]
    [InlineData(390, ColorScheme.Dark, "nl-NL", "Lijst van 1 contact maken", "Lijst van 0 contacten maken")]
    public async Task The_tool_recounts_as_reasons_and_dates_are_chosen(int width, ColorScheme colours, string locale, string one, string none)
    {
        await using var web = await WithBounce("sqlite", locale[..2]);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(web, width, colours, locale);
        await Chromium.SignIn(page);
        var look = $"{width}-{colours}".ToLowerInvariant();

        await page.GotoAsync("/email/bounce-tools/create-list");
        await Expect(page.Locator("#hb-deed")).ToHaveTextAsync(one);
        await Chromium.Check(page, $"hard-bounce-list-{look}");
        await page.FillAsync("[name=Name]", "My own name");
        await page.UncheckAsync("[name=Reason][value=UNKNOWN_USER]");
        await Expect(page.Locator("#hb-deed")).ToHaveTextAsync(none);
        await Expect(page.Locator("#hb-deed")).ToBeDisabledAsync();
        await page.CheckAsync("[name=Reason][value=UNKNOWN_USER]");
        await page.SelectOptionAsync("[name=Period]", "dates");
        await page.FillAsync("[name=From]", "2000-01-01");
        await page.FillAsync("[name=Until]", "2020-01-01");
        await Expect(page.Locator("#hb-deed")).ToHaveTextAsync(none);
        await Chromium.Check(page, $"hard-bounce-list-dates-{look}");
        await page.SelectOptionAsync("[name=Period]", "all");
        await Expect(page.Locator("#hb-deed")).ToHaveTextAsync(one);
        Assert.Equal("My own name", await page.InputValueAsync("[name=Name]"));
        await page.ClickAsync("#hb-deed");
        await page.WaitForURLAsync("**/jobs/1");

        await page.GotoAsync("/email/bounce-tools/add-to-list");
        await Chromium.Check(page, $"hard-bounce-add-{look}");
        await page.GotoAsync("/contacts/1");
        await Chromium.Check(page, $"bounce-court-{look}");
        await page.GotoAsync("/contacts/1/evidence/1");
        await Chromium.Check(page, $"evidence-{look}");
    }

    [Theory, Databases]
    public async Task The_contact_shows_the_verdict_and_the_bounce_can_be_lifted_and_brought_back(string database)
    {
        await using var web = await WithBounce(database);
        var court = (await WebApp.Page(web.Http, "/contacts/1")).QuerySelector(".court")!;
        Assert.Equal("The address does not exist", court.QuerySelector("h2")!.TextContent);
        Assert.Contains("No such user <script>", court.QuerySelector(".decisive")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Recorded as Unknown user. No marketing email goes to this address.", court.TextContent, StringComparison.Ordinal);
        Assert.EndsWith("/contacts/1", (await WebApp.Post(web.Http, "/contacts/1/overrule?as=unbounce", new() { ["Note"] = "They wrote to us" })).Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("by Noor Jansen", (await WebApp.Page(web.Http, "/contacts/1")).QuerySelector(".court")!.TextContent, StringComparison.Ordinal);
        await WebApp.Post(web.Http, "/contacts/1", [], "/contacts/1/unbounce/undo");
        Assert.Contains("No marketing email goes", (await WebApp.Page(web.Http, "/contacts/1")).QuerySelector(".court")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await web.Http.PostAsync("/contacts/1/overrule", new FormUrlEncodedContent([]))).StatusCode);
        Assert.Contains("Unknown user", (await WebApp.Page(web.Http, "/contacts/1")).QuerySelector(".events")!.TextContent, StringComparison.Ordinal);
        Assert.Null((await WebApp.Page(web.Http, "/contacts/2")).QuerySelector(".court"));
    }

    private static async Task<WebApp> WithBounce(string database, string language = "en")
    {
        var web = await WebApp.On(database);
        await web.SetUp();
        if (language != "en") await web.Services.GetRequiredService<Winnow.Accounts.AccountStore>().Save(new(1, "Fernhill", "Europe/Amsterdam", language), 1);
        var (db, services) = (web.Services.GetRequiredService<Db>(), web.Services);
        await db.Write(async tx =>
        {
            var store = services.GetRequiredService<ContactStore>();
            var catalog = await services.GetRequiredService<Properties>().Catalog(tx, 1);
            var made = await store.New(tx, 1, 2);
            foreach (var contact in made) contact[catalog.Find("email")!] = $"c{contact.Id}@dead.test";
            await store.Save(tx, Actor.Person(1), catalog, [.. made.Select(c => ((Contact?)null, c))]);
            await tx.Execute(Statement.Built("email", """
                insert into marketing_emails (account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, created_at, updated_at, sent_at)
                values (1, 7, 'Autumn bulbs', '', '', '', '', '', '', cast('[]' as $json), cast('[]' as $json), 'sent', 0, 0, 0)
                """));
            await tx.Execute(Statement.Built("recipient", "insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) values (1, 7, 1, 'c1@dead.test', 'c1@dead.test', 'sent', 0)"));
            await services.GetRequiredService<JudgeReports>().TakeReply(tx, new MailToken(1, 7, 1),
                new(550, "5.1.1", "No such user <script>alert(1)</script>", RefusalStage.Recipient, "relay.test", "S: 550 5.1.1 No such user <script>alert(1)</script>"));
        });
        return web;
    }
}
