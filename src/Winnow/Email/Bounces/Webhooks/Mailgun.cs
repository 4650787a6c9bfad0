using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>Mailgun. Source: documentation.mailgun.com, "Webhooks" and "Event Structure".</summary>
internal static class Mailgun
{
    private static readonly Dictionary<string, BounceReason> Hints = new(StringComparer.OrdinalIgnoreCase)
    {
        ["suppress-bounce"] = BounceReason.Suppressed, ["suppress-complaint"] = BounceReason.Suppressed, ["suppress-unsubscribe"] = BounceReason.Suppressed,
        ["bounce"] = BounceReason.OnHold, ["espblock"] = BounceReason.Blocked, ["old"] = BounceReason.Expired,
    };

    /// <summary>The event of a call.</summary>
    public static IEnumerable<ProviderEvent> Read(JsonElement call) => call.Objects().Select(outer => outer.At("event-data") is { ValueKind: JsonValueKind.Object } inner ? inner : outer).Select(one =>
    {
        var (name, severity, status) = (one.Text("event"), one.Text("severity"), one.At("delivery-status"));
        var kind = name switch { "failed" => severity == "temporary" ? "delayed" : "bounce", "complained" => "complaint", "unsubscribed" => "unsubscribe", "delivered" => "delivered", _ => "other" };
        return new ProviderEvent(kind, name, one.Text("recipient"), one.Text("id") is { Length: > 0 } id ? id : one.GetRawText(), one.GetRawText())
        {
            Status = status.Text("enhanced-code") is { Length: > 0 } enhanced ? enhanced : status.Text("code"), Type = $"{severity} {one.Text("reason")}".Trim(),
            Diagnostic = status.Text("message") is { Length: > 0 } message ? message : status.Text("description"), RefusedBy = status.Text("mx-host") is { Length: > 0 } host ? host : null,
            Hint = Hints.TryGetValue(one.Text("reason"), out var hint) ? hint : null, Permanent = severity != "temporary",
        };
    });

    /// <summary>HMAC of timestamp and token by the signing key of the account; a token counts once.</summary>
    public static Proof Check(WebhookCall call)
    {
        var signed = (JsonReading.Parse(call.Body) ?? default).At("signature");
        var (at, token) = (signed.Text("timestamp"), signed.Text("token"));
        if (!call.IsFresh(at)) return Proof.Old;
        var right = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(call.Secret), Encoding.UTF8.GetBytes(at + token)));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(signed.Text("signature"))) ? Proof.Of(token) : Proof.Forged;
    }
}
