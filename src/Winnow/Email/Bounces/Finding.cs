using Winnow.Mail.Mime;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>What a mail that came back says about the one recipient it was sent to.</summary>
/// <param name="Kind">bounce, delayed, delivered, complaint, unsubscribe, auto-reply, receipt or other.</param>
/// <param name="Rule">The rule that decided, such as <c>text: user unknown</c>.</param>
/// <param name="Decisive">The line it decided on.</param>
/// <param name="Cause">Why the delivery failed or is late; null for all that is not about delivery.</param>
/// <param name="Status">The enhanced status code (RFC 3463), or null.</param>
/// <param name="RefusedBy">The host that said so, or null.</param>
/// <param name="Named">The address the report names when it is not the one the e-mail went to: a forwarding, or a lie.</param>
public sealed record Finding(string Kind, string Rule, string Decisive, BounceCause? Cause = null, string? Status = null, string? RefusedBy = null, string? Named = null)
{
    /// <summary>Reads a report about an e-mail to this address. The signed return path says whose it is; the address that the report
    /// names is only a cross-check.</summary>
    public static Finding Of(MailReport report, string emailKey) => Storable(report switch
    {
        DeliveryReport delivery => OfDelivery(Pick(delivery, emailKey), delivery, emailKey),
        ComplaintReport { IsUnwanted: true } c => new("complaint", c.Rule, c.Evidence, RefusedBy: NotEmpty(c.ReportedBy), Named: Other(c.Recipients is [var first, ..] ? first : null, emailKey)),
        ComplaintReport technical => new("other", technical.Rule, technical.Evidence),
        DispositionReport receipt => new("receipt", "part: disposition-notification", $"Disposition: {receipt.Disposition}"),
        AutoReply reply => new("auto-reply", reply.Rule, reply.Evidence),
        _ => new("other", "no report", ""),
    });

    /// <summary>Reads the relay's last word about an e-mail: the same rules as for reports.</summary>
    public static Finding Of(Refusal refusal)
    {
        var cause = BounceRules.Decide(refusal.Code, refusal.Status, refusal.Text, refusal.RefusedBy, refusal.Stage);
        return Storable(new("bounce", cause.Rule, refusal.Line, cause, refusal.Status, refusal.RefusedBy));
    }

    /// <summary>Strangers wrote these words, and PostgreSQL keeps no text with a NUL in it: one would hold the mail back for ever.</summary>
    internal static Finding Storable(Finding found) => found with
    {
        Rule = Cut(Kept(found.Rule)!, 200), Decisive = Kept(found.Decisive)!, Status = Kept(found.Status), RefusedBy = Kept(found.RefusedBy), Named = Kept(found.Named),
    };

    private static string? Kept(string? text) => text?.Replace('\0', '\uFFFD');

    /// <summary>A report may name several recipients (an alias, a list): ours by name, else one that failed.</summary>
    private static RecipientReport Pick(DeliveryReport report, string emailKey) =>
        report.Recipients.FirstOrDefault(r => IsOurs(r, emailKey)) ?? report.Failed.FirstOrDefault() ?? report.Recipients[0];

    private static Finding OfDelivery(RecipientReport recipient, DeliveryReport report, string emailKey)
    {
        var kind = recipient.Action switch { DeliveryAction.Failed => "bounce", DeliveryAction.Delayed => "delayed", _ => "delivered" };
        var host = NotEmpty(recipient.RemoteMta) ?? NotEmpty(report.ReportingMta);
        return new(kind, recipient.Cause.Rule, recipient.Cause.Evidence, recipient.Cause, recipient.Status, host,
            IsOurs(recipient, emailKey) ? null : Other(recipient.Recipient, emailKey));
    }

    private static bool IsOurs(RecipientReport r, string emailKey) => Key(r.Recipient) == emailKey || Key(r.OriginalRecipient) == emailKey;

    private static string? Other(string? named, string emailKey) => NotEmpty(named) is { } address && Key(address) != emailKey ? Cut(address, 320) : null;

    private static string? Key(string? address) => EmailAddress.Normalize(address);

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : Cut(text.Trim(), 255);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];
}

/// <summary>What a relay said when it refused an e-mail while we were sending.</summary>
/// <param name="Stage">When it said so: before RCPT TO it judged the sender, after DATA what the mail holds.</param>
/// <param name="RefusedBy">The relay's host name.</param>
/// <param name="Conversation">What was said, kept as the evidence.</param>
public sealed record Refusal(int Code, string? Status, string Text, RefusalStage Stage, string RefusedBy, string Conversation)
{
    /// <summary>The reply as it came over the wire, in one line.</summary>
    public string Line => $"{Code}{(Status is null ? "" : " " + Status)} {Text.ReplaceLineEndings(" ")}";
}
