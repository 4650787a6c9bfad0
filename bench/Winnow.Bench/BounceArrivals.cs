using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Winnow.Accounts;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Compose;
using Winnow.Mail.Smtp;
using Winnow.Server.Roles;

namespace Winnow.Bench;

/// <summary>Reports that come back over SMTP, from the first byte at the listener to the last verdict committed.</summary>
public static class BounceArrivals
{
    private const int Connections = 64;
    private const double Reach = 2_000;

    /// <summary>The figures of <c>bounces arrivals</c>.</summary>
    public static readonly IReadOnlyList<(string Name, Func<Place, int, Task<IReadOnlyList<Figure>>> Measure)> Figures = [("arrivals", Measure)];

    /// <summary>One report for each recipient of one e-mail, each from a mail server of its own, while the intake runs.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        await place.Execute("update contacts set hard_bounce_reason = null where account_id = 1");
        if (await place.Get<AccountStore>().Find(Place.Account) is null)
            await place.Get<AccountStore>().CreateFirst(new("Bench", "UTC", "en"), new User { Name = "Bench", Email = "bench@x.test", EmailKey = "bench@x.test", SecurityStamp = "x" });
        var email = await place.Get<EmailStore>().Create(Place.Account, "Bench", MailSettings.Blank, null);
        await place.Execute("""
            insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at)
            select account_id, @email, id, email, email_key, 'sent', 1700000000000 from contacts where account_id = 1 and id <= @rows
            """, new { email, rows = (long)rows });
        await place.Execute("update marketing_emails set sent_at = 1700000000000 where account_id = 1 and id = @email", new { email });
        await place.Execute("insert into email_counts (account_id, email_id, outcome, reason, count) values (1, @email, 'sent', '', @rows)", new { email, rows = (long)rows });

        var role = new MailRole(place.Get<Inbox>(), place.Get<MailTokens>(), place.Get<Unsubscribe>(),
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Mail:Listen"] = "127.0.0.1:0" }).Build(), TimeProvider.System, NullLogger<MailRole>.Instance);
        await role.StartAsync(default);
        try
        {
            var seconds = await Figure.Seconds(() => Arrive(place, role.Endpoint, email, rows));
            var judged = await place.Scalar<long>("select count(*) from email_recipients where account_id = 1 and email_id = @email and outcome = 'bounced'", new { email });
            if (judged != rows) throw new InvalidOperationException($"{judged} of {rows} reports reached their recipient");
            return [Figure.Rate($"{rows:N0} reports over SMTP, verdicts committed, {Connections} connections", rows / seconds, Reach, "reports/s", 1)];
        }
        finally { await role.StopAsync(default); }
    }

    private static async Task Arrive(Place place, IPEndPoint listener, long email, int rows)
    {
        var secret = (await place.Get<MailTokens>().Secret(Place.Account))!;
        await using var pool = new SmtpPool(new SmtpRelay("127.0.0.1", listener.Port) { Tls = SmtpTls.None }, Connections);
        var arriving = Parallel.ForAsync(1, rows + 1, new ParallelOptions { MaxDegreeOfParallelism = Connections }, async (i, stop) =>
        {
            var path = ReturnPath.For(new(Place.Account, email, i), "bounces.x.test", secret);
            while (await pool.SendAsync(new("", path, Report(path, i)), null, stop) is not SmtpOutcome.Accepted) { }
        });
        for (var ended = false; !ended;)
        {
            ended = arriving.IsCompleted;
            await place.Get<BounceIntake>().Drain();
            if (!ended) await Task.WhenAny(arriving, Task.Delay(TimeSpan.FromSeconds(1)));       // as often as Schedule has it
        }
        await arriving;
    }

    private static byte[] Report(string path, int i)
    {
        var recipient = $"person{i}@company{i % 50000}.example";
        return ReportBuilder.DeliveryStatus(new("mailer-daemon@mx.example", path, "mx.example", DateTimeOffset.UnixEpoch),
            System.Text.Encoding.ASCII.GetBytes($"From: news@x.test\r\nTo: {recipient}\r\nSubject: Spring seeds\r\nMessage-ID: <{i}@x.test>\r\n\r\n"), recipient, "5.1.1", "550 5.1.1 No such user here");
    }
}
