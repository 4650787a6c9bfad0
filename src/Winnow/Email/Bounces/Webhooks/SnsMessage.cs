using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>The envelope of Amazon SNS. Source: docs.aws.amazon.com/sns, "Verifying the signatures of Amazon SNS messages".</summary>
internal static class SnsMessage
{
    private static readonly string[] Notification = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    private static readonly string[] Subscription = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

    /// <summary>Whether it is Amazon's and of the topic that the account entered (the call's secret).</summary>
    public static async ValueTask<Proof> Check(WebhookCall call, SnsCertificates certificates, CancellationToken stop)
    {
        var message = JsonReading.Parse(call.Body) ?? default;
        var type = message.Text("Type");
        if (message.Text("TopicArn") != call.Secret) return Proof.OtherTopic;
        if (!DateTimeOffset.TryParse(message.Text("Timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) || !call.IsFresh(at)) return Proof.Old;
        if (SnsCertificates.IsAmazons(message.Text("SigningCertURL")) is not { } where) return Proof.Forged;
        using var key = await certificates.KeyAt(where, call.Now, stop);
        if (key is null) return Proof.NoCertificate;
        if (!IsSigned(message, type == "Notification" ? Notification : Subscription, key)) return Proof.Forged;
        return new(message.Text("MessageId"), Confirm: type == "SubscriptionConfirmation" ? SnsCertificates.IsAmazons(message.Text("SubscribeURL")) : null);
    }

    private static bool IsSigned(JsonElement message, string[] fields, RSA key)
    {
        var text = new StringBuilder();
        foreach (var field in fields)
            if (message.At(field).ValueKind == JsonValueKind.String) text.Append(field).Append('\n').Append(message.Text(field)).Append('\n');
        // version 1 is what Amazon signs with unless the topic says otherwise
        var hash = message.Text("SignatureVersion") == "2" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1;
        try { return key.VerifyData(Encoding.UTF8.GetBytes(text.ToString()), Convert.FromBase64String(message.Text("Signature")), hash, RSASignaturePadding.Pkcs1); }
        catch (Exception e) when (e is FormatException or CryptographicException) { return false; }
    }
}
