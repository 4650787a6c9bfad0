using static Winnow.Mail.Reports.BounceReason;

namespace Winnow.Mail.Reports;

/// <summary>What follows from a reason.</summary>
/// <param name="Verdict">What it says about the address when the failure is permanent.</param>
/// <param name="HardBounce">The value for the contact property, should the account's policy call it a hard bounce.</param>
/// <param name="EventCategory">HubSpot's <c>category</c> of a BOUNCE e-mail event.</param>
public sealed record ReasonFacts(Verdict Verdict, HardBounceReason HardBounce, string EventCategory);

/// <summary>The table of reasons.</summary>
public static class BounceReasons
{
    private static readonly Dictionary<BounceReason, ReasonFacts> Table = new()
    {
        [UserUnknown] = new(Verdict.AddressDead, HardBounceReason.UnknownUser, "UNKNOWN_USER"),
        [HostUnknown] = new(Verdict.AddressDead, HardBounceReason.UnknownUser, "DNS_FAILURE"),
        [HasMoved] = new(Verdict.AddressDead, HardBounceReason.UnknownUser, "UNKNOWN_USER"),
        [NotAccept] = new(Verdict.AddressDead, HardBounceReason.Other, "ISP_MISCONFIGURATION"),
        [Suspend] = new(Verdict.AddressDoubtful, HardBounceReason.UnknownUser, "MAILBOX_MISCONFIGURATION"),
        [Filtered] = new(Verdict.AddressDoubtful, HardBounceReason.Policy, "FILTERED"),
        [MailboxFull] = new(Verdict.MailboxFull, HardBounceReason.MailboxFull, "MAILBOX_FULL"),
        [EmailTooLarge] = new(Verdict.Content, HardBounceReason.Content, "CONTENT"),
        [ContentError] = new(Verdict.Content, HardBounceReason.Content, "CONTENT"),
        [NotCompliantRfc] = new(Verdict.OwnSetup, HardBounceReason.Content, "CONTENT"),
        [VirusDetected] = new(Verdict.Content, HardBounceReason.Content, "CONTENT"),
        [SpamDetected] = new(Verdict.Content, HardBounceReason.Spam, "SPAM"),
        [Blocked] = new(Verdict.Blocked, HardBounceReason.Policy, "IP_REPUTATION"),
        [BadReputation] = new(Verdict.Blocked, HardBounceReason.Policy, "DOMAIN_REPUTATION"),
        [PolicyViolation] = new(Verdict.Blocked, HardBounceReason.Policy, "POLICY"),
        [Rejected] = new(Verdict.Blocked, HardBounceReason.Policy, "POLICY"),
        [AuthFailure] = new(Verdict.OwnSetup, HardBounceReason.Policy, "DMARC"),
        [RequirePtr] = new(Verdict.OwnSetup, HardBounceReason.Policy, "SENDING_DOMAIN_MISCONFIGURATION"),
        [SecurityError] = new(Verdict.OwnSetup, HardBounceReason.Policy, "POLICY"),
        [FailedStartTls] = new(Verdict.OwnSetup, HardBounceReason.Other, "ISP_MISCONFIGURATION"),
        [NoRelaying] = new(Verdict.OwnSetup, HardBounceReason.Other, "ISP_MISCONFIGURATION"),
        [SyntaxError] = new(Verdict.OwnSetup, HardBounceReason.Other, "UNCATEGORIZED"),
        [Expired] = new(Verdict.Temporary, HardBounceReason.Other, "TIMEOUT"),
        [NetworkError] = new(Verdict.Temporary, HardBounceReason.Other, "DNS_FAILURE"),
        [MailerError] = new(Verdict.Temporary, HardBounceReason.Other, "TEMPORARY_PROBLEM"),
        [SystemError] = new(Verdict.Temporary, HardBounceReason.Other, "TEMPORARY_PROBLEM"),
        [SystemFull] = new(Verdict.Temporary, HardBounceReason.Other, "TEMPORARY_PROBLEM"),
        [RateLimited] = new(Verdict.Temporary, HardBounceReason.Other, "THROTTLED"),
        [Suppressed] = new(Verdict.Unclear, HardBounceReason.Other, "UNCATEGORIZED"),
        [OnHold] = new(Verdict.Unclear, HardBounceReason.Other, "UNCATEGORIZED"),
        [Undefined] = new(Verdict.Unclear, HardBounceReason.Other, "UNCATEGORIZED"),
    };

    private static readonly string[] HubSpotValues = ["CONTENT", "MAILBOX_FULL", "OTHER", "POLICY", "SPAM", "UNKNOWN_USER"];

    /// <summary>What follows from the reason.</summary>
    public static ReasonFacts Facts(this BounceReason reason) => Table[reason];

    /// <summary>The reason as stored and shown in data: <c>userunknown</c>, <c>mailboxfull</c> ...</summary>
    public static string Code(this BounceReason reason) => reason.ToString().ToLowerInvariant();

    /// <summary>HubSpot's spelling of the property value: <c>UNKNOWN_USER</c>, <c>MAILBOX_FULL</c> ...</summary>
    public static string HubSpotValue(this HardBounceReason reason) => HubSpotValues[(int)reason];
}
