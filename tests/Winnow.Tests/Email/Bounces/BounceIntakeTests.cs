using System.Text;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Reports;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>From a mail that comes in by SMTP to what is known of the contact.</summary>
public sealed class BounceIntakeTests
{
    private static readonly MailToken Ann = new(1, 7, 1);
    private const string Unknown = "550 5.1.1 No such user here";

    [Theory, Databases]
    public async Task A_report_that_the_user_is_unknown_ends_on_the_contact_with_its_reason_and_its_evidence(string database)
    {
        await using var winnow = await WithAnn(database);
        Assert.IsType<SmtpOutcome.Accepted>(await winnow.Bounce(Ann, "ann@dead.test", "5.1.1", Unknown));
        await winnow.Judge();

        Assert.Equal("UNKNOWN_USER", await winnow.App.Scalar<string>("select hard_bounce_reason from contacts where account_id = 1 and id = 1"));
        var address = await winnow.AddressOf("ann@dead.test");
        Assert.True(address.IsHardBounced);
        Assert.Equal((7L, 1L, winnow.App.Clock.GetUtcNow()), (address.HardBounceEmailId, address.Bounces, address.HardBounceSentAt));
        Assert.Equal("bounced/userunknown", await winnow.App.Scalar<string>("select outcome || '/' || reason from email_recipients where account_id = 1 and email_id = 7"));
        Assert.Equal(1, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'BOUNCE' and contact_id = 1 and email_id = 7 and inbox_id = 1 and sent_at is not null"));

        var file = await winnow.App.Get<BounceEvidence>().Of(1, 1);
        var report = Assert.Single(file!.Reports);
        Assert.Equal(("bounce", "AddressDead", "hard", "5.1.1", "mx.example.test"), (report.Kind, report.Verdict, report.Effect, report.Status, report.RefusedBy));
        Assert.Contains("No such user", report.Decisive, StringComparison.Ordinal);
        var found = await winnow.App.Get<BounceEvidence>().Find(1, 1, report.Id);
        Assert.Contains("message/delivery-status", Encoding.ASCII.GetString(found!.Value.Raw), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task A_copy_of_a_report_changes_nothing_also_after_an_unbounce(string database)
    {
        await using var winnow = await WithAnn(database);
        await winnow.Bounce(Ann, "ann@dead.test", "5.1.1", Unknown);
        await winnow.Judge();
        winnow.App.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(UnbounceOutcome.Done, await winnow.App.Get<Unbounce>().Lift(1, 1, userId: 5));
        var before = await winnow.AddressOf("ann@dead.test");

        winnow.App.Clock.Advance(TimeSpan.FromHours(1));
        await winnow.Bounce(Ann, "ann@dead.test", "5.1.1", Unknown);
        await winnow.Bounce(Ann, "ann@dead.test", "4.4.7", "delivery time expired");
        await winnow.Judge();
        Assert.Equal(before, await winnow.AddressOf("ann@dead.test"));
        Assert.Equal(1, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'BOUNCE'"));
        Assert.Equal(2, await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1 and state = 'copy'"));
    }

    [Theory, Databases]
    public async Task A_forged_or_foreign_token_is_refused_at_RCPT_with_the_same_words(string database)
    {
        await using var winnow = await WithAnn(database);
        var genuine = await winnow.ReturnPathOf(Ann);
        string[] forged = [Flip(genuine), (await winnow.ReturnPathOf(new(2, 7, 1))).Replace("b+", "b+a", StringComparison.Ordinal), "b+@bounces.winnow.test", "ann@dead.test", "postmaster", (await winnow.ReturnPathOf(Ann)).Replace("b+", "u+", StringComparison.Ordinal)];
        foreach (var path in forged)
        {
            var refused = Assert.IsType<SmtpOutcome.Refused>(await winnow.Send(path, BounceApp.Original("x@x.test")));
            Assert.Equal((SmtpStage.Recipient, "550 5.1.1 No such mailbox here"), (refused.Stage, refused.Reply.ToString()));
        }
        Assert.Equal(0, await winnow.App.Scalar<long>("select count(*) from inbox where account_id > 0"));
    }

    [Theory, Databases]
    public async Task A_genuine_path_of_another_account_touches_nobody_here(string database)
    {
        await using var winnow = await WithAnn(database);
        await winnow.App.Add(BounceApp.Other, ["email=ann@dead.test"]);
        await winnow.Sent(7, BounceApp.Other, 1);
        await winnow.Bounce(new(2, 7, 1), "ann@dead.test", "5.1.1", Unknown);
        await winnow.Judge();
        Assert.False((await winnow.AddressOf("ann@dead.test")).HasHardBounce);
        Assert.True((await winnow.AddressOf("ann@dead.test", BounceApp.Other)).IsHardBounced);
        Assert.Null(await winnow.App.Get<BounceEvidence>().Of(1, 1));
        Assert.Null(await winnow.App.Get<BounceEvidence>().Find(1, 1, 1));
    }

    [Theory, Databases]
    public async Task A_mail_over_the_limit_is_refused_and_a_mail_just_below_is_kept(string database)
    {
        await using var winnow = await WithAnn(database, ("Mail:MaxBytes", "2000"));
        var path = await winnow.ReturnPathOf(Ann);
        Assert.Equal(552, Assert.IsType<SmtpOutcome.Refused>(await winnow.Send(path, Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("0123456789\r\n", 300))))).Code);
        Assert.IsType<SmtpOutcome.Accepted>(await winnow.Send(path, Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("0123456789\r\n", 100)))));
        await winnow.Judge();
        Assert.Equal("kept", await winnow.App.Scalar<string>("select state from inbox where account_id = 1"));
    }

    [Theory, Databases]
    public async Task One_return_path_takes_only_so_many_mails(string database)
    {
        await using var winnow = await WithAnn(database);
        var path = await winnow.ReturnPathOf(Ann);
        for (var i = 0; i < Inbox.MostPerRecipient; i++) Assert.IsType<SmtpOutcome.Accepted>(await winnow.Send(path, BounceApp.Original("x@x.test")));
        Assert.Equal("5.2.2", Assert.IsType<SmtpOutcome.Refused>(await winnow.Send(path, BounceApp.Original("x@x.test"))).Enhanced);
        Assert.Equal(Inbox.MostPerRecipient, await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_delayed_report_is_an_event_and_no_bounce(string database)
    {
        await using var winnow = await WithAnn(database);
        await winnow.Bounce(Ann, "ann@dead.test", "4.4.1", "connection timed out", DeliveryAction.Delayed);
        await winnow.Judge();
        Assert.Equal(Winnow.Contacts.AddressState.Of("ann@dead.test", "ann@dead.test"), await winnow.AddressOf("ann@dead.test"));
        Assert.Equal("sent", await winnow.App.Scalar<string>("select outcome from email_recipients where account_id = 1"));
        Assert.Equal("DEFERRED", await winnow.App.Scalar<string>("select type from email_events where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_complaint_is_never_a_bounce_and_cannot_be_lifted(string database)
    {
        await using var winnow = await WithAnn(database);
        await winnow.Complain(Ann, "ann@dead.test");
        await winnow.Complain(Ann, "ann@dead.test");
        await winnow.Judge();
        var address = await winnow.AddressOf("ann@dead.test");
        Assert.NotNull(address.ComplainedAt);
        Assert.Equal((null, 0L), (address.HardBounceReason, address.Bounces));
        Assert.True(await winnow.App.Scalar<bool>("select reported_spam from contacts where account_id = 1 and id = 1"));
        Assert.Equal(1, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'SPAMREPORT'"));
        Assert.Equal(UnbounceOutcome.Nothing, await winnow.App.Get<Unbounce>().Lift(1, 1, userId: 5));
    }

    [Theory, Databases]
    public async Task An_out_of_office_reply_and_a_letter_change_nothing(string database)
    {
        await using var winnow = await WithAnn(database);
        await winnow.AnswerOutOfOffice(Ann, "ann@dead.test");
        await winnow.Send(await winnow.ReturnPathOf(Ann), Encoding.ASCII.GetBytes("From: Ann <ann@dead.test>\r\nSubject: your mail\r\n\r\nCall me. user unknown, mailbox full.\r\n"));
        await winnow.Judge();
        Assert.Equal(0, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1"));
        Assert.Equal("auto-reply/done,other/kept", await winnow.App.Scalar<string>("select min(kind || '/' || state) || ',' || max(kind || '/' || state) from inbox where account_id = 1"));
        Assert.Equal("auto-reply", Assert.Single((await winnow.App.Get<BounceEvidence>().Of(1, 1))!.Reports).Kind);
    }

    [Theory, Databases]
    public async Task A_mail_to_the_unsubscribe_address_unsubscribes_whatever_it_says(string database)
    {
        await using var winnow = await WithAnn(database);
        var path = ReturnPath.ForUnsubscribe(Ann, "bounces.winnow.test", (await winnow.App.Get<MailTokens>().Secret(1))!);
        Assert.IsType<SmtpOutcome.Accepted>(await winnow.Send(path, BounceApp.Original("x@x.test")));
        Assert.Equal("mail", (await winnow.AddressOf("ann@dead.test")).OptOutSource);
        Assert.Equal(0, await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1"));
        Assert.Equal(550, Assert.IsType<SmtpOutcome.Refused>(await winnow.Send(path.Replace("u+", "b+", StringComparison.Ordinal), BounceApp.Original("x@x.test"))).Code);
    }

    [Theory, Databases]
    public async Task A_process_that_died_between_storing_and_judging_loses_nothing_and_two_processes_judge_once(string database)
    {
        await using var winnow = await WithAnn(database);
        await winnow.Bounce(Ann, "ann@dead.test", "5.1.1", Unknown);           // stored, and the process is gone
        Assert.Equal("new", await winnow.App.Scalar<string>("select state from inbox where account_id = 1"));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(winnow.Judge)));
        Assert.Equal(1, (await winnow.AddressOf("ann@dead.test")).Bounces);
        Assert.Equal(1, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_report_that_cannot_be_judged_now_waits_without_holding_up_the_others(string database)
    {
        await using var winnow = await WithAnn(database, [], "email=bob@live.test");
        await winnow.Bounce(Ann, "ann@dead.test", "5.1.1", Unknown);
        await winnow.Bounce(Ann with { ContactId = 2 }, "bob@live.test", "5.1.1", Unknown);
        await winnow.App.Execute("update email_recipients set email = 'no address' where account_id = 1 and contact_id = 1");    // a fault of ours
        await winnow.Judge();
        Assert.True((await winnow.AddressOf("bob@live.test")).IsHardBounced);
        Assert.Equal("new/1", await winnow.App.Scalar<string>("select state || '/' || attempts from inbox where account_id = 1 and contact_id = 1"));
        await winnow.App.Execute("update email_recipients set email = 'ann@dead.test' where account_id = 1 and contact_id = 1");
        await winnow.Judge();
        Assert.False((await winnow.AddressOf("ann@dead.test")).IsHardBounced);
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        await winnow.Judge();
        Assert.True((await winnow.AddressOf("ann@dead.test")).IsHardBounced);
    }

    [Theory, Databases]
    public async Task Reports_and_refusals_of_many_are_judged_side_by_side_and_each_counts_once(string database)
    {
        await using var winnow = await WithAnn(database, [], [.. Enumerable.Range(2, 59).Select(i => $"email=c{i}@dead.test")]);
        for (var i = 2L; i <= 60; i++) await winnow.Bounce(Ann with { ContactId = i }, $"c{i}@dead.test", "5.1.1", Unknown);
        var refusals = Task.Run(async () =>
        {
            for (var i = 60L; i > 1; i -= 5)
                await winnow.App.Db.Write(async tx =>
                {
                    await tx.Query<long>(Winnow.Data.Statement.Built("recipients", "select contact_id from email_recipients where account_id = 1 and contact_id between @first and @i order by contact_id $lock"), new { first = Math.Max(2, i - 4), i });       // as the sender does
                    for (var j = Math.Max(2, i - 4); j <= i; j++) await winnow.App.Get<JudgeReports>().TakeReply(tx, Ann with { ContactId = j }, new(550, "5.1.1", "No such user", RefusalStage.Recipient, "relay.test", ""));
                });
        });
        await Task.WhenAll([refusals, .. Enumerable.Range(0, 3).Select(_ => Task.Run(winnow.Judge))]);
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        await winnow.Judge();
        Assert.Equal(59, await winnow.App.Scalar<long>("select count(*) from addresses where account_id = 1 and bounces = 1"));
        Assert.Equal(59, await winnow.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'BOUNCE'"));
        Assert.Equal(0, await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1 and state = 'new'"));
    }

    [Theory, Databases]
    public async Task A_block_is_on_the_record_but_the_address_is_still_mailed_and_a_broken_sender_leaves_no_mark(string database)
    {
        await using var winnow = await WithAnn(database, [], "email=bob@live.test", "email=cor@live.test", "email=dee@live.test");
        await winnow.Bounce(Ann with { ContactId = 2 }, "bob@live.test", "5.7.1", "550 5.7.1 Message rejected due to local policy");
        await winnow.Bounce(Ann with { ContactId = 3 }, "cor@live.test", "5.7.26", "550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy");
        await winnow.Bounce(Ann with { ContactId = 4 }, "dee@live.test", "5.2.2", "552 5.2.2 Mailbox full");
        await winnow.Judge();
        var (bob, cor, dee) = (await winnow.AddressOf("bob@live.test"), await winnow.AddressOf("cor@live.test"), await winnow.AddressOf("dee@live.test"));
        Assert.Equal(("POLICY", true, false, 1L), (bob.HardBounceReason, bob.HasHardBounce, bob.IsHardBounced, bob.Bounces));
        Assert.Equal((null, false, 1L), (cor.HardBounceReason, cor.HasHardBounce, cor.Bounces));
        Assert.Equal(("MAILBOX_FULL", true, false), (dee.HardBounceReason, dee.HasHardBounce, dee.IsHardBounced));
    }

    [Theory, Databases]
    public async Task A_mailbox_that_stays_full_for_three_emails_is_given_up(string database)
    {
        await using var winnow = await WithAnn(database);
        foreach (var (email, dead) in new[] { (7L, false), (8L, false), (9L, true) })
        {
            if (email > 7) await winnow.Sent(email, 1, 1);
            await winnow.Bounce(Ann with { EmailId = email }, "ann@dead.test", "5.2.2", "552 5.2.2 Mailbox full");
            await winnow.Judge();
            Assert.Equal(dead, (await winnow.AddressOf("ann@dead.test")).IsHardBounced);
            winnow.App.Clock.Advance(TimeSpan.FromDays(7));
        }
        Assert.Equal(3, (await winnow.AddressOf("ann@dead.test")).Bounces);
    }

    [Theory, Databases]
    public async Task A_refusal_while_sending_goes_through_the_same_door(string database)
    {
        await using var winnow = await WithAnn(database);
        var refusal = new Refusal(550, "5.1.1", "No such user here", RefusalStage.Recipient, "relay.test", "C: RCPT TO:<ann@dead.test>\r\nS: 550 5.1.1 No such user here\r\n");
        var effect = await winnow.App.Db.Write(tx => winnow.App.Get<JudgeReports>().TakeReply(tx, Ann, refusal));
        Assert.True(effect.Suppresses);
        await winnow.App.Db.Write(tx => winnow.App.Get<JudgeReports>().TakeReply(tx, Ann, refusal));
        await winnow.Bounce(Ann, "ann@dead.test", "5.1.1", Unknown);
        await winnow.Judge();
        Assert.Equal(1, (await winnow.AddressOf("ann@dead.test")).Bounces);
        Assert.Equal("reply/done", await winnow.App.Scalar<string>("select door || '/' || state from inbox where account_id = 1 and id = 1"));
        Assert.Equal("UNKNOWN_USER", await winnow.App.Scalar<string>("select hard_bounce_reason from contacts where account_id = 1 and id = 1"));
    }

    [Theory, Databases]
    public async Task What_a_relay_says_before_it_heard_the_recipient_is_about_us(string database)
    {
        await using var winnow = await WithAnn(database);
        var effect = await winnow.App.Db.Write(tx => winnow.App.Get<JudgeReports>().TakeReply(tx, Ann, new(550, "5.1.1", "User unknown", RefusalStage.BeforeRecipient, "relay.test", "")));
        Assert.Equal(BounceEffect.Soft, effect);
    }

    [Theory, Databases]
    public async Task What_a_relay_says_after_it_saw_the_mail_is_no_proof_that_nobody_is_there(string database)
    {
        await using var winnow = await WithAnn(database);
        var effect = await winnow.App.Db.Write(tx => winnow.App.Get<JudgeReports>().TakeReply(tx, Ann, new(550, null, "User unknown", RefusalStage.Data, "relay.test", "")));
        Assert.False(effect.Suppresses);
        Assert.Equal("filtered", await winnow.App.Scalar<string>("select reason from inbox where account_id = 1"));
    }

    [Theory, Databases]
    public async Task An_unbounced_address_may_be_mailed_the_reason_stays_and_the_undo_brings_the_bounce_back(string database)
    {
        await using var winnow = await WithAnn(database);
        var unbounce = winnow.App.Get<Unbounce>();
        await winnow.Bounce(Ann, "ann@dead.test", "5.1.1", Unknown);
        await winnow.Judge();
        winnow.App.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(UnbounceOutcome.NoContact, await unbounce.Lift(BounceApp.Other, 1, 5));
        Assert.Equal(UnbounceOutcome.Done, await unbounce.Lift(1, 1, 5));
        Assert.Equal(UnbounceOutcome.Nothing, await unbounce.Lift(1, 1, 5));

        Assert.False((await winnow.AddressOf("ann@dead.test")).HasHardBounce);
        Assert.Equal("UNKNOWN_USER", await winnow.App.Scalar<string>("select hard_bounce_reason from contacts where account_id = 1 and id = 1 and unbounced"));
        Assert.Equal(5, await winnow.App.Scalar<long>("select user_id from email_events where account_id = 1 and type = 'UNBOUNCE'"));

        Assert.Equal(UnbounceOutcome.Done, await unbounce.Undo(1, 1, 5));
        Assert.True((await winnow.AddressOf("ann@dead.test")).IsHardBounced);
        Assert.Equal(UnbounceOutcome.Nothing, await unbounce.Undo(1, 1, 5));
    }

    [Theory, Databases]
    public async Task The_bounce_stays_with_the_address_that_the_email_went_to(string database)
    {
        await using var winnow = await WithAnn(database);
        await winnow.App.Execute("update contacts set email = 'new@live.test', email_key = 'new@live.test' where account_id = 1 and id = 1");
        await winnow.Bounce(Ann, "someone-else@live.test", "5.1.1", Unknown);
        await winnow.Judge();
        Assert.True((await winnow.AddressOf("ann@dead.test")).IsHardBounced);
        Assert.Null(await winnow.App.Scalar<string?>("select hard_bounce_reason from contacts where account_id = 1 and id = 1"));
        Assert.Equal("someone-else@live.test", await winnow.App.Scalar<string>("select named from inbox where account_id = 1"));
    }

    private static Task<BounceApp> WithAnn(string database) => WithAnn(database, []);

    private static async Task<BounceApp> WithAnn(string database, (string, string)[] settings, params string[] others)
    {
        var winnow = await BounceApp.On(database, settings);
        var ids = await winnow.App.Add(1, [["email=ann@dead.test"], .. others.Select(o => new[] { o })]);
        await winnow.Sent(7, 1, ids);
        return winnow;
    }

    private static Task<BounceApp> WithAnn(string database, (string, string) setting) => WithAnn(database, [setting]);

    private static string Flip(string path) => path[..6] + (path[6] == 'a' ? 'b' : 'a') + path[7..];
}
