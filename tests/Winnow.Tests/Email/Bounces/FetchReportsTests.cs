using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Winnow.Data;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Mailboxes;
using Winnow.Mail.Compose;
using Winnow.Mail.Retrieval;

namespace Winnow.Tests;

/// <summary>Mailboxes on a real Dovecot: taken, stored, and only then removed.</summary>
public sealed class FetchReportsTests
{
    private static readonly MailToken Ann = new(1, 7, 1);

    [Theory]
    [InlineData("imap", "sqlite")]
    [InlineData("pop3", "sqlite")]
    [InlineData("imap", "postgres")]
    [InlineData("pop3", "postgres")]
    public async Task Reports_in_a_mailbox_are_taken_judged_and_removed(string protocol, string database)
    {
        await using var dovecot = await Dovecot.Start();
        await using var winnow = await WithAnn(database);
        await dovecot.Deliver(await Report(winnow, "ann@live.test"));
        await dovecot.Deliver(Encoding.ASCII.GetBytes("From: a@b.test\r\nSubject: lunch\r\n\r\n.hidden dot\r\n..two\r\n"));
        await Add(winnow, dovecot, protocol);
        await winnow.App.Get<FetchReports>().Run(default);
        Assert.Equal(0, dovecot.Count());
        await winnow.Judge();
        Assert.True((await winnow.AddressOf("ann@live.test")).IsHardBounced, dovecot.Log);
        var letter = Assert.Single(await winnow.App.Get<UnmatchedReports>().Page(1, null, long.MaxValue, 10));
        Assert.Equal((protocol, "no-report"), (letter.Door, letter.Why));
        Assert.Equal("From: a@b.test\r\nSubject: lunch\r\n\r\n.hidden dot\r\n..two\r\n", Encoding.ASCII.GetString((await winnow.App.Get<UnmatchedReports>().Find(1, letter.Id))!.Value.Raw));
        var box = Assert.Single(await winnow.App.Get<ReportMailboxes>().All(1));
        Assert.Equal((2L, null, winnow.App.Clock.GetUtcNow()), (box.Taken, box.Problem, box.CheckedAt));
        Assert.Equal(0, await winnow.App.Scalar<long>("select count(*) from mailbox_mails where account_id = 1"));
    }

    [Theory]
    [InlineData("imap")]
    [InlineData("pop3")]
    public async Task A_process_that_died_before_the_removal_leaves_mails_that_are_removed_and_not_stored_again(string protocol)
    {
        await using var dovecot = await Dovecot.Start();
        await using var winnow = await WithAnn("sqlite");
        for (var i = 0; i < 3; i++) await dovecot.Deliver(await Report(winnow, $"p{i}@live.test"));
        // as the process left it: two of three were committed
        var opened = await Retrieval.Open(Server(dovecot, protocol), default);
        var waiting = await opened.Drop!.List(new HashSet<string>(), 2);
        Assert.True(waiting.More);
        await Add(winnow, dovecot, protocol);
        foreach (var mail in waiting.New)
        {
            var raw = (await opened.Drop.Fetch(mail, 1_000_000))!;
            await winnow.App.Db.Write(tx => winnow.App.Get<Inbox>().Receive(tx, 1, protocol, "x", raw, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(raw))));
            await winnow.App.Execute("insert into mailbox_mails (account_id, mailbox_id, mail) values (1, 1, @Key)", new { mail.Key });
        }
        await opened.Drop.DisposeAsync();
        Assert.Equal(3, dovecot.Count());
        await winnow.App.Get<FetchReports>().Run(default);
        Assert.Equal(0, dovecot.Count());
        Assert.Equal(3, await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1"));
        Assert.Equal(1, (await winnow.App.Get<ReportMailboxes>().All(1))[0].Taken);
    }

    [Theory]
    [InlineData("imap")]
    [InlineData("pop3")]
    public async Task A_big_mailbox_is_emptied_in_steps_by_one_process_at_a_time(string protocol)
    {
        await using var dovecot = await Dovecot.Start();
        await using var winnow = await WithAnn("sqlite");
        const int Many = FetchReports.Step * 2 + 30;
        for (var i = 0; i < Many; i++) await dovecot.Deliver(await Report(winnow, $"p{i}@live.test"));
        await Add(winnow, dovecot, protocol);
        var app = winnow.App;
        FetchReports Process() => new(app.Db, app.Get<Inbox>(), app.Get<ReportMailboxes>(), app.Clock, NullLogger<FetchReports>.Instance);      // each with a lease of its own
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => Process().Run(default))));
        await Process().Run(default);
        Assert.Equal(0, dovecot.Count());
        Assert.Equal(Many, await winnow.App.Scalar<long>("select count(*) from inbox where account_id = 1"));
        Assert.Equal(Many, (await winnow.App.Get<ReportMailboxes>().All(1))[0].Taken);
    }

    [Fact]
    public async Task Mails_are_moved_to_a_folder_that_is_made_when_it_is_not_there()
    {
        await using var dovecot = await Dovecot.Start();
        await using var winnow = await WithAnn("sqlite");
        await dovecot.Deliver(await Report(winnow, "ann@live.test"));
        await Add(winnow, dovecot, "imap", box => box with { MoveTo = "Taken by \"Winnow\"" });
        await winnow.App.Get<FetchReports>().Run(default);
        Assert.Equal((0, 1), (dovecot.Count(), dovecot.Count(".Taken by \"Winnow\"")));
        Assert.Null((await winnow.App.Get<ReportMailboxes>().All(1))[0].Problem);
    }

    [Theory]
    [InlineData("imap", RetrievalTls.Implicit)]
    [InlineData("imap", RetrievalTls.StartTls)]
    [InlineData("pop3", RetrievalTls.Implicit)]
    [InlineData("pop3", RetrievalTls.StartTls)]
    public async Task An_encrypted_session_works_and_a_certificate_that_does_not_hold_ends_it(string protocol, RetrievalTls tls)
    {
        await using var dovecot = await Dovecot.Start();
        await dovecot.Deliver(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nx\r\n"));
        var port = (protocol, tls) switch { ("imap", RetrievalTls.Implicit) => dovecot.Imaps, ("imap", _) => dovecot.Imap, (_, RetrievalTls.Implicit) => dovecot.Pop3s, _ => dovecot.Pop3 };
        var server = Server(dovecot, protocol) with { Port = port, Tls = tls };
        Assert.Equal(RetrievalFault.Certificate, (await Retrieval.Open(server, default)).Fault);
        var opened = await Retrieval.Open(server with { AcceptAnyCertificate = true }, default);
        Assert.True(opened.Drop is not null, $"{opened.Fault}: {opened.Said}\n{dovecot.Log}");
        await using (opened.Drop) Assert.Single((await opened.Drop.List(new HashSet<string>(), 10)).New);
    }

    [Theory]
    [InlineData("imap")]
    [InlineData("pop3")]
    public async Task A_wrong_password_is_shown_with_what_to_do_and_nothing_is_tried_for_a_while(string protocol)
    {
        await using var dovecot = await Dovecot.Start();
        await dovecot.Deliver(Encoding.ASCII.GetBytes("Subject: x\r\n\r\nx\r\n"));
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var fields = new Dictionary<string, string>
        {
            ["Form.Protocol"] = protocol, ["Form.Host"] = "127.0.0.1", ["Form.Port"] = $"{(protocol == "imap" ? dovecot.Imap : dovecot.Pop3)}", ["Form.Tls"] = "none", ["Form.User"] = Dovecot.User, ["Form.Password"] = "wrong",
        };
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings/bounces/mailboxes/new", fields, "mailbox")).StatusCode);
        var fetch = app.Services.GetRequiredService<FetchReports>();
        await fetch.Run(default);
        var page = await WebApp.Page(app.Http, "/settings/bounces/mailboxes/1");
        Assert.Contains("refuses the user name or the password", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", page.QuerySelector("main")!.InnerHtml, StringComparison.Ordinal);
        await fetch.Run(default);
        Assert.Equal(1, await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", "select failures from mailboxes where account_id = 1"))));

        await WebApp.Post(app.Http, "/settings/bounces/mailboxes/1", new() { ["Form.Password"] = Dovecot.Password }, "mailbox");
        await fetch.Run(default);
        Assert.Equal(0, dovecot.Count());
        Assert.DoesNotContain("refuses the user name", await app.Http.GetStringAsync("/settings/bounces/mailboxes/1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_else_keeps_a_mailbox_from_being_read_is_named()
    {
        await using var dovecot = await Dovecot.Start();
        var server = Server(dovecot, "imap");
        Assert.Equal(RetrievalFault.NoFolder, (await Retrieval.Open(server with { Folder = "Nowhere" }, default)).Fault);
        Assert.Equal(RetrievalFault.Unreachable, (await Retrieval.Open(server with { Port = Postfix.FreePort() }, default)).Fault);
        Assert.Equal(RetrievalFault.Misunderstood, (await Retrieval.Open(server with { Port = dovecot.Pop3 }, default)).Fault);
        Assert.Equal(RetrievalFault.Unreachable, (await Retrieval.Open(server with { Protocol = RetrievalProtocol.Pop3, Port = dovecot.Imaps, Patience = TimeSpan.FromMilliseconds(300) }, default)).Fault);
    }

    [Theory, Databases]
    public async Task Passwords_lie_encrypted_and_are_kept_only_for_the_same_server(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings/bounces/mailboxes/new", new() { ["Form.Host"] = "imap.example.test", ["Form.User"] = "b", ["Form.Password"] = "open sesame" }, "mailbox");
        Assert.DoesNotContain("sesame", await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<string>(Statement.Built("test", "select password from mailboxes where account_id = 1"))), StringComparison.Ordinal);
        await WebApp.Post(app.Http, "/settings/bounces/mailboxes/1", new() { ["Form.User"] = "c", ["Form.Password"] = "" }, "mailbox");
        Assert.Equal(("c", "open sesame"), ((await app.Services.GetRequiredService<ReportMailboxes>().Find(1, 1))!.UserName, (await app.Services.GetRequiredService<ReportMailboxes>().Find(1, 1))!.Password));
        var refused = await WebApp.Read(await WebApp.Post(app.Http, "/settings/bounces/mailboxes/1", new() { ["Form.Host"] = "imap.evil.test", ["Form.Password"] = "" }, "mailbox"));
        Assert.Equal("Enter the password of the mailbox.", refused.QuerySelector(".form-error")?.TextContent);
        Assert.Null(await app.Services.GetRequiredService<ReportMailboxes>().Find(2, 1));
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings/bounces/mailboxes/1", [], "/settings/bounces/mailboxes/1/remove")).StatusCode);
        Assert.Empty(await app.Services.GetRequiredService<ReportMailboxes>().All(1));
    }

    private static RetrievalServer Server(Dovecot dovecot, string protocol) => protocol == "imap"
        ? new(RetrievalProtocol.Imap, "127.0.0.1", dovecot.Imap, RetrievalTls.None, Dovecot.User, Dovecot.Password)
        : new(RetrievalProtocol.Pop3, "127.0.0.1", dovecot.Pop3, RetrievalTls.None, Dovecot.User, Dovecot.Password);

    private static Task<long> Add(BounceApp winnow, Dovecot dovecot, string protocol, Func<ReportMailbox, ReportMailbox>? change = null)
    {
        var box = ReportMailbox.New with { Protocol = protocol, Host = "127.0.0.1", Port = protocol == "imap" ? dovecot.Imap : dovecot.Pop3, Tls = "none", UserName = Dovecot.User, Password = Dovecot.Password };
        return winnow.App.Get<ReportMailboxes>().Save(1, change?.Invoke(box) ?? box, 1);
    }

    private static async Task<byte[]> Report(BounceApp winnow, string recipient) => [.. Encoding.ASCII.GetBytes($"Delivered-To: {await winnow.ReturnPathOf(Ann)}\r\n"), .. ReportBuilder.DeliveryStatus(
        new("mailer-daemon@mx.example.test", "bounces@fernhill.example", "mx.example.test", winnow.App.Clock.GetUtcNow()), BounceApp.Original(recipient), recipient, "5.1.1", "550 5.1.1 No such user")];

    private static async Task<BounceApp> WithAnn(string database)
    {
        var winnow = await BounceApp.On(database);
        await winnow.Sent(7, 1, await winnow.App.Add(1, ["email=ann@live.test"]));
        return winnow;
    }
}
