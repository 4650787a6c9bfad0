using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>One report or refusal about a contact, as it was judged. See the table <c>inbox</c> for the words in it.</summary>
/// <param name="Door">smtp, imap, pop3: a mail that came back; reply: the relay's answer while sending; else the code of a provider that called.</param>
/// <param name="State">done, or copy: it said what was known and changed nothing.</param>
/// <param name="Effect">For a bounce: hard, spared or soft.</param>
/// <param name="EmailId">0 when it is about mail that another system sent.</param>
/// <param name="EmailName">The marketing e-mail it is about; null when that is gone.</param>
/// <param name="RedactedAt">When its raw bytes were removed; null while they are kept.</param>
public sealed record Evidence(
    long Id, DateTimeOffset ReceivedAt, string Door, string State, string Kind, string? Verdict, string? Reason, string? Effect, string? Status,
    string? Rule, string? Decisive, string? RefusedBy, string? Named, long EmailId, string? EmailName, DateTimeOffset? RedactedAt);

/// <summary>What is held against a contact's address, and for it.</summary>
/// <param name="Address">The state of the contact's present address.</param>
/// <param name="Reports">Newest first; at most <see cref="BounceEvidence.Most"/>.</param>
/// <param name="UnbouncedBy">Who lifted the bounce, by name.</param>
public sealed record BounceFile(AddressState Address, IReadOnlyList<Evidence> Reports, string? UnbouncedBy);

/// <summary>The evidence of bounces and complaints, for people to judge the verdict.</summary>
public sealed class BounceEvidence(Db db)
{
    /// <summary>How many reports of one contact are shown.</summary>
    public const int Most = 50;

    private static readonly SqlFile Sql = SqlFile.Beside<BounceEvidence>();

    /// <summary>Everything about one contact; null when this account has none of this id, or nothing ever came back.</summary>
    public Task<BounceFile?> Of(long accountId, long contactId, CancellationToken stop = default) => db.Read(async tx =>
    {
        var contact = await tx.SingleOrNone<Holder>(Sql["contact"], new { accountId, contactId });
        if (contact is null) return null;
        var state = contact.EmailKey is null ? AddressState.None : (await Addresses.Read(tx, accountId, [contact.EmailKey])).GetValueOrDefault(contact.EmailKey) ?? AddressState.None;
        var reports = await tx.Query<Evidence>(Sql["reports"], new { accountId, contactId, Most });
        if (reports.Count == 0 && state.HardBouncedAt is null && state.ComplainedAt is null) return null;
        var by = state.UnbouncedBy is { } userId ? await tx.SingleOrNone<string>(Sql["user"], new { accountId, userId }) : null;
        return new BounceFile(state, reports, by);
    }, stop);

    /// <summary>One report with its raw bytes; null when it is not about this contact of this account, or was no report.</summary>
    public Task<(Evidence Evidence, byte[] Raw)?> Find(long accountId, long contactId, long inboxId, CancellationToken stop = default) => db.Read(async tx =>
    {
        var found = await tx.SingleOrNone<Evidence>(Sql["report"], new { accountId, contactId, inboxId });
        return found is null ? ((Evidence, byte[])?)null : (found, await tx.Single<byte[]>(Sql["raw"], new { accountId, inboxId }));
    }, stop);

    private sealed record Holder(long Id, string? EmailKey);
}
