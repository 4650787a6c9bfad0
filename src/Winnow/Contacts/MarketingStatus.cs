namespace Winnow.Contacts;

/// <summary>Where a contact stands between marketing and non-marketing.</summary>
public enum MarketingStanding
{
    /// <summary>It does not count toward the contact tier and gets no marketing e-mail.</summary>
    NonMarketing,
    /// <summary>It counts, and gets marketing e-mail.</summary>
    Marketing,
    /// <summary>A marketing contact that becomes non-marketing on the next update date: <i>Marketing contact until next update</i> is Yes.</summary>
    Scheduled,
}

/// <summary>What can happen to the marketing status of a contact.</summary>
public enum MarketingMove
{
    /// <summary>It is set as a marketing contact.</summary>
    Set,
    /// <summary>It is set as a non-marketing contact.</summary>
    SetNon,
    /// <summary>The next update date comes.</summary>
    UpdateDate,
}

/// <summary>The moves of <i>Marketing contact status</i> (article "Set contacts as non-marketing", DOMAIN §5.1): becoming a marketing contact holds
/// at once, leaving is only scheduled for the next update date and can be undone until then.</summary>
public static class MarketingStatus
{
    /// <summary>Every move from every state: rules 2, 3, 5, 6 and 7 of the article.</summary>
    public static readonly IReadOnlyDictionary<(MarketingStanding From, MarketingMove Move), MarketingStanding> Moves = new Dictionary<(MarketingStanding, MarketingMove), MarketingStanding>
    {
        [(MarketingStanding.NonMarketing, MarketingMove.Set)] = MarketingStanding.Marketing,              // counts at once
        [(MarketingStanding.Marketing, MarketingMove.Set)] = MarketingStanding.Marketing,                 // keeps what first set it
        [(MarketingStanding.Scheduled, MarketingMove.Set)] = MarketingStanding.Marketing,                 // takes the schedule back
        [(MarketingStanding.NonMarketing, MarketingMove.SetNon)] = MarketingStanding.NonMarketing,        // is skipped
        [(MarketingStanding.Marketing, MarketingMove.SetNon)] = MarketingStanding.Scheduled,              // counts until the update date
        [(MarketingStanding.Scheduled, MarketingMove.SetNon)] = MarketingStanding.Scheduled,
        [(MarketingStanding.NonMarketing, MarketingMove.UpdateDate)] = MarketingStanding.NonMarketing,
        [(MarketingStanding.Marketing, MarketingMove.UpdateDate)] = MarketingStanding.Marketing,          // also when it bounced or opted out: only people and rules decide
        [(MarketingStanding.Scheduled, MarketingMove.UpdateDate)] = MarketingStanding.NonMarketing,       // stops counting
    };

    /// <summary>Makes it a marketing contact, or undoes that it was to leave.</summary>
    /// <param name="sourceType">An option of hs_marketable_reason_type: USER_SET, CONTACT_IMPORT, …</param>
    /// <param name="sourceId">Which user, import or form; shown as the source name.</param>
    public static void Set(Contact contact, string sourceType, string? sourceId)
    {
        if (Of(contact) == MarketingStanding.NonMarketing) (contact[SourceType], contact[SourceName]) = (sourceType, sourceId);
        Take(contact, MarketingMove.Set);
    }

    /// <summary>Schedules it to become non-marketing on the next update date; one that is non-marketing already stays as it is.</summary>
    public static void SetNon(Contact contact) => Take(contact, MarketingMove.SetNon);

    /// <summary>The update date has come: one that is scheduled is non-marketing from now on, and keeps what had set it as a marketing contact.</summary>
    public static void Update(Contact contact) => Take(contact, MarketingMove.UpdateDate);

    /// <summary>Where it stands.</summary>
    public static MarketingStanding Of(Contact contact) => !contact.IsMarketing ? MarketingStanding.NonMarketing : contact[UntilRenewal] is "true" ? MarketingStanding.Scheduled : MarketingStanding.Marketing;

    /// <summary>Whether it is to become non-marketing on the next update date.</summary>
    public static bool IsScheduled(Contact contact) => Of(contact) == MarketingStanding.Scheduled;

    /// <summary>The status, and with it what belongs to it: whether it ends with the next update date, and what set it.</summary>
    public static IReadOnlyList<Property> Properties => [Status, UntilRenewal, SourceType, SourceName];

    /// <summary>Those of <see cref="Properties"/> that an update date looks at and changes.</summary>
    public static IReadOnlyList<Property> Updated => [Status, UntilRenewal];

    /// <summary>The property that people know it by.</summary>
    public static Property Property => Status;

    /// <summary>The status in English words, for files.</summary>
    public static string Say(Contact contact) => Of(contact) switch { MarketingStanding.Scheduled => Texts[0], MarketingStanding.Marketing => Texts[1], _ => Texts[2] };

    /// <summary>The words of <see cref="Say"/>, for translation.</summary>
    public static readonly IReadOnlyList<string> Texts = ["Marketing contact until the next update date", "Marketing contact", "Non-marketing contact"];

    private static void Take(Contact contact, MarketingMove move)
    {
        var to = Moves[(Of(contact), move)];
        contact[Status] = to == MarketingStanding.NonMarketing ? "false" : "true";
        contact[UntilRenewal] = to == MarketingStanding.Scheduled ? "true" : "false";
    }

    private static readonly Property Status = BuiltInProperties.Of("hs_marketable_status"), UntilRenewal = BuiltInProperties.Of("hs_marketable_until_renewal"),
        SourceType = BuiltInProperties.Of("hs_marketable_reason_type"), SourceName = BuiltInProperties.Of("hs_marketable_reason_id");
}
