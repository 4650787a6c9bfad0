namespace Winnow.Mail.Smtp;

/// <summary>
/// One open session with a relay, ready for messages, one at a time. Opened by <see cref="OpenAsync"/>; not for two
/// callers at once. <see cref="SmtpPool"/> keeps several.
/// </summary>
public sealed class SmtpConnection : IDisposable
{
    private readonly SmtpWire wire;
    private readonly SmtpTimeouts timeouts;
    private readonly ByteBuffer output = new(8 * 1024);

    internal SmtpConnection(SmtpWire wire, SmtpExtensions extensions, SmtpTimeouts timeouts)
    {
        this.wire = wire;
        this.timeouts = timeouts;
        Extensions = extensions;
    }

    /// <summary>What the server said it can do, after TLS where TLS is on.</summary>
    public SmtpExtensions Extensions { get; }

    /// <summary>Whether the session runs over TLS.</summary>
    public bool IsEncrypted => wire.IsEncrypted;

    /// <summary>False once the session broke or the server said it is closing: dispose of it and open another.</summary>
    public bool IsUsable { get; private set; } = true;

    // After a refusal the server may still hold the sender; the next message begins with RSET (RFC 5321 §4.1.1.5).
    private bool NeedsReset { get; set; }

    /// <summary>
    /// Connects, greets and, where the relay's settings ask for it, encrypts and logs in. What goes wrong is a value;
    /// nothing of any message was sent then.
    /// </summary>
    public static Task<SmtpOpened> OpenAsync(SmtpRelay relay, CancellationToken cancel) => SmtpOpening.Open(relay, cancel);

    /// <summary>Sends one message and says what became of it. Throws only what <paramref name="handingOver"/> throws.</summary>
    /// <param name="message">The message with its envelope.</param>
    /// <param name="handingOver">
    /// Runs once, after the server accepted sender and recipient and asked for the message (354), and before the part goes
    /// out whose last byte completes it. Record durably here that the message is being handed over: before this returns
    /// the server cannot have the whole message, afterwards the outcome can be <see cref="SmtpOutcome.Unknown"/>. When it
    /// throws, nothing was handed over and the session is closed. A server waits for it as for any slow sender: minutes.
    /// </param>
    /// <param name="cancel">
    /// Before the hand-over it ends the attempt (<see cref="SmtpOutcome.NotStarted"/>); after it, it shortens the wait for
    /// the reply to <see cref="SmtpTimeouts.DataEndWhenCancelled"/>.
    /// </param>
    public async ValueTask<SmtpOutcome> SendAsync(SmtpMessage message, Func<CancellationToken, ValueTask>? handingOver, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(!IsUsable, this);
        if (message.WhyNot(Extensions) is { } refusal) return refusal;

        var sending = new SmtpSending(wire, timeouts, output, message, Extensions, NeedsReset);
        IsUsable = false; // until this message has come to a clean end: also when the hook throws
        var outcome = await sending.Before(cancel);
        if (outcome is null)
        {
            if (handingOver is not null) await handingOver(cancel);
            outcome = await sending.HandOver(cancel);
        }
        wire.Rest();
        IsUsable = sending.EndedCleanly && !wire.IsOver && !wire.HasUnread;
        NeedsReset = sending.NeedsReset;
        return outcome;
    }

    /// <summary>Says QUIT and closes. Waits for the farewell as long as <paramref name="patience"/> at most.</summary>
    public async Task QuitAsync(TimeSpan patience)
    {
        try
        {
            if (IsUsable)
            {
                await wire.Write("QUIT\r\n"u8.ToArray(), patience);
                await wire.ReadReply(patience);
            }
        }
        catch (Exception e) when (SmtpWire.IsFailure(e))
        {
            // It is going away either way; no message depends on it.
        }
        Dispose();
    }

    /// <summary>Closes at once, without QUIT.</summary>
    public void Dispose()
    {
        IsUsable = false;
        wire.Dispose();
    }
}
