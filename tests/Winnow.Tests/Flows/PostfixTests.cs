using System.Collections.Concurrent;
using System.Net;
using Winnow.Mail.Compose;
using Winnow.Mail.Mime;
using Winnow.Mail.Reports;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

public sealed class PostfixTests
{
    [Fact]
    public async Task Postfix_writes_a_real_report_that_we_read()
    {
        Assert.SkipWhen(Postfix.Missing is not null, Postfix.Missing ?? "");
        var (delivered, reports) = (new BlockingCollection<string>(), new TaskCompletionSource<byte[]>());
        await using var live = Listener(delivered.Add, _ => { }, "joe@dead.test");
        await using var bounces = Listener(_ => { }, mail => reports.TrySetResult(mail));
        await using var postfix = await Postfix.Start(("bounces.winnow.test", bounces.Endpoint.Port), ("dead.test", live.Endpoint.Port), ("live.test", live.Endpoint.Port));

        var opened = await SmtpConnection.OpenAsync(new SmtpRelay("127.0.0.1", postfix.Port) { Tls = SmtpTls.None, LocalName = "winnow.test" }, default);
        using var relay = opened.Connection!;
        foreach (var recipient in new[] { "joe@dead.test", "ann@live.test" })
            Assert.IsType<SmtpOutcome.Accepted>(await relay.SendAsync(new SmtpMessage("b+tok1@bounces.winnow.test", recipient, Mail(recipient)), null, default));

        var report = Assert.IsType<DeliveryReport>(MailReport.Read(await reports.Task.WaitAsync(TimeSpan.FromSeconds(30))));
        var dead = Assert.Single(report.Recipients);
        Assert.Equal((BounceReason.UserUnknown, "joe@dead.test"), (dead.Cause.Reason, dead.Recipient));
        Assert.Equal("ann@live.test", delivered.Take(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token));
    }

    private static byte[] Mail(string recipient) => new MessageBuilder { From = new Mailbox("Fernhill", "news@winnow.test"), Subject = "Hello", Text = "Hello" }
        .Prepare().ToBytes(new MessageHead(new Mailbox("", recipient), new DateTimeOffset(2026, 6, 30, 21, 0, 0, TimeSpan.Zero), MessageId.New("winnow.test")));

    private static SmtpListener Listener(Action<string> delivered, Action<byte[]> mail, params string[] unknown) => SmtpListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new SmtpHost
    {
        Name = "mx.test",
        AcceptRecipient = (_, recipient, _) => ValueTask.FromResult(unknown.Contains(recipient) ? SmtpReplies.NoSuchMailbox : SmtpReplies.RecipientOk),
        Store = (envelope, content, _) =>
        {
            delivered(envelope.Recipients[0]);
            mail(content.ToArray());
            return ValueTask.FromResult(SmtpReplies.Stored);
        },
    });
}
