using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>The wizard of the article "Set contacts as non-marketing", each click as it is written there, wide and narrow, in English and in Dutch.</summary>
public sealed class ManageInChromiumTests
{
    private static readonly Dictionary<string, string> Dutch = new()
    {
        ["Unengaged contacts"] = "Niet-betrokken contacten", ["Filters & lists"] = "Filters en lijsten", ["Use a filter"] = "Een filter gebruiken", ["Use a list"] = "Een lijst gebruiken", ["Next"] = "Volgende",
        ["Skip"] = "Overslaan", ["Review and update"] = "Controleren en bijwerken", ["Update 6 contacts"] = "6 contacten bijwerken",
    };

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task The_article_is_followed_click_by_click(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite", "web,worker");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        await ManageMarketingContactsTests.Fill(app);
        if (locale == "nl-NL") await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("test", "update users set language = 'nl'")));
        var (page, look) = (await chromium.Page(app, width, colours, locale), $"{width}-{colours}".ToLowerInvariant());
        string Say(string text) => locale == "nl-NL" ? Dutch[text] : text;
        Task Button(string text) => page.GetByRole(AriaRole.Button, new() { Name = Say(text), Exact = true }).ClickAsync();
        await Chromium.SignIn(page);

        await page.GotoAsync("/usage/rules");
        await Chromium.Check(page, $"rules-{look}");
        await page.GotoAsync("/usage/rules/switch?kind=HardBounced&number=0");
        await page.WaitForSelectorAsync(".receipt");
        await Chromium.Check(page, $"rules-switch-{look}");

        await page.GotoAsync("/usage/manage");                                                     // Manage marketing contacts: read the information and click Next
        await Chromium.Check(page, $"manage-information-{look}");
        await page.GetByRole(AriaRole.Link, new() { Name = Say("Next"), Exact = true }).ClickAsync();

        await page.WaitForURLAsync("**/usage/manage/unengaged");                                   // leave the boxes ticked and click Next
        await page.GetByRole(AriaRole.Heading, new() { Name = Say("Unengaged contacts"), Exact = true }).WaitForAsync();
        await page.SelectOptionAsync("#mails", "5");
        await page.WaitForSelectorAsync("#counts label:last-of-type b:has-text('5 e')");
        await Chromium.Check(page, $"manage-unengaged-{look}");
        await Button("Next");

        await page.WaitForURLAsync("**/usage/manage/filters?*");
        await page.GetByRole(AriaRole.Heading, new() { Name = Say("Filters & lists"), Exact = true }).WaitForAsync();
        await Chromium.Check(page, $"manage-choose-{look}");
        await Button("Use a list");
        await page.CheckAsync("#lists input");
        await Button("Use a filter");
        await page.WaitForSelectorAsync("#builder #picker-search");
        Assert.True(await page.IsCheckedAsync("#lists input"));
        await page.ClickAsync("#builder button[value$=':hs_email_sends_since_last_engagement']");
        await page.SelectOptionAsync("[name='g0.0.operator']", "NUMBER:IS_EQUAL_TO");
        await page.FillAsync("[name='g0.0.value']", "5");
        await page.PressAsync("[name='g0.0.value']", "Tab");
        await page.WaitForSelectorAsync("#look .hero-num:has-text('3')");
        await Chromium.Check(page, $"manage-filters-{look}");
        await Button("Next");

        await page.WaitForURLAsync("**/usage/manage/review?*");
        await page.GetByRole(AriaRole.Heading, new() { Name = Say("Review and update"), Exact = true }).WaitForAsync();
        await page.WaitForSelectorAsync("#today:has-text('11')");
        await Chromium.Check(page, $"manage-review-{look}");
        var address = page.Url;
        await page.GoBackAsync();                                                                  // Back, and forth, and a new visit: the address holds it
        await page.WaitForSelectorAsync("#lists input:checked, #use-list");
        await page.GotoAsync(address);
        await page.WaitForSelectorAsync("#today:has-text('11')");
        Assert.Equal("4", (await page.TextContentAsync("#afterwards"))!.Trim());
        await Button("Update 6 contacts");                                // bottom right: Update … contacts
        await page.WaitForURLAsync("**/jobs/*");
        await page.WaitForSelectorAsync("#job dl.lines");
        await Chromium.Check(page, $"manage-job-{look}");
        var counts = await app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<ContactStore>().Counts(tx, 1));
        Assert.Equal(new(13, 11, 7), counts);
    }
}
