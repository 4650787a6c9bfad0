using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>A read receipt (message disposition notification, RFC 8098): neither bounce nor complaint.</summary>
/// <param name="Recipient">Who it is from, or the empty string.</param>
/// <param name="Disposition">The disposition type: <c>displayed</c>, <c>deleted</c>, <c>dispatched</c>, <c>processed</c>.</param>
/// <param name="OriginalMessageId">The id of our mail without angle brackets, or null.</param>
/// <param name="Original">See <see cref="MailReport"/>.</param>
/// <param name="Traces">See <see cref="MailReport"/>.</param>
public sealed record DispositionReport(
    string Recipient, string Disposition, string? OriginalMessageId, ReturnedMail? Original, IReadOnlyList<string> Traces)
    : MailReport(Original, Traces)
{
    internal static DispositionReport? Read(MimePart message, ReturnedMail? original, IReadOnlyList<string> traces)
    {
        var part = message.First("message/disposition-notification", "message/global-disposition-notification");
        if (part is null || ReferenceEquals(part, message)) return null;
        var fields = HeaderReader.Read(part.Text());
        var disposition = (fields["Disposition"] ?? "").Split(';')[^1].Split('/')[0].Trim().ToLowerInvariant();
        return new DispositionReport(
            DeliveryReportReader.Address(fields["Final-Recipient"]), disposition,
            ReturnedMail.Id(fields["Original-Message-ID"]), original, traces);
    }
}
