using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Winnow.Contacts;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Compose;
using Winnow.Mail.Reports;

namespace Winnow.Tests;

/// <summary>Reports judged as a set: the same verdicts as one by one, and no circle of locks with those who write mail and contacts meanwhile.</summary>
public sealed class JudgeReportsTests
{
    private const int People = 30;
    private static readonly AsyncLocal<Circles?> Watched = new();

    static JudgeReportsTests() => AppDomain.CurrentDomain.FirstChanceException += (_, e) =>
    {
        if (e.Exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected } && Watched.Value is { } watch) watch.Count++;
    };

    [Theory, Databases]
    public async Task A_batch_ends_as_the_same_reports_judged_one_after_the_other(string database)
    {
        var (together, apart) = (await Judged(database, oneByOne: false), await Judged(database, oneByOne: true));
        Assert.Equal(apart, together);
        string[] kinds = ["done hard", "done spared", "done soft", "done told", "copy", "kept", "SPAMREPORT", "DEFERRED", "incident 1", "bounced userunknown", "soft_bounced"];
        Assert.Empty(kinds.Where(kind => !together.Any(line => line.Contains(kind, StringComparison.Ordinal))));
    }

    [Theory, Databases]
    public async Task Two_processes_judge_while_an_email_is_sent_and_contacts_and_addresses_change_and_nobody_waits_in_a_circle(string database)
    {
        const int contacts = 400;
        var watch = Watched.Value = new();
        await using var relay = TestRelay.Start();
        await using var send = await SendApp.On(database, contacts, relay.Port, connections: 8);
        await using var second = database == "postgres" ? new ServiceCollection().AddSingleton<TimeProvider>(send.App.Clock).AddLogging(l => l.SetMinimumLevel(LogLevel.None)).AddWinnow(send.App.Connection).BuildServiceProvider() : null;
        var secret = (await send.App.Get<MailTokens>().Secret(1))!;
        static int Number(string to) => int.Parse(to[1..to.IndexOf('@', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
        Task Arrive(long contact, string status, string words)
        {
            var (path, to) = (ReturnPath.For(new(1, send.Email, contact), "bounces.fernhill.test", secret), $"c{contact}@live.test");
            var report = ReportBuilder.DeliveryStatus(new("mailer-daemon@mx.test", path, "mx.test", send.App.Clock.GetUtcNow()), BounceApp.Original(to), to, status, words);
            return send.App.Get<Inbox>().Store([(new(1, send.Email, contact), path)], report);
        }
        // a third is refused, a third bounces before its outcome is committed, with another copy later, and one in nine blocks us
        relay.Answer = (step, to) => step == "RCPT" && Number(to) % 3 == 0 ? "550 5.1.1 No such user" : "250 2.0.0 Ok";
        relay.Taken = to => Number(to) % 3 == 1 ? Arrive(Number(to), Number(to) % 9 == 1 ? "5.7.1" : "5.1.1", Number(to) % 9 == 1 ? "550 5.7.1 Message rejected due to local policy" : "550 5.1.1 No such user") : Task.CompletedTask;

        var sending = Task.Run(send.Send);
        async Task Until(Func<int, Task> work)
        {
            for (var i = 0; !sending.IsCompleted || i < 5; i++) await work(i);
        }
        await Task.WhenAll(
        [
            sending,
            Task.Run(() => Until(_ => send.App.Get<BounceIntake>().Drain())),
            Task.Run(() => Until(_ => second is null ? Task.Delay(5) : second.GetRequiredService<BounceIntake>().Drain())),
            Task.Run(() => Until(i => Edit(send.App, i))),
            Task.Run(() => Until(i => Change(send.App, i))),
            Task.Run(() => Until(async i => { await Task.Delay(1); await Arrive(4 + 9 * (i % 44), "5.1.1", "550 5.1.1 No such user"); })),
        ]);
        for (var tries = 0; await send.App.Scalar<long>("select count(*) from inbox where account_id = 1 and state = 'new'") > 0; tries++)
        {
            Assert.True(tries < 5, "Some reports cannot be judged");
            send.App.Clock.Advance(TimeSpan.FromMinutes(5));
            await send.App.Get<BounceIntake>().Drain();
        }

        Assert.Equal(0, watch.Count);
        await send.Outcomes();                                                                   // figures are what the recipients' rows say
        Assert.Equal(0, await send.App.Scalar<long>("select count(*) from inbox where account_id = 1 and attempts > 0"));
        var failed = await send.App.Scalar<long>("select count(*) from email_recipients where account_id = 1 and outcome in ('bounced', 'soft_bounced')");
        Assert.Equal(267, failed);                                                               // of every three one is refused and one comes back
        Assert.Equal(failed, await send.App.Scalar<long>("select sum(bounces) from addresses where account_id = 1"));
        Assert.Equal(failed, await send.App.Scalar<long>("select sum(emails_bounced) from contacts where account_id = 1"));
        Assert.Equal(failed, await send.App.Scalar<long>("select count(distinct contact_id) from email_events where account_id = 1 and type = 'BOUNCE'"));
        Assert.Equal(1, await send.App.Scalar<long>("select count(*) from incidents where account_id = 1"));
    }

    /// <summary>Saves some contacts, as an import or a bulk edit does.</summary>
    private static Task Edit(TestApp app, int i) => app.Db.Write(async tx =>
    {
        var catalog = await app.Get<Properties>().Catalog(tx, 1);
        var some = await app.Get<ContactStore>().ReadToChange(tx, 1, [.. Enumerable.Range(0, 60).Select(n => 1L + (i * 7 + n * 13) % 400)]);
        await app.Get<ContactStore>().Save(tx, app.Person, catalog, [.. some.Select(before =>
        {
            var after = before.Copy();
            after[catalog.Find("firstname")!] = $"Ann{i}";
            return ((Contact?)before, after);
        })]);
    });

    /// <summary>Writes what is known of some addresses, and then an event, as people do who unsubscribe or lift a bounce.</summary>
    private static Task Change(TestApp app, int i) => app.Db.Write(async tx =>
    {
        await app.Get<AddressChanges>().Change(tx, 1, app.Person, [.. Enumerable.Range(0, 40).Select(n => $"c{400 - (i * 11 + n * 17) % 400}@live.test")], state => state with { UnbouncedBy = i });
        await Winnow.Data.Ids.Next(tx, 1, "email_event", 0);
    });

    /// <summary>The same reports, of every kind, in an app of its own; what is on record at the end.</summary>
    private static async Task<List<string>> Judged(string database, bool oneByOne)
    {
        await using var winnow = await BounceApp.On(database);
        var ids = await winnow.App.Add(1, [.. Enumerable.Range(1, People).Select(i => new[] { $"email=c{i}@live.test" })]);
        foreach (var email in new[] { 7L, 8, 9 }) await winnow.Sent(email, 1, ids);
        await winnow.App.Get<BouncePolicies>().Save(1, new(new Dictionary<Verdict, BounceRule>(BouncePolicy.Default.Rules)
        {
            [Verdict.Blocked] = new(BounceDeed.Suppress), [Verdict.MailboxFull] = new(BounceDeed.Score, 1, 90), [Verdict.AddressDoubtful] = new(BounceDeed.Score, 2, 90),
        }), 1);
        var random = new Random(20261122);
        for (var i = 1; i <= 150; i++)
        {
            var (contact, email, to) = (random.Next(1, People + 1), random.Next(7, 10), "");
            (var token, to) = (new MailToken(1, email, contact), $"c{contact}@live.test");
            await (random.Next(12) switch
            {
                0 or 1 => winnow.Bounce(token, to, "5.1.1", "550 5.1.1 No such user"),
                2 => winnow.Bounce(token, to, "5.2.2", "552 5.2.2 Mailbox full"),
                3 or 4 or 5 => winnow.Bounce(token, to, "5.7.1", "550 5.7.1 Message rejected due to local policy"),
                6 => winnow.Bounce(token, to, "4.4.7", "delivery time expired"),
                7 => winnow.Bounce(token, to, "5.7.26", "550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy"),
                8 => winnow.Bounce(token, to, "5.2.1", "550 5.2.1 Mailbox disabled, not accepting messages"),
                9 => winnow.Complain(token, to),
                10 => winnow.Bounce(token, to, "4.4.1", "connection timed out", DeliveryAction.Delayed),
                _ => winnow.Send(await winnow.ReturnPathOf(token), BounceApp.Original(to)),
            });
            // each came two seconds after the one before
            await winnow.App.Execute("update inbox set received_at = received_at - 2000 * (200 - id) where account_id = 1 and id = @i", new { i });
            if (oneByOne) await winnow.Judge();
        }
        await winnow.Judge();
        return await winnow.App.Db.Read(tx => tx.Query<string>(Winnow.Data.Statement.Built("what is on record", """
            select 'inbox ' || id || ' ' || state || ' ' || coalesce(effect, '') || ' ' || coalesce(reason, '') || ' ' || kind as line from inbox where account_id = 1
            union all select 'recipient ' || email_id || ' ' || contact_id || ' ' || outcome || ' ' || coalesce(reason, '') from email_recipients where account_id = 1
            union all select 'count ' || email_id || ' ' || outcome || ' ' || reason || ' ' || count from email_counts where account_id = 1 and count <> 0
            union all select 'event ' || id || ' ' || type || ' ' || contact_id || ' ' || email_id || ' ' || coalesce(reason, '') || ' ' || inbox_id from email_events where account_id = 1
            union all select 'address ' || email_key || ' ' || coalesce(hard_bounce_reason, '') || ' ' || coalesce(hard_bounce_inbox_id, 0) || ' ' || bounces || ' ' || coalesce(hard_bounce_email_id, 0) || (case when hard_bounce_spared then ' spared' else '' end) || (case when complained_at is null then '' else ' complained' end) from addresses where account_id = 1
            union all select 'contact ' || id || ' ' || coalesce(hard_bounce_reason, '') || ' ' || emails_bounced || (case when reported_spam then ' spam' else '' end) from contacts where account_id = 1
            union all select 'incident ' || id || ' ' || grouped_by || ' ' || group_key || ' ' || first_at || ' ' || last_at from incidents where account_id = 1
            union all select 'block ' || inbox_id || ' ' || provider || ' ' || words || ' ' || coalesce(incident_id, 0) from incident_blocks where account_id = 1
            union all select 'told ' || email_id from told_senders where account_id = 1
            order by 1
            """)));
    }

    private sealed class Circles
    {
        public int Count;
    }
}
