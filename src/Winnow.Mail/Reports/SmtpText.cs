namespace Winnow.Mail.Reports;

/// <summary>Reply codes and enhanced status codes inside diagnostic text.</summary>
public static class SmtpText
{
    /// <summary>
    /// The most telling enhanced status code (RFC 3463) in the text, or null: of several the first that is not
    /// of the form x.0.0, then the first. Numbers that are part of an address, a version or a host are not taken.
    /// </summary>
    public static string? Status(ReadOnlySpan<char> text)
    {
        var first = ReadOnlySpan<char>.Empty;
        for (var i = 0; NextDigit(text, ref i); i++)
        {
            if (StatusAt(text[i..]) is not (> 0 and var length) || !MayBegin(text, i)) continue;
            var status = text.Slice(i, length);
            if (!IsCatchAll(status)) return status.ToString();
            if (first.IsEmpty) first = status;
        }
        return first.IsEmpty ? null : first.ToString();
    }

    /// <summary>The enhanced status code that follows a reply code of its class ("550 5.1.1 ...", "450-4.2.2", "550 (#5.1.1)"), so surely the other server's own; or null.</summary>
    public static string? RepliedStatus(ReadOnlySpan<char> text)
    {
        for (var i = 0; NextDigit(text, ref i); i++)
        {
            if (text[i] == '2' || i > 0 && !char.IsWhiteSpace(text[i - 1]) && text[i - 1] is not (':' or ';' or '(')) continue;
            if (i + 5 > text.Length || !char.IsAsciiDigit(text[i + 1]) || !char.IsAsciiDigit(text[i + 2]) || text[i + 3] is not (' ' or '-')) continue;
            var rest = text[(i + 4)..].TrimStart("'(#");
            if (StatusAt(rest) is > 0 and var length && rest[0] == text[i] && !IsCatchAll(rest[..length])) return rest[..length].ToString();
        }
        return null;
    }

    /// <summary>The SMTP reply code of a failure (RFC 5321 §4.2) in the text, or null: the first 5yz, for what was refused for good was tried before, else the first 4yz.</summary>
    public static int? ReplyCode(ReadOnlySpan<char> text)
    {
        int? passing = null;
        for (var i = 0; NextDigit(text, ref i); i++)
        {
            if (text[i] == '2' || i + 3 > text.Length || text[i + 1] is not (>= '0' and <= '5') || !char.IsAsciiDigit(text[i + 2])) continue;
            if (i > 0 && !char.IsWhiteSpace(text[i - 1]) && !":;(<'\"#]=,".Contains(text[i - 1], StringComparison.Ordinal)) continue;
            if (i + 3 == text.Length || char.IsWhiteSpace(text[i + 3]) || "-:;)'\",".Contains(text[i + 3], StringComparison.Ordinal))
            {
                var code = (text[i] - '0') * 100 + (text[i + 1] - '0') * 10 + text[i + 2] - '0';
                if (code >= 500) return code;
                passing ??= code;
            }
        }
        return passing;
    }

    /// <summary>White space in one run each, trimmed: diagnostics are folded at random places.</summary>
    public static string OneLine(ReadOnlySpan<char> text)
    {
        var line = text.Length <= 1024 ? stackalloc char[text.Length] : new char[text.Length];
        var length = 0;
        foreach (var c in text)
            if (!char.IsWhiteSpace(c)) line[length++] = c;
            else if (length > 0 && line[length - 1] != ' ') line[length++] = ' ';
        return new string(line[..length].TrimEnd(' '));
    }

    /// <summary>The length of the enhanced status code that begins here, or 0.</summary>
    internal static int StatusAt(ReadOnlySpan<char> text)
    {
        if (text.Length < 5 || text[0] is not ('2' or '4' or '5') || text[1] != '.' || !char.IsAsciiDigit(text[2])) return 0;
        var dot = text[3] == '.' ? 3 : 4; // the subject has one digit in all codes registered; two are allowed
        if (dot == 4 && !char.IsAsciiDigit(text[3]) || text[dot] != '.') return 0;
        var end = dot + 1;
        while (end < text.Length && end < dot + 4 && char.IsAsciiDigit(text[end])) end++;
        if (end == dot + 1) return 0;
        if (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_')) return 0;
        return end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1]) ? 0 : end;
    }

    internal static bool IsCatchAll(ReadOnlySpan<char> status) => status.EndsWith(".0.0");

    private static bool NextDigit(ReadOnlySpan<char> text, ref int i)
    {
        if (i >= text.Length) return false;
        var found = text[i..].IndexOfAny('2', '4', '5');
        i += found;
        return found >= 0;
    }

    // not within a number or a word; "550-5.1.1" is two codes
    private static bool MayBegin(ReadOnlySpan<char> text, int i)
    {
        if (i == 0) return true;
        if (text[i - 1] == '-') return i >= 4 && char.IsAsciiDigit(text[i - 2]) && char.IsAsciiDigit(text[i - 3]) && text[i - 4] is '2' or '4' or '5';
        return !char.IsLetterOrDigit(text[i - 1]) && text[i - 1] is not ('.' or '_');
    }
}
