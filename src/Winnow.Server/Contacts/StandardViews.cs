namespace Winnow.Server.Contacts;

/// <summary>The views every account has from the start, as filters in the address.</summary>
/// <param name="Filter">HubSpot's filterBranch as JSON, or null for everyone.</param>
public sealed record StandardViews(string Label, string? Filter)
{
    /// <summary>In the order of their tabs.</summary>
    public static readonly StandardViews[] All =
    [
        new("All contacts", null),
        new("Marketing", Where("hs_marketable_status", """{"operationType":"ENUMERATION","operator":"IS_ANY_OF","values":["true"]}""")),
        new("Hard bounced", Where("hs_email_hard_bounce_reason_enum", """{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}""")),
        new("Unsubscribed", Where("hs_email_optout", """{"operationType":"BOOL","operator":"IS_EQUAL_TO","value":true}""")),
        new("Spam reports", Where("winnow_spam_report", """{"operationType":"BOOL","operator":"IS_EQUAL_TO","value":true}""")),
    ];

    /// <summary>Where the view is.</summary>
    public string Href => Filter is null ? "/contacts" : $"/contacts?filter={Uri.EscapeDataString(Filter)}";

    private static string Where(string property, string operation) =>
        $$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{"filterType":"PROPERTY","property":"{{property}}","operation":{{operation}}}]}]}""";
}
