using Winnow.Contacts;
using Winnow.Data;
using Winnow.Mail.Mime;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>What came of e-mails on parole.</summary>
/// <param name="Waiting">Sent, or about to be; no bounce so far, and not long enough ago to tell.</param>
/// <param name="Back">No bounce came: the address is mailed again.</param>
/// <param name="Bounced">It bounced again and stays suppressed.</param>
/// <param name="Unsent">It never left, or nobody knows; the address may get another one.</param>
public sealed record ParoleFigures(long Waiting, long Back, long Bounced, long Unsent);

/// <summary>One more e-mail for addresses that bounced for a reason that may pass: one, with the next e-mail after the account's waiting time, and
/// no more a day and domain than the account's budget. When no bounce comes back the bounce is lifted. Dead addresses, complaints and opt-outs
/// never get one.</summary>
public sealed class Parole(Db db, SecondChancesStore chances, DayBudget budget, AddressChanges addresses, TimeProvider clock)
{
    /// <summary>How long no bounce must come: the 72 hours that servers try, and a day for the report.</summary>
    public static readonly TimeSpan Proof = TimeSpan.FromDays(4);

    /// <summary>What may pass.</summary>
    private static readonly string[] Verdicts = [.. new[] { Verdict.MailboxFull, Verdict.Blocked, Verdict.Content, Verdict.OwnSetup, Verdict.Temporary }.Select(v => v.ToString())];

    /// <summary>The same for bounces that are older than their evidence.</summary>
    private static readonly string[] Reasons = ["MAILBOX_FULL", "POLICY", "SPAM", "CONTENT"];

    private const int AtOnce = 500;
    private static readonly SqlFile Sql = SqlFile.Beside<Parole>();
    private static readonly Actor Mail = new("EMAIL", "Parole");

    /// <summary>Lets some of these through, in the transaction that writes down the recipients: the budgets are held, then the candidates are looked at
    /// again, so that no two e-mails let the same address through and no budget is passed.</summary>
    /// <param name="held">Contacts and addresses that only a bounce keeps from getting the e-mail.</param>
    /// <returns>The contacts that get it.</returns>
    internal async Task<HashSet<long>> Grant(Tx tx, long accountId, long emailId, IReadOnlyCollection<(long ContactId, string EmailKey)> held)
    {
        if (held.Count == 0 || await chances.Read(tx, accountId) is not { Parole: true } wish) return [];
        var granted = new HashSet<long>();
        foreach (var domain in held.GroupBy(h => EmailAddress.DomainOf(h.EmailKey)).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var what = $"parole {domain.Key}";
            var left = await budget.Hold(tx, accountId, what, wish.ParoleADay);
            if (left == 0) continue;
            var candidates = (await Candidates(tx, accountId, wish, [.. domain.Select(h => h.EmailKey)])).ToHashSet();
            var some = domain.Where(h => candidates.Contains(h.EmailKey)).OrderBy(h => h.ContactId).Take((int)left).ToList();
            foreach (var (contactId, emailKey) in some)
                await tx.Execute(Sql["grant"], new { accountId, emailId, contactId, emailKey, now = clock.GetUtcNow() });
            await budget.Use(tx, accountId, what, some.Count);
            granted.UnionWith(some.Select(s => s.ContactId));
        }
        return granted;
    }

    /// <summary>Whether the account wants it.</summary>
    internal async Task<bool> IsOn(Tx tx, long accountId) => (await chances.Read(tx, accountId)).Parole;

    /// <summary>How many of these would be let through today.</summary>
    internal async Task<long> Outlook(Tx tx, long accountId, IReadOnlyCollection<string> held)
    {
        if (held.Count == 0 || await chances.Read(tx, accountId) is not { Parole: true } wish) return 0;
        var sum = 0L;
        foreach (var domain in (await Candidates(tx, accountId, wish, held)).GroupBy(EmailAddress.DomainOf))
            sum += Math.Min(domain.Count(), await budget.Left(tx, accountId, $"parole {domain.Key}", wish.ParoleADay));
        return sum;
    }

    /// <summary>Those of these contacts that get this e-mail on parole, as long as no other bounce came since.</summary>
    internal async Task<HashSet<long>> Granted(Tx tx, long accountId, long emailId, IReadOnlyCollection<long> contactIds) => contactIds.Count == 0 ? []
        : [.. await tx.Query<long>(Sql["granted"], new { accountId, emailId, ids = contactIds.ToArray() })];

    /// <summary>What came of all e-mails on parole of an account.</summary>
    public Task<ParoleFigures> Figures(long accountId, CancellationToken stop = default) => db.Read(tx => tx.Single<ParoleFigures>(Sql["figures"], new { accountId }), stop);

    /// <summary>Looks after e-mails on parole: whose bounce came back stays suppressed, who had none for long enough is mailed again.</summary>
    public async Task Settle(CancellationToken stop)
    {
        while (await db.Read(tx => tx.Query<Settled>(Sql["settled"], new { proven = clock.GetUtcNow() - Proof, AtOnce }), stop) is { Count: > 0 } some)
            foreach (var one in some) await db.Write(tx => Settle(tx, one), stop);
    }

    private async Task Settle(Tx tx, Settled one)
    {
        if (await tx.Execute(Sql["settle"], one) == 0 || one.Outcome != "back") return;            // another process was faster
        var now = clock.GetUtcNow();
        var lifted = await addresses.Change(tx, one.AccountId, Mail, [one.EmailKey], a => a.HasHardBounce && a.HardBouncedAt == one.BouncedAt ? a.Lifted(now, null) : a);
        if (lifted.Count > 0)
            await tx.Execute(Sql["event"], new { one.AccountId, id = await Ids.Next(tx, one.AccountId, "email_event"), now, one.ContactId, one.EmailId, one.EmailKey });
    }

    private Task<List<string>> Candidates(Tx tx, long accountId, SecondChances wish, IReadOnlyCollection<string> keys) => tx.Query<string>(Sql["candidates"], new
    {
        accountId, keys = keys.ToArray(), verdicts = Verdicts, reasons = Reasons, before = clock.GetUtcNow().AddDays(-wish.ParoleAfterDays),
    });

    private sealed record Settled(long AccountId, long EmailId, long ContactId, string EmailKey, DateTimeOffset BouncedAt, string Outcome);
}
