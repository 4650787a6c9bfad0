using FsCheck;
using FsCheck.Fluent;
using Winnow.Accounts;
using Winnow.Email;
using Winnow.Email.Sending;

namespace Winnow.Tests;

/// <summary>No minute and no hour sees more mails than the account's limit, on however many processes they are sent.</summary>
public class SendPaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 30, 21, 0, 17, 123, TimeSpan.Zero);

    [Fact]
    public void Whenever_it_is_asked_no_minute_and_no_hour_holds_more_than_the_limit()
    {
        var limits = Gen.Choose(1, 400).Zip(Gen.Choose(1, 3000)).Select(l => (PerMinute: l.Item1, PerHour: l.Item2));
        var asked = Gen.Choose(0, 60_000).Zip(Gen.Choose(1, 50)).ListOf(300);
        Prop.ForAll(limits.ToArbitrary(), asked.ToArbitrary(), (limit, asks) =>
        {
            var sent = Play(new(limit.PerMinute, limit.PerHour), asks);
            Assert.NotEmpty(sent);
            Assert.All(sent, first => Assert.InRange(sent.Where(s => s.At >= first.At && s.At < first.At.AddMinutes(1)).Sum(s => s.Mails), 1, limit.PerMinute));
            Assert.All(sent, first => Assert.InRange(sent.Where(s => s.At >= first.At && s.At < first.At.AddHours(1)).Sum(s => s.Mails), 1, limit.PerHour));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(100, 95)]
    [InlineData(7, 6)]
    [InlineData(6_000, 5_800)]
    public void Who_always_asks_gets_nearly_all_of_the_limit(int perMinute, int least)
    {
        var sent = Play(new(perMinute, null), Enumerable.Repeat((0, 1_000), 10_000).ToList());
        Assert.InRange(sent.Where(s => s.At >= Start.AddMinutes(1) && s.At < Start.AddMinutes(2)).Sum(s => s.Mails), least, perMinute);
    }

    [Theory, Databases]
    public async Task Many_that_send_at_once_share_one_limit(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Get<MailSettingsStore>().Save(1, MailSettings.Blank with { PerHour = 100 });
        await app.Get<MailSettingsStore>().Save(TestApp.OtherAccount, MailSettings.Blank with { PerHour = 5 });
        var pace = app.Get<SendPace>();
        var taken = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => pace.Take(1, 15, default))));
        Assert.Equal(100, taken.Sum(t => t.Mails));
        Assert.Equal(5, (await pace.Take(TestApp.OtherAccount, 15, default)).Mails);
        app.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, (await pace.Take(1, 15, default)).Mails);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(15, (await pace.Take(1, 15, default)).Mails);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from send_pace where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_sending_lies_down_at_the_hours_limit_and_goes_on_by_itself(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 25, relay.Port);
        await Limit(send, null, 10);
        await send.Send();
        Assert.Equal("queued 15, sent 10", await send.Outcomes());
        var email = await send.Find();
        Assert.Equal((EmailState.Sending, null), (email.State, email.Problem));
        Assert.InRange(email.ResumeAt!.Value, send.App.Clock.GetUtcNow().AddMinutes(60), send.App.Clock.GetUtcNow().AddMinutes(61));

        await send.Later(TimeSpan.FromMinutes(30));
        Assert.Equal(10, relay.Mails.Count);
        await send.Later(TimeSpan.FromMinutes(31));
        Assert.Equal("queued 5, sent 20", await send.Outcomes());
        await Limit(send, null, null);
        await send.Later(TimeSpan.FromMinutes(61));
        Assert.Equal("sent 25", await send.Outcomes());
        Assert.Equal((25, EmailState.Sent), (relay.Mails.Select(m => m.To).Distinct().Count(), (await send.Find()).State));
    }

    [Theory, Databases]
    public async Task The_minutes_limit_is_spread_over_the_minute(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 7, relay.Port);
        await Limit(send, 60, null);
        var began = send.App.Clock.GetUtcNow();
        using var ended = new CancellationTokenSource();
        var ticking = Task.Run(async () => { while (!ended.IsCancellationRequested) { await Task.Delay(10); send.App.Clock.Advance(TimeSpan.FromMilliseconds(10)); } });
        await send.Send();
        await ended.CancelAsync();
        await ticking;
        Assert.Equal("sent 7", await send.Outcomes());
        Assert.True(send.App.Clock.GetUtcNow() - began >= TimeSpan.FromSeconds(6), "seven mails at one a second");
    }

    private static async Task Limit(SendApp send, int? perMinute, int? perHour)
    {
        var store = send.App.Get<MailSettingsStore>();
        await store.Save(1, await store.Read(1) with { PerMinute = perMinute, PerHour = perHour });
    }

    /// <summary>Asks again and again, as the asks say (milliseconds after the last, mails wanted); keeps the books as the table does.</summary>
    private static List<(DateTimeOffset At, int Mails)> Play(PaceLimits limits, IEnumerable<(int, int)> asks)
    {
        var (now, freeAt) = (Start, default(DateTimeOffset));
        var sent = new List<(DateTimeOffset At, int Mails)>();
        foreach (var (pause, wanted) in asks)
        {
            now = now.AddMilliseconds(pause);
            var minute = now.ToUnixTimeSeconds() / 60;
            var counted = sent.Where(s => s.At.ToUnixTimeSeconds() / 60 > minute - 61).ToList();
            var used = new PaceUsed(counted.Sum(s => s.Mails), counted.Count == 0 ? null : counted[0].At.ToUnixTimeSeconds() / 60, freeAt);
            var allowed = SendPace.Decide(limits, used, now, wanted);
            if (allowed.Mails > 0) (sent, freeAt) = ([.. sent, (now, allowed.Mails)], DateTimeOffset.FromUnixTimeMilliseconds(allowed.At.ToUnixTimeMilliseconds()));
            else if (pause == 0) now = allowed.At;
        }
        return sent;
    }
}
