using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email.Bounces;

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
public sealed class OutcomeRecorder(Recipients recipients, ContactStore contacts, BounceIntake bounces, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<OutcomeRecorder>();

    /// <summary>Writes that these are being handed over now.</summary>
    /// <returns>Those that were still waiting: no other may be handed over.</returns>
    public Task<List<long>> HandingOver(Tx tx, long accountId, long emailId, IEnumerable<long> contactIds) =>
        tx.Query<long>(Sql["handing-over"], new { accountId, emailId, ids = contactIds.ToArray(), now = clock.GetUtcNow() });

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

    /// <summary>Only rows that were still being handed over count: writing again what was written changes nothing.</summary>
    private async Task Sent(Tx tx, MarketingEmail email, PropertyCatalog properties, List<Ending> sent)
    {
        var ids = sent.Select(e => e.Recipient.ContactId).ToArray();
        var written = (await tx.Query<long>(Sql["sent"], new { accountId = email.AccountId, emailId = email.Id, ids, now = clock.GetUtcNow() })).ToHashSet();
        sent = [.. sent.Where(e => written.Contains(e.Recipient.ContactId))];
        await CountOnContacts(tx, email, properties, [.. sent.Select(e => e.Recipient.ContactId)]);
        await EmailEvents.Add(tx, email.AccountId, email.Id, clock, [.. sent.Select(e => new EmailEvent("SENT", e.Recipient.ContactId, e.Recipient.EmailKey, null, e.Detail))]);
        await Recipients.Count(tx, email.AccountId, email.Id, sent.SelectMany(Move));
    }

    private async Task Others(Tx tx, MarketingEmail email, List<Ending> others)
    {
        foreach (var e in others)
            await recipients.Set(tx, email.AccountId, email.Id, e.Recipient.ContactId, e.Outcome, e.Reason, e.Detail, e.NextAt, e.Recipient.Attempts + (e.Outcome is Outcome.Retry or Outcome.Unknown ? 1 : 0));
        await EmailEvents.Add(tx, email.AccountId, email.Id, clock, [.. others.Select(EventOf).OfType<EmailEvent>()]);
        await Recipients.Count(tx, email.AccountId, email.Id, others.SelectMany(Move));
    }

    private async Task Refused(Tx tx, MarketingEmail email, List<Ending> refused)
    {
        foreach (var e in refused)
        {
            await recipients.Set(tx, email.AccountId, email.Id, e.Recipient.ContactId, Outcome.Refused, null, e.Detail, null, e.Recipient.Attempts + 1);
            await bounces.TakeReply(tx, new MailToken(email.AccountId, email.Id, e.Recipient.ContactId), e.Refusal!);
            await Recipients.Count(tx, email.AccountId, email.Id, Move(e));                 // figures last, as everywhere
        }
    }

    private async Task CountOnContacts(Tx tx, MarketingEmail email, PropertyCatalog properties, long[] ids)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var pairs = (await contacts.ReadToChange(tx, email.AccountId, ids)).Select(c => (Before: c, After: c.Copy())).ToList();
        foreach (var (_, after) in pairs)
        {
            after[Delivered] = (long)after[Delivered]! + 1;
            after[SinceEngaged] = (long)after[SinceEngaged]! + 1;
            after[FirstSend] ??= now;
            after[LastSend] = now;
            after[LastName] = email.Name;
        }
        await contacts.SaveCounters(tx, new Actor("EMAIL", $"email:{email.Id}"), properties, pairs);
    }

    private static EmailEvent? EventOf(Ending e) => e.Outcome switch
    {
        Outcome.NotSent => new("DROPPED", e.Recipient.ContactId, e.Recipient.EmailKey, e.Reason, null),
        Outcome.Retry => new("DEFERRED", e.Recipient.ContactId, e.Recipient.EmailKey, null, e.Detail),
        _ => null,
    };

    private static (string, string?, long)[] Move(Ending e) => [(e.Recipient.Outcome, null, -1), (e.Outcome, e.Reason, 1)];

    private static readonly ContactColumn Delivered = ContactColumn.Of("emails_delivered"), SinceEngaged = ContactColumn.Of("sends_since_engaged"),
        FirstSend = ContactColumn.Of("first_send_at"), LastSend = ContactColumn.Of("last_send_at");
    private static readonly Property LastName = BuiltInProperties.Of("hs_email_last_email_name");

    private sealed record LeftOut(long ContactId, string EmailKey);
}
