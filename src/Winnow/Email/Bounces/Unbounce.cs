using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>What came of asking to lift a bounce, to take that back, or to mark an address as dead.</summary>
public enum UnbounceOutcome
{
    /// <summary>Done.</summary>
    Done,
    /// <summary>This account has no such contact, or it has no address.</summary>
    NoContact,
    /// <summary>The address is so already: it has no bounce to lift, or none that was lifted, or is dead. Opt-outs and complaints are the person's own and cannot be lifted here.</summary>
    Nothing,
    /// <summary>The account's limit of a day is reached.</summary>
    LimitReached,
}

/// <summary>Lets a hard bounced address be mailed again, whether a report or a person called it dead. The reason stays on the record, so a
/// list by reason still holds the contact while the bounce tools leave it out.</summary>
public sealed class Unbounce(Db db, ContactStore contacts, AddressChanges addresses, SecondChancesStore chances, DayBudget budget, TimeProvider clock)
{
    /// <summary>Lifts the bounce of the contact's address.</summary>
    /// <param name="note">Why, in the person's words.</param>
    public Task<UnbounceOutcome> Lift(long accountId, long contactId, long userId, string? note = null, CancellationToken stop = default) =>
        Change(accountId, contactId, new(clock.GetUtcNow(), Overrulings.Unbounced, null, Overrulings.Note(note), userId),
            (state, said) => state.HasHardBounce ? state.Lifted(said.At, said.UserId) : state, stop);

    /// <summary>Takes an unbounce back: the bounce counts again as if it had never been lifted.</summary>
    public Task<UnbounceOutcome> Undo(long accountId, long contactId, long userId, CancellationToken stop = default) =>
        Change(accountId, contactId, new(clock.GetUtcNow(), Overrulings.Unbounced, "undone", null, userId),
            (state, _) => state is { HasHardBounce: false, HardBouncedAt: not null } ? state with { UnbouncedAt = null, UnbouncedBy = null } : state, stop);

    private Task<UnbounceOutcome> Change(long accountId, long contactId, Overruling said, Func<AddressState, Overruling, AddressState> change, CancellationToken stop) => db.Write(async tx =>
    {
        if (await contacts.Find(tx, accountId, contactId) is not { Email: { } email, EmailKey: not null }) return UnbounceOutcome.NoContact;
        // the budget is held before the address, as by those who lift many
        var limited = said.Reason is null && (await chances.Read(tx, accountId)).UnbouncesADay is { } most && await budget.Hold(tx, accountId, UnbounceContacts.Budget, most) == 0;
        if (limited) return UnbounceOutcome.LimitReached;
        var (before, after) = await addresses.Change(tx, accountId, Actor.Person(said.UserId!.Value), email, state => change(state, said));
        if (before == after) return UnbounceOutcome.Nothing;
        var undone = said.Reason is not null;
        if (!undone) await budget.Use(tx, accountId, UnbounceContacts.Budget, 1);
        await Overrulings.Write(tx, accountId, contactId, undone ? after : before, dead: undone, said);
        await AuditLog.Add(tx, clock, accountId, said.UserId, undone ? AuditAction.UnbounceUndone : AuditAction.ContactUnbounced, email, 1, before.HardBounceReason, said.Note);
        return UnbounceOutcome.Done;
    }, stop);
}
