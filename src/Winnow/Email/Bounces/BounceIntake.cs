using System.Text;
using Microsoft.Extensions.Logging;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Mail.Mime;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>Turns stored reports, and refusals while sending, into verdicts. Each report is handled in one transaction that first
/// claims its row: two processes, or one that died in between, handle it once.</summary>
public sealed class BounceIntake(
    Db db, Inbox inbox, Recipients recipients, ContactStore contacts, AddressChanges addresses, BouncePolicies policies, IntakeSettingsStore settings, ReportMarks marks, TellSender tellSender, Incidents incidents,
    TimeProvider clock, ILogger<BounceIntake> log)
{
    private const int AtOnce = 200;
    /// <summary>A row that could not be judged waits 1, 4, 9 … minutes after it came, so that it cannot hold up the others, and is left alone,
    /// still <c>new</c>, after so many tries: half a day.</summary>
    private const int MaxAttempts = 28;
    private static readonly SqlFile Sql = SqlFile.Beside<BounceIntake>();
    private static readonly Actor Mail = new("EMAIL", "BounceIntake");

    /// <summary>Handles all new rows. Safe to run on several processes at once.</summary>
    public async Task Drain(CancellationToken stop = default)
    {
        while (true)
        {
            var rows = await db.Read(tx => tx.Query<InboxRow>(Sql["new"], new { MaxAttempts, AtOnce, now = clock.GetUtcNow() }), stop);
            foreach (var row in rows) await Handle(row, stop);
            if (rows.Count < AtOnce) return;
        }
    }

    /// <summary>A relay refused an e-mail for good while it was sent: kept as evidence and judged like a report that comes back.</summary>
    /// <returns>What it means for the address.</returns>
    public async Task<BounceEffect> TakeReply(Tx tx, MailToken path, Refusal refusal)
    {
        var recipient = await tx.SingleOrNone<SentTo>(Sql["recipient"], new { path.AccountId, path.EmailId, path.ContactId });
        if (recipient is null) return BounceEffect.Soft;
        var finding = Finding.Of(refusal);
        var id = await inbox.Add(tx, path, "reply", recipient.Email, Encoding.UTF8.GetBytes(refusal.Conversation), "done");
        var report = new Report(tx, path, id, recipient, finding);
        var effect = await Bounced(report);
        await Judge(report, effect is null ? "copy" : "done", effect);
        return effect ?? BounceEffect.Soft;
    }

    private async Task Handle(InboxRow row, CancellationToken stop)
    {
        try
        {
            var raw = await db.Read(tx => tx.Single<byte[]>(Sql["raw"], new { row.AccountId, row.Id }), stop);
            var whose = row.Door == "smtp" ? new(row.Path, "", IsPath: true) : await marks.Of(row.AccountId, Incoming.Head(raw), stop);
            var incoming = Incoming.Read(row.Door, row.Recipient, raw, isAddressed: whose.IsPath);
            if (whose.Token is null) whose = await marks.Of(row.AccountId, incoming.Marks(), stop);
            await db.Write(tx => Take(tx, row, incoming, whose), stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Mail {AccountId}/{Id} could not be judged at attempt {Attempt}; it stays in the inbox", row.AccountId, row.Id, row.Attempts + 1);
            await db.Write(tx => tx.Execute(Sql["failed"], new { row.AccountId, row.Id }), stop);
        }
    }

    private async Task Take(Tx tx, InboxRow row, Incoming incoming, Whose whose)
    {
        if (await tx.Execute(Sql["claim"], new { row.AccountId, row.Id }) == 0) return;
        var (path, recipient, why) = await Recipient(tx, row, incoming, whose);
        if (recipient is null && row.Door == "smtp") return;                    // it came to a path of ours whose e-mail is gone: kept
        var report = new Report(tx, path, row.Id, recipient!, incoming.About(recipient?.EmailKey ?? ""));
        if (recipient is null)
        {
            await Judge(report, "unmatched", null, why == WhyUnmatched.NoMark && report.Finding.Kind == "other" ? WhyUnmatched.NoReport : why);
            return;
        }
        var (state, effect) = await Act(report);
        await Judge(report, state, effect);
    }

    /// <summary>Whom it is about: by our mark, else by the addresses it names where the account allows that. A report with a mark that is
    /// not genuine here is never matched by address.</summary>
    private async Task<(MailToken Path, SentTo? Recipient, string Why)> Recipient(Tx tx, InboxRow row, Incoming incoming, Whose whose)
    {
        var nobody = new MailToken(row.AccountId, 0, 0);
        if (whose.Token is { } path)
            return await tx.SingleOrNone<SentTo>(Sql["recipient"], new { path.AccountId, path.EmailId, path.ContactId }) is { } sentTo ? (path, sentTo, "") : (nobody, null, WhyUnmatched.Gone);
        string[] keys = [.. incoming.Named.Select(EmailAddress.Normalize).OfType<string>().Distinct()];
        if (whose.Why != WhyUnmatched.NoMark || keys.Length == 0 || !(await settings.Read(tx, row.AccountId)).ByAddress) return (nobody, null, whose.Why);
        var holders = await contacts.IdsByAddress(tx, row.AccountId, keys);
        if (keys.FirstOrDefault(holders.ContainsKey) is not { } key) return (nobody, null, WhyUnmatched.UnknownAddress);
        await Addresses.ReadToChange(tx, row.AccountId, key, key);              // there is no recipient to lock: of two copies side by side the second sees the first
        return (nobody with { ContactId = holders[key] }, new(key, key, Outcome.Sent, null), "");
    }

    /// <summary>What each kind of mail does; returns the state of its row and, for a bounce, what it does to the address.</summary>
    private async Task<(string State, BounceEffect? Effect)> Act(Report report) => report.Finding.Kind switch
    {
        "bounce" => await Bounced(report) is { } effect ? ("done", effect) : ("copy", null),
        "complaint" => (await Complained(report) ? "done" : "copy", null),
        "delayed" => (await Delayed(report) ? "done" : "copy", null),
        "other" => ("kept", null),
        _ => ("done", null),
    };

    /// <summary>Null when the report says only what is known.</summary>
    private async Task<BounceEffect?> Bounced(Report report)
    {
        var (tx, path, recipient, cause) = (report.Tx, report.Path, report.Recipient, report.Finding.Cause!);
        var policy = await policies.Read(tx, path.AccountId);
        var block = IncidentRules.BlockOf(report.Finding, recipient.EmailKey);
        var amnesty = block is not null && await incidents.Lasts(tx, path.AccountId, block);
        var effect = policy.Decide(cause, !amnesty && policy[cause.Verdict].Deed == BounceDeed.Score ? await Earlier(report) : [], clock.GetUtcNow(), amnesty);
        var known = recipient.Outcome is Outcome.Bounced or Outcome.SoftBounced;
        if (recipient.Outcome == Outcome.NotSent || (known && !IsWorse(effect, cause, recipient.Reason)) || (path.EmailId == 0 && await WasReported(report))) return null;
        // counters are taken in one order everywhere (contacts, events, figures), so that sending and judging cannot wait for each other
        var sentAt = await tx.SingleOrNone<DateTimeOffset?>(Sql["sent-at"], new { path.AccountId, path.EmailId });
        Task<(AddressState Before, AddressState After)> Change(Func<AddressState, AddressState> change) => addresses.Change(tx, path.AccountId, Mail, recipient.Email, change);
        var (before, _) = await Change(state => After(state, effect, report, sentAt) with { Bounces = state.Bounces + (known ? 0 : 1) });
        await Event(report, "BOUNCE");
        if (block is not null && await incidents.Note(tx, path, report.InboxId, block) && effect.Suppresses)      // its incident opened just now
        {
            effect = policy.Decide(cause, [], clock.GetUtcNow(), amnesty: true);
            await Change(state => After(before, effect, report, sentAt) with { Bounces = state.Bounces });
        }
        await recipients.Bounced(tx, path.AccountId, path.EmailId, path.ContactId, hard: effect.Reason is not null, cause.Reason.Code(), report.Finding.Decisive);
        if (effect.Tells && path.EmailId > 0) await tellSender.Order(tx, path.AccountId, path.EmailId, cause.Verdict);
        return effect;
    }

    /// <summary>Of mail that Winnow did not send there is no e-mail to tell copies by: one bounce of an address in a day is enough.</summary>
    private async Task<bool> WasReported(Report report) => await report.Tx.Single<long>(Sql["reported"], new
    {
        report.Path.AccountId, report.Recipient.EmailKey, since = clock.GetUtcNow().AddDays(-1),
    }) > 0;

    /// <summary>When other e-mails to the address failed with the same verdict since it was last unbounced. The address is locked first: of two
    /// processes with a report each, the second sees what the first one wrote.</summary>
    private async Task<List<DateTimeOffset>> Earlier(Report report)
    {
        var (tx, path, recipient, verdict) = (report.Tx, report.Path, report.Recipient, report.Finding.Cause!.Verdict);
        var state = await Addresses.ReadToChange(tx, path.AccountId, recipient.EmailKey, recipient.Email);
        return await tx.Query<DateTimeOffset>(Sql["earlier"], new
        {
            path.AccountId, recipient.EmailKey, path.EmailId, verdict = verdict.ToString(), since = state.UnbouncedAt ?? DateTimeOffset.MinValue,
        });
    }

    /// <summary>A later report that the address is dead outweighs an earlier one of the same e-mail that did not know; nothing else does.</summary>
    private static bool IsWorse(BounceEffect effect, BounceCause cause, string? known) => effect.Suppresses && cause.Verdict == Verdict.AddressDead
        && !(Enum.TryParse<BounceReason>(known, ignoreCase: true, out var reason) && reason.Facts().Verdict == Verdict.AddressDead);

    /// <summary>The address after a failure. One that is dead stays dead when a milder report comes; one that was unbounced since may bounce again.</summary>
    private AddressState After(AddressState state, BounceEffect effect, Report report, DateTimeOffset? sentAt) =>
        effect.Reason is not { } reason || (effect.Spared && state.IsHardBounced) ? state : state with
        {
            HardBounceReason = reason.HubSpotValue(), HardBouncedAt = clock.GetUtcNow(), HardBounceEmailId = report.Path.EmailId > 0 ? report.Path.EmailId : null, HardBounceSentAt = sentAt,
            HardBounceSpared = effect.Spared, HardBounceInboxId = report.InboxId,
        };

    private async Task<bool> Complained(Report report)
    {
        if (await IsKnown(report, "SPAMREPORT")) return false;
        await addresses.Change(report.Tx, report.Path.AccountId, Mail, report.Recipient.Email, state => state with { ComplainedAt = state.ComplainedAt ?? clock.GetUtcNow() });
        await Event(report, "SPAMREPORT");
        return true;
    }

    private async Task<bool> Delayed(Report report)
    {
        if (await IsKnown(report, "DEFERRED")) return false;
        await Event(report, "DEFERRED");
        return true;
    }

    /// <summary>Whether such an event of this e-mail and person is on the record.</summary>
    private static async Task<bool> IsKnown(Report report, string type) =>
        await report.Tx.Single<long>(Sql["events"], new { report.Path.AccountId, report.Path.ContactId, report.Path.EmailId, type }) > 0;

    /// <summary>Writes an e-mail event that points at its evidence.</summary>
    private async Task Event(Report report, string type)
    {
        var (tx, path) = (report.Tx, report.Path);
        await tx.Execute(Sql["event"], new
        {
            path.AccountId, id = await Ids.Next(tx, path.AccountId, "email_event"), now = clock.GetUtcNow(), type, path.ContactId, path.EmailId,
            report.Recipient.EmailKey, reason = report.Finding.Cause?.Reason.Code(), detail = report.Finding.Decisive, report.InboxId,
        });
    }

    private static Task Judge(Report report, string state, BounceEffect? effect, string? why = null) => report.Tx.Execute(Sql["judge"], new
    {
        report.Path.AccountId, report.InboxId, report.Path.EmailId, report.Path.ContactId, state, why, report.Finding.Kind, verdict = report.Finding.Cause?.Verdict.ToString(),
        reason = report.Finding.Cause?.Reason.Code(), effect = effect?.Code, report.Finding.Status, report.Finding.Rule, report.Finding.Decisive, report.Finding.RefusedBy, report.Finding.Named,
    });

    private sealed record InboxRow(long AccountId, long Id, string Door, string Recipient, long EmailId, long ContactId, long Attempts)
    {
        public MailToken Path => new(AccountId, EmailId, ContactId);
    }

    private sealed record SentTo(string Email, string EmailKey, string Outcome, string? Reason);

    private sealed record Report(Tx Tx, MailToken Path, long InboxId, SentTo Recipient, Finding Finding);
}
