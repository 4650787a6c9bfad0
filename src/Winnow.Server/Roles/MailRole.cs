using System.Net;
using Winnow.Email;
using Winnow.Email.Bounces;
using Winnow.Mail.Smtp;

namespace Winnow.Server.Roles;

/// <summary>
/// Receives what comes back: an SMTP listener that knows no mailbox but the addresses we signed. A mail to a return path is
/// committed to the inbox before it says 250; a mail to an unsubscribe address, whatever it says, unsubscribes. Configuration: <c>Mail:Listen</c> (address:port, default 0.0.0.0:2525),
/// <c>Mail:Name</c> (its host name), <c>Mail:MaxBytes</c> (largest mail, default 10 MB).
/// </summary>
public sealed class MailRole(Inbox inbox, MailTokens tokens, Unsubscribe unsubscribe, IConfiguration configuration, TimeProvider clock, ILogger<MailRole> log) : IHostedService
{
    private static readonly SmtpReply Filled = new(552, "5.2.2", "This address has had all the mail it takes");
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private SmtpListener? listener;

    /// <summary>Where it listens, once started; the port is the real one when 0 was asked for.</summary>
    public IPEndPoint Endpoint => listener?.Endpoint ?? throw new InvalidOperationException("The mail role has not been started");

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var at = configuration["Mail:Listen"] ?? "0.0.0.0:2525";
        if (!IPEndPoint.TryParse(at, out var endpoint)) throw new InvalidOperationException($"Mail:Listen is '{at}', which is no address:port such as 0.0.0.0:2525");
        listener = SmtpListener.Start(endpoint, Host());
        log.LogInformation("Mail role: waiting for bounces on {Endpoint}", listener.Endpoint);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => listener?.StopAsync(Grace) ?? Task.CompletedTask;

    private SmtpHost Host() => new()
    {
        Name = configuration["Mail:Name"] ?? Environment.MachineName,
        AcceptRecipient = Accept,
        Store = Store,
        Clock = clock,
        Limits = new() { MessageBytes = configuration.GetValue("Mail:MaxBytes", 10 * 1024 * 1024), Recipients = 100 },
        Failed = e => log.LogError(e, "A mail that came in could not be stored; its sender will try again"),
    };

    /// <summary>The same answer for a forged token, a foreign one and no token at all, so that nobody learns which accounts exist.</summary>
    private async ValueTask<SmtpReply> Accept(SmtpEnvelope envelope, string recipient, CancellationToken cancel) =>
        await tokens.ReadAddress(recipient, cancel) is null ? SmtpReplies.NoSuchMailbox : SmtpReplies.RecipientOk;

    private async ValueTask<SmtpReply> Store(SmtpEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        var paths = new List<(MailToken, string)>();
        foreach (var recipient in envelope.Recipients)
            if (await tokens.ReadAddress(recipient, cancel) is (TokenPurpose.ReturnPath, var token)) paths.Add((token, recipient));
            else await unsubscribe.Leave(ReturnPath.Parse(recipient)!.Value.Token, "mail", cancel);
        return paths.Count == 0 || await inbox.Store(paths, content, cancel) ? SmtpReplies.Stored : Filled;
    }
}
