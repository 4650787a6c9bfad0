using System.Buffers;
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
    private static readonly MimeLimits Limits = MimeLimits.Default with { TextBytes = 256 * 1024 };

    /// <summary>Reads any mail. Never throws; bounded by <paramref name="limits"/>.</summary>
    /// <param name="mail">The whole mail, with any line ends.</param>
    /// <param name="limits">How much of it is looked at; null for the default with at most 256 KiB of a part's text: no report is longer.</param>
    /// <param name="isAddressed">True when it came to an address that only our own mail carries, such as a signed return path: then its sender need not look like a machine.</param>
    public static MailReport Read(ReadOnlyMemory<byte> mail, MimeLimits? limits = null, bool isAddressed = false)
    {
        limits ??= Limits;
        if (!mail.Span.Contains((byte)'\r')) return Read(MimeReader.Read(mail, limits), isAddressed);
        // line ends are made one in a borrowed buffer; what the report keeps of it is copied
        var buffer = ArrayPool<byte>.Shared.Rent(mail.Length);
        try
        {
            var report = Read(MimeReader.Read(buffer.AsMemory(0, LineEnds.ToLf(mail.Span, buffer)), limits), isAddressed);
            return report.Original is { } original ? report with { Original = original.Detached() } : report;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static MailReport Read(MimePart message, bool isAddressed)
    {
        var narrative = new Narrative(message);
        var original = ReturnedMail.In(message, narrative);
        var traces = Reports.Traces.Of(message, original);
        return DeliveryReportReader.Read(message, narrative, original, traces, isAddressed)
            ?? ComplaintReader.Read(message, narrative, original, traces)
            ?? DispositionReport.Read(message, original, traces)
            ?? TextBounces.Read(message, narrative, original, traces, isAddressed)
            ?? WrappedBounce.Read(message, narrative, original, traces, isAddressed)
            ?? AutoReply.Read(message, original, traces)
            ?? (MailReport)new OtherMail(OtherMail.KindOf(message, narrative), original, traces);
    }
}
