using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Accounts;

/// <summary>A person in an account, as Users &amp; Teams shows it.</summary>
/// <param name="Permissions"><see cref="PermissionSet.Text"/>.</param>
/// <param name="DeactivatedAt">When the person was shut out; null for those who may sign in.</param>
public sealed record Member(long UserId, string Name, string Email, bool SuperAdmin, string Permissions, DateTimeOffset CreatedAt, DateTimeOffset? DeactivatedAt)
{
    /// <summary>What the person may do.</summary>
    public PermissionSet May => PermissionSet.Read(SuperAdmin, Permissions);

    /// <summary>Whether the person may sign in to this account.</summary>
    public bool IsActive => DeactivatedAt is null;
}

/// <summary>Who belongs to an account and what each may do. An account always keeps a super admin who can sign in, and nobody gives more than they have.</summary>
public sealed class People(Db db, TimeProvider clock)
{
    /// <summary>Nobody but a super admin makes, changes or shuts out a super admin, or someone who may do more than oneself.</summary>
    public const string TooMuch = "You cannot give or take permissions that you do not have yourself.";

    /// <summary>Without one nobody could give permissions any more.</summary>
    public const string LastSuperAdmin = "This is the last super admin who can sign in. Make someone else super admin first.";

    private static readonly SqlFile Sql = SqlFile.Beside<People>();

    /// <summary>Everybody, by name; those who were shut out last.</summary>
    public Task<List<Member>> All(long accountId, CancellationToken stop = default) => db.Read(tx => tx.Query<Member>(Sql["all"], new { accountId }), stop);

    /// <summary>One of them, or null.</summary>
    public Task<Member?> Find(long accountId, long userId, CancellationToken stop = default) => db.Read(tx => Find(tx, accountId, userId), stop);

    /// <summary>Takes a person in, or lets one who was shut out come back, with just these permissions.</summary>
    public Task Join(Tx tx, long accountId, long userId, PermissionSet may) =>
        tx.Execute(Sql["join"], new { accountId, userId, may.SuperAdmin, may.Text, now = clock.GetUtcNow() });

    /// <summary>Says what a person may do.</summary>
    /// <param name="by">Who says it, and what that one may do.</param>
    /// <returns>Why not, as a sentence; null when done.</returns>
    public Task<string?> Allow(long accountId, (long UserId, PermissionSet May) by, long userId, PermissionSet may, CancellationToken stop = default) => Change(accountId, by.May, userId, async (tx, member) =>
    {
        if (!by.May.Covers(may)) return TooMuch;
        if (member.SuperAdmin && !may.SuperAdmin && member.IsActive && await IsLast(tx, accountId)) return LastSuperAdmin;
        await tx.Execute(Sql["allow"], new { accountId, userId, may.SuperAdmin, may.Text });
        await AuditLog.Add(tx, clock, accountId, by.UserId, AuditAction.PermissionsChanged, member.Name, null, Words(member.May), Words(may));
        return null;
    }, stop);

    /// <summary>Shuts a person out of the account from the next click on, or lets one in again. What the person did stays on record.</summary>
    /// <returns>Why not, as a sentence; null when done.</returns>
    public Task<string?> Activate(long accountId, (long UserId, PermissionSet May) by, long userId, bool active, CancellationToken stop = default) => Change(accountId, by.May, userId, async (tx, member) =>
    {
        if (!active && member is { SuperAdmin: true, IsActive: true } && await IsLast(tx, accountId)) return LastSuperAdmin;
        await tx.Execute(Sql["activate"], new { accountId, userId, at = active ? (DateTimeOffset?)null : member.DeactivatedAt ?? clock.GetUtcNow() });
        if (member.IsActive != active) await AuditLog.Add(tx, clock, accountId, by.UserId, active ? AuditAction.UserActivated : AuditAction.UserDeactivated, member.Name);
        return null;
    }, stop);

    private Task<string?> Change(long accountId, PermissionSet by, long userId, Func<Tx, Member, Task<string?>> change, CancellationToken stop) => db.Write(async tx =>
    {
        await tx.Query<long>(Sql["hold-super-admins"], new { accountId });               // two who demote each other at once: the second sees the first
        if (await Find(tx, accountId, userId) is not { } member) return "This person does not belong to the account any more.";
        return by.Covers(member.May) ? await change(tx, member) : TooMuch;
    }, stop);

    private static string Words(PermissionSet may) => may.Preset ?? may.Text;

    private static async Task<bool> IsLast(Tx tx, long accountId) => await tx.Single<long>(Sql["super-admins"], new { accountId }) <= 1;

    private static Task<Member?> Find(Tx tx, long accountId, long userId) => tx.SingleOrNone<Member>(Sql["find"], new { accountId, userId });
}
