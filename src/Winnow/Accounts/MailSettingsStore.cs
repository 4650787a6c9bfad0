using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>Reads and writes <see cref="MailSettings"/>; the relay's password lies encrypted in the database.</summary>
public sealed class MailSettingsStore(Db db, IDataProtectionProvider protection, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<MailSettingsStore>();

    private readonly IDataProtector protector = protection.CreateProtector("Winnow.MailSettings.RelayPassword");

    /// <summary>The settings of an account, <see cref="MailSettings.Blank"/> when it has none yet.</summary>
    public Task<MailSettings> Read(long accountId, CancellationToken stop = default) => db.Read(tx => Read(tx, accountId), stop);

    /// <inheritdoc cref="Read(long, CancellationToken)"/>
    public async Task<MailSettings> Read(Tx tx, long accountId) =>
        await tx.SingleOrNone<MailSettings>(Sql["read"], new { accountId }) is { } stored
            ? stored with { RelayPassword = Decrypt(stored.RelayPassword) }
            : MailSettings.Blank;

    /// <summary>Writes all of them.</summary>
    /// <param name="userId">Who changes them; null for Winnow itself.</param>
    public Task Save(long accountId, MailSettings settings, long? userId = null, CancellationToken stop = default) => db.Write(async tx =>
    {
        var before = await Read(tx, accountId);
        if (before == settings) return;
        await tx.Execute(Sql["save"], Row(accountId, settings));
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.SendingChanged, settings.RelayHost, null, Words(before), Words(settings));
    }, stop);

    private object Row(long accountId, MailSettings settings) => new
    {
        accountId, settings.RelayHost, settings.RelayPort, settings.RelayTls, settings.RelayUser, settings.Connections,
        relayPassword = settings.RelayPassword is { Length: > 0 } password ? protector.Protect(password) : null,
        settings.FromName, settings.FromAddress, settings.BounceDomain, settings.PublicUrl, settings.PerMinute, settings.PerHour,
    };

    // What a colleague may see of it: never the password, not even whether it is another one.
    private static string Words(MailSettings s) =>
        $"{s.RelayHost}:{s.RelayPort}, TLS {s.RelayTls}, {s.RelayUser ?? "no user"}, {s.Connections} connections, {s.FromName} <{s.FromAddress}>, {s.BounceDomain}, {s.PublicUrl}, {s.PerMinute}/min, {s.PerHour}/h";

    // A password whose key was lost is no password: the relay will say so, and the settings page asks for it again.
    private string? Decrypt(string? stored)
    {
        try { return stored is null ? null : protector.Unprotect(stored); }
        catch (CryptographicException) { return null; }
    }
}
