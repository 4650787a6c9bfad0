using System.Buffers;
using System.Text;

namespace Winnow.Mail.Reports;

/// <summary>
/// One group of the fields of a delivery report (RFC 3464 §2.1), as text. Groups are parted by empty lines; some servers put empty
/// lines inside a group, leave out the first group, or break a reply into lines without the white space that continues a field.
/// </summary>
internal sealed class ReportFields
{
    private const int MostValue = 8000;
    private static readonly SearchValues<char> NoName = SearchValues.Create(" \t<>()");

    private readonly List<(string Name, string Value)> fields = [];
    private readonly StringBuilder folded = new();

    /// <summary>The fields about the mail and one group for each recipient.</summary>
    public static (ReportFields PerMessage, List<ReportFields> Recipients) Read(ReadOnlySpan<char> text, int most)
    {
        var (perMessage, recipients) = (new ReportFields(), new List<ReportFields>());
        var group = new ReportFields();
        foreach (var line in text.EnumerateLines())
        {
            if (!line.Trim().IsEmpty) group.Add(line);
            else if (group.fields.Count > 0 && !group.CloseInto(perMessage, recipients, most)) return (perMessage, recipients);
            else if (group.fields.Count > 0) group = new ReportFields();
        }
        if (group.fields.Count > 0) group.CloseInto(perMessage, recipients, most);
        return (perMessage, recipients);
    }

    /// <summary>The first value of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var field in fields)
                if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return field.Value;
            return null;
        }
    }

    /// <summary>Every value of that name in one line.</summary>
    public string All(string name, Func<string, string> each) =>
        string.Join(' ', fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => each(f.Value)));

    private bool CloseInto(ReportFields perMessage, List<ReportFields> recipients, int most)
    {
        Unfold();
        if (this["Final-Recipient"] is not null || this["Original-Recipient"] is not null && this["Reporting-MTA"] is null)
        {
            if (recipients.Count == most) return false;
            recipients.Add(this);
        }
        else (recipients.Count > 0 ? recipients[^1] : perMessage).fields.AddRange(fields);
        return true;
    }

    private void Add(ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(':');
        if (colon > 0 && char.IsAsciiLetter(line[0]) && !line[..colon].TrimEnd(' ').ContainsAny(NoName))
        {
            Unfold();
            fields.Add((line[..colon].TrimEnd(' ').ToString(), line[(colon + 1)..].Trim().ToString()));
        }
        else if (fields.Count > 0 && folded.Length < MostValue) folded.Append(' ').Append(line.Trim());
    }

    private void Unfold()
    {
        if (folded.Length > 0) fields[^1] = (fields[^1].Name, fields[^1].Value + folded);
        folded.Clear();
    }
}
