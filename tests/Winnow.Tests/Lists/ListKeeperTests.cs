using Winnow.Lists;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

public sealed class ListKeeperTests
{
    private static readonly string[] Cities = ["Utrecht", "Ede", "Delft", "Gouda"];

    [Theory, Databases]
    public async Task A_thousand_changes_at_once_are_flips_not_deltas(string database)
    {
        await using var app = await TestApp.On(database);
        var list = await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        var ids = await app.In([.. Enumerable.Repeat("Utrecht", 1000)]);
        await app.Set([.. ids.Take(400)], "city", "Ede");
        Assert.Equal(0, await app.Scalar<long>("select count(*) from list_deltas where account_id = 1"));
        Assert.Equal(ids.Skip(400), await app.Members(list));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_change_that_a_list_does_not_look_at_costs_it_nothing(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht");
        await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        await app.Set(ids, "company", "Acme");
        Assert.Equal(0, await app.Scalar<long>("select count(*) from list_deltas where account_id = 1"));
    }

    [Theory, Databases]
    public async Task Two_writers_on_one_contact_leave_the_list_as_the_last_commit_says(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In("Utrecht");
        await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        await app.List("In Ede", ListKind.Dynamic, CityIs("Ede"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 15; i++) await app.Set(ids, "city", Cities[(i + worker) % 3]);
        })));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_change_that_is_rolled_back_leaves_no_trace(string database)
    {
        await using var app = await TestApp.On(database);
        var list = await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.Db.Write(async tx =>
        {
            // a maker and a writer in one transaction: the cache must not remember the list of a maker who gave up
            await app.Get<ListStore>().Create(tx, TestApp.Account, "Never", ListKind.Dynamic, CityIs("Ede"), TimeZoneInfo.Utc, 1);
            var store = app.Get<Winnow.Contacts.ContactStore>();
            var made = await store.New(tx, TestApp.Account, 1);
            made[0][Winnow.Contacts.BuiltInProperties.Of("city")] = "Utrecht";
            await store.Save(tx, app.Person, await app.Get<Winnow.Contacts.Properties>().Catalog(tx, TestApp.Account), [(null, made[0])]);
            throw new InvalidTimeZoneException();
        }));
        Assert.Empty(await app.Members(list));
        await app.In("Ede", "Utrecht");
        Assert.Equal(0, await app.Scalar<long>("select count(*) from list_deltas d where account_id = 1 and not exists (select 1 from lists l where l.account_id = 1 and l.id = d.list_id)"));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_restore_does_not_count_those_again_whom_another_operation_brought_back(string database)
    {
        await using var app = await TestApp.On(database);
        var list = await app.List("In Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        var ids = await app.In("Utrecht", "Utrecht");
        await app.Delete(1, ids[0]);
        await app.Restore(2, ids);                                      // nobody is in the bin of this operation
        Assert.Equal([ids[1]], await app.Members(list));
        await app.Restore(1, ids);                                      // the second was here all the time
        Assert.Equal(2, await app.Size(list));
        await app.Set([ids[1]], "city", "Ede");
        Assert.Equal([ids[0]], await app.Members(list));
        Assert.Equal(2, await app.Scalar<long>("select contacts from contact_counts where account_id = 1"));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task After_any_work_at_once_the_lists_are_what_the_filters_say(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Range(0, 150).Select(i => Cities[i % 4])]);
        await app.NextChunk();
        ids = [.. ids, .. await app.In([.. Enumerable.Range(0, 150).Select(i => Cities[i % 4])])];
        var lists = new List<ContactList>();
        foreach (var city in Cities) lists.Add(await app.List(city, ListKind.Dynamic, CityIs(city)));
        lists.Add(await app.List("No company", ListKind.Dynamic, Filter(("company", "ALL_PROPERTY", "IS_UNKNOWN", Winnow.Filters.Operand.None))));
        var hand = await app.List("By hand", ListKind.Manual);

        using var over = new CancellationTokenSource();
        var background = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await app.RunJobs();
                await app.Get<ListMembers>().FoldAll(CancellationToken.None);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(() => Work(app, worker, ids, lists, hand))));
        await over.CancelAsync();
        await background;
        await app.RunJobs();
        Assert.Equal(0, await app.Scalar<long>("select count(*) from lists where account_id = 1 and state <> 'COMPLETE'"));
        Assert.Empty(await app.Differences());
        await app.Get<ListMembers>().FoldAll(CancellationToken.None);
        Assert.Empty(await app.Differences());
    }

    private static async Task Work(TestApp app, int worker, long[] ids, List<ContactList> lists, ContactList hand)
    {
        var random = new Random(worker);
        for (var i = 0; i < 30; i++)
        {
            var some = random.GetItems(ids, random.Next(4) == 0 ? 120 : 3).Distinct().Order().ToArray();
            var operation = worker * 1000 + i;
            switch (random.Next(8))
            {
                case 0: await app.Delete(operation, some); await app.Restore(operation, some); break;
                case 1: await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, lists[worker].Id, CityIs(random.GetItems(Cities, 2)), TimeZoneInfo.Utc, 1)); break;
                case 2: await app.In(random.GetItems(Cities, 5)); break;
                case 3: await app.Db.Write(tx => app.Get<ListStore>().AddMembers(tx, TestApp.Account, hand.Id, new(some))); break;
                case 4: await app.Set(some, "company", random.Next(2) == 0 ? null : "Acme"); break;
                default: await app.Set(some, "city", random.GetItems(Cities, 1)[0]); break;
            }
        }
    }
}
