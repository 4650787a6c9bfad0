namespace Winnow.Mail.Smtp;

/// <summary>Memory that all sessions together may hold for messages that are arriving.</summary>
internal sealed class SmtpMemory(long bytes)
{
    private long left = bytes;

    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref left, -bytes) >= 0) return true;
        Give(bytes);
        return false;
    }

    public void Give(long bytes) => Interlocked.Add(ref left, bytes);
}

/// <summary>One message on its way in: gathers it within the limits, or reads to its end and says why not.</summary>
internal sealed class SmtpIntake : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    // Real mail systems send CR LF and nothing else, so no bounce is lost by it: docs/decisions/0011.
    private static readonly SmtpReply BareLineFeed = new(550, "5.6.11", "The message has a bare line feed; lines end with CR LF (RFC 5321 2.3.8)");
    private static readonly SmtpReply NoMemory = new(452, "4.3.1", "Too much mail at once, please try again later");

    private readonly SmtpServerWire wire;
    private readonly SmtpMemory memory;
    private readonly SmtpLimits limits;
    private readonly SmtpDataReader reader = new();
    private ByteBuffer? content;
    private long taken;
    private long received;
    private SmtpReply? refusal;

    public SmtpIntake(SmtpServerWire wire, SmtpMemory memory, SmtpLimits limits)
    {
        (this.wire, this.memory, this.limits) = (wire, memory, limits);
        if (Take(FirstBytes)) content = new ByteBuffer(FirstBytes);
    }

    public ReadOnlyMemory<byte> Content => content!.Written;

    public static SmtpReply TooLarge(SmtpLimits limits) => new(552, "5.3.4", $"Messages have at most {limits.MessageBytes} bytes here");

    /// <summary>Null when the whole message is in <see cref="Content"/>, otherwise the refusal.</summary>
    public async ValueTask<SmtpReply?> Receive()
    {
        while (!reader.IsComplete)
        {
            var block = await wire.ReadBlock();
            if (block.IsEmpty) throw new IOException("the client closed in the middle of a message");
            MakeRoom(block.Length);
            var used = reader.Read(block.Span, content);
            wire.GiveBack(block.Length - used);
            received += used;
            // Reading on to the final dot keeps the conversation in step, but not for ever.
            if (received > 2L * limits.MessageBytes) throw new SmtpHangUpException(TooLarge(limits));
        }
        if (content?.Length > limits.MessageBytes) Refuse(TooLarge(limits));
        return refusal ?? (reader.SawBareLineFeed ? BareLineFeed : null);
    }

    public void Dispose()
    {
        content?.Dispose();
        content = null;
        memory.Give(taken);
        taken = 0;
    }

    private void MakeRoom(int more)
    {
        if (content is null) return;
        var wanted = content.Length + more;
        // The block may hold the final dot and the next command, so a message just under the limit is not yet judged by it.
        if (wanted > limits.MessageBytes + more) Refuse(TooLarge(limits));
        else if (wanted > content.Capacity && !Take(Math.Max(content.Capacity, wanted - content.Capacity))) Refuse(NoMemory);
    }

    private bool Take(long bytes)
    {
        if (!memory.TryTake(bytes))
        {
            refusal = NoMemory;
            return false;
        }
        taken += bytes;
        return true;
    }

    private void Refuse(SmtpReply reply)
    {
        Dispose();
        refusal = reply;
    }
}
