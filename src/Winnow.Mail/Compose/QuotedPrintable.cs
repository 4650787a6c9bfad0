using System.Buffers;
using System.Text;

namespace Winnow.Mail.Compose;

/// <summary>Writes quoted-printable (RFC 2045 §6.7): lines of at most 76 characters, every line end as CRLF.</summary>
internal static class QuotedPrintable
{
    private const int Longest = 75; // and "=" for the soft break

    /// <summary>Soft line break: what follows starts at column 0 wherever the text before ended.</summary>
    public static ReadOnlySpan<byte> SoftBreak => "=\r\n"u8;

    /// <summary>Encodes the text from <paramref name="column"/> on and returns the column it ends at. White space at its end is encoded, so that anything may follow.</summary>
    public static int Write(IBufferWriter<byte> into, ReadOnlySpan<char> text, int column)
    {
        if (text.IsEmpty) return column;
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var count = Encoding.UTF8.GetBytes(text, bytes);
        column = Write(into, bytes.AsSpan(0, count), column);
        ArrayPool<byte>.Shared.Return(bytes);
        return column;
    }

    private static int Write(IBufferWriter<byte> into, ReadOnlySpan<byte> text, int column)
    {
        var target = into.GetSpan(text.Length * 4 + 16); // "=XX" each, soft breaks among them
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is (byte)'\r' or (byte)'\n')
            {
                if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n') i++;
                target[count++] = (byte)'\r';
                target[count++] = (byte)'\n';
                column = 0;
                continue;
            }
            var plain = c is >= 33 and <= 126 and not (byte)'=' || (c is (byte)' ' or (byte)'\t' && !EndsLine(text, i));
            // a line that begins with a dot survives relays that forget to unstuff it
            if (column == 0 && c == '.') plain = false;
            var width = plain ? 1 : 3;
            if (column + width > Longest)
            {
                SoftBreak.CopyTo(target[count..]);
                count += 3;
                column = 0;
                if (c == '.') (plain, width) = (false, 3);
            }
            if (plain) target[count++] = c;
            else
            {
                target[count++] = (byte)'=';
                target[count++] = "0123456789ABCDEF"u8[c >> 4];
                target[count++] = "0123456789ABCDEF"u8[c & 15];
            }
            column += width;
        }
        into.Advance(count);
        return column;
    }

    private static bool EndsLine(ReadOnlySpan<byte> text, int i) => i + 1 == text.Length || text[i + 1] is (byte)'\r' or (byte)'\n';
}
