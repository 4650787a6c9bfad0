using Winnow.Contacts;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>What happens next to an address after a verdict.</summary>
public enum Next
{
    /// <summary>Its owner reported an e-mail as spam: never mailed again.</summary>
    Never,
    /// <summary>No marketing e-mail goes there.</summary>
    Stopped,
    /// <summary>A person lifted the bounce: mailed as before.</summary>
    Lifted,
    /// <summary>One failure of so many that end the mailing.</summary>
    Counts,
    /// <summary>The sender was told; mailed as before.</summary>
    Told,
    /// <summary>Mailed as before.</summary>
    TriedAgain,
    /// <summary>It was about an address that the contact no longer has.</summary>
    OtherAddress,
}

/// <summary>What happens next, and for <see cref="Next.Counts"/> how far the count is.</summary>
/// <param name="Score">Days with a failure so far.</param>
/// <param name="Times">How many end the mailing.</param>
/// <param name="Days">After so many days without one the count is forgotten.</param>
public readonly record struct NextStep(Next What, int Score = 0, int Times = 0, int Days = 0)
{
    /// <summary>Decides from the state of the address, the account's policy and the failures so far.</summary>
    /// <param name="failures">When e-mails to the address failed with this verdict, since it was last unbounced.</param>
    public static NextStep Of(AddressState state, BouncePolicy policy, Verdict verdict, IReadOnlyCollection<DateTimeOffset> failures, DateTimeOffset now)
    {
        if (state.ComplainedAt is not null) return new(Next.Never);
        if (state.IsHardBounced) return new(Next.Stopped);
        if (state.HardBouncedAt is not null && !state.HasHardBounce) return new(Next.Lifted);
        var rule = policy[verdict];
        if (rule.Deed == BounceDeed.Tell) return new(Next.Told);
        var isRemembered = failures.Count > 0 && (now - failures.Max()).TotalDays <= rule.Days;
        return rule.Deed == BounceDeed.Score && isRemembered ? new(Next.Counts, BouncePolicy.Score(failures, rule.Days), rule.Times, rule.Days) : new(Next.TriedAgain);
    }
}
