using System.Buffers;

namespace Winnow.Mail.Reports;

/// <summary>
/// A diagnostic as the phrases of the rules see it: lower case, one blank between words, straight quotes, <c>@</c> in the place of
/// every mail address (names are no words), without the codes that begin each line of a reply, and with a blank at the start.
/// </summary>
internal static class ReplyWords
{
    private static readonly SearchValues<char> EndsAddress = SearchValues.Create(" <>()[]{}\"',;:|");

    /// <summary>Writes the words of the text; returns how many characters. <paramref name="into"/> must be longer than the text by one.</summary>
    public static int Write(ReadOnlySpan<char> text, Span<char> into)
    {
        into[0] = ' ';
        var (length, i) = (1, 0);
        while (i < text.Length)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                i++;
                if (into[length - 1] != ' ') into[length++] = ' ';
            }
            else if (into[length - 1] == ' ' && LineCode(text[i..]) is > 0 and var code) i += code;
            else if (c == '@' && AddressEnd(text, i) is > 0 and var end)
            {
                var start = into[..length].LastIndexOfAny(EndsAddress) + 1;
                length = start;
                into[length++] = '@';
                i = end;
            }
            else
            {
                into[length++] = c is '\u2018' or '\u2019' or '`' ? '\'' : c < 128 ? (char)(c is >= 'A' and <= 'Z' ? c | 0x20 : c) : char.ToLowerInvariant(c);
                i++;
            }
        }
        return into[length - 1] == ' ' ? length - 1 : length;
    }

    // "550 ", "550-", "550 5.1.1 ", "550-5.1.1 " at the start of a word: its length, or 0
    private static int LineCode(ReadOnlySpan<char> text)
    {
        if (text.Length < 5 || text[0] is not ('2' or '4' or '5') || !char.IsAsciiDigit(text[1]) || !char.IsAsciiDigit(text[2]) || text[3] is not (' ' or '-')) return 0;
        var end = 4 + SmtpText.StatusAt(text[4..]);
        return end == 4 ? 4 : end < text.Length && text[end] == ' ' ? end + 1 : end;
    }

    // where the domain after this @ ends, or 0 when none follows
    private static int AddressEnd(ReadOnlySpan<char> text, int at)
    {
        var end = at + 1;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-' or '_')) end++;
        while (end > at + 1 && text[end - 1] == '.') end--;
        return end == at + 1 ? 0 : end;
    }
}
