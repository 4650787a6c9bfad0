using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Mail.Dkim;
using Winnow.Mail.Mime;

namespace Winnow.Email.Sending;

/// <summary>A key that signs the mail of a domain, or could.</summary>
/// <param name="Domain">In small letters and ASCII.</param>
/// <param name="Selector">Its public half lies at <c>Selector._domainkey.Domain</c>.</param>
/// <param name="PublicKey">As the DNS record holds it: base64.</param>
/// <param name="SignsSince">Null while it does not sign: its record is to be published first.</param>
public sealed record DkimKey(string Domain, string Selector, string PublicKey, DateTimeOffset? SignsSince, DateTimeOffset CreatedAt);

/// <summary>The account's DKIM keys: made here, the private half encrypted in the database. One key a domain signs; a new one stands beside
/// it until it is told to sign, and the old one stays until it is deleted, for mail that is still on its way.</summary>
public sealed class DkimKeys(Db db, IDataProtectionProvider protection, TimeProvider clock) : IDisposable
{
    /// <summary>RFC 8301 §3.2.</summary>
    public const int Bits = 2048;

    private static readonly SqlFile Sql = SqlFile.Beside<DkimKeys>();
    private readonly IDataProtector protector = protection.CreateProtector("Winnow.DkimKeys.PrivateKey");
    private readonly ConcurrentDictionary<(long Account, string Domain), (string Stored, DkimSigner Signer)> read = new();

    /// <summary>All keys, by domain, the newest first.</summary>
    public Task<List<DkimKey>> All(long accountId, CancellationToken stop = default) => db.Read(tx => tx.Query<DkimKey>(Sql["all"], new { accountId }), stop);

    /// <summary>Makes a key that does not sign yet.</summary>
    /// <param name="userId">Who makes it, for the record; so below.</param>
    /// <returns>Its selector, or null when this is no domain that mail can come from.</returns>
    public async Task<string?> Create(long accountId, string domain, long? userId = null, CancellationToken stop = default)
    {
        if (DomainOf($"x@{domain.Trim()}") is not { } ascii) return null;
        using var rsa = RSA.Create(Bits);
        var now = clock.GetUtcNow();
        var selector = string.Create(CultureInfo.InvariantCulture, $"w{now:yyyyMMdd}{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
        var (privateKey, publicKey) = (protector.Protect(rsa.ExportPkcs8PrivateKeyPem()), Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()));
        await db.Write(async tx =>
        {
            await tx.Execute(Sql["add"], new { accountId, domain = ascii, selector, privateKey, publicKey, now });
            await Note(tx, accountId, userId, ascii, selector, "made");
        }, stop);
        return selector;
    }

    /// <summary>From now on this key signs its domain's mail, and no other does.</summary>
    /// <returns>False when there is no such key.</returns>
    public Task<bool> SignWith(long accountId, string domain, string selector, long? userId = null, CancellationToken stop = default) => db.Write(async tx =>
        (await tx.Query<string>(Sql["hold"], new { accountId, domain })).Contains(selector)
        && await tx.Execute(Sql["sign"], new { accountId, domain, selector, now = clock.GetUtcNow() }) > 0
        && await Note(tx, accountId, userId, domain, selector, "signs"), stop);

    /// <summary>Mail goes out unsigned until a key is told to sign.</summary>
    public Task<bool> StopSigning(long accountId, string domain, string selector, long? userId = null, CancellationToken stop = default) =>
        db.Write(async tx => await tx.Execute(Sql["stop"], new { accountId, domain, selector }) == 1 && await Note(tx, accountId, userId, domain, selector, "does not sign"), stop);

    /// <summary>Deletes a key for ever. One that signs cannot be.</summary>
    public Task<bool> Delete(long accountId, string domain, string selector, long? userId = null, CancellationToken stop = default) =>
        db.Write(async tx => await tx.Execute(Sql["delete"], new { accountId, domain, selector }) == 1 && await Note(tx, accountId, userId, domain, selector, "deleted"), stop);

    /// <summary>What signs mail from this address; null when no key of its domain does. Read once for a sending, parsed once for all.</summary>
    /// <exception cref="InvalidOperationException">The key cannot be decrypted: unsigned mail of a domain that promises signatures would be thrown away by receivers.</exception>
    public async ValueTask<DkimSigner?> SignerOf(long accountId, string fromAddress, CancellationToken stop = default)
    {
        if (DomainOf(fromAddress) is not { } domain) return null;
        if (await db.Read(tx => tx.SingleOrNone<Stored>(Sql["signing"], new { accountId, domain }), stop) is not { } stored) return null;
        if (read.TryGetValue((accountId, domain), out var known) && known.Stored == stored.PrivateKey) return known.Signer;
        var signer = new DkimSigner(domain, stored.Selector, Decrypt(stored, domain));
        read[(accountId, domain)] = (stored.PrivateKey, signer);             // the one before may still be signing: it is left to the collector
        return signer;
    }

    /// <summary>The domain of an address in small letters and ASCII, or null when it is no address.</summary>
    public static string? DomainOf(string address) => EmailAddress.Normalize(address) is { } key ? key[(key.IndexOf('@', StringComparison.Ordinal) + 1)..] : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, signer) in read.Values) signer.Dispose();
    }

    private async Task<bool> Note(Tx tx, long accountId, long? userId, string domain, string selector, string what)
    {
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.SendingChanged, $"DKIM {selector}._domainkey.{domain}", null, null, what);
        return true;
    }

    private string Decrypt(Stored stored, string domain)
    {
        try { return protector.Unprotect(stored.PrivateKey); }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException($"The DKIM key {stored.Selector} of {domain} cannot be decrypted: this server has other keys than the one that stored it. Make a new key under Settings > Sending, publish its record and sign with it.", e);
        }
    }

    private sealed record Stored(string Selector, string PrivateKey);
}
