using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Filters;
using Winnow.Lists;
using Winnow.MarketingContacts;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

/// <summary>A deleted list can come back for 90 days, and what uses it says that it is gone.</summary>
public sealed class DeletedListsTests
{
    [Theory, Databases]
    public async Task A_static_list_comes_back_as_it_was_without_contacts_deleted_meanwhile(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede", "Delft");
        var list = await app.List("Guests", ListKind.Manual);
        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(ids)));
        Assert.Null(await Delete(app, list));
        Assert.Null(await app.Find(list.Id));
        Assert.Equal((list.Id, "Guests", 3L), Assert.Single(await app.Db.Read(tx => app.Get<DeletedLists>().All(tx, TestApp.Account))) is var deleted ? (deleted.Id, deleted.Name, deleted.Members!.Value) : default);

        await app.Delete(5, ids[0], ids[1]);
        await app.Restore(5, ids[1]);
        app.Clock.Advance(TimeSpan.FromDays(89));
        Assert.Equal((true, null), await Restore(app, list.Id));
        Assert.Equal([ids[1], ids[2]], await app.Members(list));
        Assert.Empty(await app.Differences());
        Assert.Equal((false, null), await Restore(app, list.Id));
    }

    [Theory, Databases]
    public async Task An_active_list_comes_back_and_looks_for_its_members_anew(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede");
        var list = await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        Assert.Null(await Delete(app, list));
        await app.Set([ids[1]], "city", "Utrecht");
        await app.List("IN UTRECHT", ListKind.Manual);
        Assert.Equal((true, null), await Restore(app, list.Id));
        var back = (await app.Find(list.Id))!;
        Assert.Equal(("In Utrecht (restored)", ListState.Processing), (back.Name, back.State));
        await app.RunJobs();
        Assert.Equal(ids, await app.Members(list));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task After_90_days_it_is_gone_for_good(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Ede");
        var (gone, late) = (await app.List("Gone", ListKind.Manual), await app.List("Late", ListKind.Manual));
        foreach (var list in new[] { gone, late }) await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(ids)));
        await Delete(app, gone);
        app.Clock.Advance(TimeSpan.FromDays(60));
        await Delete(app, late);
        app.Clock.Advance(TimeSpan.FromDays(31));
        await app.Get<DeletedLists>().Purge(default);
        Assert.Equal((false, null), await Restore(app, gone.Id));
        Assert.Empty(await app.Members(gone));
        Assert.Equal((true, null), await Restore(app, late.Id));
        Assert.Equal(ids, await app.Members(late));
    }

    [Theory, Databases]
    public async Task What_uses_a_list_is_told_and_a_list_that_a_filter_asks_for_stays(string database)
    {
        await using var app = await TestApp.On(database);
        var (list, other) = (await app.List("Asked", ListKind.Manual), await app.List("Asks", ListKind.Dynamic, CityIs("Ede")));
        var emails = app.Get<EmailStore>();
        var to = await emails.Create(TestApp.Account, "To them", MailSettings.Blank, 1);
        await emails.Save((await emails.Find(TestApp.Account, to))! with { IncludedLists = [list.Id] });
        var but = await emails.Create(TestApp.Account, "But them", MailSettings.Blank, 1);
        await emails.Save((await emails.Find(TestApp.Account, but))! with { IncludedLists = [other.Id], ExcludedLists = [list.Id] });
        Assert.Null(await app.Get<MarketingRules>().SwitchOn(TestApp.Account, new(StoppingKind.List, list.Id), 1));
        Assert.Equal([(ListUser.EmailTo, "To them"), (ListUser.EmailNotTo, "But them"), (ListUser.Rule, "Asked")], (await app.Db.Read(tx => app.Get<ListUsage>().Of(tx, TestApp.Account, list.Id))).Select(use => (use.By, use.Name)));
        Assert.Empty(await app.Db.Read(tx => app.Get<ListUsage>().Of(tx, TestApp.OtherAccount, list.Id)));

        // a filter that asks who is in the list, as other programs write it
        await app.Execute("update lists set filter = cast(@filter as $json) where account_id = 1 and id = @id", new { id = other.Id, filter = $$"""{"filterBranches":[{"filters":[{"filterType":"IN_LIST","operator":"IN_LIST","listId":"{{list.Id}}"}]}]}""" });
        Assert.StartsWith("The filter of the list Asks asks who is in Asked.", await Delete(app, list));
        Assert.Contains(new ListUse(ListUser.List, other.Id, "Asks"), await app.Db.Read(tx => app.Get<ListUsage>().Of(tx, TestApp.Account, list.Id)));
        Assert.NotNull(await app.Find(list.Id));
    }

    [Theory, Databases]
    public async Task The_pages_say_who_uses_a_list_and_the_email_says_that_it_is_gone(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var emails = app.Services.GetRequiredService<EmailStore>();
        await emails.Save((await emails.Find(1, 1))! with { IncludedLists = [1], ExcludedLists = [2] });
        Assert.Null(await app.Services.GetRequiredService<MarketingRules>().SwitchOn(1, new(StoppingKind.List, 2), 1));
        var dialog = (await WebApp.Page(app.Http, "/lists/2/delete")).QuerySelector("main")!.TextContent;
        Assert.Contains("List: By hand", dialog[dialog.IndexOf("Rules that keep marketing contacts low by it.", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("This list is in use.", dialog, StringComparison.Ordinal);
        Assert.Contains("Our news", dialog, StringComparison.Ordinal);
        await WebApp.Post(app.Http, "/lists/2/delete", [], "delete-list");
        Assert.Contains("its list was deleted", (await WebApp.Page(app.Http, "/usage/rules")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        var edit = await WebApp.Page(app.Http, "/email/1/edit?look=1");
        Assert.Contains("The list By hand was deleted.", edit.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("2", edit.QuerySelector("#exclude option[selected]")!.GetAttribute("value"));            // a save does not lose it
        await WebApp.Post(app.Http, "/email/1/edit", new() { ["Go"] = "send" }, "email");
        Assert.Equal([2L], (await emails.Find(1, 1))!.ExcludedLists);
        Assert.Contains("The list By hand was deleted. Restore it", (await WebApp.Page(app.Http, "/email/1/edit?look=1")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        Assert.Contains("90 days left", (await WebApp.Page(app.Http, "/lists/deleted")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("/lists/2", (await WebApp.Post(app.Http, "/lists/deleted", [], "/lists/2/restore")).Headers.Location!.ToString());
        Assert.DoesNotContain("was deleted", (await WebApp.Page(app.Http, "/email/1/edit?look=1")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task An_active_list_whose_property_was_archived_comes_back_once_the_property_does(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var (db, properties, lists) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<Properties>(), app.Services.GetRequiredService<ListStore>());
        var size = await db.Read(async tx => (await properties.Catalog(tx, 1)).Find("size")!);
        var filter = new Filter([new([new PropertyFilter(size, FilterOperator.Find("ALL_PROPERTY", "IS_KNOWN")!, Operand.None)])]);
        var id = (await db.Write(tx => lists.Create(tx, 1, "Sized", ListKind.Dynamic, filter, TimeZoneInfo.Utc, 1))).Made!.Id;
        await db.Write(tx => lists.Delete(tx, 1, id, 1));
        Assert.Empty(await db.Write(tx => app.Services.GetRequiredService<PropertyUsage>().Archive(tx, 1, size.Id)));
        Assert.Equal($"/lists/deleted?kept={id}", (await WebApp.Post(app.Http, "/lists/deleted", [], $"/lists/{id}/restore")).Headers.Location!.ToString());
        Assert.Contains("The filter asks for Size, which is archived.", (await WebApp.Page(app.Http, $"/lists/deleted?kept={id}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        await db.Write(tx => properties.Archive(tx, 1, size.Id, false, 1));
        Assert.Equal($"/lists/{id}", (await WebApp.Post(app.Http, "/lists/deleted", [], $"/lists/{id}/restore")).Headers.Location!.ToString());
    }

    private static Task<string?> Delete(TestApp app, ContactList list) => app.Db.Write(tx => app.Get<ListStore>().Delete(tx, TestApp.Account, list.Id));

    private static Task<(bool, string?)> Restore(TestApp app, long id) => app.Db.Write(tx => app.Get<DeletedLists>().Restore(tx, TestApp.Account, id, "restored", 1));
}
