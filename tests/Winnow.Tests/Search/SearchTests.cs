using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>The search over everything: as a page without script, and as the dialog of Ctrl K.</summary>
public sealed class SearchTests
{
    [Theory, Databases]
    public async Task Everything_with_a_name_is_found_and_nothing_of_another_account(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Contacts(app, TestApp.Account, 8);
        await Contacts(app, TestApp.OtherAccount, 1);
        await List(app, TestApp.Account, "Fern lovers 100%");
        await List(app, TestApp.OtherAccount, "Fern haters");
        await WebApp.Post(app.Http, "/email/new", new() { ["Name"] = "Fern news" });
        foreach (var (account, owner, name) in new[] { (1L, 1L, "Ferns by city"), (1L, 99L, "Secret ferns"), (2L, 1L, "Ferns elsewhere") })
            await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<SavedViews>().Create(tx, account, owner, name, default, ViewContent.Everyone, TimeZoneInfo.Utc));

        var found = await WebApp.Page(app.Http, "/search?q=fern");
        Assert.Equal(["/contacts/8", "/contacts/7", "/contacts/6", "/contacts/5", "/contacts/4", "/contacts/3", "/lists/1", "/contacts?view=1", "/email/1"], found.QuerySelectorAll(".found-list a").Select(a => a.GetAttribute("href")));
        Assert.Equal("/contacts?q=fern", found.QuerySelector("main section header a")!.GetAttribute("href"));
        Assert.DoesNotContain("haters", found.DocumentElement.TextContent, StringComparison.Ordinal);
        Assert.Equal(["/lists/1"], await Found(app, "0%"));                                     // what was typed is text, not a pattern
        Assert.Equal(["/settings/properties/" + BuiltInProperties.Of("hs_email_hard_bounce_reason_enum").Id], (await Found(app, "hard_bounce_reason_enum")).Take(1));
        Assert.Contains("/settings/sending", await Found(app, "sending"));
        Assert.Contains("/lists/new", await Found(app, "create list"));
        Assert.Empty(await Found(app, "haters"));
        Assert.Contains("/contacts", await Found(app, ""));
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_person_searches_with_the_keyboard_alone(int width, ColorScheme colours)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await Contacts(app, TestApp.Account, 3);
        await List(app, TestApp.Account, "Fern lovers");
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);
        await page.GotoAsync("/settings");
        await Chromium.Check(page, $"shell-{look}");

        await page.FocusAsync("[name=Company]");
        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(page.Locator("#search [role=option]").First).ToBeVisibleAsync();
        await Chromium.Check(page, $"search-empty-{look}");
        await page.Keyboard.TypeAsync("fern");
        await Assertions.Expect(page.Locator("#search [role=option]")).ToHaveCountAsync(4);
        await Chromium.Check(page, $"search-{look}");
        await page.Keyboard.PressAsync("Escape");
        Assert.Equal("Company", await page.EvaluateAsync<string>("document.activeElement.name"));      // the focus is given back

        await page.Keyboard.PressAsync("Control+k");
        await Assertions.Expect(page.Locator("#search [role=option]")).ToHaveCountAsync(4);
        await page.Keyboard.PressAsync("ArrowUp");
        Assert.Equal("/lists/1", await page.GetAttributeAsync("#search [aria-selected=true]", "href"));
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/lists/1");

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("nobody of this name");
        await Assertions.Expect(page.Locator(".found-none")).ToHaveTextAsync("Nothing found for “nobody of this name”.");
        await Chromium.Check(page, $"search-none-{look}");
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync("fern 2");
        await page.Keyboard.PressAsync("Enter");                                                       // before the answer is here
        await page.WaitForURLAsync("**/contacts/2");
    }

    private static async Task<IEnumerable<string?>> Found(WebApp app, string text) =>
        (await WebApp.Page(app.Http, $"/search?q={Uri.EscapeDataString(text)}")).QuerySelectorAll(".found-list a").Select(a => a.GetAttribute("href"));

    private static async Task Contacts(WebApp app, long account, int count)
    {
        var store = app.Services.GetRequiredService<ContactStore>();
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var made = await store.New(tx, account, count);
            foreach (var (contact, i) in made.Select((contact, i) => (contact, i)))
                (contact[BuiltInProperties.Of("firstname")], contact[BuiltInProperties.Of("lastname")]) = ("Fernanda", $"{i + 1}");
            await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, account), [.. made.Select(c => ((Contact?)null, c))]);
        });
        await app.Services.GetRequiredService<ContactWords>().CatchUp(default);
    }

    private static async Task List(WebApp app, long account, string name) =>
        Assert.Null((await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<ListStore>().Create(tx, account, name, ListKind.Manual, null, TimeZoneInfo.Utc, 1))).Error);
}
