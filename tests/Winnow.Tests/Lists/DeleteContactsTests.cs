using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

public sealed class DeleteContactsTests
{
    private static readonly SelectionQuery Everyone = new(null);

    [Theory, Databases]
    public async Task Exactly_the_frozen_contacts_go_and_all_of_them_come_back(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Add(app, 7_000);
        var list = await StaticList(app, "Fair", ids[..100]);
        var job = await Delete(app, new(ids[..6_500]));
        Assert.Equal(("done", 6_500L), (job.Outcome, job.ResultAs<DeleteState>()!.Deleted));
        Assert.Equal((500L, 6_500L, 0L), (await Contacts(app), await InBin(app), await Members(app, list)));
        Assert.Equal(500, (await app.Db.Read(tx => app.Get<ContactStore>().Counts(tx, TestApp.Account))).All);

        var operation = Assert.Single(await app.Get<RecycleBin>().Operations(TestApp.Account));
        Assert.Equal((6_500L, 6_500L, app.Clock.GetUtcNow().AddDays(90)), (operation.Count, operation.Deleted, operation.RestorableUntil));
        var (restore, _) = await app.Get<RestoreContacts>().Request(TestApp.Account, operation.Id, "Restore", 1);
        Assert.Equal(restore, (await app.Get<RestoreContacts>().Request(TestApp.Account, operation.Id, "Restore", 1)).JobId);
        await app.RunJobs();
        Assert.Equal(6_500, (await app.Get<JobQueue>().Find(TestApp.Account, restore!.Value))!.ResultAs<RestoreState>()!.Restored);
        Assert.Equal((7_000L, 0L, 100L), (await Contacts(app), await InBin(app), await Members(app, list)));
        Assert.Equal(restore, (await app.Get<RestoreContacts>().Request(TestApp.Account, operation.Id, "Restore", 1)).JobId);
        Assert.Empty(await app.Db.Read(tx => app.Get<CheckLists>().Differences(tx, TestApp.Account)));
    }

    [Theory, Databases]
    public async Task Another_number_deletes_nothing(string database)
    {
        await using var app = await TestApp.On(database);
        await Add(app, 12);
        var (receipt, _) = await app.Get<DeleteContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1);
        foreach (var typed in new long?[] { null, 0, 11, 13 })
            Assert.True((await Confirm(app, receipt!.SelectionId, typed, Everyone)).WrongNumber);
        Assert.Equal(0, await app.Scalar<long>("select count(*) from jobs where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_selection_that_changed_deletes_nothing_and_says_how_many_joined_and_left(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Add(app, 12);
        var (receipt, _) = await app.Get<DeleteContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1);
        await app.Db.Write(async tx => await app.Get<ContactStore>().Delete(tx, TestApp.Account, 99, ids[..2]));
        await app.Add(TestApp.Account, ["email=new1@example.test"], ["email=new2@example.test"]);      // twelve again, but not the same twelve
        var outcome = await Confirm(app, receipt!.SelectionId, 12, Everyone);
        Assert.Equal((null, (2L, 2L)), (outcome.JobId, outcome.Changed));
        Assert.Equal((12L, 0L), (await Contacts(app), await app.Scalar<long>("select count(*) from jobs where account_id = 1")));
    }

    [Theory, Databases]
    public async Task A_form_posted_twice_deletes_once(string database)
    {
        await using var app = await TestApp.On(database);
        await Add(app, 12);
        var (receipt, _) = await app.Get<DeleteContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1);
        var first = await Confirm(app, receipt!.SelectionId, 12, Everyone);
        Assert.Equal(first, await Confirm(app, receipt.SelectionId, 12, Everyone));
        await app.RunJobs();
        await app.Add(TestApp.Account, ["email=new@example.test"]);
        Assert.Equal(first, await Confirm(app, receipt.SelectionId, 12, Everyone));
        await app.RunJobs();
        Assert.Equal((1L, 1L), (await Contacts(app), await app.Scalar<long>("select count(*) from jobs where account_id = 1")));
    }

    [Theory, Databases]
    public async Task A_delete_whose_process_dies_goes_on_and_ends_exact(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Add(app, 9_000);
        var (receipt, _) = await app.Get<DeleteContacts>().Freeze(TestApp.Account, new(ids[1_000..]), TimeZoneInfo.Utc, 1);
        var job = (await Confirm(app, receipt!.SelectionId, 8_000, new(ids[1_000..]))).JobId!.Value;
        for (var kill = 0; kill < 3; kill++) await app.KillAfterOneStep(job);
        await app.RunJobs();
        var state = (await app.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<DeleteState>()!;
        Assert.Equal((8_000L, 1_000L, 8_000L), (state.Deleted, await Contacts(app), await InBin(app)));
        Assert.Equal(8_000, Assert.Single(await app.Get<RecycleBin>().Operations(TestApp.Account)).Deleted);

        var (restore, _) = await app.Get<RestoreContacts>().Request(TestApp.Account, state.OperationId, "Restore", 1);
        for (var kill = 0; kill < 2; kill++) await app.KillAfterOneStep(restore!.Value);
        await app.RunJobs();
        Assert.Equal((9_000L, 0L), (await Contacts(app), await InBin(app)));
        Assert.Equal(8_000, (await app.Get<JobQueue>().Find(TestApp.Account, restore!.Value))!.ResultAs<RestoreState>()!.Restored);
    }

    [Theory, Databases]
    public async Task A_stopped_delete_keeps_what_was_done_says_how_much_and_can_be_taken_back(string database)
    {
        await using var app = await TestApp.On(database);
        await Add(app, 20_000);
        var (receipt, _) = await app.Get<DeleteContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1);
        var job = (await Confirm(app, receipt!.SelectionId, 20_000, Everyone)).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.Get<JobQueue>().Cancel(TestApp.Account, job);
        await app.RunJobs();
        var stopped = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        var deleted = stopped.ResultAs<DeleteState>()!.Deleted;
        Assert.Equal("cancelled", stopped.Outcome);
        Assert.Equal((20_000 - deleted, deleted), (await Contacts(app), await InBin(app)));
        Assert.InRange(deleted, 1, 19_999);
        var (restore, _) = await app.Get<RestoreContacts>().Request(TestApp.Account, Assert.Single(await app.Get<RecycleBin>().Operations(TestApp.Account)).Id, "Restore", 1);
        Assert.NotNull(restore);
        await app.RunJobs();
        Assert.Equal(20_000, await Contacts(app));
    }

    [Theory, Databases]
    public async Task A_permanent_delete_leaves_nothing_but_what_belongs_to_the_address(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Add(app, 60);
        await app.Set(ids, "city", "Utrecht");
        var list = await StaticList(app, "Fair", ids[..10]);
        await app.Get<ContactWords>().CatchUp(default);
        await app.Execute("insert into contact_emails (account_id, email_key, contact_id, email, created_at) values (1, 'also@home.test', @id, 'also@home.test', 0)", new { id = ids[0] });
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), "c3@example.test", s => s with { ComplainedAt = app.Clock.GetUtcNow() }));
        await Delete(app, new(ids[..55]), permanent: true);
        foreach (var table in new[] { "contacts", "contact_history", "contact_words", "contact_emails", "deleted_contacts" })
            Assert.Equal(0, await app.Scalar<long>($"select count(*) from {table} where account_id = 1 and {(table is "contacts" or "deleted_contacts" ? "id" : "contact_id")} <= 55"));
        Assert.Equal((5L, 0L, 0L, 1L), (await Contacts(app), await Members(app, list), await app.Scalar<long>("select count(*) from deleted_members where account_id = 1"),
            await app.Scalar<long>("select count(*) from addresses where account_id = 1 and complained_at is not null")));
        Assert.Equal(["also@home.test", "c1@example.test"], (await app.Db.Read(tx => app.Get<ContactStore>().Blocked(tx, TestApp.Account, ["c1@example.test", "also@home.test", "c58@example.test"]))).Order());
        var operation = Assert.Single(await app.Get<RecycleBin>().Operations(TestApp.Account));
        Assert.Null(operation.RestorableUntil);
        Assert.Null((await app.Get<RestoreContacts>().Request(TestApp.Account, operation.Id, "Restore", 1)).JobId);
    }

    [Theory, Databases]
    public async Task After_ninety_days_nothing_can_be_restored_and_nothing_is_left(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await Add(app, 60);
        await app.Set(ids, "city", "Utrecht");
        await Delete(app, new(ids[..50]));
        var operation = Assert.Single(await app.Get<RecycleBin>().Operations(TestApp.Account));
        app.Clock.Advance(TimeSpan.FromDays(89));
        await app.Get<RecycleBin>().Empty(default);
        Assert.Equal(50, await InBin(app));
        app.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("These contacts cannot be restored any more.", (await app.Get<RestoreContacts>().Request(TestApp.Account, operation.Id, "Restore", 1)).Error);
        await app.Get<RecycleBin>().Empty(default);
        Assert.Equal((0L, 10L), (await InBin(app), await app.Scalar<long>("select count(*) from contact_history where account_id = 1")));
        Assert.Empty(await app.Get<RecycleBin>().Operations(TestApp.Account));
    }

    [Theory, Databases]
    public async Task Receipts_that_nobody_confirmed_are_forgotten_after_a_day(string database)
    {
        await using var app = await TestApp.On(database);
        await Add(app, 3);
        await app.Get<DeleteContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1);
        await Delete(app, Everyone);
        app.Clock.Advance(TimeSpan.FromDays(2));
        await app.Get<RecycleBin>().Empty(default);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from lists where account_id = 1 and kind = 'SELECTION'"));
    }

    [Theory, Databases]
    public async Task The_receipt_says_what_goes_and_what_it_means_for_the_tier(string database)
    {
        await using var app = await TestApp.On(database);
        await Add(app, 12);
        await app.Execute("update contacts set marketing = true where account_id = 1 and id <= 4");
        await app.Execute("update contact_counts set marketing = 4 where account_id = 1");
        var (receipt, _) = await app.Get<DeleteContacts>().Freeze(TestApp.Account, new([3, 4, 5, 6, 7, 8]), TimeZoneInfo.Utc, 1);
        Assert.Equal((6L, 2L, 5, (4L, 2L)), (receipt!.Count, receipt.Marketing, receipt.Sample.Count, receipt.Tier));
        Assert.Null((await app.Get<DeleteContacts>().Freeze(TestApp.Account, new([]), TimeZoneInfo.Utc, 1)).Receipt);
    }

    [Theory, Databases]
    public async Task Another_account_can_neither_see_nor_touch_any_of_it(string database)
    {
        await using var app = await TestApp.On(database);
        await Add(app, 3);
        var (receipt, _) = await app.Get<DeleteContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1);
        Assert.Null(await app.Get<DeleteContacts>().Find(TestApp.OtherAccount, receipt!.SelectionId));
        Assert.NotNull((await app.Get<DeleteContacts>().Confirm(TestApp.OtherAccount, receipt.SelectionId, 3, false, Everyone, TimeZoneInfo.Utc, "all", "Delete", 1)).Error);
        await Delete(app, Everyone);
        var operation = Assert.Single(await app.Get<RecycleBin>().Operations(TestApp.Account));
        Assert.Empty(await app.Get<RecycleBin>().Operations(TestApp.OtherAccount));
        Assert.Equal("There is no such delete.", (await app.Get<RestoreContacts>().Request(TestApp.OtherAccount, operation.Id, "Restore", 1)).Error);
    }

    private static Task<long[]> Add(TestApp app, int count) => app.Add(TestApp.Account, [.. Enumerable.Range(1, count).Select(i => new[] { $"email=c{i}@example.test", "lastname=Visser" })]);

    private static async Task<Job> Delete(TestApp app, SelectionQuery query, bool permanent = false)
    {
        var (receipt, error) = await app.Get<DeleteContacts>().Freeze(TestApp.Account, query, TimeZoneInfo.Utc, 1);
        Assert.Null(error);
        var outcome = await Confirm(app, receipt!.SelectionId, receipt.Count, query, permanent);
        await app.RunJobs();
        return (await app.Get<JobQueue>().Find(TestApp.Account, outcome.JobId!.Value))!;
    }

    private static Task<BulkOutcome> Confirm(TestApp app, long selectionId, long? typed, SelectionQuery query, bool permanent = false) =>
        app.Get<DeleteContacts>().Confirm(TestApp.Account, selectionId, typed, permanent, query, TimeZoneInfo.Utc, "all contacts", "Delete", 1);

    private static async Task<long> StaticList(TestApp app, string name, IEnumerable<long> ids) => await app.Db.Write(async tx =>
    {
        var list = (await app.Get<ListStore>().Create(tx, TestApp.Account, name, ListKind.Manual, null, TimeZoneInfo.Utc, 1)).Made!;
        await app.Get<ListStore>().AddMembers(tx, TestApp.Account, list.Id, new(ids));
        return list.Id;
    });

    private static Task<long> Contacts(TestApp app) => app.Scalar<long>("select count(*) from contacts where account_id = 1");
    private static Task<long> InBin(TestApp app) => app.Scalar<long>("select count(*) from deleted_contacts where account_id = 1");
    private static Task<long> Members(TestApp app, long list) => app.Db.Read(tx => app.Get<ListMembers>().Count(tx, TestApp.Account, list));
}
