using System.Text;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>An edit of many contacts taken back: exactly the old values, once, and nothing that came after the edit is lost.</summary>
public sealed class UndoEditTests
{
    [Theory, Databases]
    public async Task Every_contact_gets_exactly_the_value_back_that_it_had_whatever_its_type(string database)
    {
        await using var app = await TestApp.On(database);
        foreach (var (name, kind, options) in new[] { ("size", "number", ""), ("born", "date", ""), ("vip", "bool", ""), ("likes", "choices", "tea\ncoffee"), ("note", "text", "") })
            Assert.Null((await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new PropertyWish(name, name, kind, "", [.. options.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(o => new PropertyOption(o, o))])))).Error);
        string[] values = ["city=Ede", "lifecyclestage=lead", "size=-3.25", "born=1912-06-23", "vip=false", "likes=tea;coffee", "note=  \u00e9\u00e9n \"a\", b "];
        var ids = await app.Add(TestApp.Account, [.. Enumerable.Range(0, 40).Select(i => values.Where((_, n) => (i + n) % 3 > 0).Prepend($"email=a{i}@example.test").ToArray())]);
        var list = await app.List("Ede", ListKind.Dynamic, ListParts.CityIs("Ede"));
        var (members, before) = (await app.Members(list), await Values(app, ids));

        foreach (var (property, value) in new[] { ("city", "Delft"), ("lifecyclestage", "customer"), ("size", "7"), ("born", "2000-01-01"), ("vip", "true"), ("likes", "tea"), ("note", "") })
        {
            var edit = await Edit(app, ids, property, value);
            Assert.NotEqual(before, await Values(app, ids));
            var state = await Undo(app, edit);
            Assert.Equal((edit.Edit.Changed, 0L, null), (state.Undone, state.Kept, state.FileId));
            Assert.Equal(before, await Values(app, ids));
            Assert.Equal(edit.Edit.Changed, await app.Scalar<long>("select count(*) from contact_history where account_id = 1 and source = 'CRM_UI' and source_id = @id and user_id = 1", new { id = $"undo:{edit.Id}" }));
        }
        Assert.Equal(members, await app.Members(list));
        Assert.Empty(await app.Differences());
        Assert.Equal(7L, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'PropertySetUndone'"));
    }

    [Theory, Databases]
    public async Task What_was_changed_after_the_edit_is_kept_and_named_in_a_file_and_the_deleted_are_skipped(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await In(app, [.. Enumerable.Repeat("Ede", 30)]);
        var edit = await Edit(app, ids, "city", "Delft");
        await app.Set(ids[..2], "city", "Gouda");
        await app.Set(ids[2..4], "city", "Gouda");
        await app.Set(ids[2..4], "city", "Delft");                                  // somebody wants it so
        await app.Set(ids[4..8], "lastname", "Bos");                                // another property
        await app.Delete(99, ids[28..]);

        var state = await Undo(app, edit, 30);

        Assert.Equal((24L, 4L), (state.Undone, state.Kept));
        Assert.Equal(["Gouda", "Gouda", "Delft", "Delft", .. Enumerable.Repeat("Ede", 24)], await Cities(app, ids));
        var file = (await app.Get<Files>().Find(TestApp.Account, state.FileId!.Value))!;
        using var text = new StreamReader(app.Get<Files>().Open(file), Encoding.UTF8);
        var lines = (await text.ReadToEndAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([.. ids[..4].Select(id => $"{id},")], lines[1..].Select(line => line[..(line.IndexOf(',', StringComparison.Ordinal) + 1)]));
        Assert.All(lines[1..3], line => Assert.Contains(",City,Ede,Gouda,2026-06-30 21:00:00,", line, StringComparison.Ordinal));
        Assert.Null(await app.Get<Files>().Find(TestApp.OtherAccount, file.Id));
        await app.Restore(99, ids[28..]);
        Assert.Equal(["Delft", "Delft"], await Cities(app, ids[28..]));             // as they were deleted
    }

    [Theory, Databases]
    public async Task Edits_on_top_of_each_other_are_undone_from_the_last_to_the_first(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await In(app, "Ede", "Gouda", "Delft");
        var (first, second) = (await Edit(app, ids, "city", "Breda"), await Edit(app, ids[..2], "city", "Tiel"));
        Assert.Equal((1L, 2L), await Undo(app, first) is var kept ? (kept.Undone, kept.Kept) : default);
        Assert.Equal(["Tiel", "Tiel", "Delft"], await Cities(app, ids));
        Assert.Equal(2L, (await Undo(app, second)).Undone);
        Assert.Equal(["Breda", "Breda", "Delft"], await Cities(app, ids));

        var (third, fourth) = (await Edit(app, ids, "city", "Assen"), await Edit(app, ids, "city", "Emmen"));
        Assert.Equal(3L, (await Undo(app, fourth)).Undone);
        Assert.Equal(3L, (await Undo(app, third)).Undone);
        Assert.Equal(["Breda", "Breda", "Delft"], await Cities(app, ids));
    }

    [Theory, Databases]
    public async Task It_takes_the_number_happens_once_within_ninety_days_and_only_in_its_own_account(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await In(app, [.. Enumerable.Repeat("Ede", 30)]);
        var edit = await Edit(app, ids, "city", "Delft");
        Assert.Contains("no such edit", (await app.Get<UndoEdit>().Confirm(TestApp.OtherAccount, edit.Id, 30, "Undo", 1)).Error, StringComparison.Ordinal);
        foreach (var typed in new long?[] { null, 29 }) Assert.True((await Confirm(app, edit, typed)).WrongNumber);
        app.Clock.Advance(TimeSpan.FromDays(BulkEdit.UndoableDays));
        Assert.Contains("any more", (await Confirm(app, edit, 30)).Error, StringComparison.Ordinal);
        app.Clock.Advance(TimeSpan.FromMinutes(-1));
        var ordered = await Confirm(app, edit, 30);
        Assert.NotNull(ordered.JobId);
        Assert.Equal(ordered, await Confirm(app, edit, 30));
        await app.RunJobs();
        Assert.Equal(ordered, await Confirm(app, edit, 30));
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from jobs where account_id = 1 and kind = 'UndoEdit'"));

        var open = await Order(app, ids, "city", "Gouda");                          // still running
        Assert.Contains("any more", (await Confirm(app, open, 30)).Error, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task An_undo_that_is_killed_goes_on_and_one_that_is_stopped_can_be_ordered_again(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, [.. Enumerable.Range(0, 6_000).Select(i => new[] { $"email=a{i}@example.test", $"city=City {i % 7}" })]);
        var before = await Cities(app, ids);
        var edit = await Edit(app, ids, "city", "Ede");
        var job = (await Confirm(app, edit, 6_000)).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.Get<JobQueue>().Cancel(TestApp.Account, job);
        await app.RunJobs();
        Assert.Equal("cancelled", (await app.Get<JobQueue>().Find(TestApp.Account, job))!.Outcome);
        var left = (await app.Get<UndoEdit>().Find(TestApp.Account, edit.Id))!;
        Assert.True(left.CanBeUndone(app.Clock.GetUtcNow()));
        Assert.InRange(left.Left, 1, 5_999);

        job = (await Confirm(app, left, left.Left)).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        var ended = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        Assert.Equal(("done", left.Left, left.Left), (ended.Outcome, ended.Done, ended.ResultAs<UndoState>()!.Undone));
        Assert.Equal(before, await Cities(app, ids));
        Assert.Equal(6_000L, await app.Scalar<long>("select count(*) from contact_history where account_id = 1 and source_id = @id", new { id = $"undo:{edit.Id}" }));
        Assert.False((await app.Get<UndoEdit>().Find(TestApp.Account, edit.Id))!.CanBeUndone(app.Clock.GetUtcNow()));
    }

    private static Task<long[]> In(TestApp app, params string[] cities) => app.Add(TestApp.Account, [.. cities.Select(city => new[] { $"city={city}", "firstname=Ann" })]);

    private static async Task<BulkEdit> Order(TestApp app, long[] ids, string property, string value)
    {
        var edit = app.Get<SetProperty>();
        var receipt = (await edit.Freeze(TestApp.Account, new(ids), TimeZoneInfo.Utc, 1)).Receipt!;
        var outcome = await edit.Confirm(TestApp.Account, receipt.SelectionId, ids.Length, property, value, new(ids), TimeZoneInfo.Utc, "Some contacts", "Edit", 1);
        Assert.Null(outcome.Error);
        return (await app.Get<UndoEdit>().OfJobs(TestApp.Account, [outcome.JobId!.Value])).Values.Single();
    }

    private static async Task<BulkEdit> Edit(TestApp app, long[] ids, string property, string value)
    {
        var ordered = await Order(app, ids, property, value);
        await app.RunJobs();
        return (await app.Get<UndoEdit>().Find(TestApp.Account, ordered.Id))!;
    }

    private static Task<BulkOutcome> Confirm(TestApp app, BulkEdit edit, long? typed) => app.Get<UndoEdit>().Confirm(TestApp.Account, edit.Id, typed, "Undo: Edit", 1);

    private static async Task<UndoState> Undo(TestApp app, BulkEdit edit, long? typed = null)
    {
        var outcome = await Confirm(app, edit, typed ?? edit.Left);
        Assert.Null(outcome.Error);
        await app.RunJobs();
        var job = (await app.Get<JobQueue>().Find(TestApp.Account, outcome.JobId!.Value))!;
        Assert.Equal("done", job.Outcome);
        return job.ResultAs<UndoState>()!;
    }

    private static async Task<List<string?>> Cities(TestApp app, long[] ids) =>
        [.. (await app.Db.Read(tx => app.Get<ContactStore>().Read(tx, TestApp.Account, ids))).Select(c => (string?)c[BuiltInProperties.Of("city")])];

    /// <summary>All that the contacts hold, but for what counts their changes.</summary>
    private static Task<List<string>> Values(TestApp app, long[] ids) => app.Db.Read(async tx =>
    {
        var catalog = await app.Get<Properties>().Catalog(tx, TestApp.Account);
        return (await app.Get<ContactStore>().Read(tx, TestApp.Account, ids))
            .Select(c => string.Join('|', catalog.Everything.Where(p => p.Name != "lastmodifieddate").Select(p => $"{p.Name}={PropertyValue.Text(p, c[p])}"))).ToList();
    });
}
