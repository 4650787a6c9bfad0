using Winnow.Lists;

namespace Winnow.Tests;

public sealed class ListMembersTests
{
    private const long Static = 7, Frozen = 8;

    [Theory, Databases]
    public async Task Chunks_corrected_by_deltas_are_one_truth_whoever_asks(string database)
    {
        await using var app = await AppWithLists(database);
        var members = app.Get<ListMembers>();
        var expected = new MemberSet(Enumerable.Range(1, 90_000).Where(i => i % 3 == 0).Select(i => (long)i));
        await app.Db.Write(tx => members.Write(tx, TestApp.Account, Static, expected));
        await Join(1); await Leave(3); await Leave(89_997); await Join(3); await Join(2); await Leave(2); await Join(200_000);

        await Same();
        Assert.Equal(3, await app.Scalar<long>("select count(*) from list_deltas where account_id = 1"));       // 1, 89,997 and 200,000: the others were undone
        await members.FoldAll(TestContext.Current.CancellationToken);
        Assert.Equal(0, await app.Scalar<long>("select count(*) from list_deltas where account_id = 1"));
        await Same();
        Assert.Equal(0, await app.Db.Read(tx => members.Count(tx, TestApp.OtherAccount, Static)));
        Assert.Empty(await app.Db.Read(tx => members.Page(tx, TestApp.OtherAccount, Static, 0, 10)));

        async Task Join(long contact) { expected.Add(contact); await app.Db.Write(tx => members.Change(tx, TestApp.Account, contact, [Static], [])); }
        async Task Leave(long contact) { expected.Remove(contact); await app.Db.Write(tx => members.Change(tx, TestApp.Account, contact, [], [Static])); }
        async Task Same() => await app.Db.Read(async tx =>
        {
            Assert.True((await members.Read(tx, TestApp.Account, Static)).SameAs(expected));
            Assert.Equal(expected.Count, await members.Count(tx, TestApp.Account, Static));
            Assert.Equal(expected.Count, (await members.Counts(tx, TestApp.Account))[Static]);
            foreach (var id in new long[] { 1, 2, 3, 89_997, 90_000, 200_000 }) Assert.Equal(expected.Contains(id), await members.Contains(tx, TestApp.Account, Static, id));
            foreach (var after in new long[] { 0, 60_000, 65_535, 89_990, 200_000 })
                Assert.Equal(expected.After(after).Take(7), await members.Page(tx, TestApp.Account, Static, after, 7));
            return 0;
        });
    }

    [Theory, Databases]
    public async Task A_flip_rewrites_chunks_and_drops_the_deltas_of_its_contacts_only(string database)
    {
        await using var app = await AppWithLists(database);
        var members = app.Get<ListMembers>();
        await app.Db.Write(tx => members.Write(tx, TestApp.Account, Static, new([1, 2, 3, 70_000])));
        await app.Db.Write(tx => members.Change(tx, TestApp.Account, 1, [], [Static]));
        await app.Db.Write(tx => members.Change(tx, TestApp.Account, 5, [Static], []));
        await app.Db.Write(tx => members.Flip(tx, TestApp.Account, Static, new([1, 140_000]), new([70_000, 2])));
        Assert.Equal([1, 3, 5, 140_000], (await app.Db.Read(tx => members.Read(tx, TestApp.Account, Static))).Ids);
        Assert.Equal(4, await app.Db.Read(tx => members.Count(tx, TestApp.Account, Static)));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from list_deltas where account_id = 1"));
    }

    [Theory, Databases]
    public async Task Nothing_is_lost_when_folds_flips_and_changes_meet(string database)
    {
        await using var app = await AppWithLists(database);
        var members = app.Get<ListMembers>();
        using var over = new CancellationTokenSource();
        var folding = Task.Run(async () => { while (!over.IsCancellationRequested) await members.FoldAll(CancellationToken.None); });
        var finals = await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            var mine = new MemberSet();                                    // each worker owns the contacts with its number modulo 4, as row locks would see to
            for (var i = 0; i < 60; i++)
                if (i % 10 == 9)
                {
                    var (add, remove) = (new MemberSet(), new MemberSet());
                    for (var n = 0; n < 60; n++) { var id = Own(); if (!remove.Contains(id)) add.Add(id); id = Own(); if (!add.Contains(id)) remove.Add(id); }
                    await app.Db.Write(tx => members.Flip(tx, TestApp.Account, Static, add, remove));
                    mine = mine.Union(add).Except(remove);
                }
                else
                {
                    var id = Own();
                    var joins = mine.Add(id) || !mine.Remove(id);
                    await app.Db.Write(tx => members.Change(tx, TestApp.Account, id, joins ? [Static] : [], joins ? [] : [Static]));
                }
            return mine;

            long Own() => random.Next(30) * 4 + worker + 1;
        })));
        await over.CancelAsync();
        await folding;
        var expected = finals.Aggregate(new MemberSet(), (all, one) => all.Union(one));
        Assert.True((await app.Db.Read(tx => members.Read(tx, TestApp.Account, Static))).SameAs(expected));
        Assert.Equal(expected.Count, await app.Db.Read(tx => members.Count(tx, TestApp.Account, Static)));
    }

    [Theory, Databases]
    public async Task Deleted_contacts_leave_static_lists_and_come_back_where_they_were(string database)
    {
        await using var app = await AppWithLists(database);
        var (members, deleted) = (app.Get<ListMembers>(), app.Get<DeletedMembers>());
        await app.Add(TestApp.Account, [.. Enumerable.Range(1, 6).Select(i => new[] { $"email=c{i}@example.test" })]);
        await app.Db.Write(tx => members.Write(tx, TestApp.Account, Static, new([1, 2, 3])));
        await app.Db.Write(tx => members.Write(tx, TestApp.Account, Frozen, new([1, 2, 3])));
        await app.Db.Write(tx => members.Change(tx, TestApp.Account, 4, [Static], []));
        foreach (var batch in new[] { new MemberSet([1, 4]), new MemberSet([2, 5]), new MemberSet([2, 5]) })
            await app.Db.Write(tx => deleted.Remove(tx, TestApp.Account, 9, batch));
        Assert.Equal([3], (await app.Db.Read(tx => members.Read(tx, TestApp.Account, Static))).Ids);
        Assert.Equal(3, await app.Db.Read(tx => members.Count(tx, TestApp.Account, Frozen)));

        await app.Execute("delete from contacts where account_id = 1 and id = 2");
        await app.Db.Write(tx => deleted.Restore(tx, TestApp.Account, 9, new([1, 2, 4, 5])));
        Assert.Equal([1, 3, 4], (await app.Db.Read(tx => members.Read(tx, TestApp.Account, Static))).Ids);
        await app.Db.Write(tx => deleted.Forget(tx, TestApp.Account, 9));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from deleted_members where account_id = 1"));
    }

    private static async Task<TestApp> AppWithLists(string database)
    {
        var app = await TestApp.On(database);
        foreach (var (id, kind) in new[] { (Static, "MANUAL"), (Frozen, "SELECTION") })
            await app.Execute("""
                insert into lists (account_id, id, name, name_key, kind, state, created_at, updated_at, filters_updated_at)
                values (1, @id, @name, @name, @kind, 'COMPLETE', 0, 0, 0)
                """, new { id, name = $"list {id}", kind });
        return app;
    }
}
