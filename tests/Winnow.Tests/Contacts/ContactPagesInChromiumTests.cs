using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>The record pages as a person sees them: light and dark, wide and narrow, English and Dutch.</summary>
public class ContactPagesInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en")]
    [InlineData(390, ColorScheme.Dark, "nl")]
    public async Task A_contact_with_a_bounce_and_a_history_is_looked_at_and_edited(int width, ColorScheme colours, string language)
    {
        await using var app = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        await Fill(app);
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);
        if (language == "nl")
        {
            await page.GotoAsync("/settings");
            await page.SelectOptionAsync("[name=Language]", "nl");
            await page.ClickAsync("main button[type=submit]");
        }

        foreach (var path in new[] { "/contacts/1", "/contacts/1/edit", "/contacts/new", "/contacts/1/addresses", "/contacts/1/history/city", "/contacts/1/properties", "/contacts/1/marketing" })
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"{path.Trim('/').Replace('/', '-')}-{look}");
        }

        await page.GotoAsync("/contacts/1");
        await page.ClickAsync("main details.menu summary");
        await page.ClickAsync("a[href='/contacts/1/marketing']");
        await page.WaitForSelectorAsync("dialog[open]");
        await Chromium.Check(page, $"contact-marketing-dialog-{look}");
        await page.ClickAsync("dialog footer .btn-primary");
        await page.WaitForSelectorAsync(".page-head .b-marketing");
        await page.ClickAsync(".views a[href*='show=email']");
        await page.WaitForSelectorAsync(".views a[aria-current][href*='show=email']");
        Assert.Equal(1, await page.Locator(".events li").CountAsync());
    }

    private static async Task Fill(WebApp app)
    {
        await WebApp.Post(app.Http, "/contacts/new", new()
        {
            ["p.email"] = "hannah.schulz@gartenhof.example", ["p.firstname"] = "Hannah", ["p.lastname"] = "Schulz", ["p.company"] = "Gartenhof Schulz", ["p.city"] = "Hamburg", ["p.phone"] = "+49 421 555 0142", ["p.lifecyclestage"] = "customer",
        });
        await WebApp.Post(app.Http, "/contacts/1/edit", new() { ["p.city"] = "Bremen", ["p.jobtitle"] = "Owner of a garden centre with a very long title that says it all" });
        await WebApp.Post(app.Http, "/contacts/1/addresses", new() { ["Email"] = "hannah.schulz.with-a-long-name@gartenhof-schulz-und-partner.example" }, "address");
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            await app.Services.GetRequiredService<AddressChanges>().Change(tx, 1, new("EMAIL"), "hannah.schulz@gartenhof.example", s => s with { HardBounceReason = "POLICY", HardBouncedAt = DateTimeOffset.UnixEpoch.AddDays(20_000), HardBounceSpared = true, Bounces = 1 });
            await tx.Execute(Statement.Built("event", "insert into email_events (account_id, id, at, type, contact_id, reason, detail) values (1, 1, 1728000000000, 'BOUNCE', 1, 'POLICY', '550 5.7.1 Message rejected: client host 203.0.113.24 is on our blocklist')"));
            await tx.Execute(Statement.Built("inbox", """
                insert into inbox (account_id, id, received_at, door, recipient, email_id, contact_id, raw, state, kind, verdict, reason, effect, status, rule, decisive, refused_by)
                values (1, 1, 1728000000000, 'smtp', 'b+x@bounces.test', 1, 1, x'00', 'done', 'bounce', 'Blocked', 'POLICY', 'spared', '5.7.1', 'blocklist', '550 5.7.1 Message rejected: client host 203.0.113.24 is on our blocklist', 'mx2.gartenhof.example')
                """));
        });
    }
}
