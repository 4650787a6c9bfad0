using System.Buffers;
using System.Globalization;
using System.Text;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Compose;

/// <summary>Writes header fields: folded at 76 columns (RFC 5322 §2.1.1), encoded words where needed (RFC 2047), nothing injected.</summary>
internal static class HeaderWriter
{
    private const int Fold = 76;
    private const int LongestWord = 600; // far below the 998 of RFC 5322 §2.1.1

    public static void Literal(IBufferWriter<byte> into, string ascii)
    {
        var span = into.GetSpan(Encoding.UTF8.GetMaxByteCount(ascii.Length));
        into.Advance(Encoding.UTF8.GetBytes(ascii, span));
    }

    /// <summary>An unstructured field such as Subject.</summary>
    public static void Field(IBufferWriter<byte> into, string name, string value)
    {
        CheckName(name);
        CheckValue(value, name);
        var line = new StringBuilder(name).Append(':');
        if (NeedsEncoding(value)) EncodedWords(line, value, line.Length);
        else Folded(line, value);
        Literal(into, line.Append("\r\n").ToString());
    }

    /// <summary>A field of one mailbox.</summary>
    public static void Address(IBufferWriter<byte> into, string name, Mailbox mailbox)
    {
        CheckValue(mailbox.Name, name);
        CheckToken(mailbox.Address, name);
        if (mailbox.Address.Length == 0) throw new ArgumentException($"{name} needs an address.", nameof(mailbox));
        if (mailbox.Name.Length == 0) { Literal(into, $"{name}: {mailbox.Address}\r\n"); return; }
        var line = new StringBuilder(name).Append(':');
        if (NeedsEncoding(mailbox.Name)) EncodedWords(line, mailbox.Name, line.Length);
        else line.Append(" \"").Append(mailbox.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        Literal(into, line.Append("\r\n <").Append(mailbox.Address).Append(">\r\n").ToString());
    }

    /// <summary>Date (RFC 5322 §3.3) with the offset it has.</summary>
    public static string Date(DateTimeOffset date)
    {
        var offset = date.Offset;
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"{date:ddd, dd MMM yyyy HH:mm:ss} {sign}{offset:hhmm}");
    }

    /// <summary>Refuses what would end the line or the angle bracket it stands in.</summary>
    public static void CheckToken(string? value, string name)
    {
        if (value is null) return;
        foreach (var c in value)
            if (c <= ' ' || c is '<' or '>' or '\x7f' or '\x85' or '\u2028' or '\u2029')
                throw new ArgumentException($"The value of {name} holds a space, an angle bracket or a control character; it was not written.", nameof(value));
    }

    /// <summary>Refuses line breaks and control characters.</summary>
    public static void CheckValue(string value, string name)
    {
        foreach (var c in value)
            if (char.IsControl(c) && c != '\t')
                throw new ArgumentException($"The value of {name} holds a line break or another control character; it was not written.", nameof(value));
    }

    public static void CheckName(string name)
    {
        if (name.Length is 0 or > 60 || name.AsSpan().ContainsAnyExceptInRange('!', '~') || name.Contains(':', StringComparison.Ordinal))
            throw new ArgumentException($"'{name}' is no name of a header field (RFC 5322 §2.2).", nameof(name));
    }

    /// <summary>Values of slots come from people: what would break the line becomes a space.</summary>
    public static string Tame(string value)
    {
        if (!value.Any(c => char.IsControl(c))) return value;
        return string.Create(value.Length, value, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }

    private static bool NeedsEncoding(string value)
    {
        if (!Ascii.IsValid(value) || value.Contains("=?", StringComparison.Ordinal)) return true;
        if (value.Length <= LongestWord) return false;
        return value.Split(' ').Any(word => word.Length > LongestWord);
    }

    private static void Folded(StringBuilder line, string value)
    {
        var column = line.Length;
        foreach (var range in value.AsSpan().Split(' '))
        {
            var word = value.AsSpan()[range];
            // a line of white space alone ends a header for some readers: fold only before a word
            if (column + 1 + word.Length > Fold && column > 20 && word.Length > 0) { line.Append("\r\n"); column = 0; }
            line.Append(' ').Append(word);
            column += 1 + word.Length;
        }
    }

    // "=?utf-8?B?" + "?=" are 12 of the 75 characters of an encoded word: 45 octets of text fit, in whole characters.
    private static void EncodedWords(StringBuilder line, string value, int column)
    {
        Span<byte> octets = stackalloc byte[48];
        var count = 0;
        var first = true;
        foreach (var rune in value.EnumerateRunes())
        {
            var room = first ? Math.Min(45, (Fold - column - 13) / 4 * 3) : 45;
            if (count + rune.Utf8SequenceLength > room) Flush(octets);
            count += rune.EncodeToUtf8(octets[count..]);
        }
        if (count > 0) Flush(octets);

        void Flush(Span<byte> bytes)
        {
            line.Append(first ? " " : "\r\n ").Append("=?utf-8?B?").Append(Convert.ToBase64String(bytes[..count])).Append("?=");
            (count, first) = (0, false);
        }
    }
}
