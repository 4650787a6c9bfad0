using Winnow.Contacts;
using Winnow.Data;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>One report or refusal about a contact, as it was judged. See the table <c>inbox</c> for the words in it.</summary>
/// <param name="Door">smtp, imap, pop3: a mail that came back; reply: the relay's answer while sending; else the code of a provider that called.</param>
/// <param name="State">done, or copy: it said what was known and changed nothing.</param>
/// <param name="Effect">For a bounce: hard, spared or soft.</param>
/// <param name="EmailId">0 when it is about mail that another system sent.</param>
/// <param name="EmailName">The marketing e-mail it is about; null when that is gone.</param>
/// <param name="RedactedAt">When its raw bytes were removed; null while they are kept.</param>
/// <param name="EmailKey">The address that the e-mail went to; null for mail that another system sent.</param>
/// <param name="Overruled">What a person made of the verdict: unbounced, dead, or null.</param>
public sealed record Evidence(
    long Id, DateTimeOffset ReceivedAt, string Door, string State, string Kind, string? Verdict, string? Reason, string? Effect, string? Status,
    string? Rule, string? Decisive, string? RefusedBy, string? Named, long EmailId, string? EmailName, DateTimeOffset? RedactedAt, string? EmailKey, string? Overruled)
{
    /// <summary>The fine reason of a bounce.</summary>
    public BounceReason FineReason => Enum.TryParse<BounceReason>(Reason, ignoreCase: true, out var known) ? known : BounceReason.Undefined;

    /// <summary>Who can mend what went wrong.</summary>
    public FaultSide Fault => FineReason.Facts().Fault;
}

/// <summary>What is held against a contact's address, and for it.</summary>
/// <param name="Address">The state of the contact's present address.</param>
/// <param name="Reports">Newest first; at most <see cref="BounceEvidence.Most"/>.</param>
/// <param name="UnbouncedBy">Who lifted the bounce, by name.</param>
/// <param name="Said">What people said about the address, newest first.</param>
public sealed record BounceFile(AddressState Address, IReadOnlyList<Evidence> Reports, string? UnbouncedBy, IReadOnlyList<Overruling> Said)
{
    /// <summary>The person who called the address dead, when that is what holds the mail back.</summary>
    public Overruling? ByHand => Address.HasHardBounce && Overrulings.IsByHand(Address, Said) ? Said.First(s => s.Type == Overrulings.MarkedDead) : null;

    /// <summary>What happens next after one of the reports.</summary>
    public NextStep Next(Evidence report) => report.EmailKey is { } key && key != Address.EmailKey ? new(Bounces.Next.OtherAddress)
        : NextStep.Of(Address, Policy, Enum.TryParse<Verdict>(report.Verdict, out var verdict) ? verdict : Verdict.Unclear, [.. FailedAt[report.Verdict ?? ""]], Now);

    internal BouncePolicy Policy { get; init; } = BouncePolicy.Default;
    internal ILookup<string, DateTimeOffset> FailedAt { get; init; } = Array.Empty<Failure>().ToLookup(f => f.Verdict, f => f.At);
    internal DateTimeOffset Now { get; init; }

    /// <summary>When an e-mail to the address failed, by verdict.</summary>
    internal sealed record Failure(string Verdict, DateTimeOffset At);
}

/// <summary>The evidence of bounces and complaints, for people to judge the verdict.</summary>
public sealed class BounceEvidence(Db db, BouncePolicies policies, TimeProvider clock)
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
        var key = contact.EmailKey ?? "";
        var failures = await tx.Query<BounceFile.Failure>(Sql["failures"], new { accountId, key, since = state.UnbouncedAt ?? DateTimeOffset.MinValue });
        return new BounceFile(state with { EmailKey = key }, reports, by, await Overrulings.Of(tx, accountId, key))
        {
            Policy = await policies.Read(tx, accountId), FailedAt = failures.ToLookup(f => f.Verdict, f => f.At), Now = clock.GetUtcNow(),
        };
    }, stop);

    /// <summary>One report with its raw bytes; null when it is not about this contact of this account, or was no report.</summary>
    public Task<(Evidence Evidence, byte[] Raw)?> Find(long accountId, long contactId, long inboxId, CancellationToken stop = default) => db.Read(async tx =>
    {
        var found = await tx.SingleOrNone<Evidence>(Sql["report"], new { accountId, contactId, inboxId });
        return found is null ? ((Evidence, byte[])?)null : (found, await tx.Single<byte[]>(Sql["raw"], new { accountId, inboxId }));
    }, stop);

    /// <summary>The newest report of a kind (bounce, complaint) about each of these people for one e-mail, by contact.</summary>
    public Task<Dictionary<long, Evidence>> OfEmail(long accountId, long emailId, string kind, IReadOnlyCollection<long> contactIds, CancellationToken stop = default) => db.Read(async tx =>
    {
        if (contactIds.Count == 0) return [];
        var found = await tx.Query<EvidenceOf>(Sql["of-email"], new { accountId, emailId, kind, ids = contactIds.ToArray() });
        var reports = found.Count == 0 ? [] : (await tx.Query<Evidence>(Sql["some"], new { accountId, ids = found.Select(f => f.Id).ToArray() })).ToDictionary(r => r.Id);
        return found.Where(f => reports.ContainsKey(f.Id)).ToDictionary(f => f.ContactId, f => reports[f.Id]);
    }, stop);

    private sealed record Holder(long Id, string? EmailKey);

    private sealed record EvidenceOf(long ContactId, long Id);
}
