using Winnow.Data;
using Winnow.Email.Bounces;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Email.Sending;

/// <summary>Writes down the recipients of an ordered e-mail, one row a contact: queued, or not sent with the reason. From then on
/// lists may change; the recipients do not.</summary>
public sealed class FreezeRecipients(Db db, ListMembers members, Parole parole, TimeProvider clock)
{
    private const int BatchSize = 5_000;
    private static readonly SqlFile Sql = SqlFile.Beside<FreezeRecipients>();
    private static readonly BulkTable Rows = new("email_recipients", "account_id", "email_id", "contact_id", "email", "email_key", "outcome", "reason", "at");

    /// <summary>Writes those that are not written yet, a batch a step.</summary>
    public async Task All(JobRun run, long emailId, CancellationToken stop)
    {
        var at = await db.Read(tx => tx.Single<Progress>(Sql["progress"], new { accountId = run.AccountId, emailId }), stop);
        if (at.Frozen) return;
        var selection = await db.Read(tx => members.Read(tx, run.AccountId, at.SelectionId), stop);
        foreach (var ids in selection.After(at.LastContactId).Chunk(BatchSize))
            await run.Step(async tx => new Step<SendState>(run.State<SendState>(), await Batch(tx, run.AccountId, emailId, ids), selection.Count), stop);
        await run.Step(async tx =>
        {
            await tx.Execute(Sql["frozen"], new { accountId = run.AccountId, emailId });
            return new Step<SendState>(run.State<SendState>(), 0);
        }, stop);
    }

    /// <returns>How many of them are left out.</returns>
    private async Task<long> Batch(Tx tx, long accountId, long emailId, long[] ids)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var present = (await tx.Query<Facts>(Sql["facts"], new { accountId, ids })).ToDictionary(f => f.Id);
        var onParole = await parole.Grant(tx, accountId, emailId, [.. present.Values.Where(f => SendGates.OnlyBounced(f.ToFacts())).Select(f => (f.Id, f.EmailKey!))]);
        var rows = ids.Select(id => Judge(id, present.GetValueOrDefault(id), onParole.Contains(id))).ToList();
        await tx.Bulk(Rows, rows, (row, r) =>
        {
            row.Long(accountId);
            row.Long(emailId);
            row.Long(r.ContactId);
            row.Text(r.Email);
            row.Text(r.EmailKey);
            row.Text(r.Reason is null ? Outcome.Queued : Outcome.NotSent);
            row.Text(r.Reason);
            row.Long(now);
        });
        var leftOut = rows.Where(r => r.Reason is not null).ToList();
        await EmailEvents.Add(tx, accountId, emailId, clock, [.. leftOut.Select(r => new EmailEvent("DROPPED", r.ContactId, r.EmailKey, r.Reason, null))]);
        await Recipients.Count(tx, accountId, emailId, rows.Select(r => (r.Reason is null ? Outcome.Queued : Outcome.NotSent, r.Reason, 1L)));
        return leftOut.Count;
    }

    private static (long ContactId, string Email, string EmailKey, string? Reason) Judge(long id, Facts? facts, bool onParole) =>
        (id, facts?.Email ?? "", facts?.EmailKey ?? "", SendGates.WhyNot(facts is null ? new() { Exists = false, HasAddress = false, IsMarketing = false } : facts.ToFacts() with { OnParole = onParole }));

    private sealed record Facts(long Id, string? Email, string? EmailKey, bool HasAddress, bool IsMarketing, bool IsBlocked, bool IsHardBounced, bool ReportedSpam, bool OptedOut, bool IsQuarantined)
    {
        public RecipientFacts ToFacts() => new()
        {
            Exists = true, HasAddress = HasAddress, IsMarketing = IsMarketing, IsBlocked = IsBlocked, IsHardBounced = IsHardBounced,
            ReportedSpam = ReportedSpam, OptedOut = OptedOut, IsQuarantined = IsQuarantined,
        };
    }

    private sealed record Progress(long SelectionId, bool Frozen, long LastContactId);
}
