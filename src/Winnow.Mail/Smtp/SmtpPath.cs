using System.Text;

namespace Winnow.Mail.Smtp;

/// <summary>Reads the argument of MAIL and RCPT: <c>FROM:&lt;path&gt; NAME=value ...</c> (RFC 5321 §4.1.2).</summary>
internal static class SmtpPath
{
    // RFC 5321 §4.5.3.1.3: 256 octets with the angle brackets.
    private const int MaxAddress = 254;

    /// <summary>Null when it is not a path. Without its brackets and its source route, which is to be ignored (§4.1.1.3).</summary>
    public static string? Read(string argument, string keyword, out string[] parameters)
    {
        parameters = [];
        if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase)) return null;
        // Many clients put a space after the colon; the grammar has none, no harm comes of it.
        var rest = argument[keyword.Length..].TrimStart(' ');
        var end = rest.StartsWith('<') ? EndOfPath(rest) : -1;
        if (end < 0 || (end + 1 < rest.Length && rest[end + 1] != ' ')) return null;
        parameters = rest[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var path = rest[1..end];
        if (path.StartsWith('@') && path.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) path = path[(colon + 1)..];
        return path.Length <= MaxAddress && Ascii.IsValid(path) && !path.Any(char.IsControl) ? path : null;
    }

    /// <summary>The closing bracket, which may stand quoted inside the local part.</summary>
    private static int EndOfPath(string text)
    {
        var quoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '>' when !quoted:
                    return i;
                case '<' or ' ' when !quoted:
                    return -1;
                default:
                    break;
            }
        }
        return -1;
    }
}
