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
    public static Headers Read(ReadOnlySpan<byte> text, MimeLimits limits, out int bodyStart)
    {
        var fields = new List<HeaderField>();
        var value = new StringBuilder();
        string? name = null;
        int position = 0, used = 0;
        bodyStart = text.Length;
        while (position < text.Length)
        {
            var line = LineAt(text, position, out var next);
            if (line.IsEmpty) { bodyStart = next; break; }
            used += next - position;
            var isNew = line[0] is not ((byte)' ' or (byte)'\t');
            var room = used <= limits.HeaderBytes && fields.Count + (isNew && name is not null ? 1 : 0) < limits.HeaderFields;
            if (!isNew)
            {
                if (IsBlank(line) && name is null) { bodyStart = next; break; }
                if (room && name is not null) value.Append(' ').Append(Ascii(Trim(line)));
            }
            else if (Colon(line) is > 0 and var colon)
            {
                Add(fields, name, value);
                name = room ? Encoding.ASCII.GetString(line[..colon]).TrimEnd() : null;
                if (room) value.Append(Ascii(Trim(line[(colon + 1)..])));
            }
            else if (!(fields.Count == 0 && name is null && line.StartsWith("From "u8)) && !FieldFollows(text, next))
            {
                bodyStart = position;
                break;
            }
            position = next;
        }
        Add(fields, name, value);
        return new Headers(fields);
    }

    /// <summary>Reads a block that is only fields; blank lines within it are skipped when <paramref name="text"/> begins with them.</summary>
    public static Headers Read(string text) =>
        Read(Encoding.UTF8.GetBytes(LineEnds.ToLf(text).TrimStart('\n')), MimeLimits.Default, out _);

    private static void Add(List<HeaderField> fields, string? name, StringBuilder value)
    {
        if (name is not null) fields.Add(new HeaderField(name, value.ToString().Trim()));
        value.Clear();
    }

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

    // Raw 8-bit in a header is UTF-8 (RFC 6532) or some Latin.
    private static string Ascii(ReadOnlySpan<byte> bytes) => Charsets.Decode(bytes, null);
}
