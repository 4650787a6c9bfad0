using Winnow.Email.Sending;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>Who ordered a sending is told once when everyone has had a turn, however many jobs that took.</summary>
public sealed class SendNotificationTests
{
    [Theory, Databases]
    public async Task A_sending_that_waited_for_its_relay_is_told_when_it_is_done_to_who_ordered_it(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 3, relay.Port);
        await send.Relay(1);                                                                        // nobody listens there
        await send.Send();
        Assert.Empty(await Told(send));
        await send.Relay(relay.Port);
        relay.Answer = (step, to) => step == "RCPT" && to == "c1@live.test" ? "450 4.2.0 Greylisted" : "250 2.0.0 Ok";
        await send.Later(TimeSpan.FromMinutes(6));
        Assert.Equal("retry 1, sent 2", await send.Outcomes());
        Assert.Equal(["done"], await Told(send));
        relay.Answer = (_, _) => "250 2.0.0 Ok";
        await send.Later(TimeSpan.FromMinutes(6));
        Assert.Equal("sent 3", await send.Outcomes());
        Assert.Equal(["done"], await Told(send));                                                   // one more try for one of them is no news
        Assert.Equal(0, await send.App.Scalar<long>("select count(*) from jobs where kind = 'SendEmail' and (created_by is null or created_by <> 1)"));
    }

    [Theory, Databases]
    public async Task A_sending_that_fails_again_and_again_is_told_once_and_then_its_end(string database)
    {
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, 3, relay.Port);
        Assert.Empty((await send.Order()).Faults);
        for (var i = 0; i < 2; i++)
        {
            await send.App.Execute("update jobs set attempts = 4 where kind = 'SendEmail' and outcome is null");
            await send.App.Execute("update accounts set account_id = 9 where account_id = 1");        // a broken world: the account is gone
            await send.App.RunJobs();
            await send.App.Execute("update accounts set account_id = 1 where account_id = 9");
            Assert.Equal(["failed"], await Told(send));
            send.App.Clock.Advance(TimeSpan.FromMinutes(6));
            await send.App.Get<OrderEmail>().ContinueDue(default);
        }
        await send.App.RunJobs();
        Assert.Equal("sent 3", await send.Outcomes());
        Assert.Equal(["done", "failed"], await Told(send));
    }

    private static async Task<IEnumerable<string>> Told(SendApp send) => (await send.App.Get<Notifications>().Latest(TestApp.Account, 1)).Latest.Select(n => n.Outcome);
}
