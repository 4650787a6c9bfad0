using System.Text;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;
using Winnow.Mail.Mime;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>A report as it lies in the inbox.</summary>
internal sealed record InboxRow(long AccountId, long Id, DateTimeOffset ReceivedAt, string Door, string Recipient, long EmailId, long ContactId, long Attempts, byte[] Raw)
{
    public MailToken Path => new(AccountId, EmailId, ContactId);
}

/// <summary>A report that was read: what it says, and whose it is by its mark.</summary>
internal sealed record Arrival(InboxRow Row, Incoming Incoming, Whose Whose);

/// <summary>Judges the reports of one account as a set: a fixed number of statements, however many they are. Reads what is on record, has
/// <see cref="Judging"/> go through the reports in their order, and writes the sums. Locks are taken in one order, as everywhere where mail is written,
/// each kind sorted: recipients, the counters of reports and incidents, addresses, contacts, lists, the counter of events, figures, jobs
/// (docs/decisions/0076).</summary>
public sealed class JudgeReports(
    Inbox inbox, Recipients recipients, ContactStore contacts, AddressChanges addresses, ListKeeper lists, BouncePolicies policies, IntakeSettingsStore settings, TellSender tellSender, Incidents incidents, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<JudgeReports>();
    private static readonly BulkTable Events = new("email_events", "account_id", "id", "at", "type", "contact_id", "email_id", "sent_at", "email_key", "reason", "detail", "inbox_id");
    private static readonly Actor Mail = new("EMAIL", "BounceIntake");

    /// <summary>Judges those that still wait and that no other process holds; the others are left alone.</summary>
    internal async Task Take(Tx tx, long accountId, IReadOnlyCollection<Arrival> arrivals)
    {
        var claimed = (await tx.Query<long>(Sql["claim"], new { accountId, ids = arrivals.Select(a => a.Row.Id).ToArray() })).ToHashSet();
        var mine = arrivals.Where(a => claimed.Contains(a.Row.Id)).OrderBy(a => a.Row.Id).ToList();
        if (mine.Count == 0) return;
        var sentTo = await Lock(tx, accountId, mine.Select(a => a.Whose.Token).OfType<MailToken>());
        var holders = await Holders(tx, accountId, mine);
        await Judge(tx, accountId, [.. mine.Select(a => About(a, sentTo, holders))], sentTo.Values);
        await ForgetErased(tx, accountId, [.. mine.Where(a => a.Whose.Token is { } path && !sentTo.ContainsKey(path))]);
    }

    /// <summary>A report about somebody who was erased meanwhile is counted and not kept.</summary>
    private async Task ForgetErased(Tx tx, long accountId, List<Arrival> gone)
    {
        if (gone.Count == 0) return;
        var rows = JsonRows.Of(gone.Select(a => new { account = accountId, id = a.Row.Id, contact = a.Whose.Token!.Value.ContactId }));
        await tx.Execute(Sql["forget-erased"], new { rows, now = clock.GetUtcNow(), nothing = Array.Empty<byte>() });
    }

    /// <summary>A relay refused e-mails for good while they were sent: each refusal is kept as evidence and judged like a report that comes back.</summary>
    /// <returns>What each means for its address; those of whom no e-mail is known are missing.</returns>
    public async Task<Dictionary<MailToken, BounceEffect>> TakeReplies(Tx tx, long accountId, IReadOnlyCollection<(MailToken Path, Refusal Refusal)> replies)
    {
        var sentTo = await Lock(tx, accountId, replies.Select(r => r.Path));
        var known = replies.Where(r => sentTo.ContainsKey(r.Path)).ToList();
        var first = await inbox.AddReplies(tx, accountId, [.. known.Select(r => (r.Path, sentTo[r.Path].Email, Encoding.UTF8.GetBytes(r.Refusal.Conversation)))]);
        var judged = await Judge(tx, accountId, [.. known.Select((r, i) => new Report(first + i, clock.GetUtcNow(), r.Path, sentTo[r.Path], Finding.Of(r.Refusal)))], sentTo.Values);
        return judged.GroupBy(j => j.Report.Path).ToDictionary(g => g.Key, g => g.Last().Effect ?? BounceEffect.Soft);
    }

    /// <summary>The recipients of these, locked in the order of e-mails and contacts.</summary>
    private static async Task<Dictionary<MailToken, SentTo>> Lock(Tx tx, long accountId, IEnumerable<MailToken> paths)
    {
        var asked = paths.Distinct().Select(p => new { email = p.EmailId, contact = p.ContactId }).ToList();
        return asked.Count == 0 ? [] : (await tx.Query<SentTo>(Sql["recipients"], new { accountId, paths = JsonRows.Of(asked) })).ToDictionary(r => new MailToken(accountId, r.EmailId, r.ContactId));
    }

    /// <summary>Who has the addresses that reports without a mark name, where the account allows that. A report with a mark that is not genuine here is never
    /// matched by address.</summary>
    private async Task<Dictionary<string, long>?> Holders(Tx tx, long accountId, List<Arrival> arrivals)
    {
        var strangers = arrivals.Where(IsStranger).ToList();
        return strangers.Count == 0 || !(await settings.Read(tx, accountId)).ByAddress ? null
            : await contacts.IdsByAddress(tx, accountId, [.. strangers.SelectMany(Keys).Distinct()]);
    }

    private static bool IsStranger(Arrival arrival) => arrival.Whose is { Token: null, Why: WhyUnmatched.NoMark } && Keys(arrival).Any();

    private static IEnumerable<string> Keys(Arrival arrival) => arrival.Incoming.Named.Select(EmailAddress.Normalize).OfType<string>();

    /// <summary>Whom it is about: by our mark, else by the addresses it names.</summary>
    private static Report About(Arrival arrival, Dictionary<MailToken, SentTo> sentTo, Dictionary<string, long>? holders)
    {
        var (row, incoming, whose) = arrival;
        Report Of(MailToken path, SentTo? recipient, string? why = null) => new(row.Id, row.ReceivedAt, path, recipient, incoming.About(recipient?.EmailKey ?? ""), why);
        var nobody = new MailToken(row.AccountId, 0, 0);
        if (whose.Token is { } path)
            return sentTo.GetValueOrDefault(path) is { } sent ? Of(path, sent)
                : row.Door == "smtp" ? new(row.Id, row.ReceivedAt, row.Path, null, new("other", "", "")) : Of(nobody, null, WhyUnmatched.Gone);
        if (holders is not null && IsStranger(arrival))
            return Keys(arrival).FirstOrDefault(holders.ContainsKey) is { } key ? Of(nobody with { ContactId = holders[key] }, new(0, holders[key], key, key, Outcome.Sent, null, null))
                : Of(nobody, null, WhyUnmatched.UnknownAddress);
        var unmatched = Of(nobody, null, whose.Why);
        return whose.Why == WhyUnmatched.NoMark && unmatched.Finding.Kind == "other" ? unmatched with { Why = WhyUnmatched.NoReport } : unmatched;
    }

    private async Task<List<Judgement>> Judge(Tx tx, long accountId, List<Report> reports, IReadOnlyCollection<SentTo> sentTo)
    {
        if (reports.Count == 0) return [];
        var record = await Read(tx, accountId, reports, sentTo);
        var judging = new Judging(record, clock.GetUtcNow());
        var judged = reports.ConvertAll(judging.Next);
        await addresses.Write(tx, accountId, Mail, [.. judging.Addresses]);
        await WriteEvents(tx, accountId, [.. judged.Where(j => j.Event is not null)], record.SentAt);
        await lists.Happened(tx, accountId, [.. judged.Where(j => j.Event is "BOUNCE" or "SPAMREPORT" or "STATUSCHANGE").Select(j => j.Report.Path.ContactId).Distinct()]);
        await incidents.Write(tx, accountId, record.Book);
        await tx.Execute(Sql["judged"], new { rows = JsonRows.Of(judged.Select(j => Row(accountId, j))) });
        await recipients.Bounced(tx, accountId, [.. judging.Recipients]);
        foreach (var (emailId, why) in judging.Tells) await tellSender.Order(tx, accountId, emailId, why);
        await incidents.Tell(tx, record.Book);
        return judged;
    }

    /// <summary>What decides, locked as far as it may change: whoever judges the same people waits here.</summary>
    private async Task<OnRecord> Read(Tx tx, long accountId, List<Report> reports, IReadOnlyCollection<SentTo> sentTo)
    {
        var policy = await policies.Read(tx, accountId);
        var book = await incidents.Open(tx, accountId, [.. reports.Where(r => r.Block is not null).Select(r => (r.Block!, r.ReceivedAt))]);
        var about = reports.Where(r => r.NeedsAddress).ToList();
        var states = await Addresses.ReadToChange(tx, accountId, about.DistinctBy(r => r.EmailKey).ToDictionary(
            r => r.EmailKey, r => EmailAddress.Normalize(r.Recipient!.Email) is null ? throw new InvalidOperationException($"Recipient {r.Path} has no e-mail address") : r.Recipient.Email));
        string[] Of(Func<Report, bool> which) => [.. about.Where(r => r.Finding.Kind == "bounce" && which(r)).Select(r => r.EmailKey).Distinct()];
        async Task<List<T>> Rows<T, TKey>(string name, TKey[] keys) => keys.Length == 0 ? [] : await tx.Query<T>(Sql[name], new { accountId, keys, since = clock.GetUtcNow().AddDays(-1) });
        return new(policy, sentTo, states,
            await Rows<Failure, string>("failures", Of(r => policy[r.Finding.Cause!.Verdict].Deed == BounceDeed.Score)),
            await Rows<string, string>("reported", Of(r => r.Path.EmailId == 0)),
            await Rows<(long, long, string), long>("events", [.. reports.Where(r => r.Recipient is not null && r.Finding.Kind is "complaint" or "delayed").Select(r => r.Path.ContactId).Distinct()]),
            (await Rows<Sent, long>("sent", [.. sentTo.Select(s => s.EmailId).Distinct()])).ToDictionary(s => s.Id, s => s.SentAt), book);
    }

    /// <summary>Each event points at its evidence.</summary>
    private async Task WriteEvents(Tx tx, long accountId, List<Judgement> events, IReadOnlyDictionary<long, DateTimeOffset?> sentAt)
    {
        if (events.Count == 0) return;
        var (id, now) = (await Ids.Next(tx, accountId, "email_event", events.Count), clock.GetUtcNow().ToUnixTimeMilliseconds());
        await tx.Bulk(Events, events, (row, e) =>
        {
            var (path, finding) = (e.Report.Path, e.Report.Finding);
            row.Long(accountId); row.Long(id++); row.Long(now); row.Text(e.Event); row.Long(path.ContactId); row.Long(path.EmailId > 0 ? path.EmailId : null);
            row.Long(sentAt.GetValueOrDefault(path.EmailId)?.ToUnixTimeMilliseconds()); row.Text(e.Report.Recipient!.EmailKey); row.Text(e.Event == "STATUSCHANGE" ? "UNSUBSCRIBED" : finding.Cause?.Reason.Code()); row.Text(finding.Decisive); row.Long(e.Report.InboxId);
        });
    }

    private static object Row(long accountId, Judgement judged)
    {
        var (path, finding) = (judged.Report.Path, judged.Report.Finding);
        return new
        {
            account = accountId, id = judged.Report.InboxId, state = judged.State, why = judged.Report.Why, email = path.EmailId, contact = path.ContactId, kind = finding.Kind, verdict = finding.Cause?.Verdict.ToString(),
            reason = finding.Cause?.Reason.Code(), effect = judged.Effect?.Code, status = finding.Status, rule = finding.Rule, decisive = finding.Decisive, refusedBy = finding.RefusedBy, named = finding.Named,
        };
    }

    private sealed record Sent(long Id, DateTimeOffset? SentAt);
}
