using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Winnow.Contacts;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Compose;
using Winnow.Mail.Reports;
using Winnow.Mail.Smtp;
using Winnow.Server.Roles;

namespace Winnow.Tests;

/// <summary>Winnow with its mail role listening, two accounts, and e-mails that were sent: reports come in by real SMTP.</summary>
internal sealed class BounceApp : IAsyncDisposable
{
    public const long Account = TestApp.Account, Other = TestApp.OtherAccount;
    private readonly MailRole role;

    private BounceApp(TestApp app, MailRole role) => (App, this.role) = (app, role);

    public TestApp App { get; }

    public IPEndPoint Listener => role.Endpoint;

    public static async Task<BounceApp> On(string database, params (string Key, string Value)[] settings)
    {
        var app = await TestApp.On(database);
        await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (1, 'One', 'Europe/Amsterdam', 'en', @one, 0), (2, 'Two', 'UTC', 'en', @two, 0)",
            new { one = Encoding.ASCII.GetBytes(new string('1', 32)), two = Encoding.ASCII.GetBytes(new string('2', 32)) });
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Mail:Listen", "127.0.0.1:0"), new("Mail:Name", "mx.winnow.test"), .. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]).Build();
        var role = new MailRole(app.Get<Inbox>(), app.Get<MailTokens>(), app.Get<Unsubscribe>(), configuration, app.Clock, NullLogger<MailRole>.Instance);
        await role.StartAsync(default);
        return new(app, role);
    }

    /// <summary>An e-mail that was sent now to these contacts, each handed over to a relay.</summary>
    public async Task Sent(long emailId, long accountId, params long[] contacts)
    {
        var now = App.Clock.GetUtcNow();
        await App.Execute("""
            insert into marketing_emails (account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, created_at, updated_at, sent_at)
            values (@accountId, @emailId, 'Autumn bulbs', '', '', '', '', '', '', cast('[]' as $json), cast('[]' as $json), 'sent', 0, 0, @now)
            """, new { accountId, emailId, now });
        foreach (var contact in contacts)
            await App.Execute("insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, at) select account_id, @emailId, id, email, email_key, 'sent', @now from contacts where account_id = @accountId and id = @contact",
                new { accountId, emailId, contact, now });
    }

    public async Task<string> ReturnPathOf(MailToken token) => ReturnPath.For(token, "bounces.winnow.test", (await App.Get<MailTokens>().Secret(token.AccountId))!);

    /// <summary>A report about an e-mail, sent to its return path.</summary>
    public async Task<SmtpOutcome> Bounce(MailToken token, string recipient, string status, string diagnostic, DeliveryAction action = DeliveryAction.Failed)
    {
        var path = await ReturnPathOf(token);
        return await Send(path, ReportBuilder.DeliveryStatus(Head(path), Original(recipient), recipient, status, diagnostic, action));
    }

    public async Task<SmtpOutcome> Complain(MailToken token, string recipient)
    {
        var path = await ReturnPathOf(token);
        return await Send(path, ReportBuilder.Complaint(Head(path), Original(recipient), recipient));
    }

    public async Task<SmtpOutcome> AnswerOutOfOffice(MailToken token, string recipient)
    {
        var path = await ReturnPathOf(token);
        return await Send(path, ReportBuilder.OutOfOffice(Head(path) with { From = recipient }, Original(recipient), "Back on Monday."));
    }

    /// <summary>Any mail to any address of the listener.</summary>
    public async Task<SmtpOutcome> Send(string to, byte[] mail)
    {
        var opened = await SmtpConnection.OpenAsync(new("127.0.0.1", Listener.Port) { Tls = SmtpTls.None, LocalName = "mx.example.test" }, default);
        using var connection = opened.Connection!;
        return await connection.SendAsync(new("", to, mail), null, default);
    }

    public Task Judge() => App.Get<BounceIntake>().Drain();

    public Task<AddressState> AddressOf(string key, long accountId = Account) =>
        App.Db.Read(async tx => (await Addresses.Read(tx, accountId, [key])).GetValueOrDefault(key) ?? AddressState.Of(key, key));

    public async ValueTask DisposeAsync()
    {
        await role.StopAsync(default);
        await App.DisposeAsync();
    }

    public static byte[] Original(string to) => Encoding.ASCII.GetBytes($"From: News <news@fernhill.example>\r\nTo: <{to}>\r\nSubject: Autumn bulbs\r\nMessage-ID: <1@fernhill.example>\r\n\r\nHello\r\n");

    private ReportHead Head(string path) => new("mailer-daemon@mx.example.test", path, "mx.example.test", App.Clock.GetUtcNow());
}

/// <summary>One refusal at a time, as most stories tell them.</summary>
internal static class OneReply
{
    public static async Task<BounceEffect> TakeReply(this JudgeReports judge, Winnow.Data.Tx tx, MailToken path, Refusal refusal) =>
        (await judge.TakeReplies(tx, path.AccountId, [(path, refusal)])).GetValueOrDefault(path, BounceEffect.Soft);
}
