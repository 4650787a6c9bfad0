using System.Security.Cryptography;
using System.Text.Json;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Email.Sending;
using Winnow.Jobs;
using Winnow.Mail.Compose;
using Winnow.Mail.Mime;
using Winnow.Mail.Smtp;

namespace Winnow.Email;

/// <summary>
/// Mail that Winnow writes itself, to one person: invitations, new passwords. It is a job, so it is ordered with the
/// caller's transaction and waits, for a day, for a relay that is down or not set up yet. What it says is encrypted while it waits, for it
/// holds links that open doors. A process that is killed between the relay's yes and the note of it sends a second
/// copy: of a link that works once that is better than none.
/// </summary>
public sealed class SystemMail(Relays relays, DkimKeys keys, JobQueue queue, MailSettingsStore settings, AccountStore accounts, TimeProvider clock) : IJob
{
    private const int Nonce = 12, Tag = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1), ShortestPause = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Orders one mail; it goes out once the caller's transaction has committed.</summary>
    /// <param name="accountId">The account whose relay and sender it goes out by.</param>
    /// <param name="subject">Also the job's title, which every member of the account may read: no secrets.</param>
    /// <returns>The job's id in the account.</returns>
    public async Task<long> Send(Tx tx, long accountId, string to, string subject, string text, string html)
    {
        var mail = Seal(new(to, subject, text, html), await accounts.Secret(tx, accountId));
        return await queue.Enqueue<SystemMail>(tx, accountId, subject, new State(mail, clock.GetUtcNow()), 1, null);
    }

    /// <summary>Whether the account's mail can leave now: relay, sender, bounce domain and public address are filled in.</summary>
    public async Task<bool> IsSetUp(long accountId, CancellationToken stop = default) => (await settings.Read(accountId, stop)).Complete;

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var state = run.State<State>();
        if (state.Sealed is not { } mail) return null;              // it was handed over by a run that came no further
        var age = clock.GetUtcNow() - state.OrderedAt;
        if (age > Patience) throw new InvalidOperationException("This mail was not sent: within a day no relay took it. Look at Settings > Sending and ask for the mail again.");
        if (await HandOver(run.AccountId, Open(mail, await accounts.Secret(run.AccountId, stop)), stop) is { } trouble)
            throw new JobPostponedException(trouble, TimeSpan.FromTicks(Math.Clamp(age.Ticks / 4, ShortestPause.Ticks, LongestPause.Ticks)));
        await run.Step<State>(_ => Task.FromResult(new Step<State>(state with { Sealed = null }, 1)), CancellationToken.None);
        return null;
    }

    /// <summary>Null when the relay took it, else what to wait for. A lasting refusal is thrown: trying longer changes nothing.</summary>
    private async Task<string?> HandOver(long accountId, Content mail, CancellationToken stop)
    {
        if (!await IsSetUp(accountId, stop)) return "Sending is not set up: fill in Settings > Sending, and this mail goes out.";
        var (pool, sender) = await relays.Of(accountId, stop);
        var content = Compose(mail, sender);
        if (await keys.SignerOf(accountId, sender.FromAddress, stop) is { } signer) content = signer.Sign(content, clock.GetUtcNow());
        return await pool.SendAsync(new(sender.FromAddress, mail.To, content), null, stop) switch
        {
            SmtpOutcome.Accepted => null,
            SmtpOutcome.Refused { IsPermanent: true } refused => throw new InvalidOperationException($"The relay refused this mail with {refused.Code} {refused.Enhanced} at {refused.Stage}. Check the recipient's address and Settings > Sending."),
            SmtpOutcome.Refused later => $"The relay asks to try later: {later.Code} {later.Enhanced}",
            SmtpOutcome.NotStarted notStarted => notStarted.Why,
            SmtpOutcome.Unknown unknown => unknown.Why,
            _ => null,
        };
    }

    private byte[] Compose(Content mail, MailSettings sender) => new MessageBuilder
    {
        From = new(sender.FromName, sender.FromAddress),
        Subject = Plain(mail.Subject),
        Text = Plain(mail.Text),
        Html = Plain(mail.Html),
        Headers = [new("Auto-Submitted", "auto-generated"), new("X-Auto-Response-Suppress", "OOF, AutoReply")],      // RFC 3834: no absence notes back
    }.Prepare().ToBytes(new(new Mailbox(mail.To), clock.GetUtcNow(), MessageId.New(sender.BounceDomain)));

    // The composer reads {{…}} as a slot; a name of a company must not be one.
    private static string Plain(string text) => text.Replace("{{", "{ {", StringComparison.Ordinal);

    // Not by Data Protection: its first use makes a key and writes it to the database, which would wait for the very
    // transaction that a mail is ordered in. The account's secret is read in that transaction.
    private static byte[] Seal(Content mail, byte[] secret)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(mail);
        var made = new byte[Nonce + plain.Length + Tag];
        RandomNumberGenerator.Fill(made.AsSpan(0, Nonce));
        using var cipher = new AesGcm(Key(secret), Tag);
        cipher.Encrypt(made.AsSpan(0, Nonce), plain, made.AsSpan(Nonce, plain.Length), made.AsSpan(Nonce + plain.Length));
        return made;
    }

    private static Content Open(byte[] made, byte[] secret)
    {
        var plain = new byte[made.Length - Nonce - Tag];
        using var cipher = new AesGcm(Key(secret), Tag);
        cipher.Decrypt(made.AsSpan(0, Nonce), made.AsSpan(Nonce, plain.Length), made.AsSpan(Nonce + plain.Length), plain);
        return JsonSerializer.Deserialize<Content>(plain)!;
    }

    private static byte[] Key(byte[] secret) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: "Winnow.SystemMail"u8.ToArray());

    private sealed record State(byte[]? Sealed, DateTimeOffset OrderedAt);

    private sealed record Content(string To, string Subject, string Text, string Html);
}
