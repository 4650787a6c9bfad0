using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Join times, history, folders and deleted lists as a browser shows them.</summary>
public sealed class ListHistoryPagesTests
{
    [Theory, Databases]
    public async Task Members_are_shown_with_their_join_time_and_sorted_by_it_and_by_any_column(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var (db, store, lists) = await Guests(app);
        await db.Write(tx => tx.Execute(Statement.Built("earlier", "update list_chunks set joined = @joined where account_id = 1"), new { joined = JoinTimes.All(1_700_000_000) }));
        await db.Write(tx => lists.AddMembers(tx, 1, 1, new([4L])));
        await app.Services.GetRequiredService<ListMembers>().FoldAll(default);

        var page = await WebApp.Page(app.Http, "/lists/1?sort=-joined&col=city");
        Assert.Equal(["Guest 4", "Guest 3", "Guest 2", "Guest 1"], Names(page));
        Assert.Contains("14 Nov 2023", page.QuerySelectorAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("descending", page.QuerySelector("#sort-joined")!.ParentElement!.GetAttribute("aria-sort"));
        Assert.Equal(["Guest 2", "Guest 3", "Guest 4", "Guest 1"], Names(await WebApp.Page(app.Http, "/lists/1?sort=city&col=city")));        // Delft, Ede, ede, none
        Assert.Equal(["Guest 4", "Guest 3", "Guest 2", "Guest 1"], Names(await WebApp.Page(app.Http, "/lists/1?sort=-city&col=city")));
        Assert.NotNull((await WebApp.Page(app.Http, "/lists/1?sort=city&col=city")).QuerySelector("#sort-city"));
        Assert.Null((await WebApp.Page(app.Http, "/contacts?col=city")).QuerySelector("#sort-joined"));
        Assert.Equal(["Guest 1"], Names(await WebApp.Page(app.Http, "/lists/1?sort=joined&q=guest+1")));
        Assert.Contains("14 Nov 2023", (await WebApp.Page(app.Http, "/contacts/1")).QuerySelector("aside")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task The_pages_of_a_list_sorted_by_join_time_follow_each_other(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 7)]);
        var list = await app.List("Guests", ListKind.Manual);
        foreach (var id in ids.Reverse())
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new([id])));
        }
        var first = await Page(new("joined", false, Size: 3));
        var second = await Page(new("joined", false, After: first.Rows[^1].Id, Size: 3));
        var last = await Page(new("joined", false, After: second.Rows[^1].Id, Size: 3));
        Assert.Equal(ids.Reverse(), first.Rows.Concat(second.Rows).Concat(last.Rows).Select(c => c.Id));
        Assert.Equal([(false, true), (true, true), (true, false)], new[] { first, second, last }.Select(p => (p.HasPrevious, p.HasNext)));
        var back = await Page(new("joined", false, Before: last.Rows[0].Id, Size: 3));
        Assert.Equal(second.Rows.Select(c => c.Id), back.Rows.Select(c => c.Id));

        Task<ContactRows> Page(ContactOrder order) => app.Db.Read(async tx =>
        {
            var index = app.Get<ContactIndex>();
            var (view, _) = await index.View(tx, TestApp.Account, new(null, ListId: list.Id), await app.Get<Winnow.Contacts.Properties>().Catalog(tx, TestApp.Account), TimeZoneInfo.Utc);
            return await index.Page(tx, view!, order);
        });
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task The_pages_around_lists_are_accessible_and_fit_the_screen(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        if (locale == "nl-NL") await WebApp.Post(app.Http, "/settings", new() { ["Language"] = "nl" }, "account");
        var (db, _, lists) = await Guests(app);
        await db.Write(tx => lists.AddMembers(tx, 1, 1, new([4L])));
        await db.Write(tx => lists.RemoveMembers(tx, 1, 1, new([2L])));
        var today = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 86_400;
        for (var day = 1; day < 60; day++) await db.Write(tx => tx.Execute(Statement.Built("size", "insert into list_sizes (account_id, list_id, day, members) values (1, 1, @day, @members)"), new { day = today - day, members = 40L + day * day % 50 }));
        await WebApp.Post(app.Http, "/lists/folders/new", new() { ["Name"] = "Regional news" }, "new-folder");
        await WebApp.Post(app.Http, "/lists/folders/new?in=1", new() { ["Name"] = "Spring" }, "new-folder");
        await db.Write(tx => app.Services.GetRequiredService<ListFolders>().Put(tx, 1, 1, 1, 1));
        var active = (await db.Write(tx => lists.Create(tx, 1, "In Ede", ListKind.Dynamic, ListParts.CityIs("Ede"), TimeZoneInfo.Utc, 1, 1))).Made!;
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await WebApp.Post(app.Http, $"/lists/{active.Id}/convert", new() { ["How"] = "quiet", ["Days"] = "7" }, "convert-list");
        var gone = (await db.Write(tx => lists.Create(tx, 1, "Gone", ListKind.Manual, null, TimeZoneInfo.Utc, 1))).Made!;
        await db.Write(tx => lists.Delete(tx, 1, gone.Id, 1));

        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        await Chromium.SignIn(page);
        var look = $"{width}-{colours}".ToLowerInvariant();
        foreach (var (path, name) in new[]
        {
            ("/lists", "lists-with-folders"), ("/lists/folders/1", "lists-folder"), ("/lists/1/history", "list-history"), ("/lists/1?sort=-joined", "list-joined"), ($"/lists/{active.Id}", "list-converts"),
            ("/lists/deleted", "lists-deleted"), ($"/lists/{active.Id}/convert", "list-convert"), ("/lists/1/copy", "list-copy"), ("/lists/1/delete", "list-delete"), ("/lists/folders/1/edit", "folder-edit"), ("/contacts/1", "contact-lists"),
        })
        {
            await page.GotoAsync(path);
            await Chromium.Check(page, $"{name}-{look}");
        }
        await page.GotoAsync("/lists/1/history");
        await page.ClickAsync("details summary:has-text('" + (locale == "nl-NL" ? "Als tabel" : "As a table") + "')");
        await Chromium.Check(page, $"list-history-table-{look}");
    }

    private static IEnumerable<string> Names(AngleSharp.Dom.IDocument page) => page.QuerySelectorAll("table.dt tbody a.name").Select(a => a.TextContent);

    /// <summary>The list 1 with the guests 1 to 3; the guest 4 is not in it.</summary>
    private static async Task<(Db Db, ContactStore Store, ListStore Lists)> Guests(WebApp app)
    {
        var (db, store, lists) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ContactStore>(), app.Services.GetRequiredService<ListStore>());
        await db.Write(async tx =>
        {
            var made = await store.New(tx, 1, 4);
            foreach (var (contact, city, n) in made.Zip([null, "Delft", "Ede", "ede"], [1, 2, 3, 4])) (contact[BuiltInProperties.Of("firstname")], contact[BuiltInProperties.Of("city")]) = ($"Guest {n}", city);
            await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
            await lists.Create(tx, 1, "Guests", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
            await lists.AddMembers(tx, 1, 1, new([1L, 2L, 3L]));
        });
        return (db, store, lists);
    }
}
