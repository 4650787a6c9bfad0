using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>SendGrid: the event webhook, and the list of bounces of its older interface.
/// Source: twilio.com/docs/sendgrid, "Event Webhook Reference" and "Event Webhook Security Features".</summary>
internal static class SendGrid
{
    private static readonly Dictionary<string, BounceReason> Hints = new(StringComparer.OrdinalIgnoreCase)
    {
        ["blocked"] = BounceReason.Blocked, ["expired"] = BounceReason.Expired, ["Bounced Address"] = BounceReason.Suppressed, ["Invalid"] = BounceReason.UserUnknown,
    };

    /// <summary>The events of a batch.</summary>
    public static IEnumerable<ProviderEvent> Read(JsonElement batch) => batch.Objects().Select(one =>
    {
        var (name, type, reason) = (one.Text("event"), one.Text("type"), one.Text("reason"));
        var kind = name switch { "bounce" or "dropped" => "bounce", "" => reason.Length > 0 || one.Text("status").Length > 0 ? "bounce" : "other", "deferred" => "delayed", "spamreport" => "complaint", "unsubscribe" or "group_unsubscribe" => "unsubscribe", "delivered" => "delivered", _ => "other" };
        return new ProviderEvent(kind, name, one.Text("email"), one.Text("sg_event_id") is { Length: > 0 } id ? id : one.GetRawText(), one.GetRawText())
        {
            Status = one.Text("status"), Type = type, Diagnostic = reason.Length > 0 ? reason : one.Text("response"), Permanent = kind != "delayed",
            Hint = Hints.TryGetValue(type, out var byType) ? byType : name == "dropped" ? Hints.TryGetValue(reason, out var dropped) ? dropped : BounceReason.Suppressed : null,
        };
    });

    /// <summary>ECDSA over timestamp and body, by the key that SendGrid shows.</summary>
    public static Proof Check(WebhookCall call)
    {
        var (signature, at) = (call.Header("X-Twilio-Email-Event-Webhook-Signature"), call.Header("X-Twilio-Email-Event-Webhook-Timestamp"));
        if (!call.IsFresh(at)) return Proof.Old;
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(call.Secret), out _);
            byte[] signed = [.. Encoding.UTF8.GetBytes(at), .. call.Body.Span];
            return key.VerifyData(signed, Convert.FromBase64String(signature), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ? Proof.Of(signature) : Proof.Forged;
        }
        catch (Exception e) when (e is FormatException or CryptographicException) { return Proof.Forged; }
    }

    /// <summary>Whether this is a key as SendGrid shows it.</summary>
    public static bool IsKey(string text)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text), out _);
            return true;
        }
        catch (Exception e) when (e is FormatException or CryptographicException) { return false; }
    }
}
