using Winnow.Email.Bounces;
using Winnow.Jobs;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

/// <summary>Outage amnesty: a burst of blocks is one incident, and suppresses nobody.</summary>
public sealed class IncidentTests
{
    private const string Blocked = "550 5.7.1 Message rejected due to local policy";

    [Theory]
    [InlineData("550-5.7.1 [192.0.2.7] Our system has detected mail from c1@live.test, see https://support.example/a?b=1 x12-2003ab.44", "550-5.7.1 [2001:db8::1] Our system has detected mail from <bob@live.test>, see https://support.example/c y99-77.12", true)]
    [InlineData("554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org", "554 5.7.1 Service unavailable; client host blocked using b.barracudacentral.org", true)]
    [InlineData("550 5.7.1 Message rejected due to local policy", "550 5.7.1 Our system has detected an unusual rate", false)]
    public void Two_mails_that_met_the_same_refusal_have_the_same_words(string one, string other, bool same) => Assert.Equal(same, IncidentRules.Normalise(one) == IncidentRules.Normalise(other));

    [Fact]
    public void Few_words_say_nothing() => Assert.Equal("", IncidentRules.Normalise("550 5.7.1 rejected"));

    [Theory]
    [InlineData("gmail-smtp-in.l.google.com", "ann@fernhill.example", "Google")]
    [InlineData("dns; example-nl.mail.protection.outlook.com (10.1.2.3)", "ann@example.nl", "Microsoft")]
    [InlineData("relay.fernhill.example", "ann@hotmail.com", "Microsoft")]
    [InlineData("mx2.mail.example.co.uk", "ann@other.example", "example.co.uk")]
    [InlineData("192.0.2.7", "ann@sub.example.nl", "example.nl")]
    [InlineData(null, "ann@example.nl", "example.nl")]
    public void The_provider_is_who_runs_the_mail(string? refusedBy, string address, string provider) => Assert.Equal(provider, MailProviders.Of(refusedBy, address));

    [Theory]
    [InlineData(4, "0 1 2 3", true)]
    [InlineData(4, "0 0 0 11", false)]                  // minutes; each another person
    [InlineData(4, "-9 -8 -7 0", true)]
    [InlineData(4, "-9 -8 0 2", false)]                 // nobody sees them all within ten minutes
    [InlineData(3, "3 2 0 1", true)]
    public void A_burst_is_enough_people_within_ten_minutes_in_whatever_order_they_come(int people, string minutes, bool burst)
    {
        var at = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        Assert.Equal(burst, IncidentRules.IsBurst(minutes.Split(' ').Select((m, i) => (at.AddMinutes(int.Parse(m, System.Globalization.CultureInfo.InvariantCulture)), $"c{i}")), at, people));
        Assert.False(IncidentRules.IsBurst(minutes.Split(' ').Select(m => (at, "the same person")), at, people));
    }

    [Fact]
    public void No_reason_of_an_address_makes_a_block() => Assert.All(IncidentRules.Reasons, r => Assert.Contains(r.Facts().Verdict, new[] { Verdict.Blocked, Verdict.Temporary }));

    [Theory, Databases]
    public async Task The_tenth_person_opens_an_incident_and_from_then_on_nobody_is_suppressed(string database)
    {
        await using var winnow = await With(database, 14);
        for (var i = 1; i <= 9; i++) await Refuse(winnow, i, Blocked);
        for (var i = 1; i <= 9; i++) await Refuse(winnow, i, Blocked);                    // copies are not people
        Assert.Empty(await winnow.App.Get<Incidents>().Page(1, 0, 9));
        for (var i = 10; i <= 14; i++) await Refuse(winnow, i, Blocked);
        Assert.Equal(9L, await Suppressed(winnow));

        var incident = Assert.Single(await winnow.App.Get<Incidents>().Page(1, 0, 9));
        Assert.Equal(("text", "live.test", 14L, 14L, 1L), (incident.GroupedBy, incident.Provider, incident.Contacts, incident.OnRecord, incident.Texts));
        Assert.Equal(incident, await winnow.App.Get<Incidents>().Find(1, incident.Id));
        Assert.Null(await winnow.App.Get<Incidents>().Find(2, incident.Id));
        Assert.True(incident.Lasts(winnow.App.Clock.GetUtcNow()));
        await winnow.App.RunJobs();
        Assert.StartsWith("Many refusals at once: 550", Assert.Single((await winnow.App.Get<Notifications>().Latest(1, 5)).Latest).Title, StringComparison.Ordinal);

        winnow.App.Clock.Advance(TimeSpan.FromHours(2));                                  // over: the policy holds again
        await winnow.Sent(8, 1, 10);
        await Refuse(winnow, 10, Blocked, 8);
        Assert.Equal(10L, await Suppressed(winnow));
    }

    [Theory, Databases]
    public async Task Reports_that_several_processes_judge_at_once_make_one_incident_that_suppresses_no_more_than_the_first_nine(string database)
    {
        await using var winnow = await With(database, 40);
        for (var i = 1; i <= 40; i++) await winnow.Bounce(new(1, 7, i), $"c{i}@live.test", "5.7.1", Blocked);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(winnow.Judge)));
        while (await winnow.App.Scalar<long>("select count(*) from inbox where state = 'new'") > 0)
        {
            winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));                            // who met another at the same row comes again
            await winnow.Judge();
        }
        Assert.Equal(40, Assert.Single(await winnow.App.Get<Incidents>().Page(1, 0, 9)).Contacts);
        Assert.InRange(await Suppressed(winnow), 0, 9);
        Assert.Equal(40L, await winnow.App.Scalar<long>("select sum(bounces) from addresses where account_id = 1"));
    }

    [Theory, Databases]
    public async Task One_provider_with_many_texts_is_an_incident_too_and_a_dead_address_is_never_part_of_one(string database)
    {
        await using var winnow = await With(database, 30);
        for (var i = 1; i <= 25; i++) await Refuse(winnow, i, $"451 4.7.0 {(char)('a' + i)}bcdefghijklmn too many connections from you {(char)('a' + i)}");
        for (var i = 26; i <= 30; i++) await Refuse(winnow, i, "550 5.1.1 User unknown");
        var incident = Assert.Single(await winnow.App.Get<Incidents>().Page(1, 0, 9));
        Assert.Equal(("provider", "live.test", 25L), (incident.GroupedBy, incident.Provider, incident.Contacts));
        Assert.Equal(5L, await Suppressed(winnow));
    }

    [Theory, Databases]
    public async Task Reversing_gives_back_only_what_came_from_the_incident_and_has_not_changed_since(string database)
    {
        await using var winnow = await With(database, 12);
        for (var i = 1; i <= 12; i++) await Refuse(winnow, i, Blocked);
        winnow.App.Clock.Advance(TimeSpan.FromHours(3));
        await winnow.Sent(8, 1, 1, 2);
        await Refuse(winnow, 1, "550 5.1.1 User unknown", 8);
        var unbounce = winnow.App.Get<UnbounceContacts>();
        var receipt = (await unbounce.Freeze(1, new(IncidentId: 1), TimeZoneInfo.Utc, 5)).Receipt!;
        Assert.Equal(11, receipt.Count);
        var job = (await unbounce.Confirm(1, receipt.SelectionId, null, new(IncidentId: 1), TimeZoneInfo.Utc, "Incident 1", "Reverse", 5)).JobId!.Value;
        await Refuse(winnow, 2, "550 5.1.1 User unknown", 8);                             // between the order and its turn
        await winnow.App.RunJobs();
        var done = (await winnow.App.Get<JobQueue>().Find(1, job))!.ResultAs<UnbounceState>()!;
        Assert.Equal((10L, 1L), (done.Lifted, done.ChangedSince));
        Assert.True((await winnow.AddressOf("c1@live.test")).IsHardBounced);
        Assert.True((await winnow.AddressOf("c2@live.test")).IsHardBounced);
        Assert.Equal((false, "POLICY"), ((await winnow.AddressOf("c3@live.test")).HasHardBounce, (await winnow.AddressOf("c3@live.test")).HardBounceReason));
        Assert.Equal(0, (await winnow.App.Get<Incidents>().Find(1, 1))!.OnRecord);
    }

    [Theory, Databases]
    public async Task Blocks_of_an_incident_do_not_count_towards_the_failures_that_end_the_mailing(string database)
    {
        await using var winnow = await With(database, 12);
        await Policy(winnow, new(BounceDeed.Score, 2, 90));
        for (var i = 1; i <= 12; i++) await Refuse(winnow, i, Blocked);
        winnow.App.Clock.Advance(TimeSpan.FromDays(2));
        await winnow.Sent(8, 1, 1);
        await Refuse(winnow, 1, Blocked, 8);
        Assert.False((await winnow.AddressOf("c1@live.test")).IsHardBounced);
        winnow.App.Clock.Advance(TimeSpan.FromDays(2));
        await winnow.Sent(9, 1, 1);
        await Refuse(winnow, 1, Blocked, 9);
        Assert.True((await winnow.AddressOf("c1@live.test")).IsHardBounced);
    }

    private static Task<long> Suppressed(BounceApp winnow) => winnow.App.Scalar<long>("select count(*) from addresses where account_id = 1 and hard_bounced_at is not null and not hard_bounce_spared");

    private static Task Policy(BounceApp winnow, BounceRule rule) => winnow.App.Get<BouncePolicies>().Save(1, new(new Dictionary<Verdict, BounceRule>(BouncePolicy.Default.Rules) { [Verdict.Blocked] = rule }), 1);

    private static async Task Refuse(BounceApp winnow, int i, string reply, long email = 7)
    {
        var words = reply.Split(' ', 3);
        await winnow.App.Db.Write(tx => winnow.App.Get<JudgeReports>().TakeReply(tx, new(1, email, i), new(int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), words[1], words[2], RefusalStage.Recipient, "mx.live.test", "")));
    }

    /// <summary>Contacts c1@live.test …, each of whom got the e-mail 7, in an account that suppresses at once who blocks it.</summary>
    private static async Task<BounceApp> With(string database, int contacts)
    {
        var winnow = await BounceApp.On(database);
        var ids = await winnow.App.Add(1, [.. Enumerable.Range(1, contacts).Select(i => new[] { $"email=c{i}@live.test" })]);
        await winnow.Sent(7, 1, ids);
        await winnow.App.Execute("update marketing_emails set created_by = 5 where account_id = 1");
        await Policy(winnow, new(BounceDeed.Suppress));
        return winnow;
    }
}
