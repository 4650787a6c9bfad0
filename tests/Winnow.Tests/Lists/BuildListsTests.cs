using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

public sealed class BuildListsTests
{
    [Theory, Databases]
    public async Task Several_new_lists_are_filled_in_one_pass(string database)
    {
        await using var app = await TestApp.On(database);
        await app.In("Utrecht", "Ede", "Ede");
        var (one, other) = (await app.List("Utrecht", ListKind.Dynamic, CityIs("Utrecht"), build: false), await app.List("Ede", ListKind.Snapshot, CityIs("Ede"), build: false));
        await app.RunJobs();
        Assert.Equal((1, 2), (await app.Size(one), await app.Size(other)));
        Assert.Equal(1, await app.Scalar<long>("select count(distinct build_job_id) from lists where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_build_that_is_killed_in_the_middle_goes_on_and_ends_exact(string database)
    {
        await using var app = await TestApp.On(database);
        for (var chunk = 0; chunk < 4; chunk++)
        {
            await app.In([.. Enumerable.Repeat("Utrecht", 30)]);
            await app.NextChunk();
        }
        var list = await app.List("Utrecht", ListKind.Dynamic, CityIs("Utrecht"), build: false);
        await Break(app, "2");
        await app.RunJobs();
        Assert.Equal(2, await app.Scalar<long>("select count(*) from list_chunks where account_id = 1"));
        Assert.False((await app.Find(list.Id))!.IsReady);

        await app.Set([1, 2], "city", "Ede");                              // behind the build
        await app.Set([200_000 / 65_536 * 65_536], "city", "Ede");         // before it
        await app.Delete(3, 3);
        await app.In("Utrecht");
        await Mend(app);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.RunJobs();
        Assert.True((await app.Find(list.Id))!.IsReady);
        Assert.Equal(120 - 4 + 1, await app.Size(list));
        Assert.Empty(await app.Differences());
        Assert.Equal(0, await app.Scalar<long>("select count(*) from list_deltas where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_list_edited_while_it_is_filled_has_the_members_of_its_last_filter(string database)
    {
        await using var app = await TestApp.On(database);
        for (var chunk = 0; chunk < 3; chunk++)
        {
            await app.In("Utrecht", "Ede");
            await app.NextChunk();
        }
        var list = await app.List("City", ListKind.Dynamic, CityIs("Utrecht"), build: false);
        await Break(app, "1");
        await app.RunJobs();
        await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, list.Id, CityIs("Ede"), TimeZoneInfo.Utc, 1));
        await Mend(app);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.RunJobs();
        Assert.Equal([2, 65_537, 131_073], await app.Members(list));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_list_whose_filling_was_stopped_says_so_until_it_is_filled_again(string database)
    {
        await using var app = await TestApp.On(database);
        for (var chunk = 0; chunk < 3; chunk++)
        {
            await app.In("Utrecht", "Ede");
            await app.NextChunk();
        }
        var (jobs, lists) = (app.Get<JobQueue>(), app.Get<ListStore>());
        var (active, snapshot) = (await app.List("Active", ListKind.Dynamic, CityIs("Ede"), build: false), await app.List("Snapshot", ListKind.Snapshot, CityIs("Ede"), build: false));
        Assert.Equal(ListState.Processing, (await app.Find(active.Id))!.State);
        await Break(app, "1");
        await app.RunJobs();
        await jobs.Cancel(TestApp.Account, 1);
        await Mend(app);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.RunJobs();

        Assert.Equal("cancelled", (await jobs.Find(TestApp.Account, 1))!.Outcome);
        Assert.All(await app.Db.Read(tx => lists.All(tx, TestApp.Account)), list => Assert.Equal((ListState.Stopped, false), (list.List.State, list.List.IsReady)));
        Assert.Contains("not filled to the end", await app.Db.Read(tx => lists.Refusal(tx, TestApp.Account, snapshot.Id)), StringComparison.Ordinal);
        await app.Set([1], "city", "Ede");                                 // writers go on
        foreach (var list in new[] { active, snapshot })
        {
            Assert.NotNull(await app.Db.Write(tx => lists.Fill(tx, TestApp.Account, list.Id, 1)));
            Assert.Null(await app.Db.Write(tx => lists.Fill(tx, TestApp.Account, list.Id, 1)));
        }
        Assert.Equal(ListState.Processing, (await app.Find(active.Id))!.State);
        await app.RunJobs();
        foreach (var list in new[] { active, snapshot }) Assert.Equal([1, 2, 65_537, 131_073], await app.Members(list));
        Assert.True((await app.Find(active.Id))!.IsReady);
        Assert.Empty(await app.Differences());

        var third = await app.List("Third", ListKind.Dynamic, CityIs("Ede"), build: false);
        await jobs.Cancel(TestApp.Account, await app.Scalar<long>("select max(id) from jobs where account_id = 1"));      // before it began
        await app.RunJobs();
        Assert.Equal(ListState.Stopped, (await app.Find(third.Id))!.State);
        Assert.Null(await app.Db.Write(tx => lists.Fill(tx, TestApp.OtherAccount, third.Id, 1)));
    }

    [Theory, Databases]
    public async Task Writers_go_on_while_a_list_is_filled_and_none_is_missed(string database)
    {
        await using var app = await TestApp.On(database);
        for (var chunk = 0; chunk < 3; chunk++)
        {
            await app.In([.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? "Utrecht" : "Ede")]);
            await app.NextChunk();
        }
        var ids = await app.Db.Read(tx => tx.Query<long>(Statement.Built("test", "select id from contacts where account_id = 1 order by id")));
        using var over = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 2).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            while (!over.IsCancellationRequested)
            {
                await app.Set([.. random.GetItems(ids.ToArray(), random.Next(5) == 0 ? 80 : 2).Distinct().Order()], "city", random.Next(2) == 0 ? "Utrecht" : "Ede");
                if (random.Next(5) == 0) await app.In("Utrecht");
            }
        })));
        var list = await app.List("Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        for (var i = 0; i < 5; i++)
        {
            await app.Db.Write(tx => app.Get<ListStore>().ChangeFilter(tx, TestApp.Account, list.Id, CityIs(i % 2 == 0 ? "Ede" : "Utrecht"), TimeZoneInfo.Utc, 1));
            await app.RunJobs();
        }
        await over.CancelAsync();
        await writing;
        Assert.True((await app.Find(list.Id))!.IsReady);
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task The_checker_sees_a_planted_fault(string database)
    {
        await using var app = await TestApp.On(database);
        await app.In("Utrecht", "Ede");
        var list = await app.List("Utrecht", ListKind.Dynamic, CityIs("Utrecht"));
        await app.Execute("delete from list_chunks where account_id = 1");
        await app.Db.Write(tx => app.Get<ListMembers>().Change(tx, TestApp.Account, 2, [list.Id], []));
        Assert.Equal([$"list {list.Id} has contact 2 and should not", $"list {list.Id} lacks contact 1"], await app.Differences());
    }

    /// <summary>The database refuses this chunk, as if the process had died before it.</summary>
    private static Task Break(TestApp app, string chunk) => app.Execute(app.Db.Dialect == Dialect.Postgres
        ? $"alter table list_chunks add constraint broken check (chunk <> {chunk}) not valid"
        : $"create trigger broken before insert on list_chunks when new.chunk = {chunk} begin select raise(abort, 'broken'); end");

    private static Task Mend(TestApp app) => app.Execute(app.Db.Dialect == Dialect.Postgres ? "alter table list_chunks drop constraint broken" : "drop trigger broken");
}
