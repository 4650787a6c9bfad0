using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>The menu of the selection bar and its dialogs, by clicks and by keys, wide and narrow.</summary>
public sealed class BulkDeedsInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task All_of_a_view_become_marketing_contacts_and_go_into_a_list_and_out_of_it_again(int width, ColorScheme colours)
    {
        await using var app = await WebApp.On("sqlite", "web,worker");
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        var (db, store) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ContactStore>());
        await db.Write(async tx =>
        {
            var made = await store.New(tx, 1, 30);
            foreach (var contact in made) contact[BuiltInProperties.Of("email")] = $"a{contact.Id}@example.test";
            foreach (var contact in made.Take(2)) MarketingStatus.Set(contact, "CONTACT_IMPORT", "a file");
            await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);
        await page.GotoAsync("/contacts");
        await page.CheckAsync("thead .tick input");
        await page.ClickAsync("#select-all");
        await page.WaitForURLAsync("**/contacts?*all=1*");

        // by keys: every deed is in the one menu
        await page.FocusAsync(".bulkbar details.menu summary");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".bulkbar details.menu[open]");
        Assert.Equal(["edit-property", "add-to-list", "create-list", "set-marketing", "set-non-marketing", "export", "unbounce", "delete"],
            await page.Locator(".bulkbar .menu-list button").EvaluateAllAsync<string[]>("all => all.map(one => one.getAttribute('formaction').split('/').pop())"));
        await Chromium.Check(page, $"bulk-menu-{look}");
        await page.FocusAsync(".bulkbar [formaction='/contacts/set-marketing']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("#dialog dialog[open] [name=Typed]");
        Assert.True(await page.IsDisabledAsync("#dialog [data-needs-count]"));
        await page.CheckAsync("#dialog [name=Everyone]");
        await page.FillAsync("#dialog [name=Typed]", "28");
        await Chromium.Check(page, $"set-marketing-{look}");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/jobs/*");
        await page.WaitForSelectorAsync("#job dl.lines");
        await Chromium.Check(page, $"set-marketing-job-{look}");
        Assert.Equal(30L, (await db.Read(tx => store.Counts(tx, 1))).Marketing);

        await page.GotoAsync("/contacts?all=1");
        await page.ClickAsync(".bulkbar summary");
        await page.ClickAsync(".bulkbar [formaction='/contacts/add-to-list']");
        await page.FillAsync("#dialog [name=Name]", "Newsletter");
        await Chromium.Check(page, $"add-to-list-{look}");
        await page.ClickAsync("#dialog footer .btn-primary");
        await page.WaitForURLAsync("**/jobs/*");
        await page.WaitForSelectorAsync("#job dl.lines");
        Assert.Equal(30, await Size());
        await page.ClickAsync("#job a[href$='/undo']");
        await page.WaitForSelectorAsync("#dialog dialog[open]");
        await Chromium.Check(page, $"undo-move-{look}");
        await page.ClickAsync("#dialog footer .btn-primary");
        await page.WaitForSelectorAsync("h1:has-text('Undo:')");
        await page.WaitForSelectorAsync("#job dl.lines");
        await Chromium.Check(page, $"undo-move-job-{look}");
        Assert.Equal(0, await Size());

        await page.GotoAsync("/contacts?all=1");
        await page.ClickAsync(".bulkbar summary");
        await page.ClickAsync(".bulkbar [formaction='/contacts/export']");
        await page.WaitForSelectorAsync("#dialog dialog[open]");
        await Chromium.Check(page, $"export-{look}");
        await page.GotoAsync("/lists/export");
        await Chromium.Check(page, $"export-lists-{look}");

        Task<long> Size() => db.Read(async tx => await app.Services.GetRequiredService<ListMembers>().Count(tx, 1, (await app.Services.GetRequiredService<ListStore>().FindByName(tx, 1, "Newsletter"))!.Id));
    }
}
