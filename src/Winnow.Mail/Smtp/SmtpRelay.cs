namespace Winnow.Mail.Smtp;

/// <summary>How a session with a relay is protected.</summary>
public enum SmtpTls
{
    /// <summary>Never: everything, a password included, goes in the clear. For relays on the same machine.</summary>
    None,

    /// <summary>
    /// STARTTLS where the relay offers it, whatever its certificate says, and in the clear where it does not (RFC 7435).
    /// With a password set the session must be encrypted and the certificate right, or nothing is sent.
    /// </summary>
    Opportunistic,

    /// <summary>STARTTLS (RFC 3207) with a certificate that holds for the host name; otherwise nothing is sent.</summary>
    Required,

    /// <summary>TLS from the first byte, port 465 (RFC 8314 §3.3), with a certificate that holds for the host name.</summary>
    Implicit,
}

/// <summary>User name and password for AUTH PLAIN (RFC 4616) or LOGIN.</summary>
public sealed record SmtpCredentials(string UserName, string Password)
{
    /// <summary>Only the user name: a password has no place in a log.</summary>
    public override string ToString() => UserName;
}

/// <summary>A relay (smart host) that takes our mail, and how to speak with it.</summary>
/// <param name="Host">Name or address; the certificate must be for this name.</param>
/// <param name="Port">25, 587 (submission) or 465 (implicit TLS).</param>
public sealed record SmtpRelay(string Host, int Port)
{
    /// <summary>How the session is protected.</summary>
    public SmtpTls Tls { get; init; } = SmtpTls.Required;

    /// <summary>Null: no AUTH.</summary>
    public SmtpCredentials? Credentials { get; init; }

    /// <summary>What we call ourselves in EHLO (RFC 5321 §4.1.1.1); many relays want a name that resolves.</summary>
    public string LocalName { get; init; } = Environment.MachineName;

    /// <summary>Takes any certificate. For tests with self-made certificates only.</summary>
    public bool AcceptAnyCertificate { get; init; }

    /// <summary>How long each step may take.</summary>
    public SmtpTimeouts Timeouts { get; init; } = new();

    /// <summary>The clock that measures the timeouts.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>How long the client waits; the defaults are the least RFC 5321 §4.5.3.2 recommends, tests set shorter ones.</summary>
public sealed record SmtpTimeouts
{
    /// <summary>For the TCP connection and for a TLS handshake. The RFC names none.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For the greeting, and the reply to EHLO, AUTH, MAIL, RCPT and RSET (§4.5.3.2.1 to 3).</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the 354 after DATA (§4.5.3.2.4).</summary>
    public TimeSpan DataStart { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For each block of the message to be taken by the network (§4.5.3.2.5).</summary>
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>For the reply to the final dot (§4.5.3.2.6). Shorter means duplicates or unknown outcomes.</summary>
    public TimeSpan DataEnd { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a caller who cancels after the message was handed over still waits for the reply, so that a shutdown
    /// leaves few outcomes unknown.
    /// </summary>
    public TimeSpan DataEndWhenCancelled { get; init; } = TimeSpan.FromSeconds(5);
}
