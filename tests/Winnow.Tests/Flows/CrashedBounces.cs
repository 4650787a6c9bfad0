using System.Collections.Concurrent;
using Winnow.Contacts;
using Winnow.Email;
using Winnow.Lists;
using Winnow.Mail.Compose;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>Reports come to the mail role while it is killed. Their sender does what RFC 5321 asks: it tries again until it hears 250.</summary>
internal sealed class CrashedBounces(CrashApp app, int port)
{
    public const int Reports = 500, HeldAfter = 120;
    private const long Account = 3, Email = 1;
    private readonly ConcurrentDictionary<long, int> attempts = new();
    private readonly ConcurrentDictionary<long, bool> acknowledged = new();
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] secret = [];
    private List<long> contacts = [];
    private Task handingIn = Task.CompletedTask;
    private long list;

    public int Acknowledged => acknowledged.Count;

    public async Task Prepare()
    {
        contacts = await app.Add(Account, Enumerable.Range(0, Reports).Select(Address));
        secret = (await app.Get<MailTokens>().Secret(Account))!;
        await app.Execute("""
            insert into marketing_emails (account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, created_at, updated_at, sent_at)
            values (@Account, @Email, 'Autumn bulbs', '', '', '', '', '', '', cast('[]' as $json), cast('[]' as $json), 'sent', 0, 0, 1)
            """, new { Account, Email });
        await app.Execute("insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) select account_id, @Email, id, email, email_key, 'sent', 1 from contacts where account_id = @Account", new { Account, Email });
        await app.Db.Write(tx => Recipients.Recount(tx, Account, Email));
        list = await HardBouncedList.Make(app.Db, app.Get<Properties>(), app.Get<ListStore>(), Account);
    }

    public void Begin() => handingIn = Task.WhenAll(Enumerable.Range(0, 3).Select(lane => HandIn(contacts.Where((_, i) => i % 3 == lane))));

    public void Open() => opened.TrySetResult();

    public async Task<bool> HasEnded() => handingIn.IsCompleted && await app.Scalar<long>("select count(*) from inbox where account_id = 3 and state = 'new'") == 0;

    public async Task Check()
    {
        await handingIn;
        Assert.Equal(Reports, Acknowledged);
        var stored = (await app.Rows<(long Contact, long Mails)>("select contact_id, count(*) from inbox where account_id = 3 group by contact_id")).ToDictionary(r => r.Contact, r => r.Mails);
        // a mail whose 250 was lost comes once more: never fewer than was acknowledged, never more than was handed in
        Assert.All(contacts, c => Assert.InRange(stored.GetValueOrDefault(c), 1, attempts[c]));
        // each is judged once: one verdict a person that did something, and the others say that they are copies of it
        Assert.Equal((Reports, stored.Values.Sum() - Reports), (await Count("inbox where account_id = 3 and state = 'done' and effect = 'hard'"), await Count("inbox where account_id = 3 and state = 'copy'")));
        Assert.Equal(Reports, await Count("(select distinct inbox_id from email_events where account_id = 3 and type = 'BOUNCE') e"));
        Assert.Equal([("bounced", "userunknown", Reports)], await app.Rows<(string, string, long)>("select outcome, reason, count from email_counts where account_id = 3 and email_id = 1 and count <> 0"));
        Assert.Equal((Reports, Reports), (await Count("email_recipients where account_id = 3 and outcome = 'bounced'"), await Count("email_events where account_id = 3 and type = 'BOUNCE'")));
        Assert.Equal((Reports, Reports), (await Count("addresses where account_id = 3 and bounces = 1"), await Count("contacts where account_id = 3 and emails_bounced = 1 and hard_bounce_reason = 'UNKNOWN_USER'")));
        Assert.Equal(Reports, await app.Db.Read(tx => app.Get<ListMembers>().Count(tx, Account, list)));
        Assert.Empty(await app.Db.Read(tx => app.Get<CheckLists>().Differences(tx, Account)));
    }

    private static string Address(int number) => $"gone{number}@bounces.test";

    private async Task HandIn(IEnumerable<long> mine)
    {
        SmtpConnection? connection = null;
        foreach (var contact in mine)
        {
            if (Acknowledged >= HeldAfter) await opened.Task;
            for (var heard = false; !heard;)
            {
                connection ??= await Connect();
                attempts.AddOrUpdate(contact, 1, (_, n) => n + 1);
                var outcome = await connection.SendAsync(Report(contact), null, default);
                heard = outcome is SmtpOutcome.Accepted;
                Assert.False(outcome is SmtpOutcome.Refused { IsPermanent: true }, $"{outcome}");
                if (heard) continue;
                connection.Dispose();
                connection = null;
            }
            acknowledged[contact] = true;
        }
        connection?.Dispose();
    }

    private async Task<SmtpConnection> Connect()
    {
        SmtpConnection? connection = null;
        await Until.Holds("the mail role listens", async () => (connection = (await SmtpConnection.OpenAsync(new("127.0.0.1", port) { Tls = SmtpTls.None, LocalName = "mx.practice.test" }, default)).Connection) is not null);
        return connection!;
    }

    private SmtpMessage Report(long contact)
    {
        var path = ReturnPath.For(new(Account, Email, contact), "bounces.winnow.test", secret);
        var address = Address(contacts.IndexOf(contact));
        var head = new ReportHead("mailer-daemon@mx.practice.test", path, "mx.practice.test", TimeProvider.System.GetUtcNow());
        return new("", path, ReportBuilder.DeliveryStatus(head, BounceApp.Original(address), address, "5.1.1", "550 5.1.1 No such user here"));
    }

    private Task<long> Count(string rows) => app.Scalar<long>($"select count(*) from {rows}");
}
