using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace Winnow.Accounts;

/// <summary>The second factor: an authenticator's key, encrypted, and recovery codes, hashed.</summary>
public sealed partial class UserStore : IUserTwoFactorStore<User>, IUserAuthenticatorKeyStore<User>, IUserTwoFactorRecoveryCodeStore<User>
{
    private readonly IDataProtector protector = protection.CreateProtector("Winnow.Users.AuthenticatorKey");
    private readonly RecoveryCodes recoveryCodes = new(db);

    /// <inheritdoc/>
    public Task<bool> GetTwoFactorEnabledAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.TwoFactor);

    /// <inheritdoc/>
    public Task SetTwoFactorEnabledAsync(User user, bool enabled, CancellationToken cancellationToken) => Set(() => user.TwoFactor = enabled);

    /// <inheritdoc/>
    public Task SetAuthenticatorKeyAsync(User user, string key, CancellationToken cancellationToken) => Set(() => user.AuthenticatorKey = protector.Protect(key));

    /// <summary>The key in clear; null when there is none, or when what it was encrypted with is lost: then a recovery code is the way in.</summary>
    public Task<string?> GetAuthenticatorKeyAsync(User user, CancellationToken cancellationToken)
    {
        try { return Task.FromResult(user.AuthenticatorKey is { } stored ? protector.Unprotect(stored) : null); }
        catch (CryptographicException) { return Task.FromResult<string?>(null); }
    }

    /// <summary>Writes at once, unlike the other setters: codes have their own table.</summary>
    public Task ReplaceCodesAsync(User user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken)
    {
        var hashes = RecoveryCodes.Hashes(user.Id, recoveryCodes);
        return Write(user, async tx =>
        {
            await RecoveryCodes.Replace(tx, user.Id, hashes);
            await Record(tx, user);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> RedeemCodeAsync(User user, string code, CancellationToken cancellationToken) => recoveryCodes.Spend(user.Id, code, cancellationToken);

    /// <inheritdoc/>
    public Task<int> CountCodesAsync(User user, CancellationToken cancellationToken) => recoveryCodes.Count(user.Id, cancellationToken);
}
