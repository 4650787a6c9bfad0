using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>Defaults and fuse, and what waits for an approval, by clicks, wide and narrow.</summary>
public sealed class ApprovalsInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Somebody_who_pays_sets_the_fuse_and_looks_at_the_bill_of_what_waits(int width, ColorScheme colours)
    {
        await using var app = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        var (db, store) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ContactStore>());
        await db.Write(async tx =>
        {
            var made = await store.New(tx, 1, 12);
            foreach (var contact in made) contact[BuiltInProperties.Of("email")] = $"grower{contact.Id}@example.test";
            await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        await app.Services.GetRequiredService<MarketingPlans>().Choose(1, PlanPeriod.Month, new(2026, 1, 15), 10, [new(10, 1_000), new(20, 2_500)], 1);
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);
        await page.GotoAsync("/settings/marketing");
        await page.FillAsync("input[name=percent]", "50");
        await page.FillAsync("input[name=contacts]", "4");
        await Chromium.Check(page, $"marketing-settings-{look}");
        await page.ClickAsync("form[action$='/fuse'] button");
        await page.WaitForURLAsync("**/settings/marketing?saved=1");

        await page.GotoAsync("/contacts/set-marketing?all=1");
        await Chromium.Check(page, $"set-marketing-waits-{look}");
        await page.CheckAsync("input[name=Everyone]");
        await page.FillAsync("input[name=Typed]", "12");
        await page.ClickAsync("button[data-needs-count]");
        await page.WaitForURLAsync("**/usage/approvals/1");
        Assert.Contains("10 → 20", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        await Chromium.Check(page, $"approval-{look}");
        await page.GotoAsync("/usage/approvals");
        await Chromium.Check(page, $"approvals-{look}");
        await page.ClickAsync("tbody a.name");
        await page.ClickAsync("form[action$='/approve'] button");
        await page.WaitForSelectorAsync("a[href^='/jobs/']");
    }
}
