namespace Winnow.Contacts;

/// <summary>The moves of <i>Marketing contact status</i> (article "Set contacts as non-marketing"): becoming a marketing contact holds
/// at once, leaving is only scheduled for the next update date and can be undone until then.</summary>
public static class MarketingStatus
{
    /// <summary>Makes it a marketing contact, or undoes that it was to leave.</summary>
    /// <param name="sourceType">An option of hs_marketable_reason_type: USER_SET, CONTACT_IMPORT, …</param>
    /// <param name="sourceId">Which user, import or form; shown as the source name.</param>
    public static void Set(Contact contact, string sourceType, string? sourceId)
    {
        contact[UntilRenewal] = "false";
        if (contact.IsMarketing) return;
        contact[Status] = "true";
        (contact[SourceType], contact[SourceName]) = (sourceType, sourceId);
    }

    /// <summary>Schedules it to become non-marketing on the next update date; one that is non-marketing already stays as it is.</summary>
    public static void SetNon(Contact contact)
    {
        if (contact.IsMarketing) contact[UntilRenewal] = "true";
    }

    /// <summary>Whether it is to become non-marketing on the next update date.</summary>
    public static bool IsScheduled(Contact contact) => contact.IsMarketing && contact[UntilRenewal] is "true";

    /// <summary>The status, and with it what belongs to it: whether it ends with the next update date, and what set it.</summary>
    public static IReadOnlyList<Property> Properties => [Status, UntilRenewal, SourceType, SourceName];

    /// <summary>The property that people know it by.</summary>
    public static Property Property => Status;

    /// <summary>The status in English words, for files.</summary>
    public static string Say(Contact contact) => IsScheduled(contact) ? Texts[0] : contact.IsMarketing ? Texts[1] : Texts[2];

    /// <summary>The words of <see cref="Say"/>, for translation.</summary>
    public static readonly IReadOnlyList<string> Texts = ["Marketing contact until the next update date", "Marketing contact", "Non-marketing contact"];

    private static readonly Property Status = BuiltInProperties.Of("hs_marketable_status"), UntilRenewal = BuiltInProperties.Of("hs_marketable_until_renewal"),
        SourceType = BuiltInProperties.Of("hs_marketable_reason_type"), SourceName = BuiltInProperties.Of("hs_marketable_reason_id");
}
