using System.Diagnostics;
using Winnow.Accounts;
using Winnow.Email;
using Winnow.Email.Sending;
using Winnow.Jobs;

namespace Winnow.Bench;

/// <summary>A marketing e-mail to many, each with an outcome on record, sent to Postfix's smtp-sink, against Postfix's smtp-source
/// at the same connections with messages of the same size.</summary>
public static class SendMail
{
    private const int Connections = 16, Recipients = 20_000;

    /// <summary>Three rounds of each, in turns: the whole job from the order to the last outcome.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, Math.Max(rows, 3 * Recipients));
        await place.Execute("update contacts set marketing = true, opted_out = false, hard_bounce_reason = null where account_id = 1 and id <= @last", new { last = 3L * Recipients });
        var port = Place.FreePort();
        using var sink = Process.Start(new ProcessStartInfo("/usr/sbin/smtp-sink", [.. Environment.IsPrivilegedProcess ? new[] { "-u", "nobody" } : [], $"127.0.0.1:{port}", "1000"]))!;
        try
        {
            await Task.Delay(500);
            await Account(place, port);
            List<double> ours = [], source = [];
            await Send(place, await Draft(place, await Million.List(place, Enumerable.Range(1, Recipients).Select(i => (long)i))));      // a server that has run for a while
            for (var round = 0; round < 3; round++)
            {
                var email = await Draft(place, await Million.List(place, Enumerable.Range(1 + round * Recipients, Recipients).Select(i => (long)i)));
                ours.Add(Recipients / await Figure.Seconds(() => Send(place, email)));
                var sent = await place.Scalar<long>("select count(*) from email_recipients where account_id = 1 and email_id = @email and outcome = 'sent'", new { email });
                if (sent != Recipients) throw new InvalidOperationException($"{sent} of {Recipients} were sent");
                var size = await Size(place, email);
                source.Add(Recipients / await Figure.Seconds(() => Place.Run("/usr/sbin/smtp-source", "-d", "-s", $"{Connections}", "-m", $"{Recipients}", "-l", $"{size}", "-f", "a@x.test", "-t", "b@x.test", $"127.0.0.1:{port}")));
            }
            return [Figure.Rate($"send {Recipients:N0}, outcomes recorded, {Connections} connections", Figure.Median(ours), Figure.Median(source), "mails/s", 0.6)];
        }
        finally { sink.Kill(); }
    }

    /// <summary>How large one of our mails is, in bytes: both bodies, both ways out, a return path of its own.</summary>
    private static async Task<int> Size(Place place, long email)
    {
        var (account, settings) = (await place.Get<AccountStore>().Find(Place.Account), await place.Get<MailSettingsStore>().Read(Place.Account));
        var catalog = await place.Db.Read(tx => place.Get<Winnow.Contacts.Properties>().Catalog(tx, Place.Account));
        var template = Template.Compile((await place.Get<EmailStore>().Find(Place.Account, email))!, account!, catalog);
        return template.For(null, "person1@company1.example", LetterHead.Sign(new(Place.Account, email, 1), settings, new byte[32], DateTimeOffset.UnixEpoch)).Content.Length;
    }

    private static async Task Account(Place place, int port)
    {
        if (await place.Get<AccountStore>().Find(Place.Account) is null)
            await place.Get<AccountStore>().CreateFirst(new("Bench", "UTC", "en"), new User { Name = "Bench", Email = "bench@x.test", EmailKey = "bench@x.test", SecurityStamp = "x" });
        await place.Get<MailSettingsStore>().Save(Place.Account, MailSettings.Blank with
        {
            RelayHost = "127.0.0.1", RelayPort = port, RelayTls = "none", Connections = Connections,
            FromName = "Bench", FromAddress = "news@x.test", BounceDomain = "bounces.x.test", PublicUrl = "https://x.test",
        });
    }

    private static async Task<long> Draft(Place place, long list)
    {
        var emails = place.Get<EmailStore>();
        var id = await emails.Create(Place.Account, "Bench", await place.Get<MailSettingsStore>().Read(Place.Account), null);
        var html = "<p>Hello {{contact.firstname | default: \"friend\"}},</p>" + string.Concat(Enumerable.Repeat("<p>The spring seeds are in, and the first hundred orders get a packet of sweet peas with them.</p>\n", 30));
        await emails.Save((await emails.Find(Place.Account, id))! with { Subject = "Spring seeds, {{contact.firstname}}", Html = html, IncludedLists = [list] });
        return id;
    }

    private static async Task Send(Place place, long email)
    {
        var order = await place.Get<OrderEmail>().Send(Place.Account, email, Recipients, null);
        if (order.JobId is null) throw new InvalidOperationException(string.Join("; ", order.Faults));
        await place.Get<JobRunner>().RunOpenJobs();
    }
}
