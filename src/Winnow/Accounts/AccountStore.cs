using System.Security.Cryptography;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>Accounts and who belongs to them.</summary>
public sealed class AccountStore(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<AccountStore>();

    private volatile bool anyExists;

    /// <summary>True once an account was made; from then on it is not asked again.</summary>
    public async Task<bool> Any(CancellationToken stop = default) =>
        anyExists = anyExists || await db.Read(tx => tx.Single<long>(Sql["count"]), stop) > 0;

    /// <summary>
    /// Makes the first account and its first user, whose password is already hashed. Two at once: one of them gets it.
    /// </summary>
    /// <returns>The account, or null when there was one already.</returns>
    public Task<Account?> CreateFirst(NewAccount wish, User user, CancellationToken stop = default) => db.Write(async tx =>
    {
        var id = await Ids.Next(tx, 0, "account");                  // locks the counter: the second waits here
        if (await tx.Single<long>(Sql["count"]) > 0) return null;
        return await Create(tx, id, wish, user);
    }, stop);

    /// <summary>The account of a person who just signed in: the one joined first.</summary>
    public Task<long?> AccountOf(long userId, CancellationToken stop = default) =>
        db.Read(tx => tx.SingleOrNone<long?>(Sql["account-of-user"], new { userId }), stop);

    /// <summary>The account by which a person can be written to: the first joined that can send mail, else the first; null when the person has none.</summary>
    public Task<long?> MailingAccountOf(long userId, CancellationToken stop = default) =>
        db.Read(tx => tx.SingleOrNone<long?>(Sql["mailing-account-of-user"], new { userId }), stop);

    /// <summary>How to write to a person: by the first account joined that can send mail; null when none can.</summary>
    public Task<WayToPerson?> WayTo(Tx tx, long userId) => tx.SingleOrNone<WayToPerson>(Sql["way-to-user"], new { userId });

    /// <summary>Who is asking, with what pages need of it; null when the membership is no more.</summary>
    public Task<SignedInPerson?> Person(long accountId, long userId, CancellationToken stop = default) =>
        db.Read(tx => tx.SingleOrNone<SignedInPerson>(Sql["person"], new { accountId, userId }), stop);

    /// <summary>Makes another account, with a person who signs in already as its super admin.</summary>
    public Task<Account> CreateAnother(NewAccount wish, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var id = await Ids.Next(tx, 0, "account");
        await Add(tx, id, wish, userId);
        return (await tx.SingleOrNone<Account>(Sql["find"], new { accountId = id }))!;
    }, stop);

    /// <summary>The accounts that a person may sign in to, by name.</summary>
    public Task<List<Account>> Of(long userId, CancellationToken stop = default) => db.Read(tx => tx.Query<Account>(Sql["accounts-of-user"], new { userId }), stop);

    /// <summary>The account of this id.</summary>
    public Task<Account?> Find(long accountId, CancellationToken stop = default) =>
        db.Read(tx => tx.SingleOrNone<Account>(Sql["find"], new { accountId }), stop);

    /// <summary>Writes name, time zone, language and currency.</summary>
    /// <param name="userId">Who changes them.</param>
    public Task Save(Account account, long? userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var before = await tx.Single<Account>(Sql["find"], new { accountId = account.Id });
        if (before == account) return;
        await tx.Execute(Sql["save"], new { accountId = account.Id, account.Name, account.TimeZone, account.Language, account.Currency });
        await AuditLog.Add(tx, clock, account.Id, userId, AuditAction.AccountChanged, account.Name, null, Words(before), Words(account));
    }, stop);

    /// <summary>Puts on record that a person signed in.</summary>
    public Task SignedIn(long accountId, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await tx.SingleOrNone<SignedInPerson>(Sql["person"], new { accountId, userId }) is { } person) await AuditLog.Add(tx, clock, accountId, userId, AuditAction.SignedIn, person.UserName);
    }, stop);

    /// <summary>The key that signs return paths, message ids and unsubscribe links of this account: 32 random bytes.</summary>
    public Task<byte[]> Secret(long accountId, CancellationToken stop = default) =>
        db.Read(tx => Secret(tx, accountId), stop);

    /// <inheritdoc cref="Secret(long, CancellationToken)"/>
    public Task<byte[]> Secret(Tx tx, long accountId) => tx.Single<byte[]>(Sql["secret"], new { accountId });

    private static string Words(Account account) => $"{account.Name}, {account.TimeZone}, {account.Language}, {account.Currency}";

    private async Task<Account> Create(Tx tx, long id, NewAccount wish, User user)
    {
        user.CreatedAt = clock.GetUtcNow();
        if (!await UserStore.Add(tx, user)) throw new InvalidOperationException("The first account could not be made: its first user's address is already in the users table. Remove that row or choose another address.");
        await Add(tx, id, wish, user.Id);
        return new(id, wish.Name, wish.TimeZone, wish.Language);
    }

    private async Task Add(Tx tx, long id, NewAccount wish, long userId)
    {
        var now = clock.GetUtcNow();
        await tx.Execute(Sql["add"], new { accountId = id, wish.Name, wish.TimeZone, wish.Language, secret = RandomNumberGenerator.GetBytes(32), now });
        await tx.Execute(Sql["join"], new { accountId = id, userId, SuperAdmin = true, Text = "", now });
        await AuditLog.Add(tx, clock, id, userId, AuditAction.AccountCreated, wish.Name);
    }
}

/// <summary>An account by which a person can be written to.</summary>
/// <param name="Url">The account's public address, for links.</param>
/// <param name="TimeZone">The account's time zone, IANA.</param>
/// <param name="Language">The person's language, else the account's.</param>
public sealed record WayToPerson(long AccountId, string Url, string TimeZone, string Language);

/// <summary>What a new account is made from; see <see cref="Account"/>.</summary>
public sealed record NewAccount(string Name, string TimeZone, string Language);

/// <summary>A person in an account, as read with each request.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="UserId">The person.</param>
/// <param name="AccountName">The account's name.</param>
/// <param name="UserName">The person's name.</param>
/// <param name="Email">The person's address.</param>
/// <param name="TimeZone">The account's time zone, IANA.</param>
/// <param name="Language">The person's language, else the account's.</param>
/// <param name="SecurityStamp">The present stamp; a session with another is over.</param>
/// <param name="SuperAdmin">May do everything.</param>
/// <param name="Permissions">What else the person may do: <see cref="PermissionSet.Text"/>.</param>
public sealed record SignedInPerson(long AccountId, long UserId, string AccountName, string UserName, string Email, string TimeZone, string Language, string SecurityStamp, bool SuperAdmin, string Permissions);
