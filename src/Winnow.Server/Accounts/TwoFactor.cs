using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Winnow.Accounts;
using Winnow.Audit;

namespace Winnow.Server.Accounts;

/// <summary>Turns the second factor of the person who is signed in on and off.</summary>
public sealed class TwoFactor(UserManager<User> users, SignInManager<User> sessions, UserStore store, SignInTries tries, SignInPlace place, CurrentAccount current)
{
    /// <summary>How many recovery codes a person gets.</summary>
    public const int Codes = 10;

    /// <summary>The person of the session, as stored.</summary>
    public async Task<User> Person() =>
        await users.FindByIdAsync(current.UserId.ToString(CultureInfo.InvariantCulture)) ?? throw new InvalidOperationException($"User {current.UserId} of the session has no row.");

    /// <summary>Whether this is the person's password; guesses count as at the sign-in, for a session may be in other hands.</summary>
    public async Task<bool> Knows(User user, string password)
    {
        var (from, known) = place.Of(user);
        if (!await tries.Take(user.EmailKey, from, known) || !await users.CheckPasswordAsync(user, password)) return false;
        await tries.Forgive(user.EmailKey, from, known);
        return true;
    }

    /// <summary>The key to put into an authenticator app: the one of an unfinished attempt, or a new one.</summary>
    public async Task<string> Key(User user)
    {
        if (await users.GetAuthenticatorKeyAsync(user) is { Length: > 0 } key) return key;
        var made = users.GenerateNewAuthenticatorKey();
        await store.SetAuthenticatorKeyAsync(user, made, CancellationToken.None);
        await users.UpdateAsync(user);
        return made;
    }

    /// <summary>Turns it on when the code shows that the app has the key. Ends the person's other sessions.</summary>
    /// <returns>The recovery codes, to be shown now and never again; null when the code is not right.</returns>
    public async Task<IReadOnlyList<string>?> TurnOn(User user, string code)
    {
        if (!await users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, OneTimeCodes.Tidy(code))) return null;
        user.Note(AuditAction.TwoFactorOn);
        await users.SetTwoFactorEnabledAsync(user, true);
        var codes = await users.GenerateNewTwoFactorRecoveryCodesAsync(user, Codes);
        await sessions.RefreshSignInAsync(user);
        return [.. codes!];
    }

    /// <summary>Turns it off; key and recovery codes are gone. False when the password is not right.</summary>
    public async Task<bool> TurnOff(User user, string password)
    {
        if (!await Knows(user, password)) return false;
        user.AuthenticatorKey = null;
        user.Note(AuditAction.TwoFactorOff);
        await users.SetTwoFactorEnabledAsync(user, false);
        await store.ReplaceCodesAsync(user, [], CancellationToken.None);
        await sessions.ForgetTwoFactorClientAsync();
        await sessions.RefreshSignInAsync(user);
        return true;
    }

    /// <summary>New recovery codes in place of the old ones; null when the password is not right.</summary>
    public async Task<IReadOnlyList<string>?> NewCodes(User user, string password)
    {
        if (!await Knows(user, password)) return null;
        user.Note(AuditAction.RecoveryCodesMade);
        return [.. (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, Codes))!];
    }
}

/// <summary>Codes of authenticator apps (RFC 6238), each of which works once.</summary>
public sealed class OneTimeCodes(UserStore store) : AuthenticatorTokenProvider<User>
{
    /// <summary>A code as people write it, without spaces and dashes.</summary>
    public static string Tidy(string? code) => new([.. (code ?? "").Where(char.IsAsciiLetterOrDigit)]);

    /// <inheritdoc/>
    public override async Task<bool> ValidateAsync(string purpose, string token, UserManager<User> manager, User user) =>
        await base.ValidateAsync(purpose, token, manager, user) && await store.SpendCode(user, token);
}

/// <summary>How long a browser that one trusts is not asked for a code, and that a new stamp ends it at once.</summary>
public sealed class RememberedBrowsers : IConfigureOptions<SecurityStampValidatorOptions>
{
    /// <summary>30 days.</summary>
    public static readonly TimeSpan Days = TimeSpan.FromDays(30);

    /// <inheritdoc/>
    public void Configure(SecurityStampValidatorOptions options) => options.ValidationInterval = TimeSpan.Zero;
}
