using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Winnow.Mail.Smtp;

/// <summary>Who hands us a message, and for whom: what is known of it before its content (RFC 5321 §2.3.1).</summary>
/// <param name="RemoteAddress">The client's address, IPv4 in its own form.</param>
/// <param name="Hello">What the client calls itself; anyone can claim anything.</param>
/// <param name="IsEncrypted">Whether it came over TLS.</param>
/// <param name="Sender">The return path without angle brackets; empty for a bounce (§4.5.5).</param>
/// <param name="Recipients">The recipients accepted so far, without angle brackets.</param>
public sealed record SmtpEnvelope(IPAddress RemoteAddress, string Hello, bool IsEncrypted, string Sender, IReadOnlyList<string> Recipients);

/// <summary>
/// Asked for each recipient: a positive reply takes it, another refuses it. The envelope holds those accepted before.
/// An exception is answered with 451.
/// </summary>
public delegate ValueTask<SmtpReply> AcceptRecipient(SmtpEnvelope envelope, string recipient, CancellationToken cancel);

/// <summary>
/// Called with each whole message, dots and final dot removed, line ends as they came. The reply is sent when the task has
/// completed and not before: complete it when the message is safe, because a positive reply makes us responsible for it
/// (RFC 5321 §4.2.5, §6.1). An exception is answered with 451 and the client tries again. The bytes are only valid until
/// the task completes.
/// </summary>
public delegate ValueTask<SmtpReply> StoreMessage(SmtpEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken cancel);

/// <summary>What a program gives a <see cref="SmtpListener"/>: its name, its two decisions, its limits.</summary>
public sealed record SmtpHost
{
    /// <summary>The name said in the greeting and in the reply to EHLO.</summary>
    public required string Name { get; init; }

    /// <summary>Decides on each recipient.</summary>
    public required AcceptRecipient AcceptRecipient { get; init; }

    /// <summary>Takes each message.</summary>
    public required StoreMessage Store { get; init; }

    /// <summary>Told what the hooks threw and what went wrong in accepting connections. Must not throw.</summary>
    public Action<Exception>? Failed { get; init; }

    /// <summary>With a certificate (and its private key) STARTTLS is offered (RFC 3207).</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>How much a stranger may ask of us.</summary>
    public SmtpLimits Limits { get; init; } = new();

    /// <summary>The clock that measures the time limits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>
/// How much strangers may ask of a listener. The defaults are at or above the least RFC 5321 §4.5.3 demands of a receiver.
/// </summary>
public sealed record SmtpLimits
{
    /// <summary>Largest message in bytes; said in SIZE (RFC 1870). More is answered with 552.</summary>
    public int MessageBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>Memory for messages that are arriving, all sessions together, in bytes. When it is used up: 452.</summary>
    public long MemoryBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Longest command line in bytes, its CRLF included (§4.5.3.1.4 asks for 512). A longer one ends the session.</summary>
    public int CommandBytes { get; init; } = 2048;

    /// <summary>Recipients of one message (§4.5.3.1.8 asks for 100). More are answered with 452.</summary>
    public int Recipients { get; init; } = 100;

    /// <summary>Commands without a message being accepted; then the session ends.</summary>
    public int Commands { get; init; } = 500;

    /// <summary>Commands and recipients refused for good (5yz) without a message being accepted; then the session ends.</summary>
    public int Errors { get; init; } = 20;

    /// <summary>Sessions at a time.</summary>
    public int Sessions { get; init; } = 200;

    /// <summary>Sessions at a time from one IPv4 address or one IPv6 /64.</summary>
    public int SessionsPerAddress { get; init; } = 20;

    /// <summary>Wait for the next bytes (§4.5.3.2.7 asks for five minutes).</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A session's whole life, however busy it is: what a client that sends a byte a minute gets.</summary>
    public TimeSpan Session { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>Replies a host's hooks give.</summary>
public static class SmtpReplies
{
    /// <summary>The recipient is taken.</summary>
    public static SmtpReply RecipientOk { get; } = new(250, "2.1.5", "Recipient OK");

    /// <summary>The message is safe with us.</summary>
    public static SmtpReply Stored { get; } = new(250, "2.0.0", "Stored");

    /// <summary>No mailbox of that name here (RFC 3463 X.1.1).</summary>
    public static SmtpReply NoSuchMailbox { get; } = new(550, "5.1.1", "No such mailbox here");

    /// <summary>Something of ours failed; the client keeps the message and tries again (RFC 3463 X.3.0).</summary>
    public static SmtpReply TryLater { get; } = new(451, "4.3.0", "Not now, please try again later");
}
