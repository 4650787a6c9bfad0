using System.Text.Json;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>SparkPost. Source: developers.sparkpost.com, "Webhooks" and "Bounce classification codes".</summary>
internal static class SparkPost
{
    private static readonly Dictionary<string, BounceReason> Classes = new()
    {
        ["1"] = BounceReason.Undefined, ["10"] = BounceReason.UserUnknown, ["20"] = BounceReason.SystemError, ["21"] = BounceReason.NetworkError, ["22"] = BounceReason.MailboxFull,
        ["23"] = BounceReason.EmailTooLarge, ["24"] = BounceReason.Expired, ["25"] = BounceReason.Suppressed, ["30"] = BounceReason.UserUnknown, ["40"] = BounceReason.OnHold,
        ["50"] = BounceReason.Blocked, ["51"] = BounceReason.SpamDetected, ["52"] = BounceReason.SpamDetected, ["53"] = BounceReason.ContentError, ["54"] = BounceReason.NoRelaying,
        ["70"] = BounceReason.SystemError,
    };

    /// <summary>The events of a batch: each lies in <c>msys</c> under the name of its family.</summary>
    public static IEnumerable<ProviderEvent> Read(JsonElement batch) => batch.Objects().Select(outer => (Outer: outer, One: Inner(outer))).Where(e => e.One.ValueKind == JsonValueKind.Object).Select(e =>
    {
        var (one, name) = (e.One, e.One.Text("type"));
        var kind = name switch { "bounce" or "out_of_band" or "policy_rejection" => "bounce", "delay" => "delayed", "spam_complaint" => "complaint", "list_unsubscribe" or "link_unsubscribe" => "unsubscribe", "delivery" => "delivered", _ => "other" };
        var type = one.Text("bounce_class");
        if (type is "60" or "80" or "90" or "100") kind = "other";             // auto-reply, subscribe, unsubscribe, challenge
        return new ProviderEvent(kind, name, one.Text("rcpt_to") is { Length: > 0 } to ? to : one.Text("raw_rcpt_to"), one.Text("event_id") is { Length: > 0 } id ? id : e.Outer.GetRawText(), e.Outer.GetRawText())
        {
            Status = one.Text("error_code"), Type = type.Length > 0 ? type : one.Text("fbtype"), Diagnostic = one.Text("raw_reason") is { Length: > 0 } raw ? raw : one.Text("reason"),
            RefusedBy = one.Text("ip_address") is { Length: > 0 } host ? host : null, Hint = Classes.TryGetValue(type, out var hint) ? hint : name == "policy_rejection" ? BounceReason.Suppressed : null,
            Permanent = type is not ("20" or "21" or "22" or "24" or "70"),
        };
    });

    private static JsonElement Inner(JsonElement outer)
    {
        var msys = outer.At("msys");
        return msys.ValueKind != JsonValueKind.Object ? outer : msys.EnumerateObject().Select(p => p.Value).FirstOrDefault(v => v.ValueKind == JsonValueKind.Object);
    }
}
