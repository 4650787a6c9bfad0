namespace Winnow.Contacts;

/// <summary>What is known of an address, whoever has it: it decides whether marketing e-mail may go there.</summary>
/// <param name="HardBounceReason">One of the six values of Email hard bounce reason; stays after an unbounce.</param>
/// <param name="HardBouncedAt">When its hard bounce became known (UTC).</param>
/// <param name="HardBounceSentAt">When the e-mail that bounced was sent (UTC).</param>
/// <param name="HardBounceSpared">The reason is on the record, but does not mean that the address is dead: it may be mailed.</param>
/// <param name="Bounces">How many e-mails to it bounced, hard or soft.</param>
/// <param name="UnbouncedAt">When the bounce was lifted; counts only when later than <paramref name="HardBouncedAt"/>.</param>
/// <param name="HardBounceInboxId">The report that put the bounce on record; null for what is older than that column.</param>
/// <param name="OptOutSource">link, one-click, user or import.</param>
public sealed record AddressState(
    string EmailKey, string Email, string? HardBounceReason, DateTimeOffset? HardBouncedAt, long? HardBounceEmailId, DateTimeOffset? HardBounceSentAt, bool HardBounceSpared, long Bounces,
    DateTimeOffset? UnbouncedAt, long? UnbouncedBy, DateTimeOffset? ComplainedAt, DateTimeOffset? OptedOutAt, string? OptOutSource, DateTimeOffset? QuarantinedAt, long? HardBounceInboxId)
{
    /// <summary>Nothing is known.</summary>
    public static readonly AddressState None = Of("", "");

    /// <summary>Nothing is known of this address.</summary>
    public static AddressState Of(string emailKey, string email) => new(emailKey, email, null, null, null, null, false, 0, null, null, null, null, null, null, null);

    /// <summary>Whether it hard bounced, for whatever reason, and was not unbounced since: what the bounce tools collect.</summary>
    public bool HasHardBounce => HardBouncedAt is { } bounced && (UnbouncedAt is not { } lifted || lifted < bounced);

    /// <summary>Whether marketing e-mail must not go there because of a bounce.</summary>
    public bool IsHardBounced => HasHardBounce && !HardBounceSpared;

    /// <summary>The bounce on record is lifted: never before it came, also where clocks of two machines differ.</summary>
    /// <param name="by">The user who said so; null when nobody did.</param>
    public AddressState Lifted(DateTimeOffset at, long? by) => this with { UnbouncedAt = at < HardBouncedAt ? HardBouncedAt : at, UnbouncedBy = by };

    /// <summary>Writes the state onto the properties of the contact that has the address.</summary>
    public void ProjectOnto(Contact contact)
    {
        contact[Reason] = HardBounceReason;
        contact[Unbounced] = HardBouncedAt is not null && !HasHardBounce;
        contact[Spam] = ComplainedAt is not null;
        contact[OptedOut] = OptedOutAt is not null;
        contact[Quarantined] = QuarantinedAt is not null;
        contact[Bounced] = Bounces;
    }

    private static readonly object True = true, False = false, Zero = 0L;       // boxed once, not once a contact
    private static readonly ContactColumn Reason = ContactColumn.Of("hard_bounce_reason"), Unbounced = ContactColumn.Of("unbounced"), Spam = ContactColumn.Of("reported_spam"),
        OptedOut = ContactColumn.Of("opted_out"), Quarantined = ContactColumn.Of("quarantined"), Bounced = ContactColumn.Of("emails_bounced");
}
