using Winnow.Data;
using Winnow.Contacts;
using Winnow.Filters;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>What the stories about lists have in common.</summary>
internal static class ListParts
{
    public static Filter CityIs(params string[] cities) => Filter(("city", "MULTISTRING", "IS_EQUAL_TO", new Texts(cities)));
    public static Filter Known(string property) => Filter((property, "ALL_PROPERTY", "IS_KNOWN", Operand.None));

    public static Filter Filter(params (string Property, string Type, string Operator, Operand Operand)[] filters) =>
        new([new([.. filters.Select(f => new PropertyFilter(BuiltInProperties.Of(f.Property), FilterOperator.Find(f.Type, f.Operator)!, f.Operand))])]);

    public static async Task<ContactList> List(this TestApp app, string name, ListKind kind, Filter? filter = null, bool build = true)
    {
        var (list, error) = await app.Db.Write(tx => app.Get<ListStore>().Create(tx, TestApp.Account, name, kind, filter, TimeZoneInfo.Utc, 1));
        Assert.Null(error);
        if (build) await app.RunJobs();
        return (await app.Find(list!.Id))!;
    }

    public static Task<ContactList?> Find(this TestApp app, long id) => app.Db.Read(tx => app.Get<ListStore>().Find(tx, TestApp.Account, id));

    public static async Task<IEnumerable<long>> Members(this TestApp app, ContactList list) => (await app.Db.Read(tx => app.Get<ListMembers>().Read(tx, TestApp.Account, list.Id))).Ids;

    public static Task<long> Size(this TestApp app, ContactList list) => app.Db.Read(tx => app.Get<ListMembers>().Count(tx, TestApp.Account, list.Id));

    public static Task<List<string>> Differences(this TestApp app) => app.Db.Read(tx => app.Get<CheckLists>().Differences(tx, TestApp.Account));

    /// <summary>Changes contacts: property to value, null takes it away.</summary>
    public static Task Set(this TestApp app, long[] ids, string property, object? value) => app.Db.Write(async tx =>
    {
        var store = app.Get<ContactStore>();
        var pairs = (await store.ReadToChange(tx, TestApp.Account, ids)).Select(b => (Before: (Contact?)b, After: b.Copy())).ToList();
        foreach (var (_, after) in pairs) after[BuiltInProperties.Of(property)] = value;
        await store.Save(tx, app.Person, await app.Get<Properties>().Catalog(tx, TestApp.Account), pairs);
    });

    public static Task Delete(this TestApp app, long operationId, params long[] ids) =>
        app.Db.Write(async tx => await app.Get<ContactStore>().Delete(tx, TestApp.Account, operationId, ids));

    public static Task Restore(this TestApp app, long operationId, params long[] ids) => app.Db.Write(async tx =>
    {
        await app.Get<ContactStore>().Restore(tx, app.Person, TestApp.Account, operationId, await app.Get<Properties>().Catalog(tx, TestApp.Account), ids);
    });

    /// <summary>Orders that contacts go into a static list, or out of it; the job.</summary>
    public static async Task<long> OrderMove(this TestApp app, ContactList list, long[] ids, bool joins)
    {
        var (move, query) = (app.Get<MoveMembers>(), new SelectionQuery(ids));
        var receipt = (await move.Freeze(TestApp.Account, query, list.Id, TimeZoneInfo.Utc, 1)).Receipt!;
        var outcome = await move.Confirm(TestApp.Account, receipt.SelectionId, list.Id, joins, query, TimeZoneInfo.Utc, "Some", "Move", 1);
        Assert.Null(outcome.Error);
        return outcome.JobId!.Value;
    }

    public static async Task<MoveState> MoveOf(this TestApp app, long job) => (await app.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<MoveState>()!;

    /// <summary>Contacts of these cities, one each.</summary>
    public static Task<long[]> In(this TestApp app, params string[] cities) => app.Add(TestApp.Account, [.. cities.Select(city => new[] { $"city={city}" })]);

    /// <summary>Comes back when somebody waits for a lock on the app's PostgreSQL database.</summary>
    public static Task SomebodyWaits(this TestApp app, string what) => Until.Holds(what, async () =>
        await app.Scalar<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0);

    /// <summary>The next contacts get ids in the next chunk.</summary>
    public static Task NextChunk(this TestApp app) => app.Execute("update ids set next_id = (next_id / 65536 + 1) * 65536 where account_id = 1 and kind = 'contact'");

    /// <summary>Runs the open jobs and kills them after a step of this one; a minute later its lease is over.</summary>
    public static async Task KillAfterOneStep(this TestApp app, long job)
    {
        using var process = new CancellationTokenSource();
        var before = await app.Db.Write(Done);
        var run = Task.Run(() => app.Get<JobRunner>().RunOpenJobs(process.Token));       // SQLite works on the thread that asks
        while (!run.IsCompleted && !process.IsCancellationRequested)
            await app.Db.Write(async tx => { if (await Done(tx) != before) await process.CancelAsync(); });      // the next step waits meanwhile
        try { await run; } catch (OperationCanceledException) { }
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        Task<long> Done(Tx tx) => tx.Single<long>(Statement.Built("done", "select done from jobs where account_id = 1 and id = @job $lock"), new { job });
    }
}
