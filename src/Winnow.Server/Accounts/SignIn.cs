using Microsoft.AspNetCore.Identity;
using Winnow.Accounts;
using Winnow.Audit;

namespace Winnow.Server.Accounts;

/// <summary>
/// Signs a person in. Unknown address, wrong password and locked are one answer that takes the same time: nobody learns
/// here who has an account. Passwords are held back by <see cref="SignInTries"/>, codes by Identity's lockout.
/// </summary>
public sealed class SignIn(SignInManager<User> sessions, UserManager<User> users, IPasswordHasher<User> hasher, SignInTries tries, SignInPlace place)
{
    /// <summary>Wrong codes before a person is locked out.</summary>
    public const int Tries = SignInTries.FromOnePlace;

    /// <summary>How long then.</summary>
    public static readonly TimeSpan Pause = SignInTries.Pause;

    // A real hash of no password that anybody has: checking against it costs what a real check costs.
    private static readonly string NobodysHash = new PasswordHasher<User>().HashPassword(new(), Guid.NewGuid().ToString());

    /// <summary>Password: the session cookie is set, or the person must show a code first.</summary>
    public async Task<SignInStep> Try(string email, string password, bool stay)
    {
        var (user, key) = (await users.FindByEmailAsync(email), users.NormalizeEmail(email)!);
        var (from, known) = place.Of(user);
        if (!await tries.Take(key, from, known)) return SignInStep.Refused;
        var result = user is null ? SignInResult.Failed : await sessions.PasswordSignInAsync(user, password, stay, lockoutOnFailure: false);
        if (user is null || result.IsLockedOut) hasher.VerifyHashedPassword(user ?? new(), NobodysHash, password);
        if (result.Succeeded || result.RequiresTwoFactor) await tries.Forgive(key, from, known);
        if (result.Succeeded) place.Remember(user!);
        return result switch { { Succeeded: true } => SignInStep.Done, { RequiresTwoFactor: true } => SignInStep.Code, _ => SignInStep.Refused };
    }

    /// <summary>True when somebody gave the right password a few minutes ago and owes the code.</summary>
    public async Task<bool> AwaitsCode() => await sessions.GetTwoFactorAuthenticationUserAsync() is not null;

    /// <summary>The code of the authenticator app. Wrong ones are counted, and five lock the person out for a while.</summary>
    /// <param name="remember">This browser is not asked for a code for 30 days.</param>
    public async Task<bool> TryCode(string? code, bool stay, bool remember)
    {
        var user = await sessions.GetTwoFactorAuthenticationUserAsync();
        if (user is null || !(await sessions.TwoFactorAuthenticatorSignInAsync(OneTimeCodes.Tidy(code), stay, remember)).Succeeded) return false;
        place.Remember(user);
        return true;
    }

    /// <summary>A recovery code in place of the app; wrong ones count like wrong codes.</summary>
    public async Task<bool> TryRecoveryCode(string? code)
    {
        if (await sessions.GetTwoFactorAuthenticationUserAsync() is not { } user || await users.IsLockedOutAsync(user)) return false;
        if (OneTimeCodes.Tidy(code) is { Length: 10 } tidy && (await sessions.TwoFactorRecoveryCodeSignInAsync($"{tidy[..5]}-{tidy[5..]}")).Succeeded) return true;
        await users.AccessFailedAsync(user);
        return false;
    }

    /// <summary>What the browser needs to look for a passkey of this server.</summary>
    public Task<string> PasskeyOptions() => sessions.MakePasskeyRequestOptionsAsync(null);

    /// <summary>A passkey in place of password and code; what the browser made of <see cref="PasskeyOptions"/>, as JSON.</summary>
    public async Task<bool> TryPasskey(string credential)
    {
        try
        {
            var shown = await sessions.PerformPasskeyAssertionAsync(credential);
            if (!shown.Succeeded || await users.IsLockedOutAsync(shown.User) || !(await users.AddOrUpdatePasskeyAsync(shown.User, shown.Passkey)).Succeeded) return false;
            await sessions.SignInAsync(shown.User, isPersistent: false);
            place.Remember(shown.User);
            return true;
        }
        catch (InvalidOperationException) { return false; }         // nobody asked for options here, or long ago
    }

    /// <summary>Ends every session of the person, and what browsers were remembered by.</summary>
    public async Task EndEverywhere(User user)
    {
        user.Note(AuditAction.SignedOutEverywhere);
        await users.UpdateSecurityStampAsync(user);
        await sessions.ForgetTwoFactorClientAsync();
        await sessions.SignOutAsync();
    }

    /// <summary>Ends the session of this browser.</summary>
    public Task End() => sessions.SignOutAsync();
}

/// <summary>What comes after a password.</summary>
public enum SignInStep
{
    /// <summary>Nothing: it was not right, or too many were tried.</summary>
    Refused,

    /// <summary>A code of the authenticator app.</summary>
    Code,

    /// <summary>The person is signed in.</summary>
    Done,
}
