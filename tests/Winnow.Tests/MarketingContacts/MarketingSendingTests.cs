using Winnow.Contacts;
using Winnow.Email;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>Sending asks who is a marketing contact at the moment of sending.</summary>
public sealed class MarketingSendingTests
{
    [Theory, Databases]
    public async Task Who_becomes_non_marketing_between_the_order_and_the_hand_over_gets_no_mail_and_who_is_only_scheduled_does(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 6, relay.Port, connections: 1);
        var app = send.App;
        app.Clock.Set(new(2026, 7, 31, 21, 57, 0, TimeSpan.Zero));                                      // three minutes before August in Amsterdam
        await app.Get<UpdateDate>().StartDue(default);
        await app.RunJobs();
        await app.Get<MarketingPlans>().Choose(1, PlanPeriod.Year, new(2026, 7, 1), null, null, 1);
        foreach (var id in new long[] { 1, 2 }) Assert.True(await app.Get<EditContact>().SetMarketing(1, 1, id, false, default));
        relay.Answer = (step, to) => step == "RCPT" && to != "c2@live.test" ? "451 4.7.1 later" : "250 2.0.0 Ok";
        await send.Send();
        Assert.Equal("retry 5, sent 1", await send.Outcomes());
        Assert.Equal("c2@live.test", Assert.Single(relay.Mails).To);                                    // scheduled, but a marketing contact until the date

        relay.Answer = (_, _) => "250 2.0.0 Ok";
        app.Clock.Advance(TimeSpan.FromMinutes(4));
        await app.Get<UpdateDate>().StartDue(default);
        await app.RunJobs();
        await send.Later(TimeSpan.FromMinutes(6));
        Assert.Equal("not_sent 1, sent 5", await send.Outcomes());
        Assert.Equal("NON_MARKETABLE_CONTACT", (await send.Recipient(1)).Reason);
        Assert.DoesNotContain(relay.Mails, mail => mail.To == "c1@live.test");
        Assert.Empty(await app.Get<TestMail>().Send(1, send.Email, "c1@live.test"));                   // a test, and what Winnow itself writes, ask nobody's marketing status
        await app.Db.Write(tx => app.Get<SystemMail>().Send(tx, 1, "c1@live.test", "Welcome", "Come in.", "<p>Come in.</p>"));
        await app.RunJobs();
        Assert.Equal(["[Test] Hello Ann1", "Welcome"], relay.Mails.Where(mail => mail.To == "c1@live.test").Select(mail => TestRelay.Read(mail.Text).Headers.Text("Subject")));
    }
}
