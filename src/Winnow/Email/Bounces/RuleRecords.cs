using Winnow.Data;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>How a rule fared: how often it decided, and how often people said otherwise.</summary>
/// <param name="Rule">Its name, such as <c>text: user unknown</c>.</param>
/// <param name="Reason">The fine reason it gave most often.</param>
/// <param name="Verdicts">What it said of addresses, most frequent first.</param>
/// <param name="Unbounced">How often it ended the mailing and a person lifted that.</param>
/// <param name="Dead">How often it did not, and a person marked the address as dead.</param>
public sealed record RuleRecord(string Rule, BounceReason Reason, IReadOnlyList<string> Verdicts, long Decided, long Unbounced, long Dead)
{
    /// <summary>How often it was overruled, either way.</summary>
    public long Overruled => Unbounced + Dead;

    /// <summary>How bad it is at least, from 0 to 1: the lower end of the share's 95 % interval (Wilson 1927), so that one of one weighs less than
    /// fifty of a hundred.</summary>
    public double Badness
    {
        get
        {
            const double z = 1.96;
            var (n, share) = ((double)Decided, Decided == 0 ? 0 : (double)Overruled / Decided);
            return Overruled == 0 ? 0 : (share + z * z / (2 * n) - z * Math.Sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (1 + z * z / n);
        }
    }
}

/// <summary>A bounce that a rule decided.</summary>
/// <param name="Overruled">unbounced, dead, or null.</param>
public sealed record RuledBounce(long Id, DateTimeOffset ReceivedAt, long ContactId, long EmailId, string? EmailName, string? Verdict, string? Effect, string? Decisive, string? Overruled);

/// <summary>The record of each rule in an account: bounces that were judged in the last <see cref="Days"/> days.</summary>
public sealed class RuleRecords(Db db, TimeProvider clock)
{
    /// <summary>How far back it looks.</summary>
    public const int Days = 90;

    private static readonly SqlFile Sql = SqlFile.Beside<RuleRecords>();

    /// <summary>All rules that decided, the worst first, then the busiest.</summary>
    public async Task<List<RuleRecord>> All(long accountId, CancellationToken stop = default)
    {
        var rows = await db.Read(tx => tx.Query<Row>(Sql["all"], new { accountId, since = Since }), stop);
        return [.. rows.GroupBy(r => r.Rule ?? "none").Select(Of).OrderByDescending(r => r.Badness).ThenByDescending(r => r.Decided).ThenBy(r => r.Rule, StringComparer.Ordinal)];
    }

    /// <summary>The bounces that one rule decided, newest first.</summary>
    /// <param name="overruled">Only those that people overruled so; null for all.</param>
    /// <param name="after">The last one of the page before; null to begin.</param>
    public Task<List<RuledBounce>> Page(long accountId, string rule, string? overruled, (DateTimeOffset At, long Id)? after, int limit, CancellationToken stop = default) =>
        db.Read(tx => tx.Query<RuledBounce>(Sql["page"], new
        {
            accountId, rule, all = overruled is null, overruled = overruled ?? "", since = Since, at = after?.At.ToUnixTimeMilliseconds() ?? long.MaxValue, below = after?.Id ?? long.MaxValue, limit,
        }), stop);

    private DateTimeOffset Since => clock.GetUtcNow().AddDays(-Days);

    private static RuleRecord Of(IGrouping<string, Row> rows)
    {
        List<Row> busiest = [.. rows.OrderByDescending(r => r.Decided)];
        var reason = Enum.TryParse<BounceReason>(busiest[0].Reason, ignoreCase: true, out var known) ? known : BounceReason.Undefined;
        return new(rows.Key, reason, [.. busiest.Select(r => r.Verdict ?? "").Distinct()], rows.Sum(r => r.Decided), rows.Sum(r => r.Unbounced), rows.Sum(r => r.Dead));
    }

    private sealed record Row(string? Rule, string? Verdict, string? Reason, long Decided, long Unbounced, long Dead);
}
