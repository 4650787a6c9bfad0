using Winnow.Filters;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Views of the contacts under a name: who sees them, who changes them, and what is refused.</summary>
public sealed class SavedViewsTests
{
    private const long Ann = 1, Bob = 2;
    private static readonly ViewContent Bees = new(FilterJson.Write(ListParts.CityIs("Ede")), "city email", "lastname");

    [Theory, Databases]
    public async Task A_view_is_the_owner_s_until_it_is_shared_and_changed_by_nobody_else(string database)
    {
        await using var app = await TestApp.On(database);
        var view = (await Create(app, Ann, " Bees ", default, Bees)).Made!;
        Assert.Equal(("Bees", false, Bees), (view.Name, view.Shared, view.Content));
        Assert.Null(await Find(app, TestApp.Account, Bob, view.Id));
        Assert.Empty(await All(app, Bob));

        Assert.Null(await app.Db.Write(tx => Views(app).Rename(tx, TestApp.Account, Ann, view.Id, "Our bees", SharedWith.All)));
        Assert.Equal("Our bees", (await Find(app, TestApp.Account, Bob, view.Id))!.Name);
        Assert.Null(await Find(app, TestApp.OtherAccount, Ann, view.Id));
        Assert.NotNull(await app.Db.Write(tx => Views(app).Rename(tx, TestApp.Account, Bob, view.Id, "Mine now", SharedWith.All)));
        Assert.NotNull(await app.Db.Write(tx => Views(app).Change(tx, TestApp.Account, Bob, view.Id, ViewContent.Everyone, TimeZoneInfo.Utc)));
        Assert.False(await app.Db.Write(tx => Views(app).Delete(tx, TestApp.Account, Bob, view.Id)));
        Assert.False(await app.Db.Write(tx => Views(app).Delete(tx, TestApp.OtherAccount, Ann, view.Id)));
        Assert.Equal(Bees, (await Find(app, TestApp.Account, Ann, view.Id))!.Content);

        Assert.Null(await app.Db.Write(tx => Views(app).Change(tx, TestApp.Account, Ann, view.Id, ViewContent.Everyone, TimeZoneInfo.Utc)));
        Assert.Equal(ViewContent.Everyone, (await Find(app, TestApp.Account, Bob, view.Id))!.Content);
        Assert.True(await app.Db.Write(tx => Views(app).Delete(tx, TestApp.Account, Ann, view.Id)));
        Assert.Empty(await All(app, Ann));
    }

    [Theory, Databases]
    public async Task Names_are_one_person_s_own_and_a_person_has_at_most_fifty_views(string database)
    {
        await using var app = await TestApp.On(database);
        Assert.Null((await Create(app, Ann, "Bees", SharedWith.All, Bees)).Error);
        Assert.Equal("You have a view of this name. Choose another name.", (await Create(app, Ann, "bees ", default, Bees)).Error);
        Assert.Null((await Create(app, Bob, "Bees", default, Bees)).Error);
        Assert.Equal("Give the view a name.", (await Create(app, Ann, "  ", default, Bees)).Error);
        Assert.Equal($"The name is longer than {SavedView.MaxName} characters.", (await Create(app, Ann, new('x', SavedView.MaxName + 1), default, Bees)).Error);
        for (var i = 1; i < SavedView.Most; i++) Assert.Null((await Create(app, Ann, $"View {i}", default, Bees)).Error);
        Assert.StartsWith($"You have {SavedView.Most} views", (await Create(app, Ann, "One too many", default, Bees)).Error);
        Assert.Equal(["Bees", "Bees"], (await All(app, Bob)).Select(v => v.Name));
        Assert.Equal([Bob, Ann], (await All(app, Bob)).Select(v => v.OwnerId));
    }

    [Theory, Databases]
    public async Task What_cannot_be_read_is_not_kept(string database)
    {
        await using var app = await TestApp.On(database);
        var (made, error) = await Create(app, Ann, "Broken", default, new("{\"filterBranchType\":\"OR\"}", "", ""));
        Assert.Null(made);
        Assert.Contains("filterBranches", error, StringComparison.Ordinal);
        (made, _) = await Create(app, Ann, "Odd", default, new(null, "city nonsense city", "-nonsense"));
        Assert.Equal(new ViewContent(null, "city", ViewContent.UsualSort), made!.Content);
    }

    private static SavedViews Views(TestApp app) => app.Get<SavedViews>();
    private static Task<(SavedView? Made, string? Error)> Create(TestApp app, long user, string name, SharedWith with, ViewContent content) =>
        app.Db.Write(tx => Views(app).Create(tx, TestApp.Account, user, name, with, content, TimeZoneInfo.Utc));
    private static Task<SavedView?> Find(TestApp app, long account, long user, long id) => app.Db.Read(tx => Views(app).Find(tx, account, user, id));
    private static Task<List<SavedView>> All(TestApp app, long user) => app.Db.Read(tx => Views(app).All(tx, TestApp.Account, user));
}
