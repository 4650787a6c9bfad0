using Microsoft.Playwright;

namespace Winnow.Tests;

/// <summary>The first run and the settings as a person clicks through them.</summary>
public class AccountPagesInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task A_person_sets_up_looks_around_and_signs_in_again(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        var look = $"{width}-{colours}".ToLowerInvariant();

        await page.GotoAsync("/");
        await Chromium.Check(page, $"setup-{look}");
        Assert.Equal("Europe/Amsterdam", await page.InputValueAsync("[name=Zone]"));       // the browser's own, by script
        await page.FillAsync("[name=Company]", "Fernhill Garden Supply");
        await page.FillAsync("[name=Person]", "Noor Jansen");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("main button[type=submit]");

        foreach (var path in new[] { "/settings", "/settings/sending", "/settings/profile", "/nothing-here" })
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"{path.Trim('/').Replace('/', '-')}-{look}");
        }

        await page.ClickAsync(".account");
        await Chromium.Check(page, $"account-menu-{look}");
        await page.Keyboard.PressAsync("Escape");
        Assert.False(await page.Locator("details.menu").First.EvaluateAsync<bool>("menu => menu.open"));
        await page.ClickAsync(".account");
        await page.ClickAsync("button[name=theme][value=dark]");
        Assert.Equal("dark", await page.GetAttributeAsync("html", "data-bs-theme"));
        await page.ClickAsync(".account");
        await page.ClickAsync("form[action='/sign-out'] button");
        await page.WaitForURLAsync("**/sign-in");

        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "wrong password");
        await page.ClickAsync("main button[type=submit]");
        await Chromium.Check(page, $"sign-in-refused-{look}");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForSelectorAsync(".account");
    }

    [Fact]
    public async Task Without_script_everything_works_as_links_and_forms()
    {
        await using var app = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, script: false);

        await page.GotoAsync("/");
        await page.FillAsync("[name=Company]", "Fernhill");
        await page.FillAsync("[name=Person]", "Noor Jansen");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("main button[type=submit]");
        await page.GotoAsync("/settings");
        await page.FillAsync("[name=Company]", "Fernhill & Sons");
        await page.ClickAsync("main button[type=submit]");

        Assert.Equal("Saved.", await page.TextContentAsync("main .toast-note span"));
        Assert.Equal("Fernhill & Sons", await page.TextContentAsync(".account .who"));
    }
}
