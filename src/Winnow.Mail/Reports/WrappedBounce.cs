using System.Text;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>
/// A bounce inside a bounce: gateways and list servers that pass a report on wrap it in one of their own, which names nobody. Only
/// a mail that is a bounce by itself is opened, and only once.
/// </summary>
internal static class WrappedBounce
{
    public static DeliveryReport? Read(MimePart message, Narrative narrative, ReturnedMail? original, IReadOnlyList<string> traces, bool isAddressed)
    {
        if (!Signs.IsBounce(message.Headers, narrative, isAddressed) || Inner(message, narrative) is not { } inner) return null;
        var innerText = new Narrative(inner);
        var innermost = ReturnedMail.In(inner, innerText) ?? original;
        var found = DeliveryReportReader.Read(inner, innerText, innermost, traces, isAddressed: false)
            ?? TextBounces.Read(inner, innerText, innermost, traces, isAddressed: false);
        return found is null ? null : found with { Format = $"wrapped {found.Format}", Traces = [.. traces.Concat(Traces.Of(inner, innermost)).Distinct()] };
    }

    private static MimePart? Inner(MimePart message, Narrative narrative)
    {
        if (message.First("message/rfc822", "message/global") is { Parts: [var attached, ..] }) return attached;
        return narrative.Returned() is { Length: > 0 } text ? MimeReader.Read(Encoding.UTF8.GetBytes(text)) : null;
    }
}
