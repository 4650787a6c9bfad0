using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Winnow.Mail.Smtp;

/// <summary>What came of opening a session: a connection, or why there is none.</summary>
public readonly record struct SmtpOpened(SmtpConnection? Connection, SmtpOutcome.NotStarted? Failure)
{
    /// <summary>Whether there is a connection.</summary>
    [MemberNotNullWhen(true, nameof(Connection))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Connection is not null;
}

/// <summary>The conversation that opens a session: connect, greeting, EHLO, STARTTLS, EHLO again, AUTH (RFC 5321 §3.1, 3.2).</summary>
internal sealed class SmtpOpening(SmtpRelay relay, SmtpWire wire)
{
    private SmtpExtensions extensions = SmtpExtensions.None;
    private SmtpStage stage = SmtpStage.Connect;

    private string Where => $"{relay.Host}:{relay.Port}";

    public static async Task<SmtpOpened> Open(SmtpRelay relay, CancellationToken cancel)
    {
        var opened = await new SmtpOpening(relay, new SmtpWire(relay.Clock)).Converse(relay.Tls != SmtpTls.None, cancel);
        // RFC 7435 §3: better in the clear than not at all, when nothing secret is to be said. The broken handshake used
        // up the connection.
        var mayBeClear = relay is { Tls: SmtpTls.Opportunistic, Credentials: null } && !cancel.IsCancellationRequested;
        return opened.Failure?.Stage == SmtpStage.Tls && mayBeClear
            ? await new SmtpOpening(relay, new SmtpWire(relay.Clock)).Converse(encrypt: false, cancel)
            : opened;
    }

    private async Task<SmtpOpened> Converse(bool encrypt, CancellationToken cancel)
    {
        using var obey = wire.Obey(cancel);
        SmtpOutcome.NotStarted? failure;
        try
        {
            failure = await Connect() ?? await Hello() ?? (encrypt ? await Encrypt() : null) ?? await LogIn();
            wire.Rest();
        }
        catch (Exception e) when (SmtpWire.IsFailure(e))
        {
            var why = cancel.IsCancellationRequested ? "the caller cancelled" : e is OperationCanceledException ? "no answer in time" : e.Message;
            failure = new SmtpOutcome.NotStarted($"Opening a session with {Where} failed ({stage}): {why}.", stage);
        }
        if (failure is null) return new SmtpOpened(new SmtpConnection(wire, extensions, relay.Timeouts), null);
        wire.Dispose();
        return new SmtpOpened(null, failure);
    }

    private async Task<SmtpOutcome.NotStarted?> Connect()
    {
        await wire.Connect(relay.Host, relay.Port, relay.Timeouts.Connect);
        if (relay.Tls == SmtpTls.Implicit) await Handshake(checkCertificate: true);
        stage = SmtpStage.Greeting;
        var greeting = await wire.ReadReply(relay.Timeouts.Command);
        return greeting.IsPositive ? null : Refused(greeting);
    }

    private async Task<SmtpOutcome.NotStarted?> Hello()
    {
        stage = SmtpStage.Hello;
        var reply = await Ask($"EHLO {relay.LocalName}");
        if (reply.IsPositive)
        {
            extensions = SmtpExtensions.Read(reply);
            return null;
        }
        // RFC 5321 §3.2: a server that does not know EHLO is asked again in the old way.
        if (reply.IsPermanent) reply = await Ask($"HELO {relay.LocalName}");
        extensions = SmtpExtensions.None;
        return reply.IsPositive ? null : Refused(reply);
    }

    private async Task<SmtpOutcome.NotStarted?> Encrypt()
    {
        if (wire.IsEncrypted) return null;
        stage = SmtpStage.Tls;
        var mustEncrypt = relay.Tls == SmtpTls.Required || relay.Credentials is not null;
        if (!extensions.StartTls)
        {
            return mustEncrypt ? Failed("the server does not offer STARTTLS, which the settings ask for") : null;
        }
        var reply = await Ask("STARTTLS");
        if (!reply.IsPositive) return mustEncrypt || reply.Code == 421 ? Refused(reply) : null;
        await Handshake(checkCertificate: mustEncrypt);
        return await Hello();
    }

    private async Task Handshake(bool checkCertificate)
    {
        stage = SmtpStage.Tls;
        await wire.StartTls(relay.Host, relay.AcceptAnyCertificate || !checkCertificate, relay.Timeouts.Connect);
    }

    private async Task<SmtpOutcome.NotStarted?> LogIn()
    {
        if (relay.Credentials is not { } who) return null;
        stage = SmtpStage.Auth;
        SmtpReply reply;
        if (extensions.Auth.Contains("PLAIN"))
        {
            // RFC 4616 §2: authorization id (none), NUL, user name, NUL, password.
            reply = await Ask("AUTH PLAIN " + Base64($"\0{who.UserName}\0{who.Password}"));
        }
        else if (extensions.Auth.Contains("LOGIN"))
        {
            reply = await Ask("AUTH LOGIN");
            if (reply.Code == 334) reply = await Ask(Base64(who.UserName));
            if (reply.Code == 334) reply = await Ask(Base64(who.Password));
        }
        else
        {
            return Failed("the server offers neither AUTH PLAIN nor AUTH LOGIN; leave the password out or use another port");
        }
        return reply.IsPositive ? null : Refused(reply);
    }

    private async Task<SmtpReply> Ask(string line)
    {
        await wire.Write(Encoding.UTF8.GetBytes(line + "\r\n"), relay.Timeouts.Command);
        return await wire.ReadReply(relay.Timeouts.Command);
    }

    private SmtpOutcome.NotStarted Refused(SmtpReply reply) => new($"{Where} refused the session ({stage}): {reply}.", stage, reply);

    private SmtpOutcome.NotStarted Failed(string why) => new($"Opening a session with {Where} failed ({stage}): {why}.", stage);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
