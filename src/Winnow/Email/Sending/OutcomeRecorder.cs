using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email.Bounces;
using Winnow.Lists;

namespace Winnow.Email.Sending;

/// <summary>A recipient whose turn it is, as read from the queue.</summary>
/// <param name="Outcome">queued or retry: what it was when it was read.</param>
/// <param name="Attempts">How often it was handed over before.</param>
public sealed record Waiting(long ContactId, string Email, string EmailKey, string Outcome, long Attempts);

/// <summary>What became of a recipient.</summary>
/// <param name="Outcome">One of <see cref="Email.Outcome"/>.</param>
/// <param name="NextAt">When a retry is due.</param>
/// <param name="Refusal">The relay's last word, when it is to be judged like a bounce.</param>
public sealed record Ending(Waiting Recipient, string Outcome, string? Reason, string? Detail, DateTimeOffset? NextAt = null, Refusal? Refusal = null);

/// <summary>Writes what becomes of recipients, many in a transaction: the outcome, the figures of the e-mail, the event, and the
/// counters of the contact. E-mail events are the history of those counters, so they get no row of contact history.</summary>
public sealed class OutcomeRecorder(Recipients recipients, ContactStore contacts, ListKeeper lists, JudgeReports bounces, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<OutcomeRecorder>();

    /// <summary>Takes up those whose turn it is, in the job's step: from here until their outcome is written, whoever comes after this run asks its
    /// <see cref="HandOverLog"/>. For the queue, which is gone through by contact, one number says who that is: nobody else sends this e-mail.</summary>
    /// <param name="last">The last contact of the queue that was looked at; null for retries, which are taken up one by one.</param>
    /// <returns>Those that were still waiting: no other may be handed over.</returns>
    public async Task<IReadOnlyCollection<long>> TakeUp(Tx tx, long accountId, long emailId, long? last, IReadOnlyCollection<long> contactIds)
    {
        if (last is null) return await tx.Query<long>(Sql["take-up-again"], new { accountId, emailId, ids = contactIds.ToArray(), now = clock.GetUtcNow() });
        await tx.Execute(Sql["take-up"], new { accountId, emailId, last });
        return contactIds;
    }

    /// <summary>Settles those that a run took up and left without an outcome: what its log says of them holds. Whose mail was noted as handed over and not
    /// as taken may have it; the others wait again.</summary>
    /// <param name="log">The name of the run's log.</param>
    /// <returns>Whether there was anybody: then the figures are to be made anew.</returns>
    public async Task<bool> Settle(Tx tx, MarketingEmail email, PropertyCatalog properties, string? log)
    {
        var left = await tx.Query<Waiting>(Sql["taken-up"], new { accountId = email.AccountId, emailId = email.Id });
        await tx.Execute(Sql["take-up"], new { accountId = email.AccountId, emailId = email.Id, last = 0L });
        if (left.Count == 0) return false;
        var noted = HandOverLog.Close(log);
        var taken = left.Where(r => noted?.Taken.Contains(r.ContactId) == true).ToList();
        foreach (var some in taken.Chunk(1_000)) await Sent(tx, email, properties, [.. some.Select(r => new Ending(r, Outcome.Sent, null, null))]);
        long[] unknown = [.. left.Select(r => r.ContactId).Where(id => noted is null || noted.Contacts.Contains(id))];
        await tx.Execute(Sql["unknown"], new { accountId = email.AccountId, emailId = email.Id, ids = unknown, now = clock.GetUtcNow() });
        await tx.Execute(Sql["wait-again"], new { accountId = email.AccountId, emailId = email.Id });
        return true;
    }

    /// <summary>What is to be written for these: a transaction for those that were taken, one for refusals, one for the others.</summary>
    public IEnumerable<Func<Tx, Task>> Parts(MarketingEmail email, PropertyCatalog properties, IReadOnlyList<Ending> endings)
    {
        foreach (var kind in endings.OrderBy(e => e.Recipient.ContactId).GroupBy(e => e.Outcome == Outcome.Sent ? 0 : e.Refusal is null ? 1 : 2).OrderBy(g => g.Key))
        {
            List<Ending> part = [.. kind];                                                  // by contact: rows are locked in one order everywhere
            yield return kind.Key switch { 0 => tx => Sent(tx, email, properties, part), 1 => tx => Others(tx, email, part), _ => tx => Refused(tx, email, part) };
        }
    }

    /// <summary>Leaves out some of those who still wait.</summary>
    /// <returns>How many; 0 when nobody waits any more.</returns>
    public async Task<int> LeaveOutSome(Tx tx, long accountId, long emailId, string reason, int most)
    {
        var left = await tx.Query<LeftOut>(Sql["leave-out-some"], new { accountId, emailId, reason, most, now = clock.GetUtcNow() });
        await EmailEvents.Add(tx, accountId, emailId, clock, [.. left.Select(l => new EmailEvent("DROPPED", l.ContactId, l.EmailKey, reason, null))]);
        return left.Count;
    }

    /// <summary>Only rows without an outcome count: writing again what was written changes nothing.</summary>
    private async Task Sent(Tx tx, MarketingEmail email, PropertyCatalog properties, List<Ending> sent)
    {
        var ids = sent.Select(e => e.Recipient.ContactId).ToArray();
        var written = (await tx.Query<long>(Sql["sent"], new { accountId = email.AccountId, emailId = email.Id, ids, now = clock.GetUtcNow() })).ToHashSet();
        sent = [.. sent.Where(e => written.Contains(e.Recipient.ContactId))];
        await contacts.CountMail(tx, email.AccountId, properties, [.. sent.Select(e => e.Recipient.ContactId)], email.Name);
        await EmailEvents.Add(tx, email.AccountId, email.Id, clock, [.. sent.Select(e => new EmailEvent("SENT", e.Recipient.ContactId, e.Recipient.EmailKey, null, e.Detail))]);
        await lists.Happened(tx, email.AccountId, [.. sent.Select(e => e.Recipient.ContactId)]);
        await Recipients.Count(tx, email.AccountId, email.Id, sent.SelectMany(Move));
    }

    private async Task Others(Tx tx, MarketingEmail email, List<Ending> others)
    {
        var written = new List<Ending>(others.Count);
        foreach (var e in others)
            if (await recipients.End(tx, email.AccountId, email.Id, e.Recipient.ContactId, e.Outcome, e.Reason, e.Detail, e.NextAt, e.Recipient.Attempts + (e.Outcome is Outcome.Retry or Outcome.Unknown ? 1 : 0)))
                written.Add(e);
        await EmailEvents.Add(tx, email.AccountId, email.Id, clock, [.. written.Select(EventOf).OfType<EmailEvent>()]);
        await Recipients.Count(tx, email.AccountId, email.Id, written.SelectMany(Move));
    }

    private async Task Refused(Tx tx, MarketingEmail email, List<Ending> refused)
    {
        var written = new List<Ending>(refused.Count);
        foreach (var e in refused)          // all recipients first, in the order of contacts, then what replies write: as whoever judges reports does
            if (await recipients.End(tx, email.AccountId, email.Id, e.Recipient.ContactId, Outcome.Refused, null, e.Detail, null, e.Recipient.Attempts + 1)) written.Add(e);
        await bounces.TakeReplies(tx, email.AccountId, [.. written.Select(e => (new MailToken(email.AccountId, email.Id, e.Recipient.ContactId), e.Refusal!))]);
        await Recipients.Count(tx, email.AccountId, email.Id, written.SelectMany(Move));                 // figures last, as everywhere
    }

    private static EmailEvent? EventOf(Ending e) => e.Outcome switch
    {
        Outcome.NotSent => new("DROPPED", e.Recipient.ContactId, e.Recipient.EmailKey, e.Reason, null),
        Outcome.Retry => new("DEFERRED", e.Recipient.ContactId, e.Recipient.EmailKey, null, e.Detail),
        _ => null,
    };

    private static (string, string?, long)[] Move(Ending e) => [(e.Recipient.Outcome, null, -1), (e.Outcome, e.Reason, 1)];

    private sealed record LeftOut(long ContactId, string EmailKey);
}
