using Winnow.Lists;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

/// <summary>Active lists become static, and lists are copied.</summary>
public sealed class ListConversionsTests
{
    [Theory, Databases]
    public async Task A_converted_list_keeps_its_members_and_its_filter_and_follows_nobody(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede");
        var list = await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        Assert.Null(await app.Db.Write(tx => app.Get<ListConversions>().Convert(tx, TestApp.Account, list.Id, 1)));
        await app.Set(ids, "city", "Delft");
        await app.In("Utrecht");
        var now = (await app.Find(list.Id))!;
        Assert.Equal((ListKind.Snapshot, list.Filter, app.Clock.GetUtcNow()), (now.Kind, now.Filter, now.ConvertedAt));
        Assert.Equal([ids[0]], await app.Members(list));
        Assert.Equal((1, null), await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new([ids[1]]))));
        Assert.Equal("This list is static already.", await app.Db.Write(tx => app.Get<ListConversions>().Convert(tx, TestApp.Account, list.Id, 1)));
    }

    [Theory, Databases]
    public async Task A_list_becomes_static_on_its_day_and_not_when_that_is_cancelled(string database)
    {
        await using var app = await TestApp.On(database);
        var (list, stays) = (await app.List("A", ListKind.Dynamic, CityIs("Ede")), await app.List("B", ListKind.Dynamic, CityIs("Ede")));
        var day = app.Clock.GetUtcNow().AddDays(3);
        Assert.Equal("Choose a day after today.", await Arrange(app, list, app.Clock.GetUtcNow(), null));
        foreach (var one in new[] { list, stays }) Assert.Null(await Arrange(app, one, day, null));
        await app.Db.Write(tx => app.Get<ListConversions>().Cancel(tx, TestApp.Account, stays.Id, 1));
        Assert.Equal(ListKind.Dynamic, await After(app, list, TimeSpan.FromDays(2.9)));
        Assert.Equal(ListKind.Snapshot, await After(app, list, TimeSpan.FromDays(0.2)));
        Assert.Equal(ListKind.Dynamic, await After(app, stays, default));
    }

    [Theory, Databases]
    public async Task A_list_becomes_static_once_nobody_joined_or_left_for_days(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede");
        var list = await app.List("In Ede", ListKind.Dynamic, CityIs("Ede"));
        Assert.Equal("Give a number of days from 1 to 90.", await Arrange(app, list, null, 91));
        Assert.Null(await Arrange(app, list, null, 5));
        Assert.Equal(ListKind.Dynamic, await After(app, list, TimeSpan.FromDays(4)));
        await app.Set([ids[0]], "city", "Ede");                                     // not folded yet
        Assert.Equal(ListKind.Dynamic, await After(app, list, TimeSpan.FromDays(4)));
        await app.Get<ListMembers>().FoldAll(default);
        Assert.Equal(ListKind.Dynamic, await After(app, list, TimeSpan.FromHours(23)));
        Assert.Equal(ListKind.Snapshot, await After(app, list, TimeSpan.FromHours(2)));
        Assert.Equal(ids, await app.Members(list));
    }

    [Theory, Databases]
    public async Task A_copy_is_active_with_the_filter_or_static_with_the_members(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede");
        var list = await app.List("News", ListKind.Dynamic, CityIs("Utrecht"));
        Assert.Equal("News (copy)", await app.Db.Read(tx => CopyList.Name(tx, TestApp.Account, "News", "copy")));
        var (active, frozen) = (await Copy("news (copy)", true), await Copy("News then", false));
        Assert.Equal("News (copy 2)", await app.Db.Read(tx => CopyList.Name(tx, TestApp.Account, "News", "copy")));
        await app.RunJobs();
        await app.Set([ids[1]], "city", "Utrecht");
        Assert.Equal(ids, await app.Members(active));
        Assert.Equal([ids[0]], await app.Members(frozen));
        Assert.Equal((ListKind.Dynamic, ListKind.Snapshot, list.Filter), (active.Kind, frozen.Kind, frozen.Filter));
        Assert.StartsWith("Another list is called News", (await app.Db.Write(tx => app.Get<CopyList>().Make(tx, TestApp.Account, list.Id, "NEWS", false, 1))).Error);
        Assert.Empty(await app.Differences());

        async Task<ContactList> Copy(string name, bool asActive)
        {
            var (made, error) = await app.Db.Write(tx => app.Get<CopyList>().Make(tx, TestApp.Account, list.Id, name, asActive, 1));
            Assert.Null(error);
            return made!;
        }
    }

    private static Task<string?> Arrange(TestApp app, ContactList list, DateTimeOffset? at, int? days) => app.Db.Write(tx => app.Get<ListConversions>().Arrange(tx, TestApp.Account, list.Id, at, days, 1));

    private static async Task<ListKind> After(TestApp app, ContactList list, TimeSpan time)
    {
        app.Clock.Advance(time);
        await app.Get<ListConversions>().RunDue(default);
        return (await app.Find(list.Id))!.Kind;
    }
}
