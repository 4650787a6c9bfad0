using Microsoft.Playwright;

namespace Winnow.Tests;

/// <summary>Saved views as a person sees them: light and dark, wide and narrow, English and Dutch.</summary>
public sealed class ViewPagesInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en")]
    [InlineData(390, ColorScheme.Dark, "nl")]
    public async Task A_view_is_made_by_clicks_changed_saved_and_shared(int width, ColorScheme colours, string language)
    {
        await using var app = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        foreach (var (name, city) in new[] { ("Ann", "Ede"), ("Bob", "Ede"), ("Cas", "Delft") })
            await WebApp.Post(app.Http, "/contacts/new", new() { ["p.email"] = $"{name}@example.test", ["p.firstname"] = name, ["p.city"] = city });
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);
        if (language == "nl")
        {
            await page.GotoAsync("/settings");
            await page.SelectOptionAsync("[name=Language]", "nl");
            await page.ClickAsync("main button[type=submit]");
        }

        // a filter by clicks
        await page.GotoAsync("/contacts");
        await page.WaitForSelectorAsync("#views:not([hx-get])");
        Assert.Equal("3", await page.InnerTextAsync(".views a[aria-current] .count"));
        await page.ClickAsync(".tools .chip-add");
        await page.ClickAsync("button[value='pick:0:0:city']");
        await page.SelectOptionAsync("[name='g0.0.operator']", "STRING:IS_EQUAL_TO");
        await page.FillAsync("[name='g0.0.add']", "Ede");
        await page.Keyboard.PressAsync("Tab");
        await page.WaitForSelectorAsync(".live");
        await Chromium.Check(page, $"view-filter-{look}");
        await page.ClickAsync("#save");
        await page.WaitForSelectorAsync(".viewbar");
        Assert.Equal(2, await page.Locator("tbody tr").CountAsync());

        // saved under a name, and shared
        await page.ClickAsync(".viewbar a[href^='/contacts/views/new']");
        await page.WaitForSelectorAsync("#dialog dialog[open]");
        await page.FillAsync("#dialog [name=Name]", "People of Ede");
        await page.CheckAsync("#dialog [name=Shared][value=true]");
        await Chromium.Check(page, $"view-new-{look}");
        await page.ClickAsync("#dialog footer .btn-primary");
        await page.WaitForURLAsync("**/contacts?view=1");
        await page.WaitForSelectorAsync("#views:not([hx-get])");
        Assert.StartsWith("People of Ede", await page.InnerTextAsync(".views a[aria-current]"));
        await Chromium.Check(page, $"view-{look}");

        // changed by a click on a column, and saved; back goes back
        await page.ClickAsync("thead a[href*='sort=email']");
        await page.WaitForSelectorAsync(".viewbar .btn-primary");
        await Chromium.Check(page, $"view-changed-{look}");
        await page.GoBackAsync();
        await page.WaitForSelectorAsync(".viewbar:not(:has(.btn-primary))");
        await page.GoForwardAsync();
        await page.ClickAsync(".viewbar .btn-primary");
        await page.WaitForURLAsync("**/contacts?view=1");
        await page.WaitForSelectorAsync("th[aria-sort=ascending]");
        await page.ClickAsync(".viewbar summary");
        await Chromium.Check(page, $"view-menu-{look}");
        await page.ClickAsync("a[href='/contacts/views/1/delete']");
        await page.WaitForSelectorAsync("#dialog dialog[open]");
        await Chromium.Check(page, $"view-delete-{look}");
        await page.GotoAsync("/contacts/views");
        await Chromium.Check(page, $"views-{look}");
        await page.GotoAsync("/contacts/views/1/rename");
        await Chromium.Check(page, $"view-rename-{look}");
    }

    [Fact]
    public async Task What_is_typed_while_an_older_answer_is_on_its_way_stays()
    {
        await using var app = await WebApp.On("sqlite");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        var page = await chromium.Page(app);
        await Chromium.SignIn(page);
        await page.GotoAsync("/contacts/filter");
        await page.ClickAsync("button[value='pick:0:0:city']");
        await Assertions.Expect(page.Locator("#g0-0-operator")).ToBeFocusedAsync();
        var typed = new TaskCompletionSource();
        var answered = new TaskCompletionSource();
        await page.RouteAsync("**/contacts/filter**", async route => { await typed.Task; await route.ContinueAsync(); });
        page.RequestFinished += (_, request) => { if (request.Method == "POST") answered.TrySetResult(); };
        await page.SelectOptionAsync("[name='g0.0.operator']", "STRING:IS_EQUAL_TO");
        await page.Locator("[name='g0.0.add']").PressSequentiallyAsync("Ede");
        typed.SetResult();
        await answered.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await page.EvaluateAsync("() => new Promise(done => setTimeout(done, 200))");          // what htmx does with the answer
        Assert.Equal("Ede", await page.InputValueAsync("[name='g0.0.add']"));
        await page.Keyboard.PressAsync("Tab");
        await page.WaitForSelectorAsync(".live");
        Assert.Equal("Ede", await page.InputValueAsync("[name='g0.0.value']"));
    }
}
