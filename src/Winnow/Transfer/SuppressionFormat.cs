namespace Winnow.Transfer;

/// <summary>A suppression file as one system writes it. Headings are compared by their letters and digits, in small ones.</summary>
/// <param name="Key">Its name in URLs, forms and jobs.</param>
/// <param name="System">Who writes it; empty: anybody.</param>
/// <param name="Kind">What is in it.</param>
/// <param name="Headings">The headings that it has, that of the address first.</param>
/// <param name="Says">What every row says by being there.</param>
/// <param name="Date">The heading of the column with the date.</param>
/// <param name="Reason">The heading of the column that says why it bounced.</param>
/// <param name="Flags">Columns that say something when their cell says yes; * stands for every other column.</param>
/// <param name="Words">A column whose words say something.</param>
/// <param name="Alone">No other columns are in it.</param>
/// <param name="FileName">What its file's name has in it, where its headings are those of another.</param>
public sealed record SuppressionFormat(
    string Key, string System, string Kind, string[] Headings, Suppressions Says = Suppressions.None, string? Date = null, string? Reason = null,
    (string Heading, Suppressions Says)[]? Flags = null, (string Heading, (string Word, Suppressions Says)[] Says)? Words = null, bool Alone = false, string? FileName = null)
{
    /// <summary>The formats, what tells more first. From the public documentation of the systems, and from what their open source writes.</summary>
    public static readonly IReadOnlyList<SuppressionFormat> All =
    [
        .. HubSpot("portalbounce"), .. HubSpot("portalunsubscribe"), .. HubSpot("portalspamreport"),
        new("mailchimp-cleaned", "Mailchimp", "Cleaned contacts", ["emailaddress", "cleantime"], Suppressions.HardBounce, Date: "cleantime"),
        new("mailchimp-unsubscribed", "Mailchimp", "Unsubscribed contacts", ["emailaddress", "unsubtime"], Suppressions.OptOut, Date: "unsubtime",
            Words: ("unsubreason", [("abuse", Suppressions.SpamReport)])),
        new("listmonk", "listmonk", "Subscribers", ["email", "uuid", "status", "updatedat"], Date: "updatedat",
            Words: ("status", [("blocklisted", Suppressions.OptOut), ("blacklisted", Suppressions.OptOut), ("disabled", Suppressions.OptOut)])),
        new("mautic-report", "Mautic", "Contacts with do not contact", ["email", "dncpreferences"], Words: ("dncpreferences", Mautic)),
        new("mautic-list", "Mautic", "Contacts with do not contact", ["email", "dnclist"], Words: ("dnclist", Mautic)),
        new("mautic-contacts", "Mautic", "Contacts with do not contact", ["email", "donotemail"], Flags: [("donotemail", Suppressions.OptOut)]),
        new("sendgrid-blocks", "SendGrid", "Blocks", ["email", "status", "reason", "created"], Date: "created", Alone: true, FileName: "block"),
        new("sendgrid-bounces", "SendGrid", "Bounces", ["email", "status", "reason", "created"], Suppressions.HardBounce, Date: "created", Reason: "reason", Alone: true),
        new("sendgrid-spam", "SendGrid", "Spam reports", ["email", "ip", "created"], Suppressions.SpamReport, Date: "created", Alone: true),
        new("sendgrid-invalid", "SendGrid", "Invalid addresses", ["email", "reason", "created"], Suppressions.HardBounce, Date: "created", Reason: "reason", Alone: true),
        new("sendgrid-unsubscribes", "SendGrid", "Unsubscribes", ["email", "created"], Suppressions.OptOut, Date: "created", Alone: true),
        new("mailgun-bounces", "Mailgun", "Bounces", ["address", "code", "error", "createdat"], Suppressions.HardBounce, Date: "createdat", Reason: "error"),
        new("mailgun-unsubscribes", "Mailgun", "Unsubscribes", ["address", "tags", "createdat"], Suppressions.OptOut, Date: "createdat"),
        new("mailgun-complaints", "Mailgun", "Complaints", ["address", "createdat"], Suppressions.SpamReport, Date: "createdat", Alone: true),
        new("ses", "Amazon SES", "Suppression list", ["emailaddress", "reason", "lastupdatetime"], Date: "lastupdatetime",
            Words: ("reason", [("bounce", Suppressions.HardBounce), ("complaint", Suppressions.SpamReport)])),
        new("opt-outs", "", "A list of unsubscribed addresses", [], Suppressions.OptOut),
        new("bounces", "", "A list of addresses that bounced", [], Suppressions.HardBounce),
        new("spam-reports", "", "A list of addresses that marked an email as spam", [], Suppressions.SpamReport),
    ];

    /// <summary>A list of addresses, each of them opted out: what a file is that is none of the others.</summary>
    public static SuppressionFormat OptOuts => Find("opt-outs")!;

    private static (string, Suppressions)[] Mautic =>
        [("unsubscribed: email", Suppressions.OptOut), ("manually: email", Suppressions.OptOut), ("manual: email", Suppressions.OptOut), ("bounced: email", Suppressions.HardBounce),
         ("1:email", Suppressions.OptOut), ("2:email", Suppressions.HardBounce), ("3:email", Suppressions.OptOut)];

    /// <summary>The format of this key, or null.</summary>
    public static SuppressionFormat? Find(string? key) => All.FirstOrDefault(format => format.Key == key);

    /// <summary>The formats that a file with these headings may have.</summary>
    public static IEnumerable<SuppressionFormat> Fitting(IReadOnlyList<string> headings)
    {
        var plain = headings.Select(Plain).ToList();
        return All.Where(format => format.Headings.All(plain.Contains) && (!format.Alone || plain.Count == format.Headings.Length)).DistinctBy(format => (format.System, format.Kind));
    }

    /// <summary>The format of a file with these headings; null when it is of none of the systems.</summary>
    public static SuppressionFormat? Of(IReadOnlyList<string> headings, string fileName) => Fitting(headings)
        .FirstOrDefault(format => format.System.Length > 0 && (format.FileName is null || fileName.Contains(format.FileName, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Which column holds the addresses, or -1.</summary>
    public int AddressIn(IReadOnlyList<string> headings) => Headings.Length == 0 ? -1 : IndexOf(headings, Headings[0]);

    internal static int IndexOf(IReadOnlyList<string> headings, string? heading)
    {
        for (var i = 0; heading is not null && i < headings.Count; i++) if (Plain(headings[i]) == heading) return i;
        return -1;
    }

    private static string Plain(string heading) => string.Concat(heading.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    /// <summary>An export of unsubscribes and bounces, HubSpot's or Winnow's own: it has the columns of the chips that stayed. Columns beyond are subscription types.</summary>
    private static IEnumerable<SuppressionFormat> HubSpot(string column) => [new("hubspot-" + column, "HubSpot", "Unsubscribes and bounces", ["email", column], Reason: "portalbounce", Flags:
        [("portalbounce", Suppressions.HardBounce), ("globalbounce", Suppressions.HardBounce), ("portalunsubscribe", Suppressions.OptOut), ("globalunsubscribe", Suppressions.OptOut),
         ("portalspamreport", Suppressions.SpamReport), ("*", Suppressions.OptOut)])];
}
