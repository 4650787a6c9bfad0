using System.Text.Json;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>A person, or the provider on their behalf, called one of our mails unwanted (RFC 5965).</summary>
/// <param name="FeedbackType">RFC 5965 §7.3: <c>abuse</c>, <c>fraud</c>, <c>virus</c>, <c>opt-out</c>, <c>auth-failure</c> (RFC 6591), <c>not-spam</c> (RFC 6430), <c>other</c>; in lower case.</param>
/// <param name="Recipients">Who complained, as far as the report says; often blanked or absent, then <see cref="MailReport.Traces"/> must tell.</param>
/// <param name="SourceIp">The host the mail came from, or null.</param>
/// <param name="ReportedBy">The User-Agent of the report, or the empty string.</param>
/// <param name="Rule">The rule that decided.</param>
/// <param name="Evidence">The words it decided on.</param>
/// <param name="Original">See <see cref="MailReport"/>.</param>
/// <param name="Traces">See <see cref="MailReport"/>.</param>
public sealed record ComplaintReport(
    string FeedbackType, IReadOnlyList<string> Recipients, string? SourceIp, string ReportedBy, string Rule, string Evidence,
    ReturnedMail? Original, IReadOnlyList<string> Traces) : MailReport(Original, Traces)
{
    /// <summary>True when a person does not want our mail; false for technical feedback (authentication failures) and for the contrary (not-spam).</summary>
    public bool IsUnwanted => FeedbackType is not ("auth-failure" or "not-spam" or "dkim");
}

internal static class ComplaintReader
{
    public static ComplaintReport? Read(MimePart message, Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces) =>
        Standard(message, original, traces) ?? Apple(message, original, traces) ?? Old(message, narrative, original, traces) ?? AmazonJson(narrative, original, traces);

    private static ComplaintReport? Standard(MimePart message, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        var part = message.First("message/feedback-report");
        if (part is null || ReferenceEquals(part, message)) return null;
        var fields = HeaderReader.Read(part.Text());
        var type = (fields["Feedback-Type"] ?? fields["Abuse-Type"] ?? "other").Trim().ToLowerInvariant();
        var recipients = Recipients(fields, original);
        return new ComplaintReport(
            type, recipients, fields["Source-IP"], fields["User-Agent"] ?? "", "part: message/feedback-report",
            $"Feedback-Type: {type}", original, traces);
    }

    private static List<string> Recipients(Headers fields, ReturnedMail? original)
    {
        // Microsoft names who complained on top of the returned mail
        foreach (var (name, where) in (ReadOnlySpan<(string, Headers?)>)[("Original-Rcpt-To", fields), ("Removal-Recipient", fields), ("Redacted-Address", fields), ("X-HmXmrOriginalRecipient", original?.Headers)])
        {
            var named = (where?.All(name) ?? []).Select(DeliveryReportReader.Address).Where(a => a.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < a.Length - 1).ToList();
            if (named.Count > 0) return named;
        }
        return InTo(original);
    }

    private static List<string> InTo(ReturnedMail? original) => [.. (original?.To ?? []).Where(a => a.Contains('@', StringComparison.Ordinal))];

    // a feedback loop without the machine part of RFC 5965
    private static ComplaintReport? Old(MimePart message, Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        if (ComplaintForm.Of(message, narrative, original) is not { } form) return null;
        List<string> named = [.. form.Named(message)];
        return new ComplaintReport(
            "abuse", named.Count > 0 ? named : InTo(original), null, form.Name, $"complaint: {form.Name}", $"Subject: {message.Headers.Text("Subject")}", original, traces);
    }

    // Apple's mail app sends this for a person who presses "unsubscribe": no ARF, the sender is the one who wants out.
    private static ComplaintReport? Apple(MimePart message, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        if (message.Headers["X-Apple-Unsubscribe"] is not { } flag || !flag.Equals("true", StringComparison.OrdinalIgnoreCase)) return null;
        var from = Mailbox.Read(message.Headers["From"])?.Address;
        return new ComplaintReport(
            "opt-out", from is null ? [] : [from], null, "Apple Mail", "header: X-Apple-Unsubscribe", "X-Apple-Unsubscribe: true", original, traces);
    }

    // Amazon SES notifications subscribed by e-mail come as JSON in a plain text.
    private static ComplaintReport? AmazonJson(Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        var notice = AmazonNotice.Read(narrative);
        if (notice is not { } found || !found.TryGetProperty("complaint", out var complaint) || complaint.ValueKind != JsonValueKind.Object) return null;
        var recipients = AmazonNotice.Objects(complaint, "complainedRecipients").Select(r => AmazonNotice.Text(r, "emailAddress")).Where(a => a.Length > 0);
        var type = AmazonNotice.Text(complaint, "complaintFeedbackType") is { Length: > 0 } named ? named : "abuse";
        return new ComplaintReport(
            type, [.. recipients], null, AmazonNotice.Text(complaint, "userAgent"), "json: notificationType Complaint",
            "\"notificationType\":\"Complaint\"", original, traces);
    }
}
