namespace Winnow.Mail.Reports;

/// <summary>What follows from a reason.</summary>
/// <param name="Verdict">What it says about the address when the failure is permanent.</param>
/// <param name="Fault">Who can mend it.</param>
/// <param name="HardBounce">The value for the contact property, should the account's policy call it a hard bounce.</param>
/// <param name="EventCategory">HubSpot's <c>category</c> of a BOUNCE e-mail event.</param>
/// <param name="NotSentReason">HubSpot's reason for later e-mails that are held back once the policy suppresses, or null: never by itself.</param>
public sealed record ReasonFacts(Verdict Verdict, FaultSide Fault, HardBounceReason HardBounce, string EventCategory, string? NotSentReason);

/// <summary>The table of reasons (Rules/reasons.tsv).</summary>
public static class BounceReasons
{
    private static readonly string[] HubSpotValues = ["CONTENT", "MAILBOX_FULL", "OTHER", "POLICY", "SPAM", "UNKNOWN_USER"];

    private static readonly Dictionary<BounceReason, ReasonFacts> Table = RuleFile.Rows("reasons", 6).ToDictionary(row => Parse(row[0]), row => new ReasonFacts(
        Enum.Parse<Verdict>(row[1]), Enum.Parse<FaultSide>(row[2]), (HardBounceReason)Array.IndexOf(HubSpotValues, row[3]), row[4], row[5].Length > 0 ? row[5] : null));

    private static readonly string[] Codes = [.. Enum.GetValues<BounceReason>().Select(r => r.ToString().ToLowerInvariant())];

    /// <summary>What follows from the reason.</summary>
    public static ReasonFacts Facts(this BounceReason reason) => Table[reason];

    /// <summary>The reason as stored and shown in data: <c>userunknown</c>, <c>mailboxfull</c> ...</summary>
    public static string Code(this BounceReason reason) => Codes[(int)reason];

    /// <summary>HubSpot's spelling of the property value: <c>UNKNOWN_USER</c>, <c>MAILBOX_FULL</c> ...</summary>
    public static string HubSpotValue(this HardBounceReason reason) => HubSpotValues[(int)reason];

    internal static BounceReason Parse(string code) => Enum.Parse<BounceReason>(code, ignoreCase: true);
}
