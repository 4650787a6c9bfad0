namespace Winnow.Mail.Smtp;

/// <summary>Where in the conversation something was said or lost, in order.</summary>
public enum SmtpStage
{
    /// <summary>Before any byte: the TCP connection.</summary>
    Connect,

    /// <summary>The server's first line (RFC 5321 §4.3.1).</summary>
    Greeting,

    /// <summary>EHLO or HELO.</summary>
    Hello,

    /// <summary>STARTTLS or the TLS handshake.</summary>
    Tls,

    /// <summary>AUTH (RFC 4954).</summary>
    Auth,

    /// <summary>Decided by us, from the message and what the server said it can do; nothing was sent.</summary>
    Check,

    /// <summary>MAIL FROM, or the RSET before it: the sender was judged.</summary>
    Sender,

    /// <summary>RCPT TO: the recipient was judged.</summary>
    Recipient,

    /// <summary>DATA, up to the 354.</summary>
    Data,

    /// <summary>The message itself, before its last part.</summary>
    Content,

    /// <summary>The last part of the message and the final dot.</summary>
    End,
}

/// <summary>
/// What became of one message to one recipient. It is a value, never an exception, because a sender that must not mail
/// twice has to treat each case differently:
/// <list type="bullet">
/// <item><see cref="Accepted"/> and <see cref="Refused"/>: the server spoke; done.</item>
/// <item><see cref="NotStarted"/>: the server cannot have the whole message; sending again cannot make a second copy.</item>
/// <item><see cref="Unknown"/>: the server may have it; sending again may make a second copy (RFC 5321 §4.5.3.2.6,
/// RFC 1047).</item>
/// </list>
/// </summary>
public abstract record SmtpOutcome
{
    private SmtpOutcome()
    {
    }

    /// <summary>The server took responsibility for the message (RFC 5321 §4.2.5): a 2yz reply to the final dot.</summary>
    /// <param name="Reply">Often carries the server's queue id.</param>
    public sealed record Accepted(SmtpReply Reply) : SmtpOutcome;

    /// <summary>The server said no with a 4yz or 5yz reply, or (<see cref="SmtpStage.Check"/>) would have had to.</summary>
    /// <param name="Reply">The words of the server.</param>
    /// <param name="Stage">
    /// Only <see cref="SmtpStage.Recipient"/> speaks of the recipient for sure; <see cref="SmtpStage.Sender"/> is about
    /// us, <see cref="SmtpStage.End"/> mostly about the message.
    /// </param>
    public sealed record Refused(SmtpReply Reply, SmtpStage Stage) : SmtpOutcome
    {
        /// <summary>The three digits.</summary>
        public int Code => Reply.Code;

        /// <summary>The enhanced status code (RFC 3463), or null.</summary>
        public string? Enhanced => Reply.Enhanced;

        /// <summary>The server's words.</summary>
        public string Text => Reply.Text;

        /// <summary>True for 5yz: the same message will be refused again. False for 4yz: try later.</summary>
        public bool IsPermanent => Reply.IsPermanent;
    }

    /// <summary>
    /// The session failed before the last byte of the message went out, so the server cannot have accepted it
    /// (RFC 5321 §4.1.1.4): safe to try again. No verdict on the recipient either.
    /// </summary>
    /// <param name="Why">A sentence for the log: what was tried and what went wrong.</param>
    /// <param name="Stage">How far it came.</param>
    /// <param name="Reply">What the server said, if it did (a refused log-in, a 421).</param>
    /// <param name="RetryAfter">When the pool is backing off: how long from now a new try is refused without trying.</param>
    public sealed record NotStarted(string Why, SmtpStage Stage, SmtpReply? Reply = null, TimeSpan RetryAfter = default) : SmtpOutcome;

    /// <summary>
    /// The last byte was sent, or may have been, and no readable reply came. Only a person, or a bounce, can tell.
    /// </summary>
    /// <param name="Why">A sentence for the log.</param>
    public sealed record Unknown(string Why) : SmtpOutcome;
}
