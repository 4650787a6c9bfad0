using Microsoft.Extensions.DependencyInjection;
using Winnow.Audit;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Jobs;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

/// <summary>What an account does about bounces: the table, the counting, and who is told.</summary>
public sealed class BouncePolicyTests
{
    private static readonly MailToken Ann = new(1, 7, 1);
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void By_default_only_a_dead_address_is_suppressed_at_once()
    {
        var atOnce = Enum.GetValues<BounceReason>().Where(r => BouncePolicy.Default.Decide(Cause(r), [], Monday).Suppresses);
        Assert.Equal([BounceReason.UserUnknown, BounceReason.HostUnknown, BounceReason.HasMoved, BounceReason.NotAccept], atOnce);
        Assert.Equal(new BounceEffect(HardBounceReason.Policy, Spared: true), BouncePolicy.Default.Decide(Cause(BounceReason.PolicyViolation), [], Monday));
        Assert.Equal(new BounceEffect(null, false, Tells: true), BouncePolicy.Default.Decide(Cause(BounceReason.AuthFailure), [], Monday));
    }

    [Theory]
    [InlineData(1, "0")]
    [InlineData(1, "0 0 0")]                    // three e-mails in one day: one failure
    [InlineData(3, "0 10 20")]
    [InlineData(3, "20 0 10")]
    [InlineData(3, "0 90 180")]
    [InlineData(1, "0 10 101")]                 // 91 days without one: forgotten
    [InlineData(2, "0 10 101 102")]
    public void The_score_is_a_point_a_day_and_is_forgotten_after_so_many_days_without_a_failure(int score, string days) =>
        Assert.Equal(score, BouncePolicy.Score(days.Split(' ').Select(d => Monday.AddDays(int.Parse(d, System.Globalization.CultureInfo.InvariantCulture))), 90));

    [Theory, Databases]
    public async Task Failures_of_a_group_end_the_mailing_once_there_are_enough_within_the_days(string database)
    {
        await using var winnow = await WithAnn(database);
        await Save(winnow, Verdict.Blocked, new(BounceDeed.Score, 2, 30));
        await Refuse(winnow, 7, "550 5.7.1 Message rejected due to local policy");
        Assert.False((await winnow.AddressOf("ann@live.test")).IsHardBounced);
        winnow.App.Clock.Advance(TimeSpan.FromDays(31));
        await Refuse(winnow, 8, "550 5.7.1 Message rejected due to local policy");
        Assert.False((await winnow.AddressOf("ann@live.test")).IsHardBounced);      // the first one is forgotten
        winnow.App.Clock.Advance(TimeSpan.FromDays(29));
        await Refuse(winnow, 9, "550 5.7.1 Message rejected due to local policy");
        Assert.True((await winnow.AddressOf("ann@live.test")).IsHardBounced);
    }

    [Theory, Databases]
    public async Task A_soft_bounce_counts_once_it_was_tried_for_days_and_a_copy_of_it_does_not(string database)
    {
        await using var winnow = await WithAnn(database);
        foreach (var email in new[] { 7L, 8, 9 })
        {
            for (var copy = 0; copy < 3; copy++)
            {
                await Refuse(winnow, email, "452 4.2.2 Mailbox full");
                if (email < 9) Assert.Null((await winnow.AddressOf("ann@live.test")).HardBouncedAt);
            }
            winnow.App.Clock.Advance(TimeSpan.FromDays(7));
        }
        Assert.Equal(("MAILBOX_FULL", true, 3L), ((await winnow.AddressOf("ann@live.test")).HardBounceReason, (await winnow.AddressOf("ann@live.test")).IsHardBounced, (await winnow.AddressOf("ann@live.test")).Bounces));
    }

    [Theory, Databases]
    public async Task After_an_unbounce_the_count_begins_anew_and_late_copies_change_nothing(string database)
    {
        await using var winnow = await WithAnn(database);
        await Save(winnow, Verdict.MailboxFull, new(BounceDeed.Score, 2, 90));
        foreach (var email in new[] { 7L, 8 })
        {
            await Refuse(winnow, email, "552 5.2.2 Mailbox full");
            winnow.App.Clock.Advance(TimeSpan.FromDays(1));
        }
        Assert.True((await winnow.AddressOf("ann@live.test")).IsHardBounced);
        await winnow.App.Get<Unbounce>().Lift(1, 1, 5);
        winnow.App.Clock.Advance(TimeSpan.FromDays(1));
        foreach (var email in new[] { 7L, 8 }) await Refuse(winnow, email, "552 5.2.2 Mailbox full");
        Assert.False((await winnow.AddressOf("ann@live.test")).HasHardBounce);
        await Refuse(winnow, 9, "552 5.2.2 Mailbox full");
        Assert.Equal((true, false), ((await winnow.AddressOf("ann@live.test")).HardBounceSpared, (await winnow.AddressOf("ann@live.test")).IsHardBounced));
        winnow.App.Clock.Advance(TimeSpan.FromDays(1));
        await Refuse(winnow, 10, "552 5.2.2 Mailbox full");
        Assert.True((await winnow.AddressOf("ann@live.test")).IsHardBounced);
    }

    [Theory, Databases]
    public async Task A_copy_of_what_the_policy_suppressed_does_not_suppress_again_after_an_unbounce(string database)
    {
        await using var winnow = await WithAnn(database);
        await Save(winnow, Verdict.Blocked, new(BounceDeed.Suppress));
        await Refuse(winnow, 7, "550 5.7.1 Message rejected due to local policy");
        Assert.True((await winnow.AddressOf("ann@live.test")).IsHardBounced);
        winnow.App.Clock.Advance(TimeSpan.FromHours(1));
        await winnow.App.Get<Unbounce>().Lift(1, 1, 5);
        winnow.App.Clock.Advance(TimeSpan.FromHours(1));
        await Refuse(winnow, 7, "550 5.7.1 Message rejected due to local policy");
        Assert.False((await winnow.AddressOf("ann@live.test")).HasHardBounce);
    }

    [Theory, Databases]
    public async Task Two_processes_with_a_report_each_come_to_the_count_together(string database)
    {
        await using var winnow = await WithAnn(database);
        await Save(winnow, Verdict.MailboxFull, new(BounceDeed.Score, 4, 90));
        await Refuse(winnow, 7, "552 5.2.2 Mailbox full");
        winnow.App.Clock.Advance(TimeSpan.FromDays(1));
        foreach (var email in new[] { 8L, 9, 10 })                                     // as if judged a day apart, and only the last at the same moment
            await winnow.Bounce(Ann with { EmailId = email }, "ann@live.test", "5.2.2", "552 5.2.2 Mailbox full");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(winnow.Judge)));
        Assert.False((await winnow.AddressOf("ann@live.test")).IsHardBounced);      // two days with failures
        Assert.Equal(4, (await winnow.AddressOf("ann@live.test")).Bounces);
        await Save(winnow, Verdict.MailboxFull, new(BounceDeed.Score, 3, 90));
        winnow.App.Clock.Advance(TimeSpan.FromDays(1));
        await winnow.Sent(11, 1, 1);
        await winnow.Sent(12, 1, 1);
        foreach (var email in new[] { 11L, 12 }) await winnow.Bounce(Ann with { EmailId = email }, "ann@live.test", "5.2.2", "552 5.2.2 Mailbox full");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(winnow.Judge)));
        Assert.True((await winnow.AddressOf("ann@live.test")).IsHardBounced);
    }

    [Theory, Databases]
    public async Task Another_accounts_policy_says_nothing_here(string database)
    {
        await using var winnow = await WithAnn(database);
        var ignore = new BouncePolicy(new Dictionary<Verdict, BounceRule> { [Verdict.AddressDead] = new(BounceDeed.Ignore) });
        await winnow.App.Get<BouncePolicies>().Save(BounceApp.Other, ignore, 1);
        await Refuse(winnow, 7, "550 5.1.1 No such user");
        Assert.True((await winnow.AddressOf("ann@live.test")).IsHardBounced);
    }

    [Theory, Databases]
    public async Task A_dead_address_that_is_only_counted_is_on_the_record_and_still_mailed(string database)
    {
        await using var winnow = await WithAnn(database);
        await Save(winnow, Verdict.AddressDead, new(BounceDeed.Ignore));
        await Refuse(winnow, 7, "550 5.1.1 No such user");
        Assert.Equal(("UNKNOWN_USER", false), ((await winnow.AddressOf("ann@live.test")).HardBounceReason, (await winnow.AddressOf("ann@live.test")).IsHardBounced));
    }

    [Theory, Databases]
    public async Task The_sender_of_an_email_is_told_once_that_the_own_set_up_was_refused(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var (db, intake) = (app.Services.GetRequiredService<Winnow.Data.Db>(), app.Services.GetRequiredService<JudgeReports>());
        await db.Write(async tx =>
        {
            await tx.Execute(Winnow.Data.Statement.Built("sent", "update marketing_emails set state = 'sent', sent_at = 1 where account_id = 1 and id = 1"));
            await tx.Execute(Winnow.Data.Statement.Built("to", "insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) values (1, 1, 1, 'ann@example.test', 'ann@example.test', 'sent', 1)"));
        });
        for (var i = 0; i < 2; i++)
            await db.Write(tx => intake.TakeReply(tx, new(1, 1, 1), new(550, "5.7.26", "Unauthenticated email is not accepted due to the domain's DMARC policy", RefusalStage.Recipient, "relay.test", "")));
        await db.Write(tx => tx.Execute(Winnow.Data.Statement.Built("later", "update jobs set state = cast(@state as $json) where account_id = 1 and kind = 'TellSender'"), new { state = """{"emailId":1,"since":"2020-01-01T00:00:00+00:00"}""" }));
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();

        var (unread, latest) = await app.Services.GetRequiredService<Notifications>().Latest(1, 1);
        var told = Assert.Single(latest, n => n.Kind == nameof(TellSender));
        Assert.Equal(("Your own set-up was refused: Our news", "done"), (told.Title, told.Outcome));
        Assert.Contains("1 contact did not get it.", await app.Http.GetStringAsync($"/jobs/{told.JobId}"), StringComparison.Ordinal);
        Assert.Contains("publish the DNS records", (await WebApp.Page(app.Http, "/email/1")).QuerySelector(".notice.warn")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task A_person_changes_the_table_and_takes_it_back_and_both_are_on_record(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var policies = app.Services.GetRequiredService<BouncePolicies>();
        var page = await WebApp.Page(app.Http, "/settings/bounces");
        Assert.Null(page.QuerySelector("input[name=_handler][value=reset]"));

        var refused = await WebApp.Read(await WebApp.Post(app.Http, "/settings/bounces", new() { ["Form.Rules[Blocked].Deed"] = "Score", ["Form.Rules[Blocked].Times"] = "0" }, "policy"));
        Assert.Equal("A whole number from 1 to 20.", refused.QuerySelector(".form-error")?.TextContent);
        Assert.True((await policies.Read(1)).SameAs(BouncePolicy.Default));

        await WebApp.Post(app.Http, "/settings/bounces", new() { ["Form.Rules[Blocked].Deed"] = "Score", ["Form.Rules[Blocked].Times"] = "5", ["Form.Rules[Blocked].Days"] = "60" }, "policy");
        Assert.Equal(new BounceRule(BounceDeed.Score, 5, 60), (await policies.Read(1))[Verdict.Blocked]);
        Assert.Equal(new BounceRule(BounceDeed.Suppress), (await policies.Read(1))[Verdict.AddressDead]);
        await WebApp.Post(app.Http, "/settings/bounces", [], "reset");
        Assert.True((await policies.Read(1)).SameAs(BouncePolicy.Default));

        var lines = await app.Services.GetRequiredService<AuditLog>().Page(1, new(Action: AuditAction.BouncePolicyChanged), long.MaxValue, 10);
        Assert.Equal(2, lines.Count);
        Assert.Contains("Blocked: Score 5 in 60 d", lines[1].After, StringComparison.Ordinal);
    }

    private static BounceCause Cause(BounceReason reason) => new(reason, reason.Facts().Verdict, true, "", "");

    private static Task Save(BounceApp winnow, Verdict verdict, BounceRule rule) => winnow.App.Get<BouncePolicies>().Save(1, new(new Dictionary<Verdict, BounceRule>(BouncePolicy.Default.Rules) { [verdict] = rule }), 1);

    private static async Task Refuse(BounceApp winnow, long email, string reply)
    {
        var words = reply.Split(' ', 3);
        await winnow.App.Db.Write(tx => winnow.App.Get<JudgeReports>().TakeReply(tx, Ann with { EmailId = email }, new(int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture), words[1], words[2], RefusalStage.Recipient, "relay.test", "")));
    }

    private static async Task<BounceApp> WithAnn(string database)
    {
        var winnow = await BounceApp.On(database);
        await winnow.App.Add(1, ["email=ann@live.test"]);
        foreach (var email in new[] { 7L, 8, 9, 10 }) await winnow.Sent(email, 1, 1);
        return winnow;
    }
}
