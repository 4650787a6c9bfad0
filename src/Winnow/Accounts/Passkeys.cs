using Microsoft.AspNetCore.Identity;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>The passkeys (WebAuthn credentials) of people: public keys whose private halves stay on their devices.</summary>
public sealed class Passkeys(Db db, TimeProvider clock)
{
    /// <summary>The most a person may have.</summary>
    public const int Most = 20;

    private static readonly SqlFile Sql = SqlFile.Beside<Passkeys>();

    /// <summary>The person's passkeys, oldest first.</summary>
    public Task<List<Passkey>> Of(long userId, CancellationToken stop = default) => db.Read(tx => tx.Query<Passkey>(Sql["of-user"], new { userId }), stop);

    /// <summary>The passkey of this id, whoever's it is, or null.</summary>
    public Task<Passkey?> Find(byte[] id, CancellationToken stop = default) => db.Read(tx => tx.SingleOrNone<Passkey>(Sql["find"], new { id }), stop);

    /// <summary>Gives a passkey another name; does nothing to those of others.</summary>
    public Task Rename(long userId, byte[] id, string name, CancellationToken stop = default) => db.Write(tx => tx.Execute(Sql["rename"], new { userId, id, name }), stop);

    /// <summary>Takes a passkey away; does nothing to those of others.</summary>
    /// <returns>Whether there was one.</returns>
    internal static async Task<bool> Remove(Tx tx, long userId, byte[] id) => await tx.Execute(Sql["remove"], new { userId, id }) == 1;

    /// <summary>Stores a new passkey, or that a known one was used.</summary>
    internal Task Save(Tx tx, long userId, UserPasskeyInfo passkey) => tx.Execute(Sql["save"], new
    {
        userId, passkey.CredentialId, name = passkey.Name ?? "", passkey.PublicKey, signCount = (long)passkey.SignCount, transports = string.Join(',', passkey.Transports ?? []),
        passkey.IsUserVerified, passkey.IsBackupEligible, passkey.IsBackedUp, passkey.AttestationObject, passkey.ClientDataJson, passkey.CreatedAt, now = clock.GetUtcNow(),
    });
}

/// <summary>A stored passkey; the fields are WebAuthn's.</summary>
/// <param name="Name">What its owner calls it.</param>
/// <param name="LastUsedAt">Null until it was used to sign in.</param>
public sealed record Passkey(
    byte[] CredentialId, long UserId, string Name, byte[] PublicKey, long SignCount, string Transports, bool IsUserVerified, bool IsBackupEligible, bool IsBackedUp,
    byte[] AttestationObject, byte[] ClientDataJson, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    /// <summary>As Identity wants it.</summary>
    internal UserPasskeyInfo ForIdentity() => new(CredentialId, PublicKey, CreatedAt, (uint)SignCount, Transports.Split(',', StringSplitOptions.RemoveEmptyEntries),
        IsUserVerified, IsBackupEligible, IsBackedUp, AttestationObject, ClientDataJson) { Name = Name };
}
