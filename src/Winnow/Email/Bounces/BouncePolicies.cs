using Winnow.Audit;
using Winnow.Data;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>Reads and writes what accounts do about bounces.</summary>
public sealed class BouncePolicies(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<BouncePolicies>();

    /// <summary>The account's policy, <see cref="BouncePolicy.Default"/> when it has none of its own.</summary>
    public Task<BouncePolicy> Read(long accountId, CancellationToken stop = default) => db.Read(tx => Read(tx, accountId), stop);

    /// <inheritdoc cref="Read(long, CancellationToken)"/>
    public async Task<BouncePolicy> Read(Tx tx, long accountId)
    {
        var rows = await tx.Query<Row>(Sql["read"], new { accountId });
        return rows.Count == 0 ? BouncePolicy.Default : new(rows.ToDictionary(r => Enum.Parse<Verdict>(r.Verdict), r => new BounceRule(Enum.Parse<BounceDeed>(r.Deed), r.Times, r.Days)));
    }

    /// <summary>Writes a policy. It holds for reports that come from now on; what was decided stays.</summary>
    public Task Save(long accountId, BouncePolicy policy, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var before = await Read(tx, accountId);
        await tx.Execute(Sql["forget"], new { accountId });
        foreach (var (verdict, rule) in policy.Rules.Where(_ => !policy.SameAs(BouncePolicy.Default)))
            await tx.Execute(Sql["add"], new { accountId, verdict = verdict.ToString(), deed = rule.Deed.ToString(), rule.Times, rule.Days });
        if (!policy.SameAs(before)) await AuditLog.Add(tx, clock, accountId, userId, AuditAction.BouncePolicyChanged, "Bounce handling", null, Words(before), Words(policy));
    }, stop);

    private static string Words(BouncePolicy policy) => string.Join(", ", BouncePolicy.Default.Rules.Keys.Select(v => (v, rule: policy[v]))
        .Select(line => $"{line.v}: {line.rule.Deed}{(line.rule.Deed == BounceDeed.Score ? $" {line.rule.Times} in {line.rule.Days} d" : "")}"));

    private sealed record Row(string Verdict, string Deed, int Times, int Days);
}
