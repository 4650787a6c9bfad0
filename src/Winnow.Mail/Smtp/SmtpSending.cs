namespace Winnow.Mail.Smtp;

/// <summary>
/// The way of one message through an open session (RFC 5321 §3.3): <see cref="Before"/> up to the point where the server
/// cannot yet have the message, then <see cref="HandOver"/>. In between the caller makes its durable note.
/// </summary>
internal sealed class SmtpSending(SmtpWire wire, SmtpTimeouts timeouts, ByteBuffer output, SmtpMessage message, SmtpExtensions server, bool resetFirst)
{
    // A message up to this many bytes goes out whole, in one write, after the note; of a longer one only the last part.
    private const int Block = 64 * 1024;
    private static readonly TimeSpan LastWordsWait = TimeSpan.FromSeconds(1);

    private SmtpData data = new(message.Content);
    private SmtpStage stage = SmtpStage.Sender;

    private enum Step
    {
        Reset,
        Sender,
        Recipient,
        Data,
    }

    /// <summary>Whether the session can carry another message.</summary>
    public bool EndedCleanly { get; private set; }

    /// <summary>Whether the next message must begin with RSET.</summary>
    public bool NeedsReset { get; private set; }

    private Step First => resetFirst ? Step.Reset : Step.Sender;

    /// <summary>Envelope, DATA, and all of a long message but its last part. Null: ready to hand over.</summary>
    public async ValueTask<SmtpOutcome?> Before(CancellationToken cancel)
    {
        SmtpOutcome? ended;
        using (wire.Obey(cancel))
        {
            ended = await Envelope(cancel) ?? await Beginning(cancel);
        }
        // The note may take its time; no deadline of ours may fall into it.
        wire.Rest();
        return ended;
    }

    /// <summary>Sends the part that completes the message, and hears the verdict.</summary>
    public async ValueTask<SmtpOutcome> HandOver(CancellationToken cancel)
    {
        stage = SmtpStage.Content;
        if (cancel.IsCancellationRequested || wire.IsOver) return NotStarted("the caller cancelled");
        // Asked here and not before the note, so that a server that died meanwhile costs no unknown outcome, and so that a
        // line it said too early is not taken for its answer to the final dot.
        if (wire.HasNews) return await LastWords() ?? NotStarted("the server hung up or spoke out of turn before the message was complete");

        stage = SmtpStage.End;
        output.Clear();
        data.EncodeEnd(output);
        using var obey = wire.ObeyAfter(timeouts.DataEndWhenCancelled, cancel);
        var written = false;
        try
        {
            await wire.Write(output.Written, timeouts.DataBlock);
            written = true;
            return Judge(await wire.ReadReply(timeouts.DataEnd));
        }
        catch (Exception e) when (SmtpWire.IsFailure(e))
        {
            var refusal = written ? null : await LastWords();
            return refusal is SmtpOutcome.Refused ? refusal
                : new SmtpOutcome.Unknown($"The message was handed over but no reply came: {Reason(e, cancel)}.");
        }
    }

    private SmtpOutcome Judge(SmtpReply reply)
    {
        EndedCleanly = reply.Code != 421;
        if (reply.IsPositive) return new SmtpOutcome.Accepted(reply);
        if (reply.IsTemporary || reply.IsPermanent) return new SmtpOutcome.Refused(reply, SmtpStage.End);
        EndedCleanly = false;
        return new SmtpOutcome.Unknown($"The message was handed over and the server answered {reply}, which is neither yes nor no.");
    }

    private async ValueTask<SmtpOutcome?> Envelope(CancellationToken cancel)
    {
        SmtpOutcome? refused = null;
        try
        {
            if (server.Pipelining) await WriteSteps(First, Step.Data);
            for (var step = First; step <= Step.Data; step++)
            {
                if (!server.Pipelining) await WriteSteps(step, step);
                stage = StageOf(step);
                var reply = await wire.ReadReply(step == Step.Data ? timeouts.DataStart : timeouts.Command);
                // RFC 5321 §3.8: "closing" says nothing about the message.
                if (reply.Code == 421) return refused ?? NotStarted($"the server is closing the session: {reply}", reply);
                if (step == Step.Data && reply.Code / 100 == 3) return refused is null ? null : await EndEmpty(refused);
                if (reply.IsPositive && step != Step.Data) continue;
                if (reply.Code < 400 || step == Step.Reset) return refused ?? NotStarted($"the server answered {reply} out of turn", reply);
                refused ??= new SmtpOutcome.Refused(reply, stage);
                if (!server.Pipelining) break;
            }
            EndedCleanly = NeedsReset = true;
            return refused;
        }
        catch (Exception e) when (SmtpWire.IsFailure(e))
        {
            return refused ?? NotStarted(Reason(e, cancel));
        }
    }

    private ValueTask WriteSteps(Step from, Step to)
    {
        output.Clear();
        for (var step = from; step <= to; step++)
        {
            switch (step)
            {
                case Step.Reset:
                    output.Append("RSET\r\n"u8);
                    break;
                case Step.Sender:
                    output.Append("MAIL FROM:<"u8);
                    output.AppendText(message.Sender);
                    output.Append(">"u8);
                    // RFC 1870 §4: lets a full or strict server refuse before the message crosses the line.
                    if (server.MaxSize is not null) output.AppendText($" SIZE={message.Content.Length}");
                    if (message.Is8Bit) output.Append(" BODY=8BITMIME"u8);
                    if (message.NeedsUtf8) output.Append(" SMTPUTF8"u8);
                    output.Append("\r\n"u8);
                    break;
                case Step.Recipient:
                    output.Append("RCPT TO:<"u8);
                    output.AppendText(message.Recipient);
                    output.Append(">\r\n"u8);
                    break;
                default:
                    output.Append("DATA\r\n"u8);
                    break;
            }
        }
        return wire.Write(output.Written, timeouts.Command);
    }

    /// <summary>
    /// A pipelining server may ask for the message although it took no recipient; RFC 2920 §3.1 has us send an empty one.
    /// Whatever it answers, nobody gets anything.
    /// </summary>
    private async ValueTask<SmtpOutcome> EndEmpty(SmtpOutcome refused)
    {
        await wire.Write(".\r\n"u8.ToArray(), timeouts.DataBlock);
        var reply = await wire.ReadReply(timeouts.DataEnd);
        NeedsReset = true;
        EndedCleanly = reply.Code != 421;
        return refused;
    }

    private async ValueTask<SmtpOutcome?> Beginning(CancellationToken cancel)
    {
        stage = SmtpStage.Content;
        try
        {
            while (data.Left > Block)
            {
                if (wire.HasNews) return await LastWords() ?? NotStarted("the server hung up or spoke out of turn while the message was being sent");
                output.Clear();
                data.Encode(output, Block);
                await wire.Write(output.Written, timeouts.DataBlock);
            }
            return null;
        }
        catch (Exception e) when (SmtpWire.IsFailure(e))
        {
            return await LastWords() ?? NotStarted(Reason(e, cancel));
        }
    }

    /// <summary>What a server said before it hung up on an unfinished message, if it said something.</summary>
    private async ValueTask<SmtpOutcome?> LastWords()
    {
        try
        {
            var reply = await wire.ReadReply(LastWordsWait);
            return reply.Code < 400 || (reply.Code == 421 && stage != SmtpStage.End)
                ? NotStarted($"the server ended the session: {reply}", reply)
                : new SmtpOutcome.Refused(reply, stage);
        }
        catch (Exception e) when (SmtpWire.IsFailure(e))
        {
            return null;
        }
    }

    private SmtpOutcome.NotStarted NotStarted(string why, SmtpReply? reply = null) =>
        new($"The message was not handed over ({stage}): {why}.", stage, reply);

    private static string Reason(Exception e, CancellationToken cancel) =>
        cancel.IsCancellationRequested ? "the caller cancelled" : e is OperationCanceledException ? "the server did not answer in time" : e.Message;

    private static SmtpStage StageOf(Step step) => step switch
    {
        Step.Recipient => SmtpStage.Recipient,
        Step.Data => SmtpStage.Data,
        _ => SmtpStage.Sender,
    };
}
