using Winnow.Contacts;
using Winnow.Email;
using Winnow.Email.Bounces;

namespace Winnow.Tests;

/// <summary>Parole: one more e-mail where the reason may have passed, and never one too many.</summary>
public sealed class ParoleTests
{
    [Theory, Databases]
    public async Task Without_the_account_s_wish_nobody_who_bounced_gets_mail(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 4, relay.Port);
        await Bounced(send, 1, "MAILBOX_FULL", 90);
        Assert.Equal(0, await OnParole(send));
        await send.Send();
        Assert.Equal("not_sent 1, sent 3", await send.Outcomes());
    }

    [Theory, Databases]
    public async Task Only_reasons_that_may_pass_get_one_and_only_after_the_waiting_time_and_within_the_budget_of_the_day(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 10, relay.Port);
        await Wish(send, 2);
        foreach (var i in new[] { 1, 2, 3 }) await Bounced(send, i, "MAILBOX_FULL", 90);
        await Bounced(send, 4, "UNKNOWN_USER", 90);
        await Bounced(send, 5, "POLICY", 10);                                              // too early
        await Bounced(send, 6, "POLICY", 90, a => a with { ComplainedAt = a.HardBouncedAt });
        await Bounced(send, 7, "POLICY", 90, a => a with { OptedOutAt = a.HardBouncedAt });
        Assert.Equal(2, await OnParole(send));
        await send.Send();
        Assert.Equal(["c10@live.test", "c1@live.test", "c2@live.test", "c8@live.test", "c9@live.test"], relay.Mails.Select(m => m.To).Order(StringComparer.Ordinal));
        Assert.Equal("not_sent 5, sent 5", await send.Outcomes());
        Assert.Equal("PREVIOUSLY_BOUNCED", (await send.Recipient(3)).Reason);
        Assert.Equal(new ParoleFigures(2, 0, 0, 0), await send.App.Get<Parole>().Figures(1));
        Assert.Equal(new ParoleFigures(0, 0, 0, 0), await send.App.Get<Parole>().Figures(2));
    }

    [Theory, Databases]
    public async Task Two_emails_at_once_share_the_budget_and_never_write_to_the_same_address(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 30, relay.Port);
        await Wish(send, 7);
        for (var i = 1; i <= 20; i++) await Bounced(send, i, "POLICY", 90);
        await send.Order();
        await Another(send);
        await send.Order();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(send.App.RunJobs)));
        Assert.Equal(7L, await send.App.Scalar<long>("select count(*) from paroles where account_id = 1"));
        Assert.Equal(7L, await send.App.Scalar<long>("select count(distinct email_key) from paroles where account_id = 1"));
        Assert.Equal(27, relay.Mails.Count);                                              // ten people twice, seven on parole once
    }

    [Theory, Databases]
    public async Task Whose_mail_arrives_is_mailed_again_after_some_days_and_whose_bounces_stays_suppressed_and_gets_no_other(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 4, relay.Port);
        await Wish(send, 5);
        foreach (var i in new[] { 1, 2 }) await Bounced(send, i, "MAILBOX_FULL", 90);
        relay.Answer = (verb, to) => verb == "RCPT" && to.StartsWith("c2@", StringComparison.Ordinal) ? "552 5.2.2 Mailbox full" : "250 2.0.0 Ok";
        await send.Send();
        await send.App.Get<Parole>().Settle(default);
        Assert.Equal(new ParoleFigures(1, 0, 1, 0), await send.App.Get<Parole>().Figures(1));
        Assert.True((await Address(send, 1)).IsHardBounced);
        send.App.Clock.Advance(Parole.Proof);
        await Task.WhenAll(send.App.Get<Parole>().Settle(default), send.App.Get<Parole>().Settle(default));
        Assert.Equal(new ParoleFigures(0, 1, 1, 0), await send.App.Get<Parole>().Figures(1));
        Assert.Equal((false, "MAILBOX_FULL"), ((await Address(send, 1)).HasHardBounce, (await Address(send, 1)).HardBounceReason));
        Assert.Equal(1L, await send.App.Scalar<long>("select count(*) from email_events where account_id = 1 and type = 'UNBOUNCE' and reason = 'parole'"));

        send.App.Clock.Advance(TimeSpan.FromDays(100));
        await Another(send);
        Assert.Equal(0, await OnParole(send));                                            // one it was
        await send.Send();
        Assert.Equal("not_sent 1, sent 3", await send.Outcomes());
    }

    [Theory, Databases]
    public async Task Another_bounce_between_the_order_and_the_hand_over_closes_the_gate(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 3, relay.Port);
        await Wish(send, 5);
        await Bounced(send, 1, "POLICY", 90);
        relay.Answer = (_, _) => "421 4.3.2 Not now";
        await send.Send();
        Assert.Equal(1L, await send.App.Scalar<long>("select count(*) from paroles where account_id = 1"));
        await Bounced(send, 1, "UNKNOWN_USER", 0);
        relay.Answer = (_, _) => "250 2.0.0 Ok";
        for (var i = 0; i < 3; i++) await send.Later(TimeSpan.FromMinutes(45));
        Assert.Equal("not_sent 1, sent 2", await send.Outcomes());
        await send.App.Get<Parole>().Settle(default);
        Assert.Equal(new ParoleFigures(0, 0, 0, 1), await send.App.Get<Parole>().Figures(1));
    }

    private static Task Wish(SendApp send, int aDay) => send.App.Get<SecondChancesStore>().Save(1, SecondChances.Default with { Parole = true, ParoleADay = aDay }, 1);

    private static async Task<long> OnParole(SendApp send)
    {
        var email = await send.Find();
        return (await send.App.Db.Read(async tx => await send.App.Get<Audience>().Outlook(tx, 1, await send.App.Get<Audience>().Read(tx, email)))).OnParole;
    }

    /// <summary>Another e-mail to the same list is the one that is sent next.</summary>
    private static Task Another(SendApp send) => send.NewEmail();

    private static Task<AddressState> Bounced(SendApp send, int i, string reason, int daysAgo, Func<AddressState, AddressState>? more = null)
    {
        var at = send.App.Clock.GetUtcNow().AddDays(-daysAgo);
        return send.Address($"c{i}@live.test", a => (more ?? (same => same))(a with { HardBounceReason = reason, HardBouncedAt = at }));
    }

    private static async Task<AddressState> Address(SendApp send, int i) => (await send.App.Db.Read(tx => Addresses.Read(tx, 1, [$"c{i}@live.test"])))[$"c{i}@live.test"];
}
