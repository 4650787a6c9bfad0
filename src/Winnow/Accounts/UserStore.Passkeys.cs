using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace Winnow.Accounts;

/// <summary>Passkeys, which write at once: they have their own table.</summary>
public sealed partial class UserStore : IUserPasskeyStore<User>
{
    /// <inheritdoc/>
    public Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => Write(user, async tx =>
    {
        await passkeys.Save(tx, user.Id, passkey);
        await Record(tx, user);
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken) =>
        [.. (await passkeys.Of(user.Id, cancellationToken)).Select(passkey => passkey.ForIdentity())];

    /// <inheritdoc/>
    public async Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await passkeys.Find(credentialId, cancellationToken) is { } passkey ? await FindByIdAsync(passkey.UserId.ToString(CultureInfo.InvariantCulture), cancellationToken) : null;

    /// <inheritdoc/>
    public async Task<UserPasskeyInfo?> FindPasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) =>
        await passkeys.Find(credentialId, cancellationToken) is { } passkey && passkey.UserId == user.Id ? passkey.ForIdentity() : null;

    /// <inheritdoc/>
    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => Write(user, async tx =>
    {
        if (await Passkeys.Remove(tx, user.Id, credentialId)) await Record(tx, user);
    }, cancellationToken);
}
