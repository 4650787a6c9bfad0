using System.Globalization;
using Winnow.Contacts;
using Winnow.Filters;

namespace Winnow.MarketingContacts;

/// <summary>By what contacts are chosen who shall stop being marketing contacts. Stored by name.</summary>
public enum StoppingKind
{
    /// <summary>Their address hard bounced and was not unbounced since.</summary>
    HardBounced,
    /// <summary>They unsubscribed from all email.</summary>
    Unsubscribed,
    /// <summary>They reported an e-mail as spam.</summary>
    Complained,
    /// <summary>They neither opened nor clicked any of the last so many marketing e-mails.</summary>
    Unopened,
    /// <summary>They were first mailed longer ago than so many days, and neither opened nor clicked since.</summary>
    Unengaged,
    /// <summary>They are in a list.</summary>
    List,
    /// <summary>A filter takes them.</summary>
    Filter,
}

/// <summary>A group of contacts who shall stop being marketing contacts: one choice of the wizard, or what one rule is about.</summary>
/// <param name="Number">E-mails, days, or the id of the list; else 0.</param>
/// <param name="Json">HubSpot's filterBranch; of <see cref="StoppingKind.Filter"/> only.</param>
public sealed record StoppingGroup(StoppingKind Kind, long Number = 0, string? Json = null)
{
    /// <summary>Each kind in words, for translation; {0} is the number, the list's name, or the filter as a sentence.</summary>
    public static readonly IReadOnlyDictionary<StoppingKind, string> Words = new Dictionary<StoppingKind, string>
    {
        [StoppingKind.HardBounced] = "Hard bounced", [StoppingKind.Unsubscribed] = "Unsubscribed from all email", [StoppingKind.Complained] = "Reported an email as spam",
        [StoppingKind.Unopened] = "Opened none of the last {0} emails", [StoppingKind.Unengaged] = "Not engaged for {0} days", [StoppingKind.List] = "List: {0}", [StoppingKind.Filter] = "Filter: {0}",
    };

    /// <summary>The state in which a marketing contact can be scheduled, as conditions to add to each group of a filter; and the two in which nothing changes.</summary>
    public static readonly IReadOnlyDictionary<MarketingStanding, string> Standings = new Dictionary<MarketingStanding, string>
    {
        [MarketingStanding.Marketing] = Are(Status("true"), Until("IS_NONE_OF")),
        [MarketingStanding.Scheduled] = Are(Status("true"), Until("IS_ANY_OF")),
        [MarketingStanding.NonMarketing] = Are(Status("false")),
    };

    /// <summary>Who belongs to it, whatever they are now. A list is asked for as such, as its members are known.</summary>
    public SelectionQuery Query => Kind == StoppingKind.List ? new(null, ListId: Number) : new(null, Filter: Filter);

    /// <summary>The same as a filter.</summary>
    public string Filter => Kind switch
    {
        StoppingKind.HardBounced => Are(Has("hs_email_hard_bounce_reason_enum", """{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}"""), Flag("winnow_unbounced", "false")),
        StoppingKind.Unsubscribed => Are(Flag("hs_email_optout", "true")),
        StoppingKind.Complained => Are(Flag("winnow_spam_report", "true")),
        StoppingKind.Unopened => Are(Has("hs_email_sends_since_last_engagement", $$"""{"operationType":"NUMBER","operator":"IS_GREATER_THAN_OR_EQUAL_TO","value":{{Digits}}}""")),
        StoppingKind.Unengaged => Are(Ago("hs_email_first_send_date", "false"), Ago("hs_email_last_open_date", "true"), Ago("hs_email_last_click_date", "true")),
        StoppingKind.List => Are($$"""{"filterType":"IN_LIST","listId":"{{Digits}}","operator":"IN_LIST"}"""),
        _ => Json!,
    };

    /// <summary>Those of some groups who stand so now, or whatever they are (null), as one filter; null when there are none, one cannot be read, or there are too many conditions.</summary>
    public static Filter? Those(IEnumerable<StoppingGroup> groups, MarketingStanding? standing, PropertyCatalog properties, TimeZoneInfo zone)
    {
        var (and, all) = (standing is { } now ? FilterJson.Read(Standings[now], properties, zone).Filter!.Groups[0].Filters : [], new List<FilterGroup>());
        foreach (var group in groups)
        {
            if (FilterJson.Read(group.Filter, properties, zone).Filter is not { } read) return null;
            all.AddRange(read.Groups.Select(g => new FilterGroup([.. g.Filters, .. and])));
        }
        return all.Count > 0 && all.Sum(g => g.Filters.Count) <= Winnow.Filters.Filter.MaxFilters ? new(all) : null;
    }

    private string Digits => Number.ToString(CultureInfo.InvariantCulture);

    private string Ago(string property, string none) =>
        Has(property, $$"""{"operationType":"ROLLING_DATE_RANGE","operator":"IS_MORE_THAN_X_DAYS_AGO","numberOfDays":{{Digits}},"includeObjectsWithNoValueSet":{{none}}}""");

    private static string Status(string value) => Has("hs_marketable_status", $$"""{"operationType":"ENUMERATION","operator":"IS_ANY_OF","values":["{{value}}"],"includeObjectsWithNoValueSet":{{(value == "false" ? "true" : "false")}}}""");

    private static string Until(string way) => Has("hs_marketable_until_renewal", $$"""{"operationType":"ENUMERATION","operator":"{{way}}","values":["true"],"includeObjectsWithNoValueSet":{{(way == "IS_NONE_OF" ? "true" : "false")}}}""");

    private static string Flag(string property, string value) => Has(property, $$"""{"operationType":"BOOL","operator":"IS_EQUAL_TO","value":{{value}}}""");

    private static string Has(string property, string operation) => $$"""{"filterType":"PROPERTY","property":"{{property}}","operation":{{operation}}}""";

    private static string Are(params string[] conditions) => $$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{{string.Join(',', conditions)}}]}]}""";
}
