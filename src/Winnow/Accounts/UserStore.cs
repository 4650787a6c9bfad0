using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>Tells a person what was changed about their sign-in, in the transaction of the change.</summary>
public delegate Task TellPerson(Tx tx, User user, AuditAction what);

/// <summary>
/// Users in our database, in the form that ASP.NET Core Identity asks for; passwords, lockout and stamps are its work.
/// Setters change the object only; <see cref="CreateAsync"/> and <see cref="UpdateAsync"/> write it, and with it what was noted (<see cref="User.Note"/>).
/// </summary>
public sealed partial class UserStore(Db db, Passkeys passkeys, IDataProtectionProvider protection, TimeProvider clock, TellPerson? tell = null)
    : IUserPasswordStore<User>, IUserEmailStore<User>, IUserSecurityStampStore<User>, IUserLockoutStore<User>
{
    private static readonly SqlFile Sql = SqlFile.Beside<UserStore>();

    /// <summary>Stores a new user in the caller's transaction and gives it its id; false when the address is taken.</summary>
    public static async Task<bool> Add(Tx tx, User user)
    {
        user.Id = await Ids.Next(tx, 0, "user");
        return await tx.Execute(Sql["add"], user) == 1;
    }

    /// <summary>Writes a user in the caller's transaction, and puts what was noted on record.</summary>
    public async Task Save(Tx tx, User user)
    {
        await tx.Execute(Sql["update"], user);
        await Record(tx, user);
    }

    /// <summary>What was noted, on record in each account of the person, as it concerns all of them; and told to the person.</summary>
    private async Task Record(Tx tx, User user)
    {
        foreach (var what in user.Noted())
        {
            foreach (var accountId in await tx.Query<long>(Sql["accounts"], new { user.Id })) await AuditLog.Add(tx, clock, accountId, user.Id, what, user.Name);
            if (tell is not null) await tell(tx, user, what);
        }
    }

    private async Task Write(User user, Func<Tx, Task> change, CancellationToken stop)
    {
        await db.Write(change, stop);
        user.ForgetNoted();
    }

    /// <inheritdoc/>
    public async Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken)
    {
        user.CreatedAt = clock.GetUtcNow();
        return await db.Write(tx => Add(tx, user), cancellationToken)
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityErrorDescriber().DuplicateEmail(user.Email));
    }

    /// <inheritdoc/>
    public async Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken)
    {
        await Write(user, tx => Save(tx, user), cancellationToken);
        return IdentityResult.Success;
    }

    /// <inheritdoc/>
    public async Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken)
    {
        await db.Write(tx => tx.Execute(Sql["delete"], new { user.Id }), cancellationToken);
        return IdentityResult.Success;
    }

    /// <inheritdoc/>
    public Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        long.TryParse(userId, CultureInfo.InvariantCulture, out var id)
            ? db.Read(tx => tx.SingleOrNone<User>(Sql["find"], new { id }), cancellationToken)
            : Task.FromResult<User?>(null);

    /// <inheritdoc/>
    public Task<User?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        db.Read(tx => tx.SingleOrNone<User>(Sql["find-by-email"], new { emailKey = normalizedEmail }), cancellationToken);

    /// <inheritdoc/>
    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => FindByEmailAsync(normalizedUserName, cancellationToken);

    /// <inheritdoc/>
    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    /// <inheritdoc/>
    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken) => Set(() => user.Email = userName ?? "");

    /// <inheritdoc/>
    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.EmailKey);

    /// <inheritdoc/>
    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) => Set(() => user.EmailKey = normalizedName ?? "");

    /// <inheritdoc/>
    public Task<string?> GetEmailAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Email);

    /// <inheritdoc/>
    public Task SetEmailAsync(User user, string? email, CancellationToken cancellationToken) => Set(() => user.Email = email ?? "");

    /// <inheritdoc/>
    public Task<string?> GetNormalizedEmailAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.EmailKey);

    /// <inheritdoc/>
    public Task SetNormalizedEmailAsync(User user, string? normalizedEmail, CancellationToken cancellationToken) => Set(() => user.EmailKey = normalizedEmail ?? "");

    /// <inheritdoc/>
    public Task<bool> GetEmailConfirmedAsync(User user, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <inheritdoc/>
    public Task SetEmailConfirmedAsync(User user, bool confirmed, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string?> GetPasswordHashAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    /// <inheritdoc/>
    public Task<bool> HasPasswordAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash is not null);

    /// <inheritdoc/>
    public Task SetPasswordHashAsync(User user, string? passwordHash, CancellationToken cancellationToken) => Set(() => user.PasswordHash = passwordHash);

    /// <inheritdoc/>
    public Task<string?> GetSecurityStampAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    /// <inheritdoc/>
    public Task SetSecurityStampAsync(User user, string stamp, CancellationToken cancellationToken) => Set(() => user.SecurityStamp = stamp);

    /// <inheritdoc/>
    public Task<DateTimeOffset?> GetLockoutEndDateAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.LockedUntil);

    /// <inheritdoc/>
    public Task SetLockoutEndDateAsync(User user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) => Set(() => user.LockedUntil = lockoutEnd);

    /// <summary>Counts in the database, not in the object: two wrong passwords at once must count as two.</summary>
    public async Task<int> IncrementAccessFailedCountAsync(User user, CancellationToken cancellationToken) =>
        user.FailedSignIns = await db.Write(tx => tx.Single<int>(Sql["count-failure"], new { user.Id }), cancellationToken);

    /// <summary>Marks a code of the person's authenticator as used.</summary>
    /// <returns>False when it was the one used last: somebody saw it being typed.</returns>
    public Task<bool> SpendCode(User user, string code) =>
        db.Write(async tx => await tx.Execute(Sql["spend-code"], new { user.Id, code }) == 1);

    /// <inheritdoc/>
    public Task ResetAccessFailedCountAsync(User user, CancellationToken cancellationToken) => Set(() => user.FailedSignIns = 0);

    /// <inheritdoc/>
    public Task<int> GetAccessFailedCountAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.FailedSignIns);

    /// <inheritdoc/>
    public Task<bool> GetLockoutEnabledAsync(User user, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <inheritdoc/>
    public Task SetLockoutEnabledAsync(User user, bool enabled, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() { }

    private static Task Set(Action change)
    {
        change();
        return Task.CompletedTask;
    }
}
