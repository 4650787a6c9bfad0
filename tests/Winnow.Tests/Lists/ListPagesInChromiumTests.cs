using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>The active list of the article, clicked together as a person would.</summary>
public class ListPagesInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task A_person_makes_an_active_list_of_hard_bounced_contacts(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        if (locale == "nl-NL") await WebApp.Post(app.Http, "/settings", new() { ["Language"] = "nl" }, "account");
        await Bounced(app, 30);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        var (look, dutch) = ($"{width}-{colours}".ToLowerInvariant(), locale == "nl-NL");
        await page.GotoAsync("/sign-in");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("main button[type=submit]");

        await page.GotoAsync("/lists");
        await Chromium.Check(page, $"lists-empty-{look}");
        await page.ClickAsync("main a[href='/lists/new']");
        await page.FillAsync("[name=Name]", "Hard bounced");
        await page.FillAsync("#picker-search", dutch ? "harde bounce" : "hard bounce");
        var pick = page.Locator("button[value='pick:0:0:hs_email_hard_bounce_reason_enum']");
        await Assertions.Expect(page.Locator(".picker-list button")).ToHaveCountAsync(2);
        await Chromium.Check(page, $"list-picker-{look}");
        await pick.ClickAsync();
        await page.SelectOptionAsync("#g0-0-add", "UNKNOWN_USER");
        await Assertions.Expect(page.Locator(".hero-num")).ToHaveTextAsync("15");
        await page.SelectOptionAsync("#g0-0-add", "POLICY");
        await Assertions.Expect(page.Locator(".hero-num")).ToHaveTextAsync("30");
        await page.ClickAsync("button[value='drop:0:0:POLICY']");
        await Assertions.Expect(page.Locator(".hero-num")).ToHaveTextAsync("15");
        await page.SelectOptionAsync("#g0-0-operator", "ALL_PROPERTY:IS_KNOWN");
        await Assertions.Expect(page.Locator(".hero-num")).ToHaveTextAsync("30");
        Assert.Equal("Hard bounced", await page.InputValueAsync("[name=Name]"));
        await Chromium.Check(page, $"list-builder-{look}");

        await page.ClickAsync("button[value=save]");
        await page.WaitForURLAsync("**/lists/1");
        await Assertions.Expect(page.Locator("#filling .notice")).ToBeVisibleAsync();
        await Chromium.Check(page, $"list-filling-{look}");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await Assertions.Expect(page.Locator(".dt tbody tr")).ToHaveCountAsync(25);       // by itself: the page asks each second
        await Assertions.Expect(page.Locator("#filling .notice")).ToHaveCountAsync(0);
        await Chromium.Check(page, $"list-{look}");

        await page.ClickAsync("a[href='/lists/1/rename'].icon-btn");
        await page.FillAsync("#dialog dialog[open] [name=Name]", "All hard bounced");
        await Chromium.Check(page, $"list-rename-{look}");
        await page.ClickAsync("#dialog dialog[open] button.btn-primary");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("All hard bounced");

        await page.ClickAsync("a[href='/lists/1/filters']");
        await page.ClickAsync("button[value=or]");
        await page.ClickAsync("button[value='pick:1:0:createdate']");
        await page.SelectOptionAsync("#g1-0-operator", "DATETIME:IS_AFTER_DATE");
        await page.FillAsync("#g1-0-value", "2020-01-01");
        await page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(page.Locator(".hero-num")).ToHaveTextAsync("31");
        await Assertions.Expect(page.Locator(".sentence")).ToContainTextAsync(dutch ? "; of " : "; or ");
        await Chromium.Check(page, $"list-filters-{look}");

        await page.ClickAsync("button[value='and:1']");                                    // conditions that are not about a property, looked at and taken out again
        await page.ClickAsync("button[value='pick:1:1:@email']");
        await page.SelectOptionAsync("#g1-1-operator", "RECEIVED_BUT_NOT_OPENED");
        await Assertions.Expect(page.Locator(".sentence")).ToContainTextAsync(dutch ? "maar opende die niet" : "but did not open it");
        await page.ClickAsync("button[value='and:1']");
        await page.ClickAsync("button[value='pick:1:2:@list']");
        await Assertions.Expect(page.Locator("#g1-2-operator")).ToBeFocusedAsync();
        await page.ClickAsync("button[value='and:0']");
        await page.ClickAsync("button[value='pick:0:1:createdate']");
        await page.SelectOptionAsync("#g0-1-operator", "CALENDAR_DATE:IN_LAST_TIME_UNIT");
        await Assertions.Expect(page.Locator("#g0-1-upto")).ToBeVisibleAsync();
        await Chromium.Check(page, $"list-asking-{look}");
        foreach (var line in new[] { "0:1", "1:2", "1:1" })
        {
            await page.ClickAsync($"button[value='remove:{line}']");
            await Assertions.Expect(page.Locator($"button[value='remove:{line}']")).ToHaveCountAsync(0);
        }
        await Assertions.Expect(page.Locator(".hero-num")).ToHaveTextAsync("31");

        await Assertions.Expect(page.Locator("#g1-0-remove")).ToBeFocusedAsync();        // where the removed one was: the one before it
        await page.Keyboard.PressAsync("Control+z");
        await Assertions.Expect(page.Locator("#g1-1-operator")).ToHaveValueAsync("RECEIVED_BUT_NOT_OPENED");
        await Assertions.Expect(page.Locator("#undo")).ToBeFocusedAsync();
        await page.FocusAsync("#g1-1-operator");
        await page.Keyboard.PressAsync("Control+Shift+ArrowUp");
        await Assertions.Expect(page.Locator("#g1-0-more")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+Shift+ArrowUp");
        await Assertions.Expect(page.Locator("#g0-1-more")).ToBeFocusedAsync();
        await page.ClickAsync("#g0-1-more");
        await Chromium.Check(page, $"list-move-{look}");
        await page.ClickAsync("button[value='down:0:1']");
        await Assertions.Expect(page.Locator("#g1-0-more")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions.Expect(page.Locator("#picker-search")).ToBeFocusedAsync();
        await page.ClickAsync("button[value='pick:1:2:city']");
        await Assertions.Expect(page.Locator("#g1-2-operator")).ToBeFocusedAsync();
        await page.FillAsync("#g1-2-add", "Utrecht");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".chip", new() { HasText = "Utrecht" })).ToHaveCountAsync(1);
        await page.FillAsync("#g1-2-add", "Ede");
        var and = page.Locator("button[value='and:1']");
        await and.HoverAsync();
        await page.RunAndWaitForResponseAsync(() => page.Mouse.DownAsync(), "**/lists/1/filters");       // leaving the field asks for an answer, which must not take away the button that is pressed
        await page.Mouse.UpAsync();
        await Assertions.Expect(page.Locator("#picker-search")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator(".chip", new() { HasText = "Ede" })).ToHaveCountAsync(1);
        await page.ClickAsync("button[value='remove:1:3']");
        await Assertions.Expect(page.Locator("#picker")).ToHaveCountAsync(0);
        await page.ClickAsync("#json-open");
        await page.FillAsync("#json", (await page.InputValueAsync("#json")).Replace("createdate", "creatdate", StringComparison.Ordinal));
        await page.ClickAsync("button[value=json-use]");
        await Assertions.Expect(page.Locator("#json-error")).ToContainTextAsync("filterBranches[1].filters[1].property");
        await Chromium.Check(page, $"list-json-{look}");
        await page.ClickAsync("button[value=json-close] >> nth=0");
        await Assertions.Expect(page.Locator("#json")).ToHaveCountAsync(0);
        for (var step = 0; await page.Locator("#g1-2-operator, #g0-1-operator, #g1-1-operator").CountAsync() > 0; step++)
        {
            var before = await page.InputValueAsync("[name=steps]");
            await page.ClickAsync("#undo");
            await Assertions.Expect(page.Locator("[name=steps]")).Not.ToHaveValueAsync(before);
        }
        await Assertions.Expect(page.Locator(".hero-num")).ToHaveTextAsync("31");
        await page.ClickAsync("button[value=save]");
        await page.WaitForURLAsync("**/lists/1");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();

        await page.GotoAsync("/lists");
        await Chromium.Check(page, $"lists-{look}");
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("many", "update contact_counts set contacts = 3000000 where account_id = @accountId"), new { accountId = 1L }));
        await page.GotoAsync("/lists/1/filters");
        await Assertions.Expect(page.Locator("#save")).ToContainTextAsync("31");           // a large account: estimated first, then counted without being asked
        await Assertions.Expect(page.Locator(".hero-num")).ToHaveTextAsync("31");
        await page.GotoAsync("/contacts/1/lists");
        await Chromium.Check(page, $"list-why-{look}");
    }

    private static async Task Bounced(WebApp app, int count)
    {
        var (db, store) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ContactStore>());
        await db.Write(async tx =>
        {
            var made = await store.New(tx, 1, count + 1);
            foreach (var (contact, i) in made.Select((c, i) => (c, i)))
                (contact[BuiltInProperties.Of("email")], contact[BuiltInProperties.Of("firstname")]) = ($"person{i}@example.test", $"Person {i}");
            await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        for (var i = 0; i < count; i++)
        {
            var (address, reason) = ($"person{i}@example.test", i % 2 == 0 ? "UNKNOWN_USER" : "POLICY");
            await db.Write(tx => app.Services.GetRequiredService<AddressChanges>().Change(tx, 1, new("EMAIL"), address, s => s with { HardBounceReason = reason, HardBouncedAt = DateTimeOffset.UnixEpoch }));
        }
    }
}
