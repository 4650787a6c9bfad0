using System.Net;
using System.Text;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Reports;
using static Microsoft.Playwright.Assertions;

namespace Winnow.Tests;

/// <summary>The bounce court as people use it: evidence, overruling, the record of the rules, the report of an e-mail.</summary>
public sealed class BounceCourtPagesTests
{
    [Theory, Databases]
    public async Task A_contact_is_marked_as_dead_through_the_one_door_with_a_note_that_stands_on_its_timeline(string database)
    {
        await using var web = await WithBounces(database);
        var court = await Court(web, 2);
        Assert.Contains("Counts 1 of 3 within 90 days", court, StringComparison.Ordinal);
        Assert.Contains("Theirs", court, StringComparison.Ordinal);
        var refused = await WebApp.Read(await WebApp.Post(web.Http, "/contacts/2/overrule?as=dead", new() { ["Note"] = "  " }));
        Assert.Contains("Say why", refused.QuerySelector("#f-Note-error")!.TextContent, StringComparison.Ordinal);

        Assert.EndsWith("/contacts/2", await Overrule(web.Http, 2, "dead", "Left the <company>"), StringComparison.Ordinal);
        court = await Court(web, 2);
        Assert.Contains("Marked as dead by Noor Jansen", court, StringComparison.Ordinal);
        Assert.Contains("Left the <company>", court, StringComparison.Ordinal);
        Assert.Contains("No email is sent to this address", court, StringComparison.Ordinal);
        Assert.Contains("by Noor Jansen · Left the <company>", (await WebApp.Page(web.Http, "/contacts/2")).QuerySelector(".events")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Contact marked as dead", (await WebApp.Page(web.Http, "/settings/audit")).Body!.TextContent, StringComparison.Ordinal);

        await Overrule(web.Http, 2, "unbounce", "Came back");
        Assert.Contains("Unbounced: mailed again", await Court(web, 2), StringComparison.Ordinal);
        Assert.Contains("Came back", await Court(web, 2), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Who_is_slower_is_told_who_pressed_twice_is_not_and_who_may_not_is_refused(string database)
    {
        await using var web = await WithBounces(database);
        using var bob = await web.Colleague("bob@fernhill.example", new(false, new HashSet<Permission> { Permission.Unbounce }));
        Assert.NotNull(await Overrule(bob, 2, "dead", "Gone"));
        Assert.NotNull(await Overrule(bob, 2, "dead", "Gone"));                          // a double post
        var late = await WebApp.Read(await WebApp.Post(web.Http, "/contacts/2/overrule?as=dead", new() { ["Note"] = "Gone, too" }));
        Assert.Contains("bob has marked this address as dead already. Your note was not kept.", late.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(1, await Count(web, "select count(*) from email_events where account_id = 1 and type = 'MARKEDDEAD'"));

        using var eve = await web.Colleague("eve@fernhill.example", new(false, new HashSet<Permission> { Permission.EditContacts }));
        Assert.Equal(HttpStatusCode.Forbidden, (await eve.GetAsync("/contacts/2/overrule")).StatusCode);
        Assert.DoesNotContain("/overrule", await eve.GetStringAsync("/contacts/2"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await web.Http.GetAsync("/contacts/99/overrule")).StatusCode);
    }

    [Theory, Databases]
    public async Task The_evidence_marks_the_line_that_decided_for_reports_replies_and_providers_and_says_when_it_was_forgotten(string database)
    {
        await using var web = await WithBounces(database);
        async Task<IHtmlDocument> Page() => await WebApp.Page(web.Http, "/contacts/1/evidence/1");
        Assert.Equal("S: 550 5.1.1 No such user", (await Page()).QuerySelector("pre.raw mark#decisive")!.TextContent);
        Assert.Contains("Proved by: ", (await Page()).QuerySelector(".court")!.TextContent, StringComparison.Ordinal);

        await Raw(web, "smtp", "From: mailer-daemon@mx.test\nContent-Type: text/plain\n\nSorry.\n<c1@dead.test>:\n  550 5.1.1\n  No such user\n" + string.Concat(Enumerable.Repeat("more\n", 99)));
        Assert.Equal("  550 5.1.1\n  No such user", (await Page()).QuerySelector("mark#decisive")!.TextContent);
        Assert.Contains("87 more lines", (await Page()).QuerySelector("details.fold summary")!.TextContent, StringComparison.Ordinal);
        await Raw(web, "brevo", """{"event":"hard_bounce","email":"c1@dead.test","reason":"550 5.1.1 No such user"}""");
        Assert.Contains("\"reason\"", (await Page()).QuerySelector("mark#decisive")!.TextContent, StringComparison.Ordinal);

        await web.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("forget", "update inbox set raw = @raw, redacted_at = 86400000 where account_id = 1 and id = 1"), new { raw = Array.Empty<byte>() }));
        var forgotten = await Page();
        Assert.Null(forgotten.QuerySelector("pre.raw"));
        Assert.Contains("The raw report was removed on", forgotten.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("550 5.1.1 No such user", forgotten.QuerySelector(".decisive")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task The_report_of_the_email_groups_by_whose_fault_it_was_and_leads_to_each_evidence(string database)
    {
        await using var web = await WithBounces(database);
        await web.Services.GetRequiredService<Db>().Write(tx => Recipients.Recount(tx, 1, 7));
        var report = await WebApp.Page(web.Http, "/email/7");
        Assert.Equal(["Theirs: the recipient or their server2", "Ours: set-up, reputation or content1"], report.QuerySelectorAll("tr.group").Select(row => row.TextContent.Trim()));
        var theirs = await WebApp.Page(web.Http, report.QuerySelector("tr.group a")!.GetAttribute("href")!);
        Assert.Equal(["/contacts/1/evidence/1#decisive", "/contacts/2/evidence/2#decisive"], theirs.QuerySelectorAll("tbody td a").Select(link => link.GetAttribute("href")));
        Assert.Contains("Whose fault: Theirs", theirs.QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Bad_rules_come_first_and_each_number_leads_to_its_bounces(string database)
    {
        await using var web = await WithBounces(database);
        await using (var empty = await Fresh(database))
            Assert.Contains("No rule has decided yet", (await WebApp.Page(empty.Http, "/settings/bounces/rules")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await Overrule(web.Http, 2, "dead", "Gone");
        var rules = await WebApp.Page(web.Http, "/settings/bounces/rules");
        Assert.Equal("The words “mailbox full”", rules.QuerySelector("tbody th a")!.TextContent);
        Assert.Contains("Proved by: ", rules.QuerySelector("tbody th")!.TextContent, StringComparison.Ordinal);
        var behind = await WebApp.Page(web.Http, rules.QuerySelector("tbody td a")!.GetAttribute("href")!);
        Assert.Equal("/contacts/2/evidence/2#decisive", Assert.Single(behind.QuerySelectorAll("tbody a")).GetAttribute("href"));
        Assert.Contains("Marked as dead", behind.QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("decided no such bounce", (await WebApp.Page(web.Http, "/settings/bounces/rules/decided?rule=nothing&after=x-y")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB", "Mark as dead")]
    [InlineData(390, ColorScheme.Dark, "nl-NL", "Dood verklaren")]
    public async Task A_person_overrules_by_keyboard_and_every_page_of_the_court_is_fit_to_see(int width, ColorScheme colours, string locale, string deed)
    {
        await using var web = await WithBounces("sqlite", locale[..2]);
        await Raw(web, "smtp", "From: mailer-daemon@mx.test\nContent-Type: text/plain\n\n" + string.Concat(Enumerable.Repeat("This is the mail system at host mx.test.\n", 40)) + "<c1@dead.test>: 550 5.1.1 No such user\n" + string.Concat(Enumerable.Repeat("Received: from a by b\n", 60)));
        await web.Services.GetRequiredService<Db>().Write(tx => Recipients.Recount(tx, 1, 7));
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(web, width, colours, locale);
        await Chromium.SignIn(page);
        var look = $"{width}-{colours}".ToLowerInvariant();

        await page.GotoAsync("/contacts/2");
        await page.Locator(".court footer").GetByRole(AriaRole.Link, new() { Name = deed }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#dialog dialog[open]")).ToBeVisibleAsync();
        await page.Locator("#dialog [name=Note]").FillAsync("Left the company in spring; their office told us by telephone.");
        await Chromium.Check(page, $"court-overrule-{look}");
        await page.Locator("#dialog footer button[type=submit]").PressAsync("Enter");
        await Expect(page.Locator(".court .said q")).ToBeVisibleAsync();
        await Chromium.Check(page, $"court-contact-{look}");
        await page.GotoAsync("/contacts/1/evidence/1#decisive");
        await Expect(page.Locator("mark#decisive")).ToBeInViewportAsync();
        await Chromium.Check(page, $"court-evidence-{look}");
        foreach (var (path, name) in new[] { ("/settings/bounces/rules", "rules"), ("/settings/bounces/rules/decided?rule=text%3A%20mailbox%20full", "decided"), ("/email/7", "email"), ("/email/7/recipients?outcome=bounced,soft_bounced,refused", "people") })
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"court-{name}-{look}");
        }
    }

    private static async Task<string> Court(WebApp web, long contact) => (await WebApp.Page(web.Http, $"/contacts/{contact}")).QuerySelector(".court")!.TextContent;

    private static async Task<string?> Overrule(HttpClient browser, long contact, string deed, string note) =>
        (await WebApp.Post(browser, $"/contacts/{contact}/overrule?as={deed}", new() { ["Note"] = note })).Headers.Location?.OriginalString;

    private static Task<long> Count(WebApp web, string sql) => web.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("count", sql)));

    private static Task Raw(WebApp web, string door, string raw) => web.Services.GetRequiredService<Db>().Write(tx =>
        tx.Execute(Statement.Built("raw", "update inbox set raw = @raw, door = @door where account_id = 1 and id = 1"), new { door, raw = Encoding.UTF8.GetBytes(raw) }));

    private static async Task<WebApp> Fresh(string database)
    {
        var web = await WebApp.On(database);
        await web.SetUp();
        return web;
    }

    /// <summary>Three contacts to whom an e-mail bounced: unknown, mailbox full, and refused for a missing signature.</summary>
    private static async Task<WebApp> WithBounces(string database, string language = "en")
    {
        var web = await Fresh(database);
        if (language != "en") await web.Services.GetRequiredService<AccountStore>().Save(new(1, "Fernhill", "Europe/Amsterdam", language), 1);
        var services = web.Services;
        await services.GetRequiredService<Db>().Write(async tx =>
        {
            var store = services.GetRequiredService<ContactStore>();
            var catalog = await services.GetRequiredService<Properties>().Catalog(tx, 1);
            var made = await store.New(tx, 1, 3);
            foreach (var contact in made) contact[catalog.Find("email")!] = $"c{contact.Id}@dead.test";
            await store.Save(tx, Actor.Person(1), catalog, [.. made.Select(c => ((Contact?)null, c))]);
            await tx.Execute(Statement.Built("email", """
                insert into marketing_emails (account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, created_at, updated_at, sent_at)
                values (1, 7, 'Autumn bulbs', 'Bulbs are here', '', '', '', '', '', cast('[]' as $json), cast('[]' as $json), 'sent', 0, 0, 0)
                """));
            foreach (var contact in made)
                await tx.Execute(Statement.Built("recipient", "insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) select 1, 7, id, email, email_key, 'sent', 0 from contacts where account_id = 1 and id = @id"), new { id = contact.Id });
            foreach (var (contact, code, status, words) in new[] { (1, 550, "5.1.1", "No such user"), (2, 552, "5.2.2", "Mailbox full"), (3, 550, "5.7.26", "Unauthenticated email is not accepted: SPF and DKIM did not pass") })
                await services.GetRequiredService<JudgeReports>().TakeReply(tx, new MailToken(1, 7, contact), new(code, status, words, RefusalStage.Recipient, "relay.test", $"C: RCPT TO\nS: {code} {status} {words}"));
        });
        return web;
    }
}
