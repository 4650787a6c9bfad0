using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email.Sending;
using Winnow.Server.Demo;

namespace Winnow.Tests;

/// <summary>The demo as a person starts it: one command, one send, and the bounces that come back.</summary>
public sealed class DemoTests
{
    private const long Account = 1, Draft = 1;

    [Fact]
    public async Task One_command_one_send_and_the_bounces_of_the_practice_relay_end_on_the_contacts()
    {
        var folder = Directory.CreateTempSubdirectory("winnow-demo").FullName;
        try
        {
            await using (var demo = await DemoServer.Build(["--data", folder, "--urls", "http://127.0.0.1:0"]))
            {
                await demo.StartAsync();
                var people = await People(demo);
                Assert.Equal(SampleAccount.Contacts, people.Count);
                Assert.Equal(Deed.Deliver, Fate.Of(SampleAccount.Email).Deed);                   // letters about the tier come back from nobody
                var getIt = people.Where(p => p[ContactColumn.Of("marketing")] is true).ToList();
                await Send(demo, getIt.Count);

                var dead = Expected(getIt, f => f.Status is "5.1.1" or "5.1.2");
                await Until(demo, "select count(*) from inbox where account_id = 1 and state <> 'new'", getIt.Count(p => Fate.Of(p.Email!).Deed is not (Deed.Deliver or Deed.Greylist)));
                Assert.Equal(dead, await Bounced(demo, "a.hard_bounce_reason = 'UNKNOWN_USER' and not a.hard_bounce_spared"));
                Assert.Equal(Expected(getIt, f => f.Status == "5.2.2"), await Bounced(demo, "a.hard_bounce_reason = 'MAILBOX_FULL' and a.hard_bounce_spared"));
                Assert.Equal(Expected(getIt, f => f.Diagnostic.Contains("local policy", StringComparison.Ordinal)), await Bounced(demo, "a.hard_bounce_reason = 'POLICY' and a.hard_bounce_spared"));
                Assert.Equal(Expected(getIt, f => f.Diagnostic.Contains("spam", StringComparison.Ordinal)), await Bounced(demo, "a.hard_bounce_reason = 'SPAM' and a.hard_bounce_spared"));
                Assert.Equal(Expected(getIt, f => f.Status == "5.6.0"), await Bounced(demo, "a.hard_bounce_reason = 'CONTENT' and a.hard_bounce_spared"));
                Assert.Equal(Expected(getIt, f => f.Status == "5.0.0"), await Bounced(demo, "a.hard_bounce_reason = 'OTHER' and a.hard_bounce_spared"));
                Assert.Equal(Expected(getIt, f => f.Deed == Deed.Complain), await Bounced(demo, "a.complained_at is not null"));
                await demo.StopAsync();
            }
            await using var again = await DemoServer.Build(["--data", folder, "--urls", "http://127.0.0.1:0"]);
            Assert.Contains(await People(again), p => p[BuiltInProperties.Of("hs_email_hard_bounce_reason_enum")] is "UNKNOWN_USER");
        }
        finally { Directory.Delete(folder, recursive: true); }
    }

    private static async Task Send(WebApplication demo, long count)
    {
        var order = demo.Services.GetRequiredService<OrderEmail>();
        var outcome = await order.Send(Account, Draft, count, userId: 1);
        Assert.True(outcome.JobId is not null, $"{string.Join("; ", outcome.Faults)} {outcome.Outlook}");
    }

    private static List<string> Expected(IEnumerable<Contact> people, Func<Fate, bool> met) => [.. people.Where(p => met(Fate.Of(p.Email!))).Select(p => p.EmailKey!).Order(StringComparer.Ordinal)];

    private static Task<List<string>> Bounced(WebApplication demo, string how) => demo.Services.GetRequiredService<Db>().Read(tx =>
        tx.Query<string>(Statement.Built("test", $"select a.email_key from addresses a where a.account_id = 1 and {how} order by a.email_key")));

    private static Task<List<Contact>> People(WebApplication demo) => demo.Services.GetRequiredService<Db>().Read(tx =>
        demo.Services.GetRequiredService<ContactStore>().Read(tx, Account, [.. Enumerable.Range(1, SampleAccount.Contacts).Select(i => (long)i)]));

    private static async Task Until(WebApplication demo, string sql, long count)
    {
        var seen = 0L;
        for (var left = 240; left > 0; left--)
        {
            seen = await demo.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", sql)));
            if (seen >= count) return;
            await Task.Delay(500);
        }
        Assert.Fail($"{seen} of {count} came back within two minutes");
    }
}
