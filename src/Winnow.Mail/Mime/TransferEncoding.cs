namespace Winnow.Mail.Mime;

/// <summary>Base64 and quoted-printable (RFC 2045 §6.7, §6.8) that read what they can and never refuse.</summary>
public static class TransferEncoding
{
    /// <summary>Decodes a body by its Content-Transfer-Encoding; an unknown name means "as it is".</summary>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> body, string? name) => name?.Trim().ToLowerInvariant() switch
    {
        "base64" => Base64(body.Span),
        "quoted-printable" => Unquoted(body.Span, underscoreIsSpace: false),
        _ => body,
    };

    /// <summary>Base64; characters outside the alphabet are skipped, padding ends one run, a cut-off end gives its whole bytes.</summary>
    public static byte[] Base64(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length / 4 * 3 + 3];
        int count = 0, bits = 0, held = 0;
        foreach (var c in text)
        {
            if (c == '=') { bits = held = 0; continue; } // several encoded runs may follow one another
            var value = Sextet(c);
            if (value < 0) continue;
            bits = (bits << 6) | value;
            held += 6;
            if (held < 8) continue;
            held -= 8;
            bytes[count++] = (byte)(bits >> held);
            bits &= (1 << held) - 1;
        }
        return bytes.AsSpan(0, count).ToArray();
    }

    /// <summary>Quoted-printable; a bad escape stands for itself. Encoded words (RFC 2047 §4.2) write a space as an underscore.</summary>
    public static byte[] QuotedPrintable(ReadOnlySpan<byte> text, bool underscoreIsSpace) => Unquoted(text, underscoreIsSpace).ToArray();

    private static ReadOnlyMemory<byte> Unquoted(ReadOnlySpan<byte> text, bool underscoreIsSpace)
    {
        var bytes = new byte[text.Length];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '_' && underscoreIsSpace) c = (byte)' ';
            if (c != '=') { bytes[count++] = c; continue; }
            var next = text[(i + 1)..];
            if (next.Length >= 2 && Hex(next[0]) is >= 0 and var high && Hex(next[1]) is >= 0 and var low)
            {
                bytes[count++] = (byte)(high << 4 | low);
                i += 2;
            }
            else if (SoftBreak(next) is > 0 and var skip) i += skip;
            else bytes[count++] = c;
        }
        return bytes.AsMemory(0, count);
    }

    // "=", optional blanks, then a line end (or the end of the body): how many bytes to skip after "=".
    private static int SoftBreak(ReadOnlySpan<byte> next)
    {
        var i = 0;
        while (i < next.Length && next[i] is (byte)' ' or (byte)'\t') i++;
        if (i == next.Length) return i;
        if (next[i] == '\n') return i + 1;
        if (next[i] != '\r') return 0;
        return i + 1 < next.Length && next[i + 1] == '\n' ? i + 2 : i + 1;
    }

    private static int Sextet(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };

    internal static int Hex(int c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'A' and <= 'F' => c - 'A' + 10,
        >= 'a' and <= 'f' => c - 'a' + 10,
        _ => -1,
    };
}
