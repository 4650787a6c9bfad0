using System.Security.Cryptography;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>
/// The private apps of an account. A token is shown once, when it is made, and kept as a hash; every request asks the
/// database for it, so one that was rotated or revoked is refused from the next request on, by every process.
/// </summary>
public sealed class PrivateApps(Db db, TimeProvider clock)
{
    /// <summary>The most that an account may have at once.</summary>
    public const int Most = 20;

    /// <summary>Nobody lets a program do what they may not do themselves.</summary>
    public const string TooMuch = "A program may not do more than you: you lack permissions that its scopes need.";

    /// <summary>A name is taken by one app at a time, so that a form sent twice makes one.</summary>
    public const string NameTaken = "There is a private app of this name already.";

    /// <summary>There are as many as there may be.</summary>
    public const string Full = "An account has at most 20 private apps. Revoke one that is not used.";

    /// <summary>The app was revoked meanwhile, or is not of this account.</summary>
    public const string Gone = "This private app is no more.";

    /// <summary>Every answer in words, for the test of translations.</summary>
    public static readonly IReadOnlyList<string> Refusals = [TooMuch, NameTaken, Full, Gone];

    private static readonly SqlFile Sql = SqlFile.Beside<PrivateApps>();
    private static readonly TimeSpan UseIsNoted = TimeSpan.FromMinutes(1);

    /// <summary>Those of the account by name, revoked ones last.</summary>
    public Task<List<PrivateApp>> All(long accountId, CancellationToken stop = default) => db.Read(tx => tx.Query<PrivateApp>(Sql["all"], new { accountId }), stop);

    /// <summary>One that may be used, or null.</summary>
    public Task<PrivateApp?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(tx => Find(tx, accountId, id), stop);

    /// <summary>Makes one.</summary>
    /// <returns>It and its token, which is shown now and never again; or why not, as a sentence.</returns>
    public Task<(AccessToken? Token, string? Refused)> Create(long accountId, (long UserId, PermissionSet May) by, PrivateAppWish wish, CancellationToken stop = default) => db.Write<(AccessToken?, string?)>(async tx =>
    {
        wish = wish.Tidy();
        if (!MayGive(by.May, wish)) return (null, TooMuch);
        var id = await Ids.Next(tx, accountId, "private app");                 // holds the counter: who makes the same at once waits here
        var others = (await tx.Query<PrivateApp>(Sql["all"], new { accountId })).Where(app => !app.IsRevoked).ToList();
        if (others.Count >= Most) return (null, Full);
        if (IsTaken(wish.Name, others)) return (null, NameTaken);
        var token = AccessToken.New(accountId, id);
        await tx.Execute(Sql["add"], new { accountId, id, wish.Name, wish.Description, scopes = Scope.Text(wish.Scopes), tokenHash = token.Hash(), by.UserId, now = clock.GetUtcNow() });
        await AuditLog.Add(tx, clock, accountId, by.UserId, AuditAction.PrivateAppCreated, wish.Name, after: Scope.Text(wish.Scopes));
        return (token, null);
    }, stop);

    /// <summary>Changes name, description and scopes; they hold from the next request on.</summary>
    /// <returns>Why not, as a sentence; null when done.</returns>
    public Task<string?> Save(long accountId, (long UserId, PermissionSet May) by, long id, PrivateAppWish wish, CancellationToken stop = default) => db.Write(async tx =>
    {
        wish = wish.Tidy();
        if (await Find(tx, accountId, id) is not { } before) return Gone;
        var others = (await tx.Query<PrivateApp>(Sql["all"], new { accountId })).Where(app => !app.IsRevoked && app.Id != id);
        if (!MayChange(by.May, before) || !MayGive(by.May, wish)) return TooMuch;
        if (IsTaken(wish.Name, others)) return NameTaken;
        await tx.Execute(Sql["save"], new { accountId, id, wish.Name, wish.Description, scopes = Scope.Text(wish.Scopes) });
        await AuditLog.Add(tx, clock, accountId, by.UserId, AuditAction.PrivateAppChanged, wish.Name, null, $"{before.Name}: {before.Scopes}", $"{wish.Name}: {Scope.Text(wish.Scopes)}");
        return null;
    }, stop);

    /// <summary>Gives it a new token; the old one is refused from now on.</summary>
    /// <returns>The token, which is shown now and never again; or why not, as a sentence.</returns>
    public Task<(AccessToken? Token, string? Refused)> Rotate(long accountId, (long UserId, PermissionSet May) by, long id, CancellationToken stop = default) => db.Write<(AccessToken?, string?)>(async tx =>
    {
        if (await Find(tx, accountId, id) is not { } app) return (null, Gone);
        if (!MayChange(by.May, app)) return (null, TooMuch);
        var token = AccessToken.New(accountId, id);
        await tx.Execute(Sql["rotate"], new { accountId, id, tokenHash = token.Hash(), now = clock.GetUtcNow() });
        await AuditLog.Add(tx, clock, accountId, by.UserId, AuditAction.PrivateAppRotated, app.Name);
        return (token, null);
    }, stop);

    /// <summary>Ends it for good.</summary>
    /// <returns>False when it is no more already.</returns>
    public Task<bool> Revoke(long accountId, long userId, long id, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await tx.SingleOrNone<string>(Sql["revoke"], new { accountId, id, now = clock.GetUtcNow() }) is not { } name) return false;
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.PrivateAppRevoked, name);
        return true;
    }, stop);

    /// <summary>Whose token this is, and notes that it is used, at most once a minute.</summary>
    /// <returns>Null for a token that is unknown, was rotated or revoked, or whose account is no more.</returns>
    public async Task<PrivateApp?> FindByToken(AccessToken token, CancellationToken stop = default)
    {
        var app = await db.Read(async tx =>
        {
            var stored = await tx.SingleOrNone<byte[]>(Sql["token-hash"], new { token.AccountId, token.AppId });
            return CryptographicOperations.FixedTimeEquals(stored ?? new byte[32], token.Hash()) && stored is not null ? await Find(tx, token.AccountId, token.AppId) : null;
        }, stop);
        var now = clock.GetUtcNow();
        if (app is not null && !(app.LastUsedAt > now - UseIsNoted)) await db.Write(tx => tx.Execute(Sql["note-use"], new { app.AccountId, app.Id, now, before = now - UseIsNoted }), stop);
        return app;
    }

    /// <summary>Whether this person may change the app or take a new token for it.</summary>
    public static bool MayChange(PermissionSet may, PrivateApp app) => may.Covers(Scope.NeededFor(app.ScopeNames));

    private static bool MayGive(PermissionSet may, PrivateAppWish wish) => may.Covers(Scope.NeededFor(wish.Scopes));

    private static bool IsTaken(string name, IEnumerable<PrivateApp> others) => others.Any(app => string.Equals(app.Name, name, StringComparison.OrdinalIgnoreCase));

    private static Task<PrivateApp?> Find(Tx tx, long accountId, long id) => tx.SingleOrNone<PrivateApp>(Sql["find"], new { accountId, id });
}
