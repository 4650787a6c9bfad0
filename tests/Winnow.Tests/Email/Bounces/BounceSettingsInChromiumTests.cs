using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Data;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Mailboxes;
using Winnow.Email.Bounces.Webhooks;

namespace Winnow.Tests;

/// <summary>Settings > Bounces in a browser: handling, ways in, unmatched reports.</summary>
public sealed class BounceSettingsInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task The_pages_can_be_read_and_the_table_changed(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var services = app.Services;
        await services.GetRequiredService<Db>().Write(tx => services.GetRequiredService<Inbox>().Receive(tx, 1, "imap", "bounces@example.test", BounceApp.Original("ann@example.test"), "1"));
        await services.GetRequiredService<BounceIntake>().Drain();
        await services.GetRequiredService<Webhooks>().Save(1, WebhookProvider.Find("postmark")!, "", 1);
        await services.GetRequiredService<ReportMailboxes>().Save(1, ReportMailbox.New with { Host = "127.0.0.1", Port = Postfix.FreePort(), Tls = "none", UserName = "bounces@fernhill.example", Password = "secret" }, 1);
        await services.GetRequiredService<FetchReports>().Run(default);                 // nobody answers there
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        await Chromium.SignIn(page);

        await page.GotoAsync("/settings/bounces");
        await Chromium.Check(page, $"bounce-handling-{width}");
        await page.SelectOptionAsync("[name='Form.Rules[Blocked].Deed']", "Score");
        await page.FillAsync("[name='Form.Rules[Blocked].Times']", "4");
        await page.ClickAsync("form:has([name='Form.Rules[Blocked].Deed']) button[type=submit]");
        await Assertions.Expect(page.Locator("form:has(input[value=reset]) button")).ToBeVisibleAsync();
        Assert.Equal(new BounceRule(BounceDeed.Score, 4, 90), (await services.GetRequiredService<BouncePolicies>().Read(1))[Winnow.Mail.Reports.Verdict.Blocked]);
        foreach (var (path, name) in new[] { ("doors", "doors"), ("webhook?provider=postmark", "webhook"), ("mailboxes/1", "mailbox"), ("unmatched", "unmatched"), ("unmatched/1", "unmatched-report") })
        {
            await page.GotoAsync($"/settings/bounces/{path}");
            await Chromium.Check(page, $"bounce-{name}-{width}");
        }
    }
}
