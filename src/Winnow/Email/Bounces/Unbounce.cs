using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>What came of asking to lift a bounce, or of taking that back.</summary>
public enum UnbounceOutcome
{
    /// <summary>Done.</summary>
    Done,
    /// <summary>This account has no such contact, or it has no address.</summary>
    NoContact,
    /// <summary>The address has no bounce to lift, or none that was lifted. Opt-outs and complaints are the person's own and cannot be lifted here.</summary>
    Nothing,
}

/// <summary>Lets a hard bounced address be mailed again. The reason stays on the record, so a list by reason still holds the contact
/// while the bounce tools leave it out.</summary>
public sealed class Unbounce(Db db, ContactStore contacts, AddressChanges addresses, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<Unbounce>();

    /// <summary>Lifts the bounce of the contact's address.</summary>
    public Task<UnbounceOutcome> Lift(long accountId, long contactId, long userId, CancellationToken stop = default) =>
        Change(accountId, contactId, userId, null, s => s.HasHardBounce ? s with { UnbouncedAt = clock.GetUtcNow(), UnbouncedBy = userId } : s, stop);

    /// <summary>Takes an unbounce back: the bounce counts again as if it had never been lifted.</summary>
    public Task<UnbounceOutcome> Undo(long accountId, long contactId, long userId, CancellationToken stop = default) =>
        Change(accountId, contactId, userId, "undone", s => s is { HasHardBounce: false, HardBouncedAt: not null } ? s with { UnbouncedAt = null, UnbouncedBy = null } : s, stop);

    private Task<UnbounceOutcome> Change(long accountId, long contactId, long userId, string? reason, Func<AddressState, AddressState> change, CancellationToken stop) => db.Write(async tx =>
    {
        if (await contacts.Find(tx, accountId, contactId) is not { Email: { } email, EmailKey: { } key }) return UnbounceOutcome.NoContact;
        var (before, after) = await addresses.Change(tx, accountId, Actor.Person(userId), email, change);
        if (before == after) return UnbounceOutcome.Nothing;
        await tx.Execute(Sql["event"], new
        {
            accountId, id = await Ids.Next(tx, accountId, "email_event"), now = clock.GetUtcNow(), contactId, emailId = after.HardBounceEmailId, key, reason, userId,
        });
        await AuditLog.Add(tx, clock, accountId, userId, reason is null ? AuditAction.ContactUnbounced : AuditAction.UnbounceUndone, email, 1, before.HardBounceReason);
        return UnbounceOutcome.Done;
    }, stop);
}
