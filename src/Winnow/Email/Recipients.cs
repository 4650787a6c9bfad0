using Winnow.Data;

namespace Winnow.Email;

/// <summary>What became of a recipient. Exactly one at a time.</summary>
public static class Outcome
{
    /// <summary>Waits for its turn.</summary>
    public const string Queued = "queued";
    /// <summary>A retry whose turn it is. When the process dies now, the log of its run knows whether the mail may be with the relay.</summary>
    public const string HandingOver = "handing_over";
    /// <summary>The relay said "not now": tried again, for up to 72 hours. HubSpot's Pending.</summary>
    public const string Retry = "retry";
    /// <summary>The relay took it. As long as no bounce comes it counts as delivered.</summary>
    public const string Sent = "sent";
    /// <summary>Left out before anything was sent; the reason is one of DOMAIN's drop reasons.</summary>
    public const string NotSent = "not_sent";
    /// <summary>The relay said no for good; what that says about the address is being judged.</summary>
    public const string Refused = "refused";
    /// <summary>Hard bounced.</summary>
    public const string Bounced = "bounced";
    /// <summary>Soft bounced.</summary>
    public const string SoftBounced = "soft_bounced";
    /// <summary>The process or the relay went away between the last byte and the reply. Never sent again by itself.</summary>
    public const string Unknown = "unknown";
}

/// <summary>A person an e-mail was ordered for, and what became of it.</summary>
/// <param name="Email">The address as it was when sending was ordered.</param>
/// <param name="Outcome">One of <see cref="Email.Outcome"/>.</param>
/// <param name="Reason">Why it was not sent or why it bounced; null otherwise.</param>
/// <param name="Detail">The relay's words.</param>
/// <param name="NextAt">When it is tried again.</param>
/// <param name="SentAt">When it was handed over last; null when never.</param>
/// <param name="At">When the outcome was written.</param>
public sealed record Recipient(
    long ContactId, string Email, string EmailKey, string Outcome, string? Reason, string? Detail, long Attempts, DateTimeOffset NextAt, DateTimeOffset? SentAt, DateTimeOffset At);

/// <summary>A recipient as reports about the e-mail find and leave it.</summary>
/// <param name="Outcome">One of <see cref="Email.Outcome"/>.</param>
internal sealed record SentTo(long EmailId, long ContactId, string Email, string EmailKey, string Outcome, string? Reason, string? Detail);

/// <summary>Recipients of an e-mail: read them, and change what became of them together with the e-mail's figures.</summary>
public sealed class Recipients(TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<Recipients>();

    /// <summary>One recipient, or null when the e-mail was not ordered for this contact.</summary>
    public Task<Recipient?> Find(Tx tx, long accountId, long emailId, long contactId) => tx.SingleOrNone<Recipient>(Sql["find"], new { accountId, emailId, contactId });

    /// <summary>People with one of these outcomes, by contact id, after this one (0 to begin).</summary>
    /// <param name="reasons">Only those with one of these reasons; null for all.</param>
    public Task<List<Recipient>> Page(Tx tx, long accountId, long emailId, IReadOnlyCollection<string> outcomes, IReadOnlyCollection<string>? reasons, long after, int limit) =>
        // 'sent' and 'queued' are found along the key, all others along their own small index
        tx.Query<Recipient>(Sql[outcomes.Any(o => o is Outcome.Sent or Outcome.Queued or Outcome.HandingOver) ? "page" : "page-of-few"], new
        {
            accountId, emailId, outcomes = outcomes.ToArray(), anyReason = reasons is null, reasons = (reasons ?? []).ToArray(), after, limit,
        });

    /// <summary>People who reported the e-mail as spam, whatever became of it before, by contact id, after this one (0 to begin).</summary>
    public Task<List<Recipient>> Complained(Tx tx, long accountId, long emailId, long after, int limit) => tx.Query<Recipient>(Sql["complained"], new { accountId, emailId, after, limit });

    /// <summary>The figures of these e-mails.</summary>
    public async Task<Dictionary<long, EmailFigures>> Figures(Tx tx, long accountId, IReadOnlyCollection<long> emailIds) =>
        (await tx.Query<OutcomeCount>(Sql["counts"], new { accountId, emailIds = emailIds.ToArray() })).GroupBy(c => c.EmailId).ToDictionary(g => g.Key, g => new EmailFigures([.. g]));

    /// <summary>Mails that were sent, or tried, bounced: writes that down and moves the figures. What reports say that is new the caller has decided.</summary>
    /// <param name="bounced">Each recipient once, locked, before and after.</param>
    internal async Task Bounced(Tx tx, long accountId, IReadOnlyCollection<(SentTo Before, SentTo After)> bounced)
    {
        if (bounced.Count == 0) return;
        await tx.Execute(Sql["bounced"], new { now = clock.GetUtcNow(), rows = JsonRows.Of(bounced.Select(b => new { account = accountId, email = b.After.EmailId, contact = b.After.ContactId, outcome = b.After.Outcome, reason = b.After.Reason, detail = b.After.Detail })) });
        await Count(tx, accountId, bounced.SelectMany(b => new[]
        {
            (b.Before.EmailId, b.Before.Outcome == Outcome.HandingOver ? Outcome.Retry : b.Before.Outcome, b.Before.Reason, -1L), (b.After.EmailId, b.After.Outcome, b.After.Reason, 1L),
        }));
    }

    /// <summary>Ends one recipient's turn, or has it wait for a later one.</summary>
    /// <returns>False when it has an outcome already: a bounce can be quicker than the sender.</returns>
    internal async Task<bool> End(Tx tx, long accountId, long emailId, long contactId, string outcome, string? reason, string? detail, DateTimeOffset? nextAt, long attempts) =>
        await tx.Execute(Sql["end"], new { accountId, emailId, contactId, outcome, reason, detail, nextAt = nextAt?.ToUnixTimeMilliseconds() ?? 0, attempts, now = clock.GetUtcNow() }) > 0;

    /// <summary>Adds to the figures of an e-mail.</summary>
    internal static Task Count(Tx tx, long accountId, long emailId, IEnumerable<(string Outcome, string? Reason, long By)> changes) =>
        Count(tx, accountId, changes.Select(c => (emailId, c.Outcome, c.Reason, c.By)));

    /// <summary>Adds to the figures. Rows are touched in one order, so that two writers cannot wait for each other.</summary>
    private static async Task Count(Tx tx, long accountId, IEnumerable<(long EmailId, string Outcome, string? Reason, long By)> changes)
    {
        var sums = changes.GroupBy(c => (c.EmailId, c.Outcome, Reason: c.Reason ?? "")).Select(g => new { email = g.Key.EmailId, outcome = g.Key.Outcome, reason = g.Key.Reason, by = g.Sum(c => c.By) })
            .Where(s => s.by != 0).OrderBy(s => s.email).ThenBy(s => s.outcome, StringComparer.Ordinal).ThenBy(s => s.reason, StringComparer.Ordinal).ToList();
        if (sums.Count > 0) await tx.Execute(Sql["count"], new { accountId, rows = JsonRows.Of(sums) });
    }

    /// <summary>Makes the figures from the recipients anew: at the end of a sending, and whenever they are in doubt.</summary>
    public static async Task Recount(Tx tx, long accountId, long emailId)
    {
        await tx.Execute(Sql["forget-counts"], new { accountId, emailId });
        await tx.Execute(Sql["recount"], new { accountId, emailId });
    }
}

/// <summary>How many recipients of an e-mail have an outcome, for one reason.</summary>
public sealed record OutcomeCount(long EmailId, string Outcome, string Reason, long Count);

/// <summary>The figures of one e-mail, as HubSpot names them (DOMAIN §9.3): selected = sent + not sent + still waiting.</summary>
public sealed class EmailFigures(IReadOnlyList<OutcomeCount> counts)
{
    /// <summary>No recipients yet.</summary>
    public static readonly EmailFigures None = new([]);

    /// <summary>Everyone it was ordered for.</summary>
    public long Selected => counts.Sum(c => c.Count);
    /// <summary>Not tried yet.</summary>
    public long Waiting => Of(Outcome.Queued);
    /// <summary>Handed to the relay or tried at least once.</summary>
    public long Sent => Selected - Waiting - NotSent;
    /// <summary>Taken by the relay, and no bounce came back.</summary>
    public long Delivered => Of(Outcome.Sent);
    /// <summary>Being tried again.</summary>
    public long Pending => Of(Outcome.Retry);
    /// <summary>Hard and soft bounces, refusals still being judged included.</summary>
    public long Bounced => Of(Outcome.Bounced, Outcome.SoftBounced, Outcome.Refused);
    /// <summary>Left out before sending.</summary>
    public long NotSent => Of(Outcome.NotSent);
    /// <summary>Nobody knows whether the relay took it.</summary>
    public long Unknown => Of(Outcome.Unknown);

    /// <summary>The sum of some outcomes.</summary>
    public long Of(params IReadOnlyList<string> outcomes) => counts.Where(c => outcomes.Contains(c.Outcome)).Sum(c => c.Count);

    /// <summary>Some outcomes by reason, the largest first.</summary>
    public IEnumerable<OutcomeCount> ByReason(params IReadOnlyList<string> outcomes) => counts.Where(c => outcomes.Contains(c.Outcome) && c.Count > 0).OrderByDescending(c => c.Count).ThenBy(c => c.Reason, StringComparer.Ordinal);
}
