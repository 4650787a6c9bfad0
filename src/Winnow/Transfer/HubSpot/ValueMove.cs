using Winnow.Contacts;

namespace Winnow.Transfer.HubSpot;

/// <summary>Who wrote the value that a contact has here.</summary>
public enum Writer
{
    /// <summary>Nobody: it has none, or the no that it began with.</summary>
    Nobody,
    /// <summary>An earlier run of the same move.</summary>
    TheMove,
    /// <summary>Anybody else: a person, an import, a program, the recipient.</summary>
    SomebodyElse,
}

/// <summary>What becomes of a value that HubSpot has.</summary>
public enum ValueDeed
{
    /// <summary>Nothing: both have the same, or HubSpot has none that would say more.</summary>
    Nothing,
    /// <summary>It is written here.</summary>
    Take,
    /// <summary>What stands here stays, and the report says so.</summary>
    Keep,
}

/// <summary>Decides between the value of HubSpot and the one here. Pure; the table is docs/decisions/0092.</summary>
public static class ValueMove
{
    /// <summary>A value of a property.</summary>
    /// <param name="here">The value here; null for none. <paramref name="there"/>: HubSpot's.</param>
    public static ValueDeed Of(object? here, object? there, Writer writer) =>
        Equals(here, there) ? ValueDeed.Nothing
        : writer == Writer.TheMove ? ValueDeed.Take                                   // also emptied there
        : there is null ? ValueDeed.Nothing
        : here is null && writer == Writer.Nobody ? ValueDeed.Take
        : ValueDeed.Keep;                                                              // also emptied here

    /// <summary>Bounces, opt-outs and quarantine of the address: only ever added. HubSpot tells no dates of them; so a bounce that was lifted here stays lifted, and who subscribed again here after an opt-out was brought stays subscribed.</summary>
    /// <param name="resubscribed">Whether the opt-out was taken back here after an earlier run brought it.</param>
    /// <returns>The state afterwards, and the reasons of what was not taken.</returns>
    public static (AddressState After, IReadOnlyList<string> Misfits) Of(AddressState here, AddressSays there, bool resubscribed, DateTimeOffset now)
    {
        var (says, misfits) = (Suppressions.None, new List<string>());
        if (there.OptedOut && here.OptedOutAt is null)
            if (resubscribed) misfits.Add("opt-out-withdrawn");
            else says |= Suppressions.OptOut;
        if (there.BounceReason is not null && here.HardBouncedAt is null) says |= Suppressions.HardBounce;
        else if (there.BounceReason is not null && !here.HasHardBounce) misfits.Add("bounce-lifted");
        var after = new Suppression(says, null, there.BounceReason).On(here, now);
        return (there.Quarantined && after.QuarantinedAt is null ? after with { QuarantinedAt = now } : after, misfits);
    }

    /// <summary>The marketing status, where it is to be brought: becoming one holds at once, leaving is scheduled.</summary>
    /// <param name="there">Whether HubSpot has it as a marketing contact; null: it does not say.</param>
    /// <param name="leaves">Whether it becomes non-marketing there on the next update date.</param>
    public static ValueDeed Marketing(Contact here, bool? there, bool leaves, Writer writer)
    {
        if (there is null || here.IsMarketing == there && (there == false || MarketingStatus.IsScheduled(here) == leaves)) return ValueDeed.Nothing;
        if (there == false && MarketingStatus.IsScheduled(here)) return ValueDeed.Nothing;
        return writer == Writer.SomebodyElse ? there == true || here.IsMarketing ? ValueDeed.Keep : ValueDeed.Nothing : ValueDeed.Take;
    }
}

/// <summary>What HubSpot knows of the address of a contact.</summary>
/// <param name="OptedOut">From all e-mail, or from a kind that counts as that.</param>
/// <param name="BounceReason">One of the six reasons, or null.</param>
public readonly record struct AddressSays(bool OptedOut, string? BounceReason, bool Quarantined)
{
    /// <summary>Whether there is anything to bring.</summary>
    public bool Any => OptedOut || BounceReason is not null || Quarantined;

    /// <summary>As the properties of a contact of HubSpot say it.</summary>
    /// <param name="order">Which of it is to be brought.</param>
    public static AddressSays Of(HubSpotContact contact, MoveInOrder order)
    {
        var reason = contact["hs_email_hard_bounce_reason_enum"];
        if (reason is not null && BuiltInProperties.HardBounceReasons.All(known => known.Value != reason)) reason = "OTHER";
        if (contact["hs_email_is_ineligible"] == "true") reason ??= "OTHER";            // bounced in several accounts: dead for all of them
        return new(order.OptOuts && (contact["hs_email_optout"] == "true" || order.Subscriptions.Any(id => contact[$"hs_email_optout_{id}"] == "true")),
            order.Bounces ? reason : null, order.Bounces && contact["hs_email_quarantined"] == "true");
    }

    /// <summary>The properties that tell it.</summary>
    public static IEnumerable<string> Properties(MoveInOrder order) =>
        ["hs_email_optout", "hs_email_hard_bounce_reason_enum", "hs_email_is_ineligible", "hs_email_quarantined", .. order.Subscriptions.Select(id => $"hs_email_optout_{id}")];
}
