using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace Winnow.Accounts;

/// <summary>Passkeys, which write at once: they have their own table.</summary>
public sealed partial class UserStore : IUserPasskeyStore<User>
{
    /// <inheritdoc/>
    public Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => passkeys.Save(user.Id, passkey, cancellationToken);

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
    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => passkeys.Remove(user.Id, credentialId, cancellationToken);
}
