using System.Text;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>The marketing status of many contacts at once: to marketing at once, to non-marketing on the next update date, and back exactly.</summary>
public sealed class SetMarketingTests
{
    private static readonly SelectionQuery Everyone = new(null);

    [Theory, Databases]
    public async Task To_marketing_holds_at_once_takes_schedules_back_and_leaves_the_others(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Mixed(app, 10);
        var other = await app.Add(TestApp.OtherAccount, ["email=x@example.test"]);
        var list = await app.List("Marketing", ListKind.Dynamic, ListParts.Filter(("hs_marketable_status", "ENUMERATION", "IS_ANY_OF", new Winnow.Filters.Texts(["true"]))));
        Assert.Equal(20, await app.Size(list));
        var receipt = await Freeze(app, Everyone);
        Assert.Equal((30L, 10L, 10L, 10L, 20L), (receipt.Count, receipt.NonMarketing, receipt.Scheduled, receipt.Marketing, receipt.Counting));
        Assert.Equal((20L, 10L), (receipt.Changes(true), receipt.Changes(false)));

        var state = await Run(app, Everyone, true, 20);
        Assert.Equal((10L, 10L, 10L, 0L), (state.Changed, state.TakenBack, state.Same, state.Scheduled));
        Assert.All(await Statuses(app, ids[..10]), status => Assert.Equal("true|false|USER_SET|userId:1", status));
        Assert.All(await Statuses(app, ids[10..]), status => Assert.Equal("true|false|CONTACT_IMPORT|import 7", status));
        Assert.Equal((30L, 30), (await Counting(app), await app.Size(list)));
        Assert.Equal(0L, await Counting(app, TestApp.OtherAccount));
        Assert.Equal(other.Length, await app.Scalar<long>("select count(*) from contacts where account_id = 2 and not marketing"));
        Assert.Empty(await app.Differences());
        Assert.Equal(20L, await app.Scalar<long>("select count from audit_log where account_id = 1 and action = 'MarketingSet'"));
    }

    [Theory, Databases]
    public async Task To_non_marketing_is_only_scheduled(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Mixed(app, 10);
        var state = await Run(app, new(ids), false, 10);
        Assert.Equal((10L, 0L, 10L, 10L), (state.Changed, state.TakenBack, state.Same, state.Scheduled));
        Assert.All(await Statuses(app, ids[10..]), status => Assert.Equal("true|true|CONTACT_IMPORT|import 7", status));
        Assert.All(await Statuses(app, ids[..10]), status => Assert.StartsWith("false|false", status, StringComparison.Ordinal));
        Assert.Equal(20L, await Counting(app));
    }

    [Theory, Databases]
    public async Task The_number_is_that_of_those_who_change_now_and_another_set_or_account_changes_nothing(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Mixed(app, 10);
        var receipt = await Freeze(app, Everyone);
        foreach (var typed in new long?[] { null, 30, 10 }) Assert.True((await Confirm(app, receipt, typed, true)).WrongNumber);
        Assert.True(await app.Get<EditContact>().SetMarketing(TestApp.Account, 1, ids[0], true, default));            // somebody did one of them meanwhile
        Assert.True((await Confirm(app, receipt, 20, true)).WrongNumber);
        var late = await app.Add(TestApp.Account, ["email=late@example.test"]);
        Assert.Equal((1L, 0L), (await Confirm(app, receipt, 19, true)).Changed);
        await app.Delete(99, late);
        Assert.Contains("too old", (await app.Get<SetMarketing>().Confirm(TestApp.OtherAccount, receipt.SelectionId, 19, true, Everyone, TimeZoneInfo.Utc, "", "", 1)).Error, StringComparison.Ordinal);
        Assert.Null(await app.Get<SetMarketing>().Find(TestApp.OtherAccount, receipt.SelectionId));
        var first = await Confirm(app, receipt, 19, true);
        Assert.NotNull(first.JobId);
        Assert.Equal(first, await Confirm(app, receipt, 19, true));
        await app.RunJobs();
        Assert.Equal(first, await Confirm(app, receipt, 19, false));
        Assert.True((await Confirm(app, await Freeze(app, Everyone), 0, true)).WrongNumber);                           // nothing to do
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from jobs where account_id = 1"));
    }

    /// <summary>Contacts are not held before they are changed: who was changed in between must be seen by the change itself, and be looked at again.</summary>
    [Theory, Databases]
    public async Task Somebody_who_is_quicker_by_a_moment_is_not_overwritten(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Mixed(app, 3);
        var job = (await Confirm(app, await Freeze(app, Everyone), 3, false)).JobId!.Value;
        var work = Task.CompletedTask;
        await app.Db.Write(async tx =>
        {
            var before = (await app.Get<ContactStore>().ReadToChange(tx, TestApp.Account, [ids[7]])).Single();
            var after = before.Copy();
            MarketingStatus.SetNon(after);
            await app.Get<ContactStore>().Save(tx, Actor.Person(2), await app.Get<Properties>().Catalog(tx, TestApp.Account), [(before, after)]);
            work = Task.Run(app.RunJobs);
            if (database == "postgres")                                     // SQLite has one writer: the job waits for this one
                await app.SomebodyWaits("the job waits for the contact");
        });
        await work;
        var state = (await app.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<MarketingState>()!;
        Assert.Equal((2L, 3L, 4L), (state.Changed, state.Same, state.Scheduled));
        Assert.Equal(1L, await app.Scalar<long>($"select count(*) from contact_history where account_id = 1 and contact_id = {ids[7]}"));
        Assert.Equal("userId:2", await app.Scalar<string>($"select source_id from contact_history where account_id = 1 and contact_id = {ids[7]}"));
        Assert.All(await Statuses(app, ids[6..]), status => Assert.StartsWith("true|true", status, StringComparison.Ordinal));
    }

    /// <summary>A list that looks at one of the columns alone: who changes in others is not held, who changes in that one is, in one batch.</summary>
    [Theory, Databases]
    public async Task Whoever_is_held_for_a_list_and_whoever_is_not_count_alike(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Mixed(app, 4);
        var list = await app.List("Leaving", ListKind.Dynamic, ListParts.Filter(("hs_marketable_until_renewal", "ENUMERATION", "IS_ANY_OF", new Winnow.Filters.Texts(["true"]))));
        Assert.Equal((8L, 4), (await Counting(app), await app.Size(list)));
        await app.Db.Write(async tx =>
        {
            var store = app.Get<ContactStore>();
            var likely = (await store.Read(tx, TestApp.Account, [ids[0]])).Single();                   // non-marketing: their status changes, not until when it holds
            await store.SetSame(tx, Actor.Person(1), TestApp.Account, await app.Get<Properties>().Catalog(tx, TestApp.Account), ids, MarketingStatus.Properties, c => MarketingStatus.Set(c, "USER_SET", "userId:1"), likely);
        });
        Assert.Equal((12L, 0), (await Counting(app), await app.Size(list)));
        Assert.Equal(12L, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and marketing"));
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task A_process_that_dies_and_one_that_is_stopped_leave_no_contact_half_done(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Mixed(app, 3_000);
        var before = await Statuses(app, ids);
        var job = (await Confirm(app, await Freeze(app, Everyone), 6_000, true)).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        var state = (await app.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<MarketingState>()!;
        Assert.Equal((3_000L, 3_000L, 3_000L), (state.Changed, state.TakenBack, state.Same));
        Assert.Equal((6_000L, 9_000L), (await app.Scalar<long>("select count(*) from contact_history where account_id = 1 and source_id = 'bulk:1'"), await Counting(app)));

        var undo = await Undo(app, 1, 6_000, async undoing =>
        {
            await app.KillAfterOneStep(undoing);
            await app.Get<JobQueue>().Cancel(TestApp.Account, undoing);
        });
        var left = (await app.Get<UndoEdit>().Find(TestApp.Account, 1))!.Left;
        Assert.InRange(left, 0, 5_999);
        Assert.Equal(left > 0 ? "cancelled" : "done", undo.Outcome);                // done, where the machine was faster than the kill
        Assert.Equal("done", left > 0 ? (await Undo(app, 1, left)).Outcome : "done");
        Assert.Equal(before, await Statuses(app, ids));
        Assert.Equal(6_000L, await Counting(app));
    }

    [Theory, Databases]
    public async Task An_undo_gives_status_and_reason_back_and_names_in_a_file_whose_status_changed_later(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Mixed(app, 10);
        var before = await Statuses(app, ids);
        await Run(app, Everyone, true, 20);
        await app.Get<EditContact>().SetMarketing(TestApp.Account, 1, ids[0], false, default);         // decided anew
        await app.Get<EditContact>().SetMarketing(TestApp.Account, 1, ids[10], false, default);
        await app.Set(ids[1..3], "city", "Ede");                                                        // has nothing to do with it
        await app.Delete(99, ids[9]);
        var state = (await Undo(app, 1, 20)).ResultAs<UndoState>()!;
        Assert.Equal((17L, 2L), (state.Undone, state.Kept));
        long[] kept = [ids[0], ids[10]], same = [.. ids.Where(id => id != ids[9] && !kept.Contains(id))];
        Assert.Equal([.. before.Where((_, i) => same.Contains(ids[i]))], await Statuses(app, same));
        Assert.All(await Statuses(app, kept), status => Assert.StartsWith("true|true", status, StringComparison.Ordinal));
        using var text = new StreamReader(app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, state.FileId!.Value))!), Encoding.UTF8);
        var file = await text.ReadToEndAsync();
        Assert.Contains("Marketing contact status,Non-marketing contact,Marketing contact until the next update date,2026-06-30 21:00:00,", file, StringComparison.Ordinal);
        Assert.Equal(3, file.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'MarketingSetUndone'"));
    }

    /// <summary>So many non-marketing contacts, as many that are to become so, and as many marketing ones.</summary>
    private static async Task<long[]> Mixed(TestApp app, int each)
    {
        var imported = new[] { "hs_marketable_status=true", "hs_marketable_reason_type=CONTACT_IMPORT", "hs_marketable_reason_id=import 7" };
        return
        [
            .. await app.Add(TestApp.Account, [.. Enumerable.Range(0, each).Select(i => new[] { $"email=a{i}@example.test" })]),
            .. await app.Add(TestApp.Account, [.. Enumerable.Range(0, each).Select(i => imported.Append($"email=b{i}@example.test").Append("hs_marketable_until_renewal=true").ToArray())]),
            .. await app.Add(TestApp.Account, [.. Enumerable.Range(0, each).Select(i => imported.Append($"email=c{i}@example.test").ToArray())]),
        ];
    }

    private static Task<long> Counting(TestApp app, long account = TestApp.Account) => app.Db.Read(async tx => (await app.Get<ContactStore>().Counts(tx, account)).Marketing);

    private static async Task<MarketingReceipt> Freeze(TestApp app, SelectionQuery query) => (await app.Get<SetMarketing>().Freeze(TestApp.Account, query, TimeZoneInfo.Utc, 1)).Receipt!;

    private static Task<BulkOutcome> Confirm(TestApp app, MarketingReceipt receipt, long? typed, bool toMarketing, SelectionQuery? query = null) =>
        app.Get<SetMarketing>().Confirm(TestApp.Account, receipt.SelectionId, typed, toMarketing, query ?? Everyone, TimeZoneInfo.Utc, "Some", "Set", 1);

    private static async Task<MarketingState> Run(TestApp app, SelectionQuery query, bool toMarketing, long typed)
    {
        var outcome = await Confirm(app, await Freeze(app, query), typed, toMarketing, query);
        await app.RunJobs();
        return (await app.Get<JobQueue>().Find(TestApp.Account, outcome.JobId!.Value))!.ResultAs<MarketingState>()!;
    }

    private static async Task<Job> Undo(TestApp app, long operation, long typed, Func<long, Task>? meanwhile = null)
    {
        var outcome = await app.Get<UndoEdit>().Confirm(TestApp.Account, operation, typed, "Undo", 1);
        if (meanwhile is not null) await meanwhile(outcome.JobId!.Value);
        await app.RunJobs();
        return (await app.Get<JobQueue>().Find(TestApp.Account, outcome.JobId!.Value))!;
    }

    private static async Task<List<string>> Statuses(TestApp app, long[] ids) =>
        [.. (await app.Db.Read(tx => app.Get<ContactStore>().Read(tx, TestApp.Account, ids))).Select(c => string.Join('|', MarketingStatus.Properties.Select(p => PropertyValue.Text(p, c[p]))))];
}
