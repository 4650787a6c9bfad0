using Winnow.Email.Bounces;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Collecting hard bounced contacts in static lists.</summary>
public sealed class BounceToolsTests
{
    private static readonly string[] All = ["UNKNOWN_USER", "MAILBOX_FULL", "POLICY", "SPAM", "CONTENT", "OTHER"];

    [Theory, Databases]
    public async Task A_list_of_hard_bounced_contacts_has_those_of_the_reasons_and_not_who_was_unbounced_or_deleted(string database)
    {
        await using var winnow = await WithBounces(database);
        await winnow.App.Get<Unbounce>().Lift(1, 2, 5);
        await winnow.App.Db.Write(async tx => await winnow.App.Get<Winnow.Contacts.ContactStore>().Delete(tx, 1, 9, [3]));
        var tools = winnow.App.Get<BounceTools>();

        var counts = await tools.Count(1, new(All));
        Assert.Equal((1L, 1L, 0L, 1L), (counts.ByReason["UNKNOWN_USER"], counts.ByReason["POLICY"], counts.ByReason["SPAM"], counts.Unbounced));
        Assert.Equal([1, 4], await Collected(winnow, "All", new(All)));
        Assert.Equal([4], await Collected(winnow, "Policy", new(["POLICY"])));
    }

    [Theory, Databases]
    public async Task The_time_period_is_when_the_email_was_sent_not_when_it_bounced(string database)
    {
        await using var winnow = await BounceApp.On(database);
        await winnow.App.Add(1, ["email=early@dead.test"], ["email=late@dead.test"], ["email=often@live.test"]);
        var start = winnow.App.Clock.GetUtcNow();
        await winnow.Sent(7, 1, 1, 3);
        winnow.App.Clock.Advance(TimeSpan.FromDays(40));
        await winnow.Sent(8, 1, 2, 3);
        await winnow.Bounce(new(1, 7, 1), "early@dead.test", "5.1.1", "550 5.1.1 No such user");
        await winnow.Bounce(new(1, 7, 3), "often@live.test", "5.7.1", "550 5.7.1 Message rejected due to local policy");
        await winnow.Bounce(new(1, 8, 2), "late@dead.test", "5.1.1", "550 5.1.1 No such user");
        await winnow.Bounce(new(1, 8, 3), "often@live.test", "5.7.1", "550 5.7.1 Message rejected due to local policy");
        await winnow.Judge();

        Assert.Equal([1, 3], await Collected(winnow, "First month", new(All, start - TimeSpan.FromDays(1), start + TimeSpan.FromDays(30))));
        Assert.Equal([2, 3], await Collected(winnow, "Last 30 days", new(All, winnow.App.Clock.GetUtcNow() - TimeSpan.FromDays(30))));
        Assert.Equal(2, (await winnow.App.Get<BounceTools>().Count(1, new(All, start + TimeSpan.FromDays(1)))).Of(All));
    }

    [Theory, Databases]
    public async Task Nobody_to_collect_makes_no_list_and_says_so(string database)
    {
        await using var winnow = await WithBounces(database);
        Assert.Equal((0L, BounceTools.Nobody), await winnow.App.Get<BounceTools>().CreateList(1, 5, "None", new(["SPAM"])));
        Assert.Equal((0L, BounceTools.Nobody), await winnow.App.Get<BounceTools>().CreateList(BounceApp.Other, 5, "Theirs", new(All)));
        Assert.Empty(await winnow.App.Db.Read(tx => winnow.App.Get<ListStore>().All(tx, 1)));
        var (jobId, error) = await winnow.App.Get<BounceTools>().CreateList(1, 5, " ", new(All));
        Assert.Equal((0L, true), (jobId, error is not null));
    }

    [Theory, Databases]
    public async Task Contacts_are_added_to_a_static_list_that_exists_and_to_no_other(string database)
    {
        await using var winnow = await WithBounces(database);
        var (app, tools) = (winnow.App, winnow.App.Get<BounceTools>());
        var list = await app.Db.Write(async tx =>
        {
            var (made, _) = await app.Get<ListStore>().Create(tx, 1, "Clean-up", ListKind.Manual, null, TimeZoneInfo.Utc, 5);
            await app.Get<ListStore>().AddMembers(tx, 1, made!.Id, new([1, 5]));
            return made.Id;
        });
        var (job, error) = await tools.AddToList(1, 5, list, new(All));
        Assert.Null(error);
        await app.RunJobs();
        Assert.Equal([1, 2, 3, 4, 5], await Members(winnow, list));
        Assert.Equal(new CollectResult(list, 4, 3), (await app.Get<JobQueue>().Find(1, job))!.ResultAs<CollectResult>());
        Assert.NotNull((await tools.AddToList(BounceApp.Other, 5, list, new(All))).Error);
        Assert.NotNull((await tools.AddToList(1, 5, 99, new(All))).Error);
    }

    /// <summary>1, 2 and 3 are unknown users, 4 was blocked by a policy, 5 got the mail.</summary>
    private static async Task<BounceApp> WithBounces(string database)
    {
        var winnow = await BounceApp.On(database);
        var ids = await winnow.App.Add(1, [.. Enumerable.Range(1, 5).Select(i => new[] { $"email=c{i}@dead.test" })]);
        await winnow.Sent(7, 1, ids);
        foreach (var id in ids[..3]) await winnow.Bounce(new(1, 7, id), $"c{id}@dead.test", "5.1.1", "550 5.1.1 No such user");
        await winnow.Bounce(new(1, 7, 4), "c4@dead.test", "5.7.1", "550 5.7.1 Message rejected due to local policy");
        await winnow.Judge();
        winnow.App.Clock.Advance(TimeSpan.FromHours(1));
        return winnow;
    }

    private static async Task<List<long>> Collected(BounceApp winnow, string name, HardBounceChoice choice)
    {
        var (job, error) = await winnow.App.Get<BounceTools>().CreateList(1, 5, name, choice);
        Assert.Null(error);
        await winnow.App.RunJobs();
        return await Members(winnow, (await winnow.App.Get<JobQueue>().Find(1, job))!.ResultAs<CollectResult>()!.ListId);
    }

    private static Task<List<long>> Members(BounceApp winnow, long list) => winnow.App.Db.Read(tx => winnow.App.Get<ListMembers>().Page(tx, 1, list, 0, 100));
}
