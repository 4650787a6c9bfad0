using System.Security.Cryptography;
using System.Text;

namespace Winnow.Mail.Dkim;

/// <summary>The relaxed form of header and body (RFC 6376 §3.4.2, §3.4.4), fed to a hash piece by piece. A lone CR or LF ends a line, as it does in
/// <see cref="Smtp.SmtpMessage"/> on its way out.</summary>
internal static class RelaxedForm
{
    /// <summary>One header field: its name in small letters, and where it stands with its continuation lines, without the last line end.</summary>
    internal readonly record struct Field(string Name, Range Range);

    /// <summary>The fields of the header in order, and where the body begins.</summary>
    internal static (List<Field> Fields, int Body) Fields(ReadOnlySpan<byte> message)
    {
        var fields = new List<Field>(16);
        var at = 0;
        while (at < message.Length)
        {
            var (length, ending) = Line(message[at..]);
            if (length == 0) return (fields, at + ending);
            var from = at;
            var to = at + length;
            for (at = to + ending; at < message.Length && message[at] is (byte)' ' or (byte)'\t'; at = to + ending)
            {
                (length, ending) = Line(message[at..]);
                to = at + length;
            }
            if (message[from..to].IndexOf((byte)':') is > 0 and var colon) fields.Add(new(Name(message.Slice(from, colon)), from..to));
        }
        return (fields, message.Length);
    }

    /// <summary>A field, unfolded: <c>name:value</c>, white space single and none around the colon.</summary>
    internal static void Header(ReadOnlySpan<byte> field, IncrementalHash into, bool withEnd)
    {
        var colon = field.IndexOf((byte)':');
        into.AppendData(Encoding.ASCII.GetBytes(Name(field[..colon]) + ":"));
        Span<byte> value = new byte[field.Length - colon - 1];
        var length = 0;
        foreach (var octet in field[(colon + 1)..])
            if (octet is not ((byte)'\r' or (byte)'\n')) value[length++] = octet;
        Squeezed(value[..length].Trim(" \t"u8), into);
        if (withEnd) into.AppendData("\r\n"u8);
    }

    /// <summary>SHA-256 of the body: no white space at the ends of lines, single white space within, no empty lines at the end.</summary>
    internal static byte[] BodyHash(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var empty = 0;
        while (body.Length > 0)
        {
            var (length, ending) = Line(body);
            var line = body[..length].TrimEnd(" \t"u8);
            body = body[(length + ending)..];
            if (line.IsEmpty) { empty++; continue; }
            for (; empty > 0; empty--) hash.AppendData("\r\n"u8);
            Squeezed(line, hash);
            hash.AppendData("\r\n"u8);
        }
        return hash.GetHashAndReset();
    }

    private static void Squeezed(ReadOnlySpan<byte> text, IncrementalHash into)
    {
        while (true)
        {
            var white = text.IndexOfAny((byte)' ', (byte)'\t');
            // most lines hold single spaces only: pass over those without a call for each
            while (white >= 0 && text[white] == ' ' && white + 1 < text.Length && text[white + 1] is not ((byte)' ' or (byte)'\t'))
                white = text[(white + 1)..].IndexOfAny((byte)' ', (byte)'\t') is >= 0 and var next ? white + 1 + next : -1;
            into.AppendData(white < 0 ? text : text[..white]);
            if (white < 0) return;
            into.AppendData(" "u8);
            text = text[white..].TrimStart(" \t"u8);
        }
    }

    private static (int Length, int Ending) Line(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? (text.Length, 0) : (end, text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1);
    }

    private static string Name(ReadOnlySpan<byte> name) => Encoding.ASCII.GetString(name.TrimEnd(" \t"u8)).ToLowerInvariant();
}
