using Winnow.Mail.Reports;
using static Winnow.Mail.Reports.BounceReason;

namespace Winnow.Email.Bounces;

/// <summary>What a failed delivery does to the address.</summary>
/// <param name="Reason">The value of <i>Email hard bounce reason</i> that goes on the record; null for a soft bounce, which is only counted.</param>
/// <param name="Spared">True when the reason goes on the record but the address may live and is still mailed.</param>
public readonly record struct BounceEffect(HardBounceReason? Reason, bool Spared)
{
    /// <summary>Counted, and nothing else.</summary>
    public static readonly BounceEffect Soft;

    /// <summary>Whether marketing e-mail stops.</summary>
    public bool Suppresses => Reason is not null && !Spared;

    /// <summary>As stored with the evidence: hard, spared or soft.</summary>
    public string Code => Reason is null ? "soft" : Spared ? "spared" : "hard";
}

/// <summary>Which failures are hard bounces, and which of those stop marketing e-mail. One table for every account; a table of
/// the account's own can take its place later. See docs/decisions/0013.</summary>
public static class BouncePolicy
{
    /// <summary>How far back earlier failures of the same kind count.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(90);

    private const int Never = int.MaxValue;

    /// <summary>From which e-mail on the failure is on the record, and from which on the address gets no more mail. What is not
    /// here is soft: the sender's own set-up, a block of the host, a passing trouble say nothing about the address.</summary>
    private static readonly Dictionary<BounceReason, (int OnRecord, int Suppressed)> Table = new()
    {
        [UserUnknown] = (1, 1),
        [HostUnknown] = (1, 1),
        [HasMoved] = (1, 1),
        [NotAccept] = (1, 1),
        [Suspend] = (2, 2),             // an account may be opened again; twice is enough
        [Filtered] = (2, 2),            // often an unknown user in disguise
        [MailboxFull] = (1, 3),         // nobody empties it
        [SpamDetected] = (1, Never),
        [PolicyViolation] = (1, Never),
        [ContentError] = (1, Never),
        [OnHold] = (1, Never),          // refused for good, and no word why
        [Undefined] = (1, Never),
    };

    /// <summary>The fine reasons that can put a hard bounce on the record, as stored.</summary>
    public static readonly IReadOnlyList<string> HardReasons = [.. Table.Keys.Select(r => r.Code())];

    /// <summary>Whether earlier failures matter for this one.</summary>
    public static bool Repeats(BounceCause cause) => cause.Permanent && Table.TryGetValue(cause.Reason, out var from) && from is { OnRecord: > 1 } or { Suppressed: > 1 and < Never };

    /// <summary>Decides.</summary>
    /// <param name="cause">Why this e-mail failed. A failure that is not permanent is always soft.</param>
    /// <param name="earlier">How many other e-mails to the address failed for the same reason within <see cref="Memory"/>.</param>
    public static BounceEffect Decide(BounceCause cause, long earlier)
    {
        if (!cause.Permanent || !Table.TryGetValue(cause.Reason, out var from) || earlier + 1 < from.OnRecord) return BounceEffect.Soft;
        return new(cause.Reason.Facts().HardBounce, Spared: earlier + 1 < from.Suppressed);
    }
}
