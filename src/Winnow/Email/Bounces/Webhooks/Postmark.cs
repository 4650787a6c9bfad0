using System.Text.Json;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>Postmark: bounces, spam complaints and people who leave. Source: postmarkapp.com/developer, "Bounce webhook", "Bounce types" and "Subscription change webhook".</summary>
internal static class Postmark
{
    private static readonly Dictionary<string, (string Kind, BounceReason? Hint, bool Permanent)> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HardBounce"] = ("bounce", BounceReason.UserUnknown, true), ["BadEmailAddress"] = ("bounce", BounceReason.UserUnknown, true),
        ["SoftBounce"] = ("bounce", BounceReason.SystemError, false), ["Transient"] = ("delayed", null, false), ["DnsError"] = ("bounce", BounceReason.NetworkError, false),
        ["Blocked"] = ("bounce", BounceReason.Blocked, true), ["SpamNotification"] = ("bounce", BounceReason.SpamDetected, true), ["VirusNotification"] = ("bounce", BounceReason.VirusDetected, true),
        ["DMARCPolicy"] = ("bounce", BounceReason.AuthFailure, true), ["SMTPApiError"] = ("bounce", BounceReason.SystemError, false), ["TemplateRenderingFailed"] = ("bounce", BounceReason.SystemError, false),
        ["Undeliverable"] = ("bounce", BounceReason.SystemError, false), ["Unknown"] = ("bounce", null, true), ["ManuallyDeactivated"] = ("bounce", BounceReason.Suppressed, true),
        ["InboundError"] = ("other", null, true), ["ChallengeVerification"] = ("other", null, true), ["AutoResponder"] = ("other", null, true), ["AddressChange"] = ("other", null, true),
        ["OpenRelayTest"] = ("other", null, true), ["Subscribe"] = ("other", null, true), ["Unsubscribe"] = ("other", null, true), ["Unconfirmed"] = ("other", null, true), ["SpamComplaint"] = ("complaint", null, true),
    };

    /// <summary>The event of a call.</summary>
    public static IEnumerable<ProviderEvent> Read(JsonElement call) => call.Objects().Select(one =>
    {
        var (record, type) = (one.Text("RecordType"), one.Text("Type"));
        var (kind, hint, permanent) = record switch
        {
            "SpamComplaint" => ("complaint", null, true),
            "Delivery" => ("delivered", null, true),
            "SubscriptionChange" when one.At("SuppressSending").ValueKind == JsonValueKind.True && one.Text("SuppressionReason") == "ManualSuppression" && one.Text("Origin") == "Recipient" => ("unsubscribe", null, true),
            "Bounce" => Types.GetValueOrDefault(type, ("bounce", null, true)),
            _ => ("other", (BounceReason?)null, true),
        };
        return new ProviderEvent(kind, record, one.Text("Email") is { Length: > 0 } email ? email : one.Text("Recipient"), $"{record} {(one.Text("ID") is { Length: > 0 } id ? id : one.GetRawText())}", one.GetRawText())
        {
            Type = type, Diagnostic = one.Text("Details") is { Length: > 0 } details ? details : one.Text("Description"), Hint = hint, Permanent = permanent,
        };
    });
}
