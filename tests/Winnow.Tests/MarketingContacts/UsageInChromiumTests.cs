using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>Usage &amp; limits in the browser, in both looks, wide and narrow.</summary>
public sealed class UsageInChromiumTests
{
    [Fact]
    public async Task Usage_and_limits_fill_in_by_themselves_and_the_plan_shows_its_dates_while_one_chooses()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await UsagePagesTests.Fill(app);
        var today = MarketingPlan.DayOf(TimeProvider.System.GetUtcNow(), Account.Zone("Europe/Amsterdam"));
        Assert.Null(await app.Services.GetRequiredService<MarketingPlans>().Choose(1, PlanPeriod.Year, today.AddDays(-300), 10, [new(5, 5_000), new(10, 9_950), new(25, 20_000)], 1));
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            for (var back = 330; back > 0; back -= 10) await WatchTiers.Note(tx, 1, new($"{today.AddDays(-back):yyyy-MM-dd}", 11 - back / 50, 8 - back / 60, back % 3, 10));
        });
        await using var chromium = await Chromium.Start();
        foreach (var (width, look, picture) in new[] { (1280, ColorScheme.Light, "usage-light-1280"), (1280, ColorScheme.Dark, "usage-dark-1280"), (390, ColorScheme.Light, "usage-light-390"), (390, ColorScheme.Dark, "usage-dark-390") })
        {
            var page = await chromium.Page(app, width, look);
            await Chromium.SignIn(page);
            await page.GotoAsync("/usage");
            await page.WaitForSelectorAsync("#costly tfoot");
            await page.WaitForSelectorAsync("#sources tbody tr");
            await Chromium.Check(page, picture);
            if (picture != "usage-light-1280") continue;

            await page.ClickAsync("#costly a[href$='days=90']");
            await page.WaitForSelectorAsync("#costly tbody >> text=for 90 days");
            await page.ClickAsync(".as-table summary");
            await page.GotoAsync("/usage/plan");
            var before = await page.InnerTextAsync("#preview");
            await page.CheckAsync("input[name=Period][value=Month]");
            await page.WaitForFunctionAsync("was => document.querySelector('#preview').innerText !== was", before);
            await Chromium.Check(page, "usage-plan-light-1280");
        }
    }
}
