using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

internal static class Traces
{
    private const int Most = 50;

    public static IReadOnlyList<string> Of(MimePart report, ReturnedMail? original)
    {
        var traces = new List<string>();
        void Add(string? trace)
        {
            if (trace is { Length: > 0 and < 1000 } && traces.Count < Most && !traces.Contains(trace)) traces.Add(trace);
        }
        foreach (var name in (ReadOnlySpan<string>)["Delivered-To", "X-Original-To", "Envelope-To", "To"])
            foreach (var value in report.Headers.All(name))
                foreach (var mailbox in Mailbox.ReadList(value)) Add(mailbox.Address);
        if (original is not null)
        {
            Add(original.ReturnPath);
            Add(original.MessageId);
            Add(Mailbox.Read(original.Headers["Sender"])?.Address);
            foreach (var address in original.To) Add(address);
        }
        foreach (var name in (ReadOnlySpan<string>)["In-Reply-To", "References", "X-Failed-Recipients"])
            foreach (var value in report.Headers.All(name))
                foreach (var id in value.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)) Add(id.Trim('<', '>'));
        return traces;
    }
}
