using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>
/// What a mail that came back tells: one of <see cref="DeliveryReport"/>, <see cref="ComplaintReport"/>,
/// <see cref="DispositionReport"/>, <see cref="AutoReply"/>, <see cref="OtherMail"/>.
/// Only the mail itself speaks: a report quoted in it or attached to it counts for nothing.
/// </summary>
/// <param name="Original">The header of the mail it is about, when it was returned.</param>
/// <param name="Traces">Where our own token may stand: addresses the report was sent to, and return path, message ids and recipients of the original; no duplicates, most telling first.</param>
public abstract record MailReport(ReturnedMail? Original, IReadOnlyList<string> Traces)
{
    /// <summary>Reads any mail. Never throws; bounded by <paramref name="limits"/>.</summary>
    public static MailReport Read(ReadOnlyMemory<byte> mail, MimeLimits? limits = null)
    {
        var message = MimeReader.Read(mail, limits);
        var original = ReturnedMail.In(message);
        var traces = Reports.Traces.Of(message, original);
        return DeliveryReportReader.Read(message, original, traces)
            ?? ComplaintReader.Read(message, original, traces)
            ?? DispositionReport.Read(message, original, traces)
            ?? TextBounces.Read(message, original, traces)
            ?? AutoReply.Read(message, original, traces)
            ?? (MailReport)new OtherMail(original, traces);
    }
}

/// <summary>No report: an ordinary mail, a list mail, an answer by a person.</summary>
public sealed record OtherMail(ReturnedMail? Original, IReadOnlyList<string> Traces) : MailReport(Original, Traces);
