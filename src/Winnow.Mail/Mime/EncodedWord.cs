using System.Text;

namespace Winnow.Mail.Mime;

/// <summary>Text outside ASCII in header values (RFC 2047).</summary>
public static class EncodedWord
{
    // The rule says 75; senders put whole subjects in one. A bound keeps a hostile header linear.
    private const int LongestWord = 2000;

    /// <summary>Replaces encoded words by their text; what is not well formed stays as it stands.</summary>
    public static string Decode(string value)
    {
        if (!value.Contains("=?", StringComparison.Ordinal)) return value;
        var text = new StringBuilder(value.Length);
        var run = new Run();
        var i = 0;
        while (i < value.Length)
        {
            if (Read(value, i) is { } word)
            {
                run.Add(word, text);
                i = word.End;
                // White space between two encoded words is not shown (§6.2).
                var gap = i;
                while (gap < value.Length && value[gap] is ' ' or '\t' or '\r' or '\n') gap++;
                if (gap > i && Read(value, gap) is not null) i = gap;
                continue;
            }
            run.Flush(text);
            text.Append(value[i++]);
        }
        run.Flush(text);
        return text.ToString();
    }

    private sealed record Word(string Charset, byte[] Bytes, int End);

    // Neighbouring words of one charset are decoded as one: senders cut multi-byte characters in two.
    private sealed class Run
    {
        private readonly List<byte> bytes = [];
        private string? charset;

        public void Add(Word word, StringBuilder text)
        {
            if (!string.Equals(charset, word.Charset, StringComparison.OrdinalIgnoreCase)) Flush(text);
            charset = word.Charset;
            bytes.AddRange(word.Bytes);
        }

        public void Flush(StringBuilder text)
        {
            if (bytes.Count > 0) text.Append(Charsets.Decode([.. bytes], charset));
            bytes.Clear();
            charset = null;
        }
    }

    // =?charset[*language]?B|Q?text?= at position i, or null.
    private static Word? Read(string value, int i)
    {
        if (i + 8 > value.Length || value[i] != '=' || value[i + 1] != '?') return null;
        var charsetEnd = value.IndexOf('?', i + 2, Math.Min(80, value.Length - i - 2));
        if (charsetEnd < 0 || charsetEnd + 2 >= value.Length || value[charsetEnd + 2] != '?') return null;
        var from = charsetEnd + 3;
        var end = value.IndexOf("?=", from, Math.Min(LongestWord, value.Length - from), StringComparison.Ordinal);
        if (end < 0) return null;
        var charset = value[(i + 2)..charsetEnd];
        var language = charset.IndexOf('*', StringComparison.Ordinal);
        if (language >= 0) charset = charset[..language];
        var text = Encoding.Latin1.GetBytes(value[(charsetEnd + 3)..end]);
        return value[charsetEnd + 1] switch
        {
            'B' or 'b' => new Word(charset, TransferEncoding.Base64(text), end + 2),
            'Q' or 'q' => new Word(charset, TransferEncoding.QuotedPrintable(text, underscoreIsSpace: true), end + 2),
            _ => null,
        };
    }
}
