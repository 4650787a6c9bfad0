using Winnow.Contacts;
using Winnow.Mail.Mime;

namespace Winnow.Email.Sending;

/// <summary>What decides whether a person may get a marketing e-mail, read from the contact and from its address at the moment of sending; never from a list.</summary>
public sealed record RecipientFacts
{
    /// <summary>The contact is there.</summary>
    public required bool Exists { get; init; }
    /// <summary>It has an address to which mail can be sent.</summary>
    public required bool HasAddress { get; init; }
    /// <summary>Its address is not the one that was ordered.</summary>
    public bool AddressChanged { get; init; }
    /// <summary>The address is blocked for the whole installation.</summary>
    public bool IsBlocked { get; init; }
    /// <summary>The address hard bounced and was not unbounced since.</summary>
    public bool IsHardBounced { get; init; }
    /// <summary>This e-mail is the one that looks past that bounce (<see cref="Bounces.Parole"/>).</summary>
    public bool OnParole { get; init; }
    /// <summary>Someone at the address reported a mail as spam.</summary>
    public bool ReportedSpam { get; init; }
    /// <summary>The address is unsubscribed from all e-mail.</summary>
    public bool OptedOut { get; init; }
    /// <summary>The address is set aside.</summary>
    public bool IsQuarantined { get; init; }
    /// <summary>The contact counts as a marketing contact.</summary>
    public required bool IsMarketing { get; init; }

    /// <summary>The facts of one contact now; both are null when it is not there.</summary>
    /// <param name="orderedKey">The normalised address that sending was ordered for; null while it is being ordered.</param>
    public static RecipientFacts Of(Contact? contact, AddressState? address, string? orderedKey) => new()
    {
        Exists = contact is not null,
        HasAddress = contact?.EmailKey is not null && EmailAddress.Normalize(contact.Email) is not null,
        AddressChanged = orderedKey is not null && contact?.EmailKey != orderedKey,
        IsBlocked = contact?[Blocked] is true,
        IsHardBounced = address?.IsHardBounced ?? false,
        ReportedSpam = address?.ComplainedAt is not null,
        OptedOut = address?.OptedOutAt is not null,
        IsQuarantined = address?.QuarantinedAt is not null,
        IsMarketing = contact?[Marketing] is true,
    };

    private static readonly Property Blocked = BuiltInProperties.Of("hs_email_is_ineligible");
    private static readonly ContactColumn Marketing = ContactColumn.Of("marketing");
}

/// <summary>One reason to leave a person out.</summary>
/// <param name="Reason">HubSpot's name of it (DOMAIN §2.4), where HubSpot has one.</param>
/// <param name="Words">What people read.</param>
public sealed record SendGate(string Reason, string Words, Func<RecipientFacts, bool> Holds);

/// <summary>Why a person does not get a marketing e-mail. Read from top to bottom: the first that holds is the reason.</summary>
public static class SendGates
{
    /// <summary>The table.</summary>
    public static readonly IReadOnlyList<SendGate> All =
    [
        new("CONTACT_DELETED", "Deleted before it was sent", f => !f.Exists),
        new("INVALID_TO_ADDRESS", "No valid email address", f => !f.HasAddress),
        new("ADDRESS_CHANGED", "Email address changed before it was sent", f => f.AddressChanged),
        new("BLOCKED_ADDRESS", "Address is blocked", f => f.IsBlocked),
        new("PREVIOUSLY_BOUNCED", "Bounced before", f => f.IsHardBounced && !f.OnParole),
        new("PREVIOUS_SPAM", "Reported spam before", f => f.ReportedSpam),
        new("PREVIOUSLY_UNSUBSCRIBED_PORTAL", "Unsubscribed from all email", f => f.OptedOut),
        new("QUARANTINED_ADDRESS", "Address is quarantined", f => f.IsQuarantined),
        new("NON_MARKETABLE_CONTACT", "Not a marketing contact", f => !f.IsMarketing),
    ];

    /// <summary>The reason of those who had not got it when someone stopped the sending.</summary>
    public const string Cancelled = "CAMPAIGN_CANCELLED";

    /// <summary>The reason to leave this person out, or null: send.</summary>
    public static string? WhyNot(RecipientFacts facts) => All.FirstOrDefault(g => g.Holds(facts))?.Reason;

    /// <summary>Whether a bounce, and nothing else, keeps this person from getting it.</summary>
    public static bool OnlyBounced(RecipientFacts facts) => facts is { IsHardBounced: true, OnParole: false } && WhyNot(facts with { OnParole = true }) is null;

    /// <summary>What people read for a reason.</summary>
    public static string Words(string reason) => reason == Cancelled ? "Sending was stopped" : All.FirstOrDefault(g => g.Reason == reason)?.Words ?? reason;
}
