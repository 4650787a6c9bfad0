using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>A report that is about nobody we know.</summary>
/// <param name="Door">imap, pop3 or the code of a provider.</param>
/// <param name="Recipient">The mailbox it came to, or the address the provider names.</param>
/// <param name="Why">One of <see cref="WhyUnmatched"/>.</param>
/// <param name="RedactedAt">When its raw bytes were removed.</param>
public sealed record UnmatchedReport(
    long Id, DateTimeOffset ReceivedAt, string Door, string Recipient, string Kind, string? Verdict, string? Rule, string? Decisive, string? RefusedBy, string? Named, string Why, DateTimeOffset? RedactedAt);

/// <summary>How many reports are unmatched for one reason.</summary>
public sealed record UnmatchedCount(string Why, long Count);

/// <summary>Reports kept apart: forged, foreign, or of mail that Winnow did not send. They change no contact.</summary>
public sealed class UnmatchedReports(Db db)
{
    private static readonly SqlFile Sql = SqlFile.Beside<UnmatchedReports>();

    /// <summary>How many, by reason.</summary>
    public Task<List<UnmatchedCount>> Counts(long accountId, CancellationToken stop = default) => db.Read(tx => tx.Query<UnmatchedCount>(Sql["counts"], new { accountId }), stop);

    /// <summary>Those below an id (<see cref="long.MaxValue"/> to begin), newest first.</summary>
    /// <param name="why">Only those for this reason; null for all.</param>
    public Task<List<UnmatchedReport>> Page(long accountId, string? why, long below, int limit, CancellationToken stop = default) =>
        db.Read(tx => tx.Query<UnmatchedReport>(Sql["page"], new { accountId, all = why is null, why = why ?? "", below, limit }), stop);

    /// <summary>One with its raw bytes; null when this account has none of this id.</summary>
    public Task<(UnmatchedReport Report, byte[] Raw)?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(async tx =>
    {
        var found = await tx.SingleOrNone<UnmatchedReport>(Sql["find"], new { accountId, id });
        return found is null ? ((UnmatchedReport, byte[])?)null : (found, await tx.Single<byte[]>(Sql["raw"], new { accountId, id }));
    }, stop);
}
