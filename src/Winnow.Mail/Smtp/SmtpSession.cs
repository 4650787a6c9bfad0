using System.Globalization;
using System.Net;

namespace Winnow.Mail.Smtp;

/// <summary>
/// One client's conversation with the listener: reads a command, looks it up in <see cref="SmtpStates"/>, does it, replies.
/// </summary>
internal sealed class SmtpSession(SmtpHost host, SmtpServerWire wire, SmtpMemory memory, IPAddress remote, CancellationToken abort)
{
    private static readonly SmtpReply TooManyErrors = new(421, "4.7.0", "Too many errors");
    private static readonly SmtpReply TooManyCommands = new(421, "4.7.0", "Too many commands without a message");
    private static readonly SmtpReply BareLineFeed = new(500, "5.5.2", "Bare line feed; end lines with CR LF");

    private static readonly SmtpReply UnknownParameter = new(555, "5.5.4", "Parameter not known or malformed");

    private readonly List<string> recipients = [];
    private SmtpState state = SmtpState.Start;
    private string hello = "";
    private string sender = "";
    private int commands;
    private int errors;
    private bool isOver;

    private SmtpEnvelope Envelope => new(remote, hello, wire.IsEncrypted, sender, [.. recipients]);

    public async Task Run()
    {
        try
        {
            wire.Say(new SmtpReply(220, null, $"{host.Name} ESMTP"));
            while (!isOver && await wire.ReadLine() is { } line)
            {
                if (await Answer(line) is { } reply) wire.Say(reply);
                if (errors >= host.Limits.Errors) throw new SmtpHangUpException(TooManyErrors);
            }
            await wire.Flush();
        }
        catch (SmtpHangUpException e)
        {
            await wire.Farewell(e.Reply);
        }
        catch (Exception e) when (SmtpServerWire.IsGone(e))
        {
            // The client went away; what was not answered with 250 was not taken.
        }
    }

    private async ValueTask<SmtpReply?> Answer(string line)
    {
        if (++commands > host.Limits.Commands) throw new SmtpHangUpException(TooManyCommands);
        var reply = await Reply(line);
        if (reply is { IsPermanent: true }) errors++;
        return reply;
    }

    private async ValueTask<SmtpReply?> Reply(string line)
    {
        if (!line.EndsWith("\r\n", StringComparison.Ordinal)) return BareLineFeed;
        var words = line[..^2].Split(' ', 2);
        var rule = SmtpStates.Find(words[0]);
        if (rule is null) return SmtpStates.Unknown;
        if ((rule.LegalIn & state) == 0) return rule.OutOfTurn;
        var reply = await rule.Do(this, words.Length > 1 ? words[1].TrimEnd(' ') : "");
        if (reply is { IsPositive: true } && rule.LeadsTo is { } next) state = next;
        return reply;
    }

    /// <summary>EHLO and HELO begin anew (RFC 5321 §4.1.4).</summary>
    public ValueTask<SmtpReply?> Hello(string name, bool extended)
    {
        if (name.Length == 0 || name.Any(char.IsControl)) return new(new SmtpReply(501, "5.5.4", "Say who you are: EHLO your.name"));
        Forget();
        hello = name;
        if (!extended) return new(new SmtpReply(250, null, host.Name));
        string?[] lines =
        [
            host.Name, "PIPELINING", $"SIZE {host.Limits.MessageBytes}", "8BITMIME", "ENHANCEDSTATUSCODES",
            host.Certificate is not null && !wire.IsEncrypted ? "STARTTLS" : null,
        ];
        return new(new SmtpReply(250, null, string.Join('\n', lines.OfType<string>())));
    }

    /// <summary>RFC 3207. What was said before counts for nothing afterwards (§4.2). Says its reply itself.</summary>
    public async ValueTask<SmtpReply?> Encrypt(string rest)
    {
        if (rest.Length > 0) return new SmtpReply(501, "5.5.4", "STARTTLS takes no argument");
        if (host.Certificate is null || wire.IsEncrypted) return new SmtpReply(502, "5.5.1", "STARTTLS is not on offer");
        // Commands sent in the clear behind it would be taken for encrypted ones (CVE-2011-0411).
        if (wire.HasUnread) throw new SmtpHangUpException(new SmtpReply(503, "5.5.1", "Nothing may follow STARTTLS before the handshake"));
        wire.Say(new SmtpReply(220, "2.0.0", "Ready to start TLS"));
        await wire.Encrypt(host.Certificate);
        Forget();
        hello = "";
        state = SmtpState.Start;
        return null;
    }

    /// <summary>RFC 5321 §4.1.1.2.</summary>
    public ValueTask<SmtpReply?> Mail(string argument)
    {
        if (SmtpPath.Read(argument, "FROM:", out var parameters) is not { } path) return new(Syntax("MAIL FROM:<address>"));
        foreach (var parameter in parameters)
        {
            if (Judge(parameter.ToUpperInvariant().Split('=', 2)) is { } refusal) return new(refusal);
        }
        Forget();
        sender = path;
        return new(new SmtpReply(250, "2.1.0", "Sender OK"));
    }

    /// <summary>RFC 5321 §4.1.1.3.</summary>
    public async ValueTask<SmtpReply?> Rcpt(string argument)
    {
        if (SmtpPath.Read(argument, "TO:", out var parameters) is not { Length: > 0 } path) return Syntax("RCPT TO:<address>");
        if (parameters.Length > 0) return UnknownParameter;
        if (recipients.Count >= host.Limits.Recipients) return new SmtpReply(452, "4.5.3", "Too many recipients");
        var reply = await Ask(() => host.AcceptRecipient(Envelope, path, abort));
        if (reply.IsPositive) recipients.Add(path);
        return reply;
    }

    /// <summary>RFC 5321 §4.1.1.4.</summary>
    public async ValueTask<SmtpReply?> Data(string rest)
    {
        if (rest.Length > 0) return new SmtpReply(501, "5.5.4", "DATA takes no argument");
        wire.Say(new SmtpReply(354, null, "End with <CR><LF>.<CR><LF>"));
        using var intake = new SmtpIntake(wire, memory, host.Limits);
        var reply = await intake.Receive() ?? await Ask(() => host.Store(Envelope, intake.Content, abort));
        Forget();
        state = SmtpState.Ready;
        if (reply.IsPositive) commands = errors = 0;
        return reply;
    }

    /// <summary>RFC 5321 §4.1.1.5.</summary>
    public ValueTask<SmtpReply?> Reset()
    {
        Forget();
        if (state != SmtpState.Start) state = SmtpState.Ready;
        return new(new SmtpReply(250, "2.0.0", "OK"));
    }

    public ValueTask<SmtpReply?> Quit()
    {
        isOver = true;
        return new(new SmtpReply(221, "2.0.0", "Bye"));
    }

    public static ValueTask<SmtpReply?> HangUpOn() => throw new SmtpHangUpException(new SmtpReply(421, "4.7.0", "This is SMTP"));

    private void Forget()
    {
        recipients.Clear();
        sender = "";
    }

    private SmtpReply? Judge(string[] parameter) => parameter switch
    {
        ["SIZE", var size] when long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) =>
            bytes > host.Limits.MessageBytes ? SmtpIntake.TooLarge(host.Limits) : null,
        ["BODY", "7BIT" or "8BITMIME"] => null,
        _ => UnknownParameter,
    };

    private async ValueTask<SmtpReply> Ask(Func<ValueTask<SmtpReply>> hook)
    {
        try
        {
            return await hook();
        }
#pragma warning disable CA1031 // whatever the host's code throws, the client must hear "try again" and keep the message
        catch (Exception e)
#pragma warning restore CA1031
        {
            host.Failed?.Invoke(e);
            return SmtpReplies.TryLater;
        }
    }

    private static SmtpReply Syntax(string form) => new(501, "5.5.4", $"Syntax: {form}");
}
