using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Winnow.Data;

namespace Winnow.Transfer.Passports;

/// <summary>The key with which this installation signs its suppression passports: ECDSA on P-256, kept encrypted.</summary>
public sealed class PassportKey(Db db, IDataProtectionProvider protection)
{
    private static readonly SqlFile Sql = SqlFile.Beside<PassportKey>();
    private readonly IDataProtector protector = protection.CreateProtector("Winnow.PassportKey");

    /// <summary>The key, made where there is none yet. The caller disposes of it.</summary>
    public async Task<ECDsa> Get(CancellationToken stop)
    {
        var secret = await db.Read(tx => tx.SingleOrNone<string>(Sql["key"]), stop);
        if (secret is null)
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var fresh = protector.Protect(Convert.ToBase64String(made.ExportPkcs8PrivateKey()));
            secret = await db.Write(async tx =>
            {
                await tx.Execute(Sql["make"], new { secret = fresh });
                return await tx.Single<string>(Sql["key"]);              // another process may have been first
            }, stop);
        }
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(protector.Unprotect(secret)), out _);
        return key;
    }

    /// <summary>The fingerprint of the key; null where no passport was made yet.</summary>
    public async Task<string?> Own(CancellationToken stop = default)
    {
        if (await db.Read(tx => tx.SingleOrNone<string>(Sql["key"]), stop) is null) return null;
        using var key = await Get(stop);
        return Fingerprint(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>What people compare: the first 128 bits of the SHA-256 of a public key, in groups of four digits.</summary>
    public static string Fingerprint(byte[] publicKey) => string.Join('-', Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 16)).Chunk(4).Select(four => new string(four)));
}
