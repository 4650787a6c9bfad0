using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>Addresses of people who were erased, as hashes with a key that only this installation has: enough to know an address again when it
/// comes back, nothing to read one from. What is known of such an address (bounce, complaint, opt-out) waits under its hash until then.</summary>
public sealed class AddressHashes(Db db, IDataProtectionProvider protection)
{
    private const char Mark = '#';                                                 // no normalised address begins so
    private static readonly SqlFile Sql = SqlFile.Beside<AddressHashes>();
    private readonly IDataProtector protector = protection.CreateProtector("Winnow.AddressHashes");
    private byte[]? key;

    /// <summary>Makes the key of the installation where there is none yet. Whoever erases calls it first, outside of a transaction.</summary>
    public async Task MakeKey(CancellationToken stop)
    {
        if (key is not null) return;
        var made = RandomNumberGenerator.GetBytes(32);
        var secret = protector.Protect(Convert.ToBase64String(made));
        await db.Write(async tx =>
        {
            if (await tx.Execute(Sql["make-key"], new { secret }) == 0) return;
            foreach (var (accountId, hash) in await tx.Query<(long, string)>(Sql["blocked"]))         // from the time before there was a key
                await tx.Execute(Sql["key-blocked"], new { accountId, hash, keyed = Keyed(made, accountId, hash) });
        }, stop);
        key = await db.Read(Key, stop);
    }

    /// <summary>The hashes of these normalised addresses.</summary>
    /// <returns>Addresses by hash.</returns>
    public async Task<Dictionary<string, string>> Of(Tx tx, long accountId, IEnumerable<string> keys)
    {
        var secret = key ??= await Key(tx);
        return keys.Distinct().ToDictionary(address => Plain(address) is var hash && secret is not null ? Keyed(secret, accountId, hash) : hash);
    }

    /// <summary>Takes these addresses from what is known of them: what keeps mail away stays under the hash, everything else goes. The caller knows
    /// that no contact has them.</summary>
    public async Task Hide(Tx tx, long accountId, IReadOnlyCollection<string> keys)
    {
        var states = await Addresses.ReadToChange(tx, accountId, keys);
        if (states.Count == 0) return;
        var hashes = (await Of(tx, accountId, states.Select(s => s.EmailKey))).ToDictionary(h => h.Value, h => Mark + h.Key);
        var kept = states.Where(s => (s.HardBouncedAt ?? s.ComplainedAt ?? s.OptedOutAt ?? s.QuarantinedAt) is not null).Select(s => s.EmailKey).ToList();
        await tx.Execute(Sql["drop"], new { accountId, keys = kept.Select(k => hashes[k]).Concat(states.Select(s => s.EmailKey).Except(kept)).ToArray() });
        await tx.Execute(Sql["rename"], new { rows = JsonRows.Of(kept.Select(k => new { account = accountId, from = k, to = hashes[k], email = "" })) });
    }

    /// <summary>Addresses that come back find what was known of them.</summary>
    /// <param name="those">The addresses as written, by their normalised form; mostly nobody asks.</param>
    public async Task Revive(Tx tx, long accountId, Func<IReadOnlyDictionary<string, string>> those)
    {
        if (!await tx.Single<bool>(Sql["any-hidden"], new { accountId })) return;
        var emails = those();
        var hashes = (await Of(tx, accountId, emails.Keys)).ToDictionary(h => Mark + h.Key, h => h.Value);
        var hidden = await tx.Query<string>(Sql["hidden"], new { accountId, hashes = hashes.Keys.ToArray() });
        if (hidden.Count == 0) return;
        await tx.Execute(Sql["rename"], new { rows = JsonRows.Of(hidden.Select(hash => new { account = accountId, from = hash, to = hashes[hash], email = emails[hashes[hash]] })) });
    }

    /// <summary>Where what is known of addresses lies while they are only known by their SHA-256 (<see cref="Plain"/>). The key was made before.</summary>
    /// <returns>Keys of the table of addresses by SHA-256.</returns>
    internal async Task<Dictionary<string, string>> Hidden(Tx tx, long accountId, IEnumerable<string> plain)
    {
        var secret = key ??= (await Key(tx))!;
        return plain.Distinct().ToDictionary(hash => hash, hash => Mark + Keyed(secret, accountId, hash));
    }

    /// <summary>Those of these normalised addresses of which something lies under their hash.</summary>
    /// <returns>Keys of the table of addresses by normalised address.</returns>
    internal async Task<Dictionary<string, string>> HiddenOf(Tx tx, long accountId, IReadOnlyCollection<string> keys)
    {
        var of = (await Of(tx, accountId, keys)).ToDictionary(h => Mark + h.Key, h => h.Value);
        return (await tx.Query<string>(Sql["hidden"], new { accountId, hashes = of.Keys.ToArray() })).ToDictionary(hash => of[hash]);
    }

    /// <summary>Forgets what is known of these keys of the table of addresses.</summary>
    internal static Task Drop(Tx tx, long accountId, string[] keys) => tx.Execute(Sql["drop"], new { accountId, keys });

    private async Task<byte[]?> Key(Tx tx) => await tx.SingleOrNone<string>(Sql["key"]) is { } secret ? Convert.FromBase64String(protector.Unprotect(secret)) : null;

    /// <summary>The SHA-256 of a normalised address, 64 digits.</summary>
    internal static string Plain(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)));

    private static string Keyed(byte[] key, long accountId, string plain) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{accountId}:{plain}")));
}
