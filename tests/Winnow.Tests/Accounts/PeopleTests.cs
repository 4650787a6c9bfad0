using Winnow.Accounts;

namespace Winnow.Tests;

/// <summary>Who belongs to an account, and what each may do.</summary>
public sealed class PeopleTests
{
    private static readonly PermissionSet Admin = PermissionSet.Presets[0].Set, Marketer = PermissionSet.Presets[1].Set;

    [Theory, Databases]
    public async Task An_account_keeps_a_super_admin_who_can_sign_in(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'Fernhill', 'UTC', 'en', @secret, 0)", new { secret = new byte[32] });
        var (ann, bob) = (await Join(app, "ann", Admin), await Join(app, "bob", Marketer));
        var people = app.Get<People>();
        Assert.Equal(People.LastSuperAdmin, await people.Allow(TestApp.Account, (1, Admin), ann, PermissionSet.ReadOnly));
        Assert.Equal(People.LastSuperAdmin, await people.Activate(TestApp.Account, (1, Admin), ann, active: false));
        Assert.Null(await people.Allow(TestApp.Account, (1, Admin), bob, Admin));
        Assert.Null(await people.Activate(TestApp.Account, (1, Admin), ann, active: false));
        Assert.Equal(People.LastSuperAdmin, await people.Activate(TestApp.Account, (1, Admin), bob, active: false));
        Assert.Equal(["bob", "ann"], (await people.All(TestApp.Account)).Select(m => m.Name));
        Assert.Null(await app.Get<AccountStore>().Person(TestApp.Account, ann));
        Assert.Null(await people.Activate(TestApp.Account, (1, Admin), ann, active: true));
        Assert.NotNull(await app.Get<AccountStore>().Person(TestApp.Account, ann));
    }

    [Theory, Databases]
    public async Task Two_super_admins_who_demote_each_other_at_once_leave_one(string database)
    {
        await using var app = await TestApp.On(database);
        var (ann, bob) = (await Join(app, "ann", Admin), await Join(app, "bob", Admin));
        var answers = await Task.WhenAll(app.Get<People>().Allow(TestApp.Account, (1, Admin), ann, Marketer), app.Get<People>().Allow(TestApp.Account, (1, Admin), bob, Marketer));
        Assert.Equal([null, People.LastSuperAdmin], answers.Order());
    }

    [Theory, Databases]
    public async Task Nobody_gives_or_takes_more_than_they_have_and_nobody_reaches_into_another_account(string database)
    {
        await using var app = await TestApp.On(database);
        var (ann, bob) = (await Join(app, "ann", Admin), await Join(app, "bob", PermissionSet.Of(Permission.Export)));
        var (people, by) = (app.Get<People>(), PermissionSet.Of(Permission.Users, Permission.Export, Permission.Import));
        Assert.Equal(People.TooMuch, await people.Allow(TestApp.Account, (1, by), bob, Admin));
        Assert.Equal(People.TooMuch, await people.Allow(TestApp.Account, (1, by), bob, PermissionSet.Of(Permission.Billing)));
        Assert.Equal(People.TooMuch, await people.Activate(TestApp.Account, (1, by), ann, active: false));
        Assert.Null(await people.Allow(TestApp.Account, (1, by), bob, PermissionSet.Of(Permission.Import)));
        Assert.Equal("Import", (await people.Find(TestApp.Account, bob))!.Permissions);
        Assert.Null(await people.Find(TestApp.OtherAccount, bob));
        Assert.NotNull(await people.Allow(TestApp.OtherAccount, (1, Admin), bob, Marketer));
        Assert.Equal("Import", (await people.Find(TestApp.Account, bob))!.Permissions);
    }

    [Fact]
    public void A_permission_of_a_later_version_grants_nothing_and_presets_have_names()
    {
        Assert.Equal("Import,Export", PermissionSet.Read(false, "Import,Teleport,Export,7").Text);
        Assert.All(PermissionSet.Presets, preset => Assert.Equal(preset.Name, PermissionSet.Read(preset.Set.SuperAdmin, preset.Set.Text).Preset));
        Assert.Null(PermissionSet.Of(Permission.Import).Preset);
        Assert.Equal(Enum.GetValues<Permission>(), PermissionWords.All.Select(w => w.Permission).Order());
    }

    private static Task<long> Join(TestApp app, string name, PermissionSet may) => app.Db.Write(async tx =>
    {
        var user = new User { Name = name, Email = $"{name}@home.test", EmailKey = $"{name}@home.test", SecurityStamp = "1" };
        await UserStore.Add(tx, user);
        await app.Get<People>().Join(tx, TestApp.Account, user.Id, may);
        return user.Id;
    });
}
