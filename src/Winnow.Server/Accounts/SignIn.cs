using Microsoft.AspNetCore.Identity;
using Winnow.Accounts;

namespace Winnow.Server.Accounts;

/// <summary>
/// Signs a person in by password. Unknown address, wrong password and locked are one answer that takes the same time:
/// nobody learns here who has an account.
/// </summary>
public sealed class SignIn(SignInManager<User> sessions, UserManager<User> users, IPasswordHasher<User> hasher)
{
    /// <summary>Wrong passwords before an address is locked.</summary>
    public const int Tries = 5;

    /// <summary>How long it is locked then.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    // A real hash of no password that anybody has: checking against it costs what a real check costs.
    private static readonly string NobodysHash = new PasswordHasher<User>().HashPassword(new(), Guid.NewGuid().ToString());

    /// <summary>True when the session cookie was set.</summary>
    public async Task<bool> Try(string email, string password, bool stay)
    {
        var user = await users.FindByEmailAsync(email);
        var result = user is null ? SignInResult.Failed : await sessions.PasswordSignInAsync(user, password, stay, lockoutOnFailure: true);
        if (user is null || result.IsLockedOut) hasher.VerifyHashedPassword(user ?? new(), NobodysHash, password);
        return result.Succeeded;
    }

    /// <summary>Ends the session of this browser.</summary>
    public Task End() => sessions.SignOutAsync();
}
