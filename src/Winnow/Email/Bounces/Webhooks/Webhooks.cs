using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>An account's door for one provider.</summary>
/// <param name="Generation">Another one makes another address.</param>
/// <param name="Secret">What the provider signs with or sends along; empty while it is not known, or when its key was lost.</param>
/// <param name="LastAt">When a genuine call came last (UTC), to the hour; null when never.</param>
/// <param name="Problem">Why the last call was refused (<see cref="WebhookFault"/>); null when it was taken.</param>
public sealed record Webhook(string Provider, long Generation, string Secret, DateTimeOffset? LastAt, string? Problem);

/// <summary>What a call is answered with.</summary>
public enum WebhookAnswer
{
    /// <summary>Stored, or nothing in it to store.</summary>
    Taken,
    /// <summary>It was taken before; nothing was stored.</summary>
    Known,
    /// <summary>No such door.</summary>
    NoDoor,
    /// <summary>Not the provider's, or too old.</summary>
    Refused,
    /// <summary>No JSON.</summary>
    Unreadable,
    /// <summary>Cannot be checked now: call again.</summary>
    Later,
}

/// <summary>The doors by which providers tell of bounces: whose a call is stands in its address, signed; whether it is genuine is checked
/// by what the account entered; then its events are stored as evidence, and only then the provider hears 200.</summary>
public sealed class Webhooks(Db db, Inbox inbox, MailTokens tokens, SnsCertificates certificates, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>The largest call that is read, in bytes.</summary>
    public const int MostBytes = 5 * 1024 * 1024;

    private const int KeptDays = 30;
    private static readonly SqlFile Sql = SqlFile.Beside<Webhooks>();
    private readonly IDataProtector protector = protection.CreateProtector("Winnow.Webhooks.Secret");

    /// <summary>The account's doors that are open.</summary>
    public Task<List<Webhook>> All(long accountId, CancellationToken stop = default) => db.Read(tx => All(tx, accountId), stop);

    /// <inheritdoc cref="All(long, CancellationToken)"/>
    public async Task<List<Webhook>> All(Tx tx, long accountId) => [.. (await tx.Query<Webhook>(Sql["all"], new { accountId })).Select(w => w with { Secret = Open(w.Secret) })];

    /// <summary>Where the provider is to call, below the public address of this server: unguessable, and another one for every generation.</summary>
    public async Task<string> PathOf(long accountId, Webhook door, CancellationToken stop = default)
    {
        var secret = await tokens.Secret(accountId, stop) ?? throw new InvalidOperationException($"Account {accountId} has no secret.");
        return $"/webhooks/{door.Provider}/{new MailToken(accountId, WebhookProvider.Find(door.Provider)!.Number, door.Generation).Sign(TokenPurpose.Webhook, secret)}";
    }

    /// <summary>Opens a door or changes it. A provider that takes a password gets a new one, and a new address.</summary>
    /// <param name="secret">Topic or key as entered; ignored where we make the password.</param>
    public Task Save(long accountId, WebhookProvider provider, string secret, long userId, CancellationToken stop = default)
    {
        // before the transaction: the first use of the protector may write a key, which would wait for it
        var kept = protector.Protect(provider.Asks == WebhookSecret.Password ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)) : secret);
        return db.Write(tx => Save(tx, accountId, provider, kept, userId), stop);
    }

    /// <summary>Closes a door. Opened again, it has another address.</summary>
    public Task Close(long accountId, WebhookProvider provider, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await tx.Execute(Sql["close"], new { accountId, provider.Code }) > 0)
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ReportDoorChanged, $"Webhook {provider.Name}", null, "open", "closed");
    }, stop);

    /// <summary>Takes a call: when this returns <see cref="WebhookAnswer.Taken"/>, what it told is committed.</summary>
    public async Task<WebhookAnswer> Take(string provider, string token, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        if (WebhookProvider.Find(provider) is not { } from || await tokens.Read(token, TokenPurpose.Webhook, stop) is not { } door || door.EmailId != from.Number) return WebhookAnswer.NoDoor;
        var accountId = door.AccountId;
        if ((await All(accountId, stop)).Find(w => w.Provider == provider) is not { } open || open.Generation != door.ContactId) return WebhookAnswer.NoDoor;
        if (JsonReading.Parse(body) is not { } json) return await Refuse(accountId, open, WebhookFault.Unreadable, WebhookAnswer.Unreadable);
        var proof = await from.Check(new(headers, body, open.Secret, clock.GetUtcNow()), certificates, stop);
        if (proof.Call is not { } call) return await Refuse(accountId, open, proof.Fault, proof.Fault == WebhookFault.NoCertificate ? WebhookAnswer.Later : WebhookAnswer.Refused);
        if (proof.Confirm is { } confirm && !await certificates.Confirm(confirm, stop)) return WebhookAnswer.Later;
        return await Store(accountId, from, call, [.. from.Read(json).Where(e => e.Matters)], stop);
    }

    /// <summary>Forgets calls so old that they would be refused for their age.</summary>
    public async Task Forget(CancellationToken stop)
    {
        var before = clock.GetUtcNow().AddDays(-KeptDays);
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts-with-old"], new { before }), stop))
            await db.Write(tx => tx.Execute(Sql["forget"], new { accountId, before }), stop);
    }

    private async Task Save(Tx tx, long accountId, WebhookProvider provider, string secret, long userId)
    {
        await tx.Execute(Sql["save"], new { accountId, provider.Code, secret, renew = provider.Asks == WebhookSecret.Password ? 1L : 0L });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ReportDoorChanged, $"Webhook {provider.Name}", null, null, "open");
    }

    private Task<WebhookAnswer> Store(long accountId, WebhookProvider from, string call, IReadOnlyList<ProviderEvent> events, CancellationToken stop) => db.Write(async tx =>
    {
        var now = clock.GetUtcNow();
        await tx.Execute(Sql["seen"], new { accountId, from.Code, now, before = now.AddHours(-1) });
        if (events.Count == 0) return WebhookAnswer.Taken;               // opened, clicked, delivered: to take it twice changes nothing
        if (await tx.Execute(Sql["once"], new { accountId, call = Hash($"{from.Code} {call}"), now }) == 0) return WebhookAnswer.Known;
        foreach (var one in events.DistinctBy(e => (e.Id, e.Recipient)))
            await inbox.Receive(tx, accountId, from.Code, Cut(one.Recipient), Encoding.UTF8.GetBytes(one.Raw), Hash($"{from.Code} {one.Id} {one.Recipient}"));
        return WebhookAnswer.Taken;
    }, stop);

    private async Task<WebhookAnswer> Refuse(long accountId, Webhook door, string? problem, WebhookAnswer answer)
    {
        if (door.Problem != problem) await db.Write(tx => tx.Execute(Sql["refused"], new { accountId, door.Provider, problem }));
        return answer;
    }

    // A secret whose key was lost is none: every call is refused, and the page says so.
    private string Open(string stored)
    {
        try { return protector.Unprotect(stored); }
        catch (CryptographicException) { return ""; }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Cut(string text) => (text.Length <= 320 ? text : text[..320]).Replace('\0', '\uFFFD');
}
