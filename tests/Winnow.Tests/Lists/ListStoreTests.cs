using Winnow.Contacts;
using Winnow.Lists;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

public sealed class ListStoreTests
{
    [Theory, Databases]
    public async Task An_active_list_is_filled_and_follows_every_change(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede", "UTRECHT", "Delft");
        var list = await app.List("In Utrecht", ListKind.Dynamic, CityIs("utrecht"), build: false);
        Assert.False(list.IsReady);
        await app.RunJobs();
        Assert.True((await app.Find(list.Id))!.IsReady);
        Assert.Equal([ids[0], ids[2]], await app.Members(list));

        await app.Set([ids[1]], "city", "Utrecht");
        await app.Set([ids[0]], "city", null);
        var late = await app.In("utrecht");
        Assert.Equal([ids[1], ids[2], late[0]], await app.Members(list));
        Assert.Equal(3, await app.Size(list));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_contact_that_bounces_joins_the_list_of_the_article_and_stays_when_unbounced(string database)
    {
        await using var app = await TestApp.On(database);
        var list = await app.List("Hard bounced", ListKind.Dynamic, Known("hs_email_hard_bounce_reason_enum"));
        var id = Assert.Single(await app.Add(TestApp.Account, ["email=ann@example.test"]));
        Assert.Empty(await app.Members(list));
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), "ann@example.test", s => s with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = app.Clock.GetUtcNow() }));
        Assert.Equal([id], await app.Members(list));
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), "ann@example.test", s => s with { UnbouncedAt = app.Clock.GetUtcNow() }));
        Assert.Equal([id], await app.Members(list));
    }

    [Theory, Databases]
    public async Task A_snapshot_takes_its_members_once(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede");
        var list = await app.List("Were in Utrecht", ListKind.Snapshot, CityIs("Utrecht"));
        await app.Set([ids[1]], "city", "Utrecht");
        await app.Set([ids[0]], "city", "Ede");
        Assert.Equal([ids[0]], await app.Members(list));
        Assert.Equal((1, null), await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new([ids[0], ids[1], 999]))));
        Assert.Equal(ids, await app.Members(list));
    }

    [Theory, Databases]
    public async Task An_edited_filter_finds_its_members_anew(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede", "Delft");
        var list = await app.List("City", ListKind.Dynamic, CityIs("Utrecht"));
        await app.Set([ids[2]], "city", "utrecht");
        Assert.Null(await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, list.Id, CityIs("Ede"), TimeZoneInfo.Utc, 1)));
        await app.Set([ids[0]], "city", "Ede");
        await app.RunJobs();
        Assert.Equal([ids[0], ids[1]], await app.Members(list));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task Names_are_unique_capitals_or_not_and_free_again_after_a_deletion(string database)
    {
        await using var app = await TestApp.On(database);
        var list = await app.List("Bounced", ListKind.Manual);
        Assert.Equal("Another list is called Bounced. Choose another name.", await Make(" BOUNCED "));
        Assert.Equal("Give the list a name.", await Make("  "));
        var other = await app.List("Other", ListKind.Manual);
        Assert.StartsWith("Another list is called Bounced", await app.Db.Write(tx => app.Get<ListStore>().Rename(tx, TestApp.Account, other.Id, "bounced")));
        Assert.Null(await app.Db.Write(tx => app.Get<ListStore>().Rename(tx, TestApp.Account, list.Id, "BOUNCED")));
        Assert.Null(await app.Db.Write(tx => app.Get<ListStore>().Delete(tx, TestApp.Account, list.Id)));
        Assert.Null(await Make("Bounced"));
        Assert.Equal("This list does not exist any more.", await app.Db.Write(tx => app.Get<ListStore>().Delete(tx, TestApp.Account, list.Id)));

        Task<string?> Make(string name) => app.Db.Write(async tx => (await app.Get<ListStore>().Create(tx, TestApp.Account, name, ListKind.Manual, null, TimeZoneInfo.Utc, 1)).Error);
    }

    [Theory, Databases]
    public async Task People_cannot_put_anyone_into_an_active_list(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Ede");
        var list = await app.List("Active", ListKind.Dynamic, CityIs("Utrecht"));
        Assert.StartsWith("Active is an active list", (await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(ids)))).Error);
        Assert.Empty(await app.Members(list));
    }

    [Theory, Databases]
    public async Task The_lists_of_a_contact_are_all_its_lists_and_no_others(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Ede");
        await app.List("B active", ListKind.Dynamic, CityIs("Utrecht"));
        await app.List("Not this", ListKind.Dynamic, CityIs("Ede"));
        var stays = await app.List("A static", ListKind.Manual);
        var left = await app.List("Left", ListKind.Manual);
        foreach (var list in new[] { stays, left }) await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(ids)));
        await app.Db.Write(tx => app.Get<ListMembers>().Change(tx, TestApp.Account, ids[0], [], [left.Id]));
        await app.Db.Write(tx => app.Get<ListStore>().Freeze(tx, TestApp.Account, new(ids), 1));
        Assert.Equal(["A static", "B active"], await app.Db.Read(async tx =>
            (await app.Get<ListStore>().Of(tx, await app.Get<Properties>().Catalog(tx, TestApp.Account), (await app.Get<ContactStore>().Find(tx, TestApp.Account, ids[0]))!)).Select(l => l.Name)));
        Assert.Equal(new long[] { 0, 1, 1, 1, 2 }, (await app.Db.Read(tx => app.Get<ListStore>().All(tx, TestApp.Account))).Select(l => l.Members).Append(0).Order());
    }

    [Theory, Databases]
    public async Task Another_account_sees_and_changes_nothing(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht");
        var list = await app.List("Mine", ListKind.Manual);
        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(ids)));
        await app.Db.Write(async tx =>
        {
            var lists = app.Get<ListStore>();
            Assert.Null(await lists.Find(tx, TestApp.OtherAccount, list.Id));
            Assert.Null(await lists.FindByName(tx, TestApp.OtherAccount, "Mine"));
            Assert.Empty(await lists.All(tx, TestApp.OtherAccount));
            Assert.NotNull(await lists.Rename(tx, TestApp.OtherAccount, list.Id, "Yours"));
            Assert.NotNull(await lists.Delete(tx, TestApp.OtherAccount, list.Id));
            Assert.NotNull((await lists.RemoveMembers(tx, TestApp.OtherAccount, list.Id, new(ids))).Error);
        });
        await app.Add(TestApp.OtherAccount, ["city=Utrecht"]);
        Assert.Equal(ids, await app.Members(list));
    }

    [Theory, Databases]
    public async Task Deleted_contacts_leave_all_lists_and_a_restore_brings_them_back(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht", "Utrecht", "Ede");
        var (active, fixedList) = (await app.List("Active", ListKind.Dynamic, CityIs("Utrecht")), await app.List("Static", ListKind.Manual));
        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, fixedList.Id, new(ids)));
        await app.Delete(5, ids[0], ids[2]);
        Assert.Equal([ids[1]], await app.Members(active));
        Assert.Equal([ids[1]], await app.Members(fixedList));
        await app.Restore(5, ids[0], ids[2]);
        Assert.Equal([ids[0], ids[1]], await app.Members(active));
        Assert.Equal(ids, await app.Members(fixedList));
        Assert.Empty(await app.Differences());
    }

    /// <summary>Else two who hold contacts in different orders would wait for each other.</summary>
    [Fact]
    public async Task Whoever_comes_back_from_the_recycle_bin_while_others_are_taken_out_of_a_list_stays_in_it()
    {
        Assert.SkipWhen(TestDatabase.Postgres is null, "WINNOW_TEST_POSTGRES is not set");            // SQLite has one writer
        await using var app = await TestApp.On("postgres");
        var (ids, list) = (await app.In("Utrecht", "Ede"), await app.List("By hand", ListKind.Manual));
        await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(ids)));
        await app.Delete(1, ids[0]);
        var taken = Task.FromResult((Left: 0L, Error: (string?)null));
        await app.Db.Write(async tx =>
        {
            await app.Get<ContactStore>().ReadToChange(tx, TestApp.Account, [ids[1]]);
            taken = Task.Run(() => app.Db.Write(other => app.Get<ListStore>().RemoveMembers(other, TestApp.Account, list.Id, new(ids))));
            await app.SomebodyWaits("who takes them out waits for one of them");
            await app.Restore(1, ids[0]);
        });
        Assert.Equal((1L, null), await taken);
        Assert.Equal([ids[0]], await app.Members(list));
    }
}
