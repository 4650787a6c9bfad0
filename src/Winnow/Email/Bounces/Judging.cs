using Winnow.Contacts;
using Winnow.Mail.Mime;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>A report that is to be judged.</summary>
/// <param name="Path">Which e-mail and contact it is about; e-mail 0 when Winnow did not send it.</param>
/// <param name="Recipient">Whom it is about, as it was before the batch; null when it is about nobody.</param>
/// <param name="Why">Why it is about nobody: one of <see cref="WhyUnmatched"/>; null for what came to a return path whose e-mail is gone, which is kept.</param>
internal sealed record Report(long InboxId, DateTimeOffset ReceivedAt, MailToken Path, SentTo? Recipient, Finding Finding, string? Why = null)
{
    /// <summary>Whether it may say something about an address: then that is locked.</summary>
    public bool NeedsAddress => Recipient is not null && (Finding.Kind is "complaint" or "unsubscribe" || (Finding.Kind == "bounce" && Recipient.Outcome != Outcome.NotSent) || Path.EmailId == 0);

    /// <summary>The normalised address it is about.</summary>
    public string EmailKey { get; } = Recipient is null ? "" : EmailAddress.Normalize(Recipient.Email) ?? Recipient.EmailKey;

    /// <summary>The block that it is, if it is one.</summary>
    public Block? Block { get; } = Recipient is not null && Finding.Kind == "bounce" ? IncidentRules.BlockOf(Finding, Recipient.EmailKey) : null;
}

/// <summary>What came of a report.</summary>
/// <param name="State">The state of its row: done, copy, kept or unmatched.</param>
/// <param name="Effect">For a bounce that says something new: what it does to the address.</param>
/// <param name="Event">The type of the event that goes on the record; null for none.</param>
internal sealed record Judgement(Report Report, string State, BounceEffect? Effect = null, string? Event = null);

/// <summary>A failure on record that may count towards a score.</summary>
internal sealed record Failure(string EmailKey, DateTimeOffset At, long EmailId, string? Verdict, long InboxId, bool OfIncident = false);

/// <summary>What is on the record before a batch, as far as it decides.</summary>
/// <param name="Recipients">Those whom the reports are about.</param>
/// <param name="Addresses">Those that reports may change.</param>
/// <param name="Failures">For addresses whose failures count: those since the last unbounce.</param>
/// <param name="Reported">Addresses with a bounce of mail that Winnow did not send, in the last day.</param>
/// <param name="Events">Complaints and delays.</param>
/// <param name="SentAt">When each e-mail was sent.</param>
internal sealed record OnRecord(
    BouncePolicy Policy, IReadOnlyCollection<SentTo> Recipients, IReadOnlyCollection<AddressState> Addresses, IReadOnlyCollection<Failure> Failures, IReadOnlyCollection<string> Reported,
    IReadOnlyCollection<(long ContactId, long EmailId, string Type)> Events, IReadOnlyDictionary<long, DateTimeOffset?> SentAt, IncidentBook Book);

/// <summary>Judges reports one after the other, in the order in which they came: each sees what those before it did. No input or output; what is to be
/// written stands in the properties at the end.</summary>
internal sealed class Judging(OnRecord record, DateTimeOffset now)
{
    private readonly Dictionary<(long EmailId, long ContactId), SentTo> recipients = record.Recipients.ToDictionary(r => (r.EmailId, r.ContactId));
    private readonly Dictionary<string, AddressState> addresses = record.Addresses.ToDictionary(a => a.EmailKey);
    private readonly Dictionary<string, List<Failure>> failures = record.Failures.GroupBy(f => f.EmailKey).ToDictionary(g => g.Key, g => g.ToList());
    private readonly HashSet<string> reported = [.. record.Reported];
    private readonly HashSet<(long ContactId, long EmailId, string Type)> events = [.. record.Events];

    /// <summary>Addresses that changed.</summary>
    public IEnumerable<AddressState> Addresses => record.Addresses.Select(before => (before, after: addresses[before.EmailKey])).Where(a => a.before != a.after).Select(a => a.after);

    /// <summary>Recipients with another outcome, before and after.</summary>
    public IEnumerable<(SentTo Before, SentTo After)> Recipients => record.Recipients.Select(before => (before, after: recipients[(before.EmailId, before.ContactId)])).Where(r => r.before != r.after);

    /// <summary>E-mails whose sender is to be told, each with what the first such bounce said.</summary>
    public SortedDictionary<long, Verdict> Tells { get; } = [];

    /// <summary>Judges the next one.</summary>
    public Judgement Next(Report report) => (report.Recipient, report.Finding.Kind) switch
    {
        (null, _) => new(report, report.Why is null ? "kept" : "unmatched"),
        (_, "bounce") => Bounced(report),
        (_, "complaint") => Complained(report),
        (_, "unsubscribe") => Left(report),
        (_, "delayed") => IsNew(report, "DEFERRED") ? new(report, "done", Event: "DEFERRED") : new(report, "copy"),
        (_, "other") => new(report, "kept"),
        _ => new(report, "done"),
    };

    private Judgement Bounced(Report report)
    {
        var (path, cause, recipient) = (report.Path, report.Finding.Cause!, Recipient(report));
        var amnesty = report.Block is { } one && record.Book.Lasts(one, now);
        var counts = !amnesty && record.Policy[cause.Verdict].Deed == BounceDeed.Score && recipient.Outcome != Outcome.NotSent;
        var effect = record.Policy.Decide(cause, counts ? Earlier(report) : [], now, amnesty);
        var known = recipient.Outcome is Outcome.Bounced or Outcome.SoftBounced;
        // says what is known; of mail that Winnow did not send there is no e-mail to tell copies by: one bounce of an address in a day is enough
        if (recipient.Outcome == Outcome.NotSent || (known && !IsWorse(effect, cause, recipient.Reason)) || (path.EmailId == 0 && !reported.Add(report.EmailKey))) return new(report, "copy");

        if (report.Block is { } block && record.Book.Note(path, report.InboxId, block, report.ReceivedAt) && effect.Suppresses)      // its incident opened just now
            effect = record.Policy.Decide(cause, [], now, amnesty: true);
        var state = addresses[report.EmailKey];
        addresses[report.EmailKey] = After(state, effect, report) with { Bounces = state.Bounces + (known ? 0 : 1) };
        if (!failures.TryGetValue(report.EmailKey, out var those)) failures[report.EmailKey] = those = [];
        those.Add(new(report.EmailKey, now, path.EmailId, cause.Verdict.ToString(), report.InboxId));
        if (path.EmailId > 0) Move(report, recipient, effect, cause);
        if (path.EmailId > 0 && effect.Tells) Tells.TryAdd(path.EmailId, cause.Verdict);
        return new(report, "done", effect, "BOUNCE");
    }

    private Judgement Complained(Report report)
    {
        if (!IsNew(report, "SPAMREPORT")) return new(report, "copy");
        var state = addresses[report.EmailKey];
        addresses[report.EmailKey] = state with { ComplainedAt = state.ComplainedAt ?? now };
        return new(report, "done", Event: "SPAMREPORT");
    }

    /// <summary>The person told the provider to send no more: the same as by our own link.</summary>
    private Judgement Left(Report report)
    {
        var state = addresses[report.EmailKey];
        if (state.OptedOutAt is not null) return new(report, "copy");
        addresses[report.EmailKey] = state with { OptedOutAt = now, OptOutSource = "provider" };
        return new(report, "done", Event: "STATUSCHANGE");
    }

    /// <summary>Whether no such event of this e-mail and person is on the record; it is from now on.</summary>
    private bool IsNew(Report report, string type) => events.Add((report.Path.ContactId, report.Path.EmailId, type));

    private SentTo Recipient(Report report) => recipients.GetValueOrDefault((report.Path.EmailId, report.Path.ContactId)) ?? report.Recipient!;

    private void Move(Report report, SentTo recipient, BounceEffect effect, BounceCause cause)
    {
        var (outcome, reason) = (effect.Reason is null ? Outcome.SoftBounced : Outcome.Bounced, cause.Reason.Code());
        if ((recipient.Outcome, recipient.Reason) != (outcome, reason))
            recipients[(recipient.EmailId, recipient.ContactId)] = recipient with { Outcome = outcome, Reason = reason, Detail = report.Finding.Decisive };
    }

    /// <summary>When other e-mails to the address failed with the same verdict since it was last unbounced; what belongs to an incident does not count.</summary>
    private IEnumerable<DateTimeOffset> Earlier(Report report)
    {
        var (email, verdict, since) = (report.Path.EmailId, report.Finding.Cause!.Verdict.ToString(), addresses[report.EmailKey].UnbouncedAt ?? DateTimeOffset.MinValue);
        return failures.GetValueOrDefault(report.EmailKey, [])
            .Where(f => f.Verdict == verdict && f.At > since && (email == 0 || f.EmailId != email) && !f.OfIncident && !record.Book.Holds(f.InboxId))
            .GroupBy(f => f.EmailId > 0 ? f.EmailId : -f.InboxId).Select(g => g.Min(f => f.At));
    }

    /// <summary>A later report that the address is dead outweighs an earlier one of the same e-mail that did not know; nothing else does.</summary>
    private static bool IsWorse(BounceEffect effect, BounceCause cause, string? known) => effect.Suppresses && cause.Verdict == Verdict.AddressDead
        && !(Enum.TryParse<BounceReason>(known, ignoreCase: true, out var reason) && reason.Facts().Verdict == Verdict.AddressDead);

    /// <summary>The address after a failure. One that is dead stays dead when a milder report comes; one that was unbounced since may bounce again.</summary>
    private AddressState After(AddressState state, BounceEffect effect, Report report) => effect.Reason is not { } reason || (effect.Spared && state.IsHardBounced) ? state : state with
    {
        HardBounceReason = reason.HubSpotValue(), HardBouncedAt = now, HardBounceEmailId = report.Path.EmailId > 0 ? report.Path.EmailId : null,
        HardBounceSentAt = record.SentAt.GetValueOrDefault(report.Path.EmailId), HardBounceSpared = effect.Spared, HardBounceInboxId = report.InboxId,
    };
}
