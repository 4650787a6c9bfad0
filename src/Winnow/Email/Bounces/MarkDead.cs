using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>A person says that an address is dead, whatever the reports said: it gets no more marketing e-mail, as after a hard bounce.
/// <see cref="Unbounce"/> takes it back.</summary>
public sealed class MarkDead(Db db, ContactStore contacts, AddressChanges addresses, TimeProvider clock)
{
    /// <summary>Marks the contact's address. It counts as hard bounced for the reason <i>Other</i>: of the six values none says "by hand".</summary>
    /// <param name="note">Why, in the person's words.</param>
    public Task<UnbounceOutcome> Mark(long accountId, long contactId, long userId, string note, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await contacts.Find(tx, accountId, contactId) is not { Email: { } email, EmailKey: not null }) return UnbounceOutcome.NoContact;
        var said = new Overruling(clock.GetUtcNow(), Overrulings.MarkedDead, null, Overrulings.Note(note), userId);
        var (before, after) = await addresses.Change(tx, accountId, Actor.Person(userId), email, state => Dead(state, said.At));
        if (before == after) return UnbounceOutcome.Nothing;
        await Overrulings.Write(tx, accountId, contactId, after, dead: true, said);
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ContactMarkedDead, email, 1, before.HardBounceReason, said.Note);
        return UnbounceOutcome.Done;
    }, stop);

    private static AddressState Dead(AddressState state, DateTimeOffset now) => state.IsHardBounced ? state : state with
    {
        HardBounceReason = HardBounceReason.Other.HubSpotValue(), HardBouncedAt = now, HardBounceEmailId = null, HardBounceInboxId = null, HardBounceSentAt = null, HardBounceSpared = false, UnbouncedAt = null, UnbouncedBy = null,
    };
}
