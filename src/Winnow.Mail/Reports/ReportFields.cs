using System.Buffers;

namespace Winnow.Mail.Reports;

/// <summary>
/// One group of the fields of a delivery report (RFC 3464 §2.1), as text; only those that are read. Groups are parted by empty lines;
/// some servers put empty lines inside a group, leave out the first group, or break a reply into lines without the white space that
/// continues a field.
/// </summary>
internal sealed class ReportFields
{
    private const int MostValue = 8000;
    private const int MostFields = 100;
    private static readonly SearchValues<char> NoName = SearchValues.Create(" \t<>()");

    private static readonly string[] Names =
        ["Final-Recipient", "Original-Recipient", "Action", "Status", "Diagnostic-Code", "Remote-MTA", "Reporting-MTA", "Original-Envelope-Id"];

    private readonly List<(string Name, string Value)> fields = [];

    /// <summary>The fields about the mail and one group for each recipient.</summary>
    public static (ReportFields PerMessage, List<ReportFields> Recipients) Read(ReadOnlySpan<char> text, int most)
    {
        var (perMessage, recipients, group, seen) = (new ReportFields(), new List<ReportFields>(), new ReportFields(), false);
        while (!text.IsEmpty)
        {
            var line = LineOf(text, out var rest);
            if (line.Trim().IsEmpty)
            {
                if (seen && !group.CloseInto(perMessage, recipients, most)) return (perMessage, recipients);
                if (seen) group = new ReportFields();
                seen = false;
                text = rest;
                continue;
            }
            seen = true;
            var field = line;
            while (!rest.IsEmpty && LineOf(rest, out var after) is var next && !next.Trim().IsEmpty && NameOf(next).IsEmpty)
            {
                field = text[..(text.Length - rest.Length + next.Length)];
                rest = after;
            }
            group.Add(field);
            text = rest;
        }
        if (seen) group.CloseInto(perMessage, recipients, most);
        return (perMessage, recipients);
    }

    /// <summary>The first value of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var field in fields)
                if (field.Name == name) return field.Value;
            return null;
        }
    }

    /// <summary>Every value of that name in one line.</summary>
    public string All(string name, Func<string, string> each)
    {
        var values = fields.FindAll(f => f.Name == name);
        return values is [var only] ? each(only.Value) : string.Join(' ', values.Select(v => each(v.Value)));
    }

    private bool CloseInto(ReportFields perMessage, List<ReportFields> recipients, int most)
    {
        if (this["Final-Recipient"] is not null || this["Original-Recipient"] is not null && this["Reporting-MTA"] is null)
        {
            if (recipients.Count == most) return false;
            recipients.Add(this);
        }
        else (recipients.Count > 0 ? recipients[^1] : perMessage).fields.AddRange(fields);
        return true;
    }

    private void Add(ReadOnlySpan<char> field)
    {
        var name = NameOf(field);
        if (fields.Count == MostFields) return;
        foreach (var known in Names)
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                var value = field[(field.IndexOf(':') + 1)..];
                fields.Add((known, SmtpText.OneLine(value.Length > MostValue ? value[..MostValue] : value)));
                return;
            }
    }

    // what stands before the colon of a line that begins a field; empty for any other line
    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(':');
        var name = colon > 0 && char.IsAsciiLetter(line[0]) ? line[..colon].TrimEnd(' ') : default;
        return name.ContainsAny(NoName) ? default : name;
    }

    private static ReadOnlySpan<char> LineOf(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        var end = text.IndexOf('\n');
        rest = end < 0 ? default : text[(end + 1)..];
        return end < 0 ? text : text[..end];
    }
}
