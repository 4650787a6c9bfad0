using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Winnow.Mail.Compose;
using Winnow.Mail.Smtp;

namespace Winnow.Server.Demo;

/// <summary>
/// A mail server to practise with: takes every mail, delivers none, and does to the sender what the great mail world does.
/// For a known share of the addresses (<see cref="Fate"/>) real reports, complaints and automatic replies come back by SMTP
/// to the return path, a second later. It listens on loopback only.
/// </summary>
public sealed class PracticeRelay : IAsyncDisposable
{
    private const string Name = "relay.practice.test";
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly SmtpListener listener;
    private readonly Channel<Due> answers = Channel.CreateUnbounded<Due>();
    private readonly ConcurrentDictionary<(string Sender, string Recipient), bool> greylisted = new();
    private readonly Func<IPEndPoint> bounces;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task answering;
    private long taken;

    /// <summary>Starts on loopback.</summary>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="bounces">Where the mail role listens: asked with each answer, so it may start later.</param>
    public PracticeRelay(int port, Func<IPEndPoint> bounces, TimeProvider clock)
    {
        (this.bounces, this.clock) = (bounces, clock);
        listener = SmtpListener.Start(new(IPAddress.Loopback, port), new()
        {
            Name = Name, AcceptRecipient = Accept, Store = Take, Clock = clock,
            Limits = new() { Sessions = 100, SessionsPerAddress = 100, Errors = int.MaxValue, Commands = int.MaxValue, Session = TimeSpan.FromDays(1) },
        });
        answering = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Answer()));
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint => listener.Endpoint;

    /// <summary>How many mails it took.</summary>
    public long Taken => Interlocked.Read(ref taken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        await stopping.CancelAsync();
        await answering;
        stopping.Dispose();
    }

    private ValueTask<SmtpReply> Accept(SmtpEnvelope envelope, string recipient, CancellationToken cancel)
    {
        var fate = Fate.Of(recipient);
        return new(fate.Deed switch
        {
            Deed.Refuse => new SmtpReply(550, fate.Status, fate.Diagnostic),
            Deed.Greylist when greylisted.TryAdd((envelope.Sender, recipient), true) => new SmtpReply(450, fate.Status, fate.Diagnostic),
            _ => SmtpReplies.RecipientOk,
        });
    }

    private ValueTask<SmtpReply> Take(SmtpEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        Interlocked.Increment(ref taken);
        foreach (var recipient in envelope.Recipients)
            if (Report(envelope, recipient, content) is { } mail) answers.Writer.TryWrite(new(clock.GetUtcNow() + Delay, envelope.Sender, mail));
        return new(SmtpReplies.Stored);
    }

    private byte[]? Report(SmtpEnvelope envelope, string recipient, ReadOnlyMemory<byte> content)
    {
        if (envelope.Sender.Length == 0) return null;                                       // a report gets no report (RFC 5321 §6.1)
        var fate = Fate.Of(recipient);
        var host = "mx." + recipient.Split('@')[^1];
        var head = new ReportHead($"mailer-daemon@{host}", envelope.Sender, host, clock.GetUtcNow());
        return fate.Deed switch
        {
            Deed.Report => ReportBuilder.DeliveryStatus(head, content, recipient, fate.Status, fate.Diagnostic, fate.Action),
            Deed.Complain => ReportBuilder.Complaint(head, content, recipient),
            Deed.OutOfOffice => ReportBuilder.OutOfOffice(head with { From = recipient }, content, "I am out of the office until Monday and answer then."),
            _ => null,
        };
    }

    private async Task Answer()
    {
        try
        {
            await foreach (var due in answers.Reader.ReadAllAsync(stopping.Token)) await Send(due);
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>Brings one answer back, trying a few times: the mail role may be starting or at its limits.</summary>
    private async Task Send(Due due)
    {
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            if (due.At > clock.GetUtcNow()) await Task.Delay(due.At - clock.GetUtcNow(), clock, stopping.Token);
            if (await TrySend(due)) return;
            due = due with { At = clock.GetUtcNow() + attempt * Delay };
        }
    }

    private async Task<bool> TrySend(Due due)
    {
        var opened = await SmtpConnection.OpenAsync(new("127.0.0.1", bounces().Port) { Tls = SmtpTls.None, LocalName = Name, Clock = clock }, stopping.Token);
        using var connection = opened.Connection;
        return connection is not null && await connection.SendAsync(new("", due.To, due.Mail), null, stopping.Token) is SmtpOutcome.Accepted or SmtpOutcome.Refused { IsPermanent: true };
    }

    private sealed record Due(DateTimeOffset At, string To, byte[] Mail);
}
