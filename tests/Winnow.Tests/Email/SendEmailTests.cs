using Winnow.Contacts;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Reports;
using Winnow.Email.Sending;
using Winnow.Filters;
using Winnow.Jobs;

namespace Winnow.Tests;

public sealed class SendEmailTests
{
    [Theory, Databases]
    public async Task Everyone_gets_one_mail_of_their_own_and_one_outcome(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 250, relay.Port);
        await send.Send();

        Assert.Equal("sent 250", await send.Outcomes());
        Assert.Equal(EmailState.Sent, (await send.Find()).State);
        Assert.Equal(250, relay.Mails.Select(m => m.To).Distinct().Count());
        Assert.Equal(250, relay.Mails.Count);
        var (from, _, text) = relay.Mails.Single(m => m.To == "c7@live.test");
        var mail = TestRelay.Read(text);
        var token = await send.App.Get<MailTokens>().ReadAddress(from);
        Assert.Equal((TokenPurpose.ReturnPath, new MailToken(1, send.Email, 7)), token);
        Assert.Equal("Hello Ann7", mail.Headers.Text("Subject"));
        Assert.Contains("Dear Ann7", mail.First("text/html")!.Text(), StringComparison.Ordinal);
        var id = mail.Headers["Message-ID"]!.Trim('<', '>').Split('@')[0];
        Assert.Equal(token!.Value.Token, await send.App.Get<MailTokens>().Read(id, TokenPurpose.MessageId));
        var contact = await send.App.Db.Read(tx => send.App.Get<ContactStore>().Find(tx, 1, 7));
        Assert.Equal((1.0, 1.0, "Bulbs"), ((double)contact![BuiltInProperties.Of("hs_email_delivered")]!, (double)contact[BuiltInProperties.Of("hs_email_sends_since_last_engagement")]!, contact[BuiltInProperties.Of("hs_email_last_email_name")]));
        Assert.Equal(send.App.Clock.GetUtcNow().ToUnixTimeMilliseconds(), contact[BuiltInProperties.Of("hs_email_last_send_date")]);
        Assert.Equal(250, await send.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'SENT' and detail like '250%'"));
        Assert.Equal(0, await send.App.Scalar<long>("select count(*) from contact_history where account_id = 1"));            // counters have their events
    }

    [Theory, Databases]
    public async Task A_bounce_that_comes_before_the_connection_breaks_is_not_overwritten(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 3, relay.Port);
        relay.Answer = (step, to) =>
        {
            if ((step, to) != ("end", "c2@live.test")) return "250 2.0.0 Ok";
            var bounced = send.App.Db.Write(tx => send.App.Get<JudgeReports>().TakeReply(tx, new(1, send.Email, 2), new(550, "5.1.1", "No such user", RefusalStage.Recipient, "mx.live.test", "")));
            Assert.True(bounced.GetAwaiter().GetResult().Suppresses);
            return null;                                                                            // and hangs up without a reply
        };
        await send.Send();
        Assert.Equal("bounced 1, sent 2", await send.Outcomes());
        Assert.Equal("userunknown", (await send.Recipient(2)).Reason);
    }

    [Theory, Databases]
    public async Task Who_is_left_out_has_one_reason_from_the_address_not_from_a_list(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 9, relay.Port);
        var now = send.App.Clock.GetUtcNow();
        await send.Address("c1@live.test", a => a with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = now });
        await send.Address("c2@live.test", a => a with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = now, UnbouncedAt = now.AddHours(1) });
        await send.Address("c3@live.test", a => a with { ComplainedAt = now });
        await send.Address("c4@live.test", a => a with { OptedOutAt = now });
        await send.Address("c5@live.test", a => a with { QuarantinedAt = now });
        var others = await send.App.Add(TestApp.Account, ["email=n1@live.test"], ["firstname=Nobody", "hs_marketable_status=true"]);
        var more = await send.NewList("More", others);
        var less = await send.NewList("Less", 9);
        await send.Change(e => e with { IncludedLists = [send.List, more, send.List], ExcludedLists = [less] });
        await send.Send();

        Assert.Equal("not_sent 6, sent 4", await send.Outcomes());
        Assert.Equal(["c2@live.test", "c6@live.test", "c7@live.test", "c8@live.test"], relay.Mails.Select(m => m.To).Order());
        async Task<string> Why(long contact) => (await send.Recipient(contact)).Reason ?? "";
        Assert.Equal(["PREVIOUSLY_BOUNCED", "", "PREVIOUS_SPAM", "PREVIOUSLY_UNSUBSCRIBED_PORTAL", "QUARANTINED_ADDRESS", "NON_MARKETABLE_CONTACT", "INVALID_TO_ADDRESS"],
            new[] { await Why(1), await Why(2), await Why(3), await Why(4), await Why(5), await Why(others[0]), await Why(others[1]) });
        Assert.Equal(6, await send.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'DROPPED'"));
    }

    [Theory, Databases]
    public async Task What_becomes_known_while_it_is_sent_counts_for_those_still_waiting(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 60, relay.Port, connections: 1);
        relay.Answer = (step, _) => step == "RCPT" ? "451 4.7.1 later" : "250 2.0.0 Ok";
        await send.Send();
        Assert.Equal("retry 60", await send.Outcomes());

        await send.Address("c1@live.test", a => a with { OptedOutAt = send.App.Clock.GetUtcNow() });
        await send.App.Db.Write(async tx => await send.App.Get<ContactStore>().Delete(tx, 1, 1, [2]));
        await send.App.Db.Write(async tx =>
        {
            var before = (await send.App.Get<ContactStore>().ReadToChange(tx, 1, [3])).Single();
            var after = before.Copy();
            after[BuiltInProperties.Of("email")] = "new@live.test";
            await send.App.Get<ContactStore>().Save(tx, send.App.Person, await send.App.Get<Properties>().Catalog(tx, 1), [(before, after)]);
        });
        relay.Answer = (_, _) => "250 2.0.0 Ok";
        await send.Later(TimeSpan.FromMinutes(6));
        Assert.Equal("not_sent 3, sent 57", await send.Outcomes());
        Assert.Equal(["PREVIOUSLY_UNSUBSCRIBED_PORTAL", "CONTACT_DELETED", "ADDRESS_CHANGED"], new[] { (await send.Recipient(1)).Reason!, (await send.Recipient(2)).Reason!, (await send.Recipient(3)).Reason! });
    }

    [Theory, Databases]
    public async Task A_relay_that_says_not_now_is_asked_again_for_72_hours_then_it_is_a_soft_bounce(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 2, relay.Port);
        relay.Answer = (step, to) => step == "RCPT" && to == "c1@live.test" ? "450 4.2.0 Greylisted, try again later" : "250 2.0.0 Ok";
        await send.Send();
        Assert.Equal("retry 1, sent 1", await send.Outcomes());
        Assert.Equal("450 4.2.0 Greylisted, try again later", (await send.Recipient(1)).Detail);

        await send.Later(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await send.Recipient(1)).Attempts);                                        // not before its time
        foreach (var pause in Retries.Pauses) await send.Later(pause);
        Assert.Equal("sent 1, soft_bounced 1", await send.Outcomes());
        Assert.Null((await send.Find()).ResumeAt);
        Assert.InRange(Retries.Pauses.Aggregate((a, b) => a + b), TimeSpan.FromHours(71), TimeSpan.FromHours(72));
        Assert.Null((await send.Address("c1@live.test", a => a)).HardBounceReason);
        Assert.Equal(0, await send.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'DEFERRED' and contact_id = 2"));
    }

    [Theory, Databases]
    public async Task Greylisting_ends_in_one_mail(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 20, relay.Port);
        relay.Answer = (step, _) => step == "RCPT" ? "450 4.2.0 Greylisted" : "250 2.0.0 Ok";
        await send.Send();
        Assert.Equal("retry 20", await send.Outcomes());
        relay.Answer = (_, _) => "250 2.0.0 Ok";
        await send.Later(TimeSpan.FromMinutes(6));
        Assert.Equal("sent 20", await send.Outcomes());
        Assert.Equal(20, relay.Mails.Count);
    }

    [Theory, Databases]
    public async Task A_refusal_for_good_is_judged_like_a_bounce_and_keeps_its_evidence(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 5, relay.Port);
        relay.Answer = (step, to) => (step, to) switch
        {
            ("RCPT", "c1@live.test") => "550 5.1.1 <c1@live.test>: Recipient address rejected: User unknown",
            ("end", "c2@live.test") => "554 5.7.1 Message contains spam",
            _ => "250 2.0.0 Ok",
        };
        await send.Send();
        Assert.Equal("UNKNOWN_USER", (await send.Address("c1@live.test", a => a)).HardBounceReason);
        Assert.True((await send.Address("c1@live.test", a => a)).IsHardBounced);
        Assert.False((await send.Address("c2@live.test", a => a)).IsHardBounced);
        Assert.Equal(3, relay.Mails.Count(m => m.To is not "c2@live.test"));
        Assert.Equal(2, await send.App.Scalar<long>("select count(*) from inbox where account_id = 1 and door = 'reply'"));
        Assert.StartsWith("bounced", await send.Outcomes(), StringComparison.Ordinal);
        Assert.Contains("sent 3", await send.Outcomes(), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task A_relay_that_cannot_be_used_keeps_the_rest_waiting_and_says_why(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 30, relay.Port);
        relay.Answer = (step, _) => step == "MAIL" ? "553 5.7.1 Sender not allowed" : "250 2.0.0 Ok";
        await send.Send();
        Assert.Equal("queued 30", await send.Outcomes());
        Assert.Contains("Sender not allowed", (await send.Find()).Problem, StringComparison.Ordinal);
        Assert.Equal(EmailState.Sending, (await send.Find()).State);

        relay.Answer = (_, _) => "250 2.0.0 Ok";
        await send.Later(TimeSpan.FromMinutes(2));
        Assert.Equal("sent 30", await send.Outcomes());
        Assert.Equal((EmailState.Sent, null, null), ((await send.Find()).State, (await send.Find()).Problem, (await send.Find()).ResumeAt));
    }

    [Theory, Databases]
    public async Task The_number_that_was_shown_is_the_number_that_is_sent_to(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 10, relay.Port);
        await send.Address("c1@live.test", a => a with { OptedOutAt = send.App.Clock.GetUtcNow() });
        var refused = await send.Order(10);
        Assert.Equal((null, 9), (refused.JobId, refused.Outlook!.WouldGetIt));
        Assert.Equal(["Unsubscribed from all email 1"], refused.Outlook.LeftOut.Select(l => $"{l.Gate.Words} {l.Contacts}"));
        Assert.Equal(EmailState.Draft, (await send.Find()).State);

        var both = await Task.WhenAll(send.Order(9), send.Order(9));                                  // a form posted twice
        Assert.Single(both, o => o.JobId is not null);
        Assert.Equal("This email was sent already.", Assert.Single(both.Single(o => o.JobId is null).Faults).ToString());
        await send.App.RunJobs();
        Assert.Equal("not_sent 1, sent 9", await send.Outcomes());
        Assert.Equal(9, relay.Mails.Count);
        Assert.False(await send.App.Get<EmailStore>().Save(await send.Find()));
        Assert.False(await send.App.Get<EmailStore>().DeleteDraft(1, send.Email, 1));
    }

    [Theory, Databases]
    public async Task Another_account_can_neither_see_nor_send_it(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 1, relay.Port);
        Assert.Null(await send.App.Get<EmailStore>().Find(TestApp.OtherAccount, send.Email));
        Assert.NotEmpty((await send.App.Get<OrderEmail>().Send(TestApp.OtherAccount, send.Email, 1, 1)).Faults);
        Assert.Null(await send.App.Get<OrderEmail>().Continue(TestApp.OtherAccount, send.Email));
        Assert.Null(await send.App.Get<EmailStore>().Clone(TestApp.OtherAccount, send.Email, "mine", 1));
        Assert.False(await send.App.Get<EmailStore>().DeleteDraft(TestApp.OtherAccount, send.Email, 1));
    }

    [Theory, Databases]
    public async Task Stopping_leaves_out_those_who_have_not_got_it(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 600, relay.Port, connections: 2);
        var stopped = 0;
        relay.Taken = async _ => { await Task.Delay(10); if (relay.Mails.Count == 20 && Interlocked.Exchange(ref stopped, 1) == 0) await send.App.Get<OrderEmail>().Stop(1, send.Email, 1); };
        await send.Send();
        var figures = (await send.App.Db.Read(tx => send.App.Get<Recipients>().Figures(tx, 1, [send.Email])))[send.Email];
        Assert.Equal(EmailState.Stopped, (await send.Find()).State);
        Assert.Equal((relay.Mails.Count, 600 - relay.Mails.Count, 0), (figures.Delivered, figures.NotSent, figures.Waiting));
        Assert.InRange(relay.Mails.Count, 20, 450);                                                   // those taken up, about a second's work, still go out
        Assert.Equal("CAMPAIGN_CANCELLED", Assert.Single(figures.ByReason(Outcome.NotSent)).Reason);
        Assert.Equal("cancelled", (await send.App.Get<JobQueue>().Find(1, (await send.Find()).JobId!.Value))!.Outcome);
    }

    [Theory, Databases]
    public async Task A_test_mail_goes_to_one_address_and_counts_nowhere(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 1, relay.Port);
        var test = send.App.Get<TestMail>();
        Assert.Empty(await test.Send(1, send.Email, "boss@fernhill.test"));
        var (from, to, text) = Assert.Single(relay.Mails);
        Assert.Equal(("boss@fernhill.test", "[Test] Hello"), (to, TestRelay.Read(text).Headers.Text("Subject").Trim()));
        Assert.Equal(0, (await send.App.Get<MailTokens>().ReadAddress(from))!.Value.Token.ContactId);
        Assert.Empty(await test.Send(1, send.Email, "C1@live.test"));                                  // a contact's own values where there is one
        Assert.Contains(relay.Mails, m => TestRelay.Read(m.Text).Headers.Text("Subject") == "[Test] Hello Ann1");
        Assert.Equal("", await send.Outcomes());
        Assert.Equal("Address", Assert.Single(await test.Send(1, send.Email, "no address")).Field);
        Assert.NotEmpty(await test.Send(TestApp.OtherAccount, send.Email, "boss@fernhill.test"));
        relay.Answer = (step, _) => step == "RCPT" ? "550 5.1.1 No such user" : "250 2.0.0 Ok";
        Assert.Equal("The relay refused it: 550 5.1.1 No such user", Assert.Single(await test.Send(1, send.Email, "boss@fernhill.test")).ToString());
    }

    [Theory, Databases]
    public async Task A_list_that_looks_at_sends_is_true_when_the_outcome_is_written(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 30, relay.Port);
        var mailed = await send.App.Db.Write(async tx =>
        {
            var (list, error) = await send.App.Get<Winnow.Lists.ListStore>().Create(tx, 1, "Mailed", Winnow.Lists.ListKind.Dynamic, FilterJson.Read("""
                {"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filterBranches":[],"filters":[{"filterType":"PROPERTY","property":"hs_email_delivered",
                 "operation":{"operationType":"NUMBER","operator":"IS_EQUAL_TO","value":1,"includeObjectsWithNoValueSet":false}}]}],"filters":[]}
                """, await send.App.Get<Properties>().Catalog(tx, 1), TimeZoneInfo.Utc).Filter, TimeZoneInfo.Utc, 1);
            return list?.Id ?? throw new InvalidOperationException(error);
        });
        await send.App.RunJobs();
        relay.Answer = (step, to) => step == "RCPT" && to == "c7@live.test" ? "550 5.1.1 No such user" : "250 2.0.0 Ok";
        await send.Send();
        var members = await send.App.Db.Read(tx => send.App.Get<Winnow.Lists.ListMembers>().Read(tx, 1, mailed));
        Assert.Equal((29, false, true), (members.Count, members.Contains(7), members.Contains(8)));
    }
}
