using System.Text;

namespace Winnow.Mail.Mime;

/// <summary>Reads a block of header fields (RFC 5322 §2.2) out of text whose line ends are LF.</summary>
public static class HeaderReader
{
    /// <summary>
    /// Reads fields up to the first empty line and says where the body begins. A line that is no field ends the header
    /// (the body then begins with it), except a first line of an mbox ("From ...") and garbage between two fields,
    /// which are skipped.
    /// </summary>
    public static Headers Read(ReadOnlyMemory<byte> text, MimeLimits limits, out int bodyStart)
    {
        var fields = new List<Headers.Slot>(16);
        var span = text.Span;
        int position = 0, open = -1; // open: the field that a folded line would continue
        bodyStart = span.Length;
        while (position < span.Length)
        {
            var line = LineAt(span, position, out var next);
            if (line.IsEmpty) { bodyStart = next; break; }
            var room = next <= limits.HeaderBytes;
            if (line[0] is (byte)' ' or (byte)'\t')
            {
                if (open < 0 && fields.Count == 0 && IsBlank(line)) { bodyStart = next; break; }
                if (room && open >= 0) fields[open] = fields[open] with { ValueLength = position + line.Length - fields[open].Value };
            }
            else if (Colon(line) is > 0 and var colon)
            {
                open = -1;
                if (room && fields.Count < limits.HeaderFields)
                {
                    open = fields.Count;
                    fields.Add(new Headers.Slot(position, line[..colon].TrimEnd((byte)' ').Length, position + colon + 1, line.Length - colon - 1));
                }
            }
            else if (!(fields.Count == 0 && line.StartsWith("From "u8)) && !FieldFollows(span, next))
            {
                bodyStart = position;
                break;
            }
            else open = -1;
            position = next;
        }
        return new Headers(text, fields);
    }

    /// <summary>Reads a block that is only fields; blank lines before it are skipped.</summary>
    public static Headers Read(string text) =>
        Read(Encoding.UTF8.GetBytes(LineEnds.ToLf(text).TrimStart('\n')), MimeLimits.Default, out _);

    private static ReadOnlySpan<byte> LineAt(ReadOnlySpan<byte> text, int position, out int next)
    {
        var end = text[position..].IndexOf((byte)'\n');
        next = end < 0 ? text.Length : position + end + 1;
        return end < 0 ? text[position..] : text.Slice(position, end);
    }

    // The length of a field name, or -1: printable ASCII without a space up to the colon (a blank before it is tolerated).
    private static int Colon(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon is <= 0 or > 200) return -1;
        var name = line[..colon].TrimEnd((byte)' ');
        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)33, (byte)126) ? -1 : colon;
    }

    private static bool FieldFollows(ReadOnlySpan<byte> text, int next) =>
        next < text.Length && Colon(LineAt(text, next, out _)) > 0;

    private static bool IsBlank(ReadOnlySpan<byte> line) => Trim(line).IsEmpty;

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line.Trim(" \t"u8);
}
