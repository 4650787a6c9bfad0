using System.Text;
using System.Text.Json;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>Amazon SES: notifications and event publishing, bare or in the envelope of Amazon SNS.
/// Source: docs.aws.amazon.com/ses, "Amazon SNS notification contents".</summary>
internal static class AmazonSes
{
    private static readonly Dictionary<string, BounceReason> Hints = new(StringComparer.OrdinalIgnoreCase)
    {
        ["NoEmail"] = BounceReason.UserUnknown, ["Suppressed"] = BounceReason.Suppressed, ["OnAccountSuppressionList"] = BounceReason.Suppressed,
        ["MailboxFull"] = BounceReason.MailboxFull, ["MessageTooLarge"] = BounceReason.EmailTooLarge, ["ContentRejected"] = BounceReason.ContentError, ["AttachmentRejected"] = BounceReason.ContentError,
    };

    /// <summary>The events of a message.</summary>
    public static IEnumerable<ProviderEvent> Read(JsonElement message)
    {
        var raw = message.GetRawText();
        var notice = message.Text("Message") is { Length: > 0 } inner ? JsonReading.Parse(Encoding.UTF8.GetBytes(inner)) ?? default : message;
        var kind = notice.Text("notificationType") is { Length: > 0 } classic ? classic : notice.Text("eventType");
        var (mail, id) = (notice.At("mail"), notice.Text("mail", "messageId"));
        return kind switch
        {
            "Bounce" => notice.Objects("bounce", "bouncedRecipients").Select(r => Bounce(notice.At("bounce"), r, id, raw)),
            "Complaint" => notice.Objects("complaint", "complainedRecipients").Select(r => new ProviderEvent("complaint", kind, r.Text("emailAddress"), $"{id} {notice.Text("complaint", "feedbackId")}", raw)
            {
                Type = notice.Text("complaint", "complaintFeedbackType"), RefusedBy = NotEmpty(notice.Text("complaint", "userAgent")),
            }),
            "DeliveryDelay" => notice.Objects("deliveryDelay", "delayedRecipients").Select(r => new ProviderEvent("delayed", kind, r.Text("emailAddress"), $"{id} {notice.Text("deliveryDelay", "timestamp")}", raw)
            {
                Status = r.Text("status"), Diagnostic = r.Text("diagnosticCode"), Type = notice.Text("deliveryDelay", "delayType"), Permanent = false,
            }),
            "Subscription" when notice.At("subscription").At("newTopicPreferences").At("unsubscribeAll").ValueKind == JsonValueKind.True =>
                Addresses(mail.At("destination")).Select(a => new ProviderEvent("unsubscribe", kind, a, $"{id} {notice.Text("subscription", "timestamp")}", raw)),
            "Delivery" => Addresses(notice.At("delivery", "recipients")).Select(a => new ProviderEvent("delivered", kind, a, id, raw)),
            _ => Addresses(mail.At("destination")).Select(a => new ProviderEvent("other", kind, a, id, raw)),
        };
    }

    private static ProviderEvent Bounce(JsonElement bounce, JsonElement recipient, string id, string raw) => new("bounce", "Bounce", recipient.Text("emailAddress"), $"{id} {bounce.Text("feedbackId")}", raw)
    {
        Status = recipient.Text("status"), Diagnostic = recipient.Text("diagnosticCode"), Type = $"{bounce.Text("bounceType")}/{bounce.Text("bounceSubType")}",
        RefusedBy = NotEmpty(bounce.Text("reportingMTA").Split(';')[^1].Trim()), Hint = Hints.TryGetValue(bounce.Text("bounceSubType"), out var hint) ? hint : null,
        Permanent = bounce.Text("bounceType") == "Permanent",
    };

    private static IEnumerable<string> Addresses(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!).Take(1000) : [];

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;
}
