using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

public sealed class MoveMembersTests
{
    [Theory, Databases]
    public async Task A_selection_of_any_size_goes_into_a_list_and_out_again(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 6_000)]);
        var list = await app.List("By hand", ListKind.Manual);
        var job = await app.OrderMove(list, ids, joins: true);
        await app.Delete(1, ids[5_500]);                                     // deleted before its turn
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        Assert.Equal(5_999, await app.Size(list));
        Assert.Equal((5_999L, 0L), await app.MoveOf(job) is var state ? (state.Moved, state.Same) : default);
        job = await app.OrderMove(list, [.. ids.Where(id => id != ids[5_500])], joins: true);
        await app.RunJobs();
        Assert.Equal((0L, 5_999L), await app.MoveOf(job) is var again ? (again.Moved, again.Same) : default);
        job = await app.OrderMove(list, ids[..5_400], joins: false);
        await app.RunJobs();
        Assert.Equal(ids[5_400..].Where(id => id != ids[5_500]), await app.Members(list));
        Assert.Equal(599, await app.Size(list));
        Assert.Equal(5_400L, (await app.MoveOf(job)).Moved);
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task Another_set_a_foreign_receipt_and_an_active_list_are_refused_and_a_form_posted_twice_moves_once(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Ede", "Ede");
        var (list, active, move) = (await app.List("By hand", ListKind.Manual), await app.List("Active", ListKind.Dynamic, ListParts.CityIs("Ede")), app.Get<MoveMembers>());
        var everyone = new SelectionQuery(null);
        var receipt = (await move.Freeze(TestApp.Account, everyone, list.Id, TimeZoneInfo.Utc, 1)).Receipt!;
        Task<BulkOutcome> Confirm(long account, long to) => move.Confirm(account, receipt.SelectionId, to, true, everyone, TimeZoneInfo.Utc, "All", "Add", 1);
        Assert.Contains("is an active list", (await Confirm(TestApp.Account, active.Id)).Error, StringComparison.Ordinal);
        Assert.Contains("too old", (await Confirm(TestApp.OtherAccount, list.Id)).Error, StringComparison.Ordinal);
        Assert.Null(await move.Find(TestApp.OtherAccount, receipt.SelectionId, list.Id));
        var late = await app.In("Delft");
        Assert.Equal((1L, 0L), (await Confirm(TestApp.Account, list.Id)).Changed);
        await app.Delete(9, late);
        var first = await Confirm(TestApp.Account, list.Id);
        Assert.Equal(first, await Confirm(TestApp.Account, list.Id));
        await app.RunJobs();
        Assert.Equal(ids, await app.Members(list));
        Assert.Equal(2L, (await move.Find(TestApp.Account, receipt.SelectionId, list.Id))!.Inside);
    }

    [Theory, Databases]
    public async Task A_person_puts_contacts_into_a_new_list_and_an_old_one_takes_one_out_and_takes_it_all_back(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var (db, store) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ContactStore>());
        await db.Write(async tx =>
        {
            var made = await store.New(tx, 1, 4);
            foreach (var contact in made) contact[BuiltInProperties.Of("city")] = contact.Id < 4 ? "Ede" : "Delft";
            await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        Task Run() => app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        var list = 0L;
        async Task<IEnumerable<long>> Members() => (await db.Read(tx => app.Services.GetRequiredService<ListMembers>().Read(tx, 1, list))).Ids;
        var all = "/contacts/add-to-list?all=1&filter=" + Uri.EscapeDataString(Winnow.Filters.FilterJson.Write(ListParts.CityIs("ede")));
        Assert.Contains("Add 3 contacts to a list", await app.Http.GetStringAsync(all), StringComparison.Ordinal);
        var page = await WebApp.Read(await WebApp.Post(app.Http, all, new() { ["Name"] = "" }, "add-to-list"));
        Assert.Equal("Give the list a name.", page.QuerySelector(".form-error")!.TextContent);

        Assert.StartsWith("/jobs/", (await WebApp.Post(app.Http, all, new() { ["Name"] = "In Ede" }, "add-to-list")).Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        await Run();
        list = (await db.Read(tx => app.Services.GetRequiredService<ListStore>().FindByName(tx, 1, "In Ede")))!.Id;
        page = await WebApp.Read(await WebApp.Post(app.Http, "/contacts/add-to-list?id=3&id=4", new() { ["List"] = $"{list}" }, "add-to-list"));
        Assert.Equal(["1", "1"], page.QuerySelectorAll(".receipt dd").Select(d => d.TextContent.Trim()));       // joins, is in it already
        var added = await WebApp.Post(app.Http, "/contacts/add-to-list?id=3&id=4", new() { ["List"] = $"{list}", ["Chosen"] = $"{list}" }, "add-to-list");
        await Run();
        await WebApp.Post(app.Http, $"/lists/{list}/remove?id=2&id=77", [], "remove-from-list");
        await Run();
        Assert.Equal<long>([1L, 3, 4], await Members());
        Assert.Contains("No contacts are selected.", await app.Http.GetStringAsync("/contacts/add-to-list"), StringComparison.Ordinal);

        page = await WebApp.Page(app.Http, added.Headers.Location!.ToString());
        Assert.Equal("Add 2 contacts to In Ede", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(["1", "1"], page.QuerySelectorAll("#job dl.lines dd").Select(d => d.TextContent.Trim()));
        var undo = page.QuerySelector("#job a[href$='/undo']")!.GetAttribute("href")!;
        var reader = await app.Colleague("reader@fernhill.example", PermissionSet.Of(Permission.EditContacts));
        foreach (var path in new[] { undo, all, $"/lists/{list}/remove?id=1" }) Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(path)).StatusCode);
        var undone = await WebApp.Post(app.Http, undo, [], "undo-move");
        await Run();
        Assert.Equal(["1", "0", "0", "0"], (await WebApp.Page(app.Http, undone.Headers.Location!.ToString())).QuerySelectorAll("#job dl.lines dd").Select(d => d.TextContent.Trim()));
        Assert.Equal<long>([1L, 3], await Members());
        Assert.Contains("This was undone already.", await app.Http.GetStringAsync(undo), StringComparison.Ordinal);
        var removed = (await WebApp.Page(app.Http, "/notifications")).QuerySelectorAll("main a[href$='/undo']").Select(a => a.GetAttribute("href")!).Single(href => href == "/list-moves/3/undo");
        await WebApp.Post(app.Http, removed, [], "undo-move");
        await Run();
        Assert.Equal<long>([1L, 2, 3], await Members());
    }
}
