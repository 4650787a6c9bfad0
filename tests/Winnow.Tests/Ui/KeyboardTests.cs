using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>Winnow without a pointer.</summary>
public class KeyboardTests
{
    private static readonly string[] Pages =
        ["/notifications", "/contacts", "/contacts/1", "/contacts/new", "/lists", "/lists/2", "/lists/new", "/email", "/email/1", "/imports", "/imports/new", "/jobs", "/recycle-bin", "/search?q=ann", "/settings", "/settings/properties", "/settings/sending", "/settings/private-apps/new", "/settings/profile"];

    [Fact]
    public async Task Every_control_of_the_main_pages_is_reached_by_tab_and_shows_that_it_has_the_focus()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await OneOfEachKind.Make(app);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app);
        await Chromium.SignIn(page);
        var faults = new List<string>();
        foreach (var path in Pages)
        {
            await page.GotoAsync(path);
            var wanted = await page.EvaluateAsync<int>(Mark);
            // the links of a mail in its frame take presses of their own, as many as are loaded by then: so on until all are reached, at most twice around
            for (var (i, left) = (0, true); left && i < 2 * wanted + 20; i++)
            {
                await page.Keyboard.PressAsync("Tab");
                left = await page.EvaluateAsync<bool>(Reach);
            }
            faults.AddRange((await page.EvaluateAsync<string[]>(Missed)).Select(fault => $"{path}: {fault}"));
            Assert.True(wanted > 10, $"{path} has {wanted} controls");
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Fact]
    public async Task A_person_goes_ticks_opens_deletes_and_comes_back_with_keys_alone()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await Contacts(app, 30);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app);
        await Chromium.SignIn(page);
        await page.GotoAsync("/settings");

        await Press(page, "?");
        await Assertions.Expect(page.Locator("#keys")).ToBeVisibleAsync();
        await Chromium.Check(page, "keys-1280-light");
        await Press(page, "Escape", "g", "l");
        await Arrives(page, "/lists$");
        await Press(page, "g", "c");
        await Arrives(page, "/contacts$");

        await Press(page, "j", "ArrowDown", " ");
        Assert.Equal([2], await Ticked(page));
        await Press(page, "ArrowDown", "ArrowDown", "X");
        Assert.Equal([2, 3, 4], await Ticked(page));
        await Press(page, "k", "x");
        Assert.Equal([2, 4], await Ticked(page));
        await Press(page, "Escape");
        Assert.Empty(await Ticked(page));
        await Press(page, "Control+a");
        Assert.Equal(25, (await Ticked(page)).Count);
        await Press(page, "Control+a");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("all=1"));
        await Assertions.Expect(page.Locator("[data-selected]")).ToHaveTextAsync("All 30 contacts selected.");

        // the menu of deeds, a dialog, and back
        await page.FocusAsync(".bulkbar details.menu summary");
        await Press(page, "Enter", "ArrowUp", "Home", "ArrowUp");                                // last, first, and round to the last: Delete
        await Press(page, "Enter");
        await page.WaitForSelectorAsync("#dialog dialog[open] [data-typed-count]");
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.matches('[data-typed-count]')"));
        for (var i = 0; i < 12; i++)
        {
            await Press(page, "Tab");
            Assert.True(await page.EvaluateAsync<bool>("document.activeElement === document.body || document.activeElement.closest('dialog[open]') !== null"), "the focus left the dialog");
        }
        await Press(page, "Escape");
        await Assertions.Expect(page.Locator("#dialog dialog")).ToHaveCountAsync(0);
        Assert.Equal("SUMMARY", await page.EvaluateAsync<string>("document.activeElement.tagName"));

        // sorting and paging keep the focus where it was
        await page.GotoAsync("/contacts");
        await page.FocusAsync("#sort-email");
        await Press(page, "Enter");
        await Assertions.Expect(page.Locator("th[aria-sort=ascending]")).ToHaveCountAsync(1);
        Assert.Equal("sort-email", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.FocusAsync("#page-next");
        await Press(page, "Enter");
        await Assertions.Expect(page.Locator(".dt tbody tr")).ToHaveCountAsync(5);

        // a record and out again
        await Press(page, "j");
        await Press(page, "Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/contacts/\\d+$"));
        await page.GoBackAsync();
        await page.FocusAsync("#bell summary");
        await Press(page, "ArrowDown");
        Assert.True(await page.EvaluateAsync<bool>("document.activeElement.closest('#bell .menu-list') !== null"));
        await Press(page, "Escape");
        Assert.False(await page.EvaluateAsync<bool>("document.querySelector('#bell').open"));
        Assert.Equal("SUMMARY", await page.EvaluateAsync<string>("document.activeElement.tagName"));
    }

    [Fact]
    public async Task Single_keys_switched_off_do_nothing_and_arrows_still_work()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await Contacts(app, 3);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app);
        await Chromium.SignIn(page);
        await page.GotoAsync("/contacts");
        await Press(page, "?");
        await page.CheckAsync("#keys [name=off]");
        await page.WaitForSelectorAsync("html[data-keys=off]");
        await Press(page, "g", "l", "j", "?");
        Assert.EndsWith("/contacts", page.Url, StringComparison.Ordinal);
        Assert.Equal("BODY", await page.EvaluateAsync<string>("document.activeElement.tagName"));
        Assert.False(await page.EvaluateAsync<bool>("document.querySelector('#keys').open"));
        await page.FocusAsync(".dt tbody tr:first-child a.name");
        await Press(page, "ArrowDown", " ");
        Assert.Equal([2], await Ticked(page));
    }

    // Controls that a person sees; of radio buttons of one name tab reaches one, and a frame keeps its own.
    private const string Mark = """
        () => {
          const seen = [...document.querySelectorAll("a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary")]
            .filter(e => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && !e.closest("dialog:not([open])") && e.tabIndex >= 0 && e.type !== "radio" && e.type !== "hidden" && e.getClientRects().length);
          for (const one of seen) one.dataset.walk = "wanted";
          return seen.length;
        }
        """;

    private const string Reach = """
        () => {
          const here = document.activeElement;
          if (here.dataset.walk) {
            const style = getComputedStyle(here);
            here.dataset.walk = style.boxShadow !== "none" || style.outlineStyle !== "none" ? "reached" : "unseen";
          }
          return document.querySelector("[data-walk=wanted]") !== null;
        }
        """;

    private const string Missed = """
        () => [...document.querySelectorAll("[data-walk]")].filter(e => e.dataset.walk !== "reached").map(e => `${e.dataset.walk} ${e.outerHTML.slice(0, 120)}`)
        """;

    /// <summary>The page is there, and with it the script that listens to keys.</summary>
    private static async Task Arrives(IPage page, string address)
    {
        await Assertions.Expect(page).ToHaveURLAsync(new Regex(address));
        await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
    }

    private static async Task Press(IPage page, params string[] keys)
    {
        foreach (var key in keys) await page.Keyboard.PressAsync(key);
    }

    /// <summary>The numbers of the rows that are ticked, from 1.</summary>
    private static async Task<List<int>> Ticked(IPage page) =>
        [.. await page.EvaluateAsync<int[]>("[...document.querySelectorAll('.dt tbody tr')].flatMap((row, i) => row.querySelector('.tick :checked') ? [i + 1] : [])")];

    private static async Task Contacts(WebApp app, int count) => await app.Services.GetRequiredService<Db>().Write(async tx =>
    {
        var store = app.Services.GetRequiredService<ContactStore>();
        var made = await store.New(tx, 1, count);
        foreach (var (contact, i) in made.Select((contact, i) => (contact, i))) contact[BuiltInProperties.Of("email")] = $"person{i:00}@example.test";
        await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
    });
}
