using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>One property of many contacts at once: exactly the frozen ones, once, with history.</summary>
public sealed class SetPropertyTests
{
    private static readonly SelectionQuery Everyone = new(null);

    [Theory, Databases]
    public async Task Exactly_the_frozen_contacts_change_and_each_change_is_in_its_history(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, [.. Enumerable.Range(0, 60).Select(i => new[] { $"email=a{i}@example.test", i < 10 ? "city=Ede" : "city=Delft" })]);
        var list = await app.List("Ede", ListKind.Dynamic, ListParts.CityIs("Ede"));
        var other = await app.Add(TestApp.OtherAccount, ["email=x@example.test", "city=Delft"]);
        var job = await Set(app, new(ids[..50]), 50, "city", "Ede");
        Assert.Equal(("done", (40L, 10L, 0L)), (job.Outcome, Counts(job)));
        Assert.Equal(ids[..50], await app.Members(list));
        Assert.Equal(40L, await app.Scalar<long>("select count(*) from contact_history where account_id = 1 and source = 'CRM_UI' and source_id = 'bulk:1' and user_id = 1"));
        Assert.Equal("Delft", (await Contact(app, TestApp.OtherAccount, other[0]))!["city"]);
        Assert.Empty(await app.Differences());

        job = await Set(app, new(ids[..50]), 50, "city", "");
        Assert.Equal((50L, 0L, 0L), Counts(job));
        Assert.Empty(await app.Members(list));
    }

    [Theory, Databases]
    public async Task Another_number_or_another_set_changes_nothing_and_a_form_posted_twice_changes_once(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, [.. Enumerable.Range(0, 30).Select(i => new[] { $"email=a{i}@example.test" })]);
        var receipt = await Freeze(app, Everyone);
        foreach (var typed in new long?[] { null, 29 }) Assert.True((await Confirm(app, receipt, typed, "city", "Ede")).WrongNumber);
        var late = await app.Add(TestApp.Account, ["email=late@example.test"]);
        Assert.Equal((1L, 0L), (await Confirm(app, receipt, 30, "city", "Ede")).Changed);
        await app.Delete(99, late);
        var first = await Confirm(app, receipt, 30, "city", "Ede");
        Assert.NotNull(first.JobId);
        Assert.Equal(first, await Confirm(app, receipt, 30, "city", "Ede"));
        await app.RunJobs();
        Assert.Equal(first, await Confirm(app, receipt, 30, "city", "Delft"));
        Assert.Equal(30L, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and city = 'Ede'"));
        Assert.Contains("too old", (await app.Get<SetProperty>().Confirm(TestApp.OtherAccount, receipt.SelectionId, 30, "city", "Ede", Everyone, TimeZoneInfo.Utc, "", "", 1)).Error, StringComparison.Ordinal);
        Assert.Null(await app.Get<SetProperty>().Find(TestApp.OtherAccount, receipt.SelectionId));
    }

    [Theory, Databases]
    public async Task Properties_that_Winnow_keeps_the_address_and_wrong_values_are_refused(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, ["email=a@example.test"], ["firstname=Bob"]);
        var receipt = await Freeze(app, new(ids));
        foreach (var name in new[] { "email", "hs_marketable_status", "createdate", "hs_email_optout", "nonsense" })
            Assert.Contains("cannot be edited", (await Confirm(app, receipt, null, name, "true", new(ids))).Error, StringComparison.Ordinal);
        Assert.Contains("must be one of", (await Confirm(app, receipt, null, "lifecyclestage", "king", new(ids))).Error, StringComparison.Ordinal);
        Assert.Equal(0L, await app.Scalar<long>("select count(*) from jobs where account_id = 1"));

        var job = await Set(app, new(ids), null, "firstname", "");                   // Bob would have neither an address nor a name
        Assert.Equal((0L, 1L, 1L), Counts(job));
        Assert.Equal("Bob", (await Contact(app, TestApp.Account, ids[1]))!["firstname"]);
    }

    [Theory, Databases]
    public async Task An_edit_whose_process_dies_goes_on_and_ends_exact(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, [.. Enumerable.Range(0, 6_000).Select(i => new[] { $"email=a{i}@example.test" })]);
        var receipt = await Freeze(app, Everyone);
        var job = (await Confirm(app, receipt, 6_000, "city", "Ede")).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        Assert.Equal((6_000L, 0L, 0L), Counts((await app.Get<JobQueue>().Find(TestApp.Account, job))!));
        Assert.Equal(6_000L, await app.Scalar<long>("select count(*) from contact_history where account_id = 1"));
    }

    private static (long, long, long) Counts(Job job) => job.ResultAs<EditState>() is { } state ? (state.Changed, state.Same, state.Kept) : default;

    private static async Task<Job> Set(TestApp app, SelectionQuery query, long? typed, string property, string value)
    {
        var outcome = await Confirm(app, await Freeze(app, query), typed, property, value, query);
        Assert.Null(outcome.Error);
        await app.RunJobs();
        return (await app.Get<JobQueue>().Find(TestApp.Account, outcome.JobId!.Value))!;
    }

    private static async Task<EditReceipt> Freeze(TestApp app, SelectionQuery query) => (await app.Get<SetProperty>().Freeze(TestApp.Account, query, TimeZoneInfo.Utc, 1)).Receipt!;

    private static Task<BulkOutcome> Confirm(TestApp app, EditReceipt receipt, long? typed, string property, string value, SelectionQuery? query = null) =>
        app.Get<SetProperty>().Confirm(TestApp.Account, receipt.SelectionId, typed, property, value, query ?? Everyone, TimeZoneInfo.Utc, "All contacts", "Edit", 1);

    private static async Task<Dictionary<string, object?>?> Contact(TestApp app, long account, long id)
    {
        var contact = await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, account, id));
        return contact is null ? null : new[] { "city", "firstname" }.ToDictionary(name => name, name => contact[BuiltInProperties.Of(name)]);
    }
}
