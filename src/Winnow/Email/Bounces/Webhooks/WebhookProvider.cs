using System.Text.Json;
using Winnow.Mail.Mime;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>What an account enters so that calls can be told from forgeries.</summary>
public enum WebhookSecret
{
    /// <summary>The ARN of an Amazon SNS topic; no secret.</summary>
    Topic,
    /// <summary>A public key that the provider shows; no secret.</summary>
    PublicKey,
    /// <summary>A key that the provider shows.</summary>
    SigningKey,
    /// <summary>A password that we make and the provider sends along.</summary>
    Password,
}

/// <summary>A provider that tells of bounces by calling us.</summary>
/// <param name="Number">Stands in the address of its door; never given to another.</param>
/// <param name="Code">As stored, and in the address.</param>
/// <param name="Read">The events of a call, or of one stored event.</param>
/// <param name="Mark">The header by which a mail carries our mark through the provider and back; null where it comes back without.</param>
public sealed record WebhookProvider(long Number, string Code, string Name, WebhookSecret Asks, Func<JsonElement, IEnumerable<ProviderEvent>> Read, Func<string, HeaderField>? Mark = null)
{
    /// <summary>All of them, by name.</summary>
    public static readonly IReadOnlyList<WebhookProvider> All =
    [
        new(1, "amazonses", "Amazon SES", WebhookSecret.Topic, AmazonSes.Read),
        new(6, "brevo", "Brevo", WebhookSecret.Password, Brevo.Read, mark => new("X-Mailin-custom", $"winnow:{mark}")),
        new(3, "mailgun", "Mailgun", WebhookSecret.SigningKey, Mailgun.Read, mark => new("X-Mailgun-Variables", $$"""{"winnow": "{{mark}}"}""")),
        new(4, "postmark", "Postmark", WebhookSecret.Password, Postmark.Read, mark => new("X-PM-Metadata-winnow", mark)),
        new(2, "sendgrid", "SendGrid", WebhookSecret.PublicKey, SendGrid.Read, mark => new("X-SMTPAPI", $$"""{"unique_args": {"winnow": "{{mark}}"} }""")),
        new(5, "sparkpost", "SparkPost", WebhookSecret.Password, SparkPost.Read, mark => new("X-MSYS-API", $$"""{"metadata": {"winnow": "{{mark}}"} }""")),
    ];

    /// <summary>The provider of this code, or null.</summary>
    public static WebhookProvider? Find(string? code) => All.FirstOrDefault(p => p.Code == code);

    /// <summary>Whether this is a public key as SendGrid shows it.</summary>
    public static bool IsKey(string text) => SendGrid.IsKey(text);

    /// <summary>Whether a call is genuine.</summary>
    internal ValueTask<Proof> Check(WebhookCall call, SnsCertificates certificates, CancellationToken stop) => Asks switch
    {
        WebhookSecret.Topic => SnsMessage.Check(call, certificates, stop),
        WebhookSecret.PublicKey => ValueTask.FromResult(SendGrid.Check(call)),
        WebhookSecret.SigningKey => ValueTask.FromResult(Mailgun.Check(call)),
        _ => ValueTask.FromResult(call.CheckPassword()),
    };
}
