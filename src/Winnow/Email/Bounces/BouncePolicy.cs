using Winnow.Mail.Reports;
using static Winnow.Mail.Reports.BounceReason;

namespace Winnow.Email.Bounces;

/// <summary>What a failed delivery does to the address.</summary>
/// <param name="Reason">The value of <i>Email hard bounce reason</i> that goes on the record; null for a soft bounce, which is only counted.</param>
/// <param name="Spared">True when the reason goes on the record but the address may live and is still mailed.</param>
/// <param name="Tells">Whether the sender of the e-mail is told.</param>
public readonly record struct BounceEffect(HardBounceReason? Reason, bool Spared, bool Tells = false)
{
    /// <summary>Counted, and nothing else.</summary>
    public static readonly BounceEffect Soft;

    /// <summary>Whether marketing e-mail stops.</summary>
    public bool Suppresses => Reason is not null && !Spared;

    /// <summary>As stored with the evidence: hard, spared, told or soft.</summary>
    public string Code => (Reason, Spared, Tells) switch { (null, _, true) => "told", (null, _, _) => "soft", (_, true, _) => "spared", _ => "hard" };
}

/// <summary>What an account does about a group of reasons. Stored by name.</summary>
public enum BounceDeed
{
    /// <summary>The address gets no more marketing e-mail.</summary>
    Suppress,
    /// <summary>It gets no more after so many failures.</summary>
    Score,
    /// <summary>The sender is told; the address is mailed as before.</summary>
    Tell,
    /// <summary>It is counted, and nothing else.</summary>
    Ignore,
}

/// <summary>One line of the table.</summary>
/// <param name="Times">For <see cref="BounceDeed.Score"/>: how many failures end the mailing.</param>
/// <param name="Days">For <see cref="BounceDeed.Score"/>: failures are forgotten once so many days passed without a new one.</param>
public sealed record BounceRule(BounceDeed Deed, int Times = 3, int Days = 90)
{
    /// <summary>The most failures, and the most days, that a line can ask for.</summary>
    public const int MostTimes = 20, MostDays = 730;
}

/// <summary>What an account does about bounces: a line for each group of reasons, the group being what the reason says about the
/// address (<see cref="Verdict"/>). See docs/decisions/0072.</summary>
public sealed record BouncePolicy(IReadOnlyDictionary<Verdict, BounceRule> Rules)
{
    /// <summary>What an account has before anybody changed it: only a dead address is suppressed at once.</summary>
    public static readonly BouncePolicy Default = new(new Dictionary<Verdict, BounceRule>
    {
        [Verdict.AddressDead] = new(BounceDeed.Suppress),
        [Verdict.AddressDoubtful] = new(BounceDeed.Score, Times: 2),    // an account may be opened again, a filter may err; twice is enough
        [Verdict.MailboxFull] = new(BounceDeed.Score),                  // nobody empties it
        [Verdict.OwnSetup] = new(BounceDeed.Tell),
        [Verdict.Blocked] = new(BounceDeed.Ignore),
        [Verdict.Content] = new(BounceDeed.Ignore),
        [Verdict.Temporary] = new(BounceDeed.Ignore),
        [Verdict.Unclear] = new(BounceDeed.Ignore),
    });

    /// <summary>Reasons that stand on the contact from the first lasting refusal on, whatever the account does about them (docs/decisions/0013).</summary>
    private static readonly BounceReason[] OnRecord =
        [UserUnknown, HostUnknown, HasMoved, NotAccept, MailboxFull, SpamDetected, PolicyViolation, ContentError, OnHold, Undefined];

    /// <summary>The fine reasons that put a hard bounce on the record, as stored.</summary>
    public static readonly IReadOnlyList<string> HardReasons = [.. OnRecord.Append(Suspend).Append(Filtered).Select(r => r.Code())];

    /// <summary>The line for a group.</summary>
    public BounceRule this[Verdict verdict] => Rules.GetValueOrDefault(verdict) ?? Default.Rules[verdict];

    /// <summary>Whether both do the same. What is not asked (the figures of a line that counts nothing) does not matter.</summary>
    public bool SameAs(BouncePolicy other) => Default.Rules.Keys.All(v => this[v].Deed == other[v].Deed && (this[v].Deed != BounceDeed.Score || this[v] == other[v]));

    /// <summary>Decides.</summary>
    /// <param name="cause">Why this e-mail failed. One that failed for a passing reason has been tried for days before it comes here.</param>
    /// <param name="earlier">When other e-mails to the address failed for a reason of the same group, since it was last unbounced.</param>
    /// <param name="amnesty">Whether it belongs to an incident, which suppresses nobody: the reason goes on the record, no more.</param>
    public BounceEffect Decide(BounceCause cause, IEnumerable<DateTimeOffset> earlier, DateTimeOffset now, bool amnesty = false)
    {
        var rule = this[cause.Verdict];
        var tells = rule.Deed == BounceDeed.Tell;
        if (!amnesty && (rule.Deed == BounceDeed.Suppress || (rule.Deed == BounceDeed.Score && Score(earlier.Append(now), rule.Days) >= rule.Times)))
            return new(cause.Reason.Facts().HardBounce, Spared: false);
        return cause.Permanent && OnRecord.Contains(cause.Reason) ? new(cause.Reason.Facts().HardBounce, Spared: true, tells) : new(null, false, tells);
    }

    /// <summary>Mailman's bounce score: a day (UTC) with a failure is one point, however many failures it has; after so many days without
    /// one, all points are gone. What it comes to at the last of these failures.</summary>
    public static int Score(IEnumerable<DateTimeOffset> failures, int days)
    {
        var (score, last) = (0, DateOnly.MinValue);
        foreach (var day in failures.Select(f => DateOnly.FromDateTime(f.UtcDateTime)).Order().Distinct())
        {
            score = day.DayNumber - last.DayNumber > days ? 1 : score + 1;
            last = day;
        }
        return score;
    }
}
