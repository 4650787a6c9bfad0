using System.Text.RegularExpressions;

namespace Winnow.Mail.Reports;

/// <summary>Reply codes and enhanced status codes inside diagnostic text.</summary>
public static partial class SmtpText
{
    /// <summary>
    /// The most telling enhanced status code (RFC 3463) in the text, or null: of several the first that is not
    /// of the form x.0.0, then the first. Numbers that are part of an address, a version or a host are not taken.
    /// </summary>
    public static string? Status(string text)
    {
        string? first = null;
        foreach (Match match in StatusPattern().Matches(text))
        {
            if (!match.Value.EndsWith(".0.0", StringComparison.Ordinal)) return match.Value;
            first ??= match.Value;
        }
        return first;
    }

    /// <summary>The enhanced status code that follows a reply code of its class ("550 5.1.1 ...", "450-4.2.2"), so surely the other server's own; or null.</summary>
    public static string? RepliedStatus(string text)
    {
        var match = RepliedPattern().Match(text);
        return match.Success && !match.Groups[2].ValueSpan.EndsWith(".0.0", StringComparison.Ordinal) ? match.Groups[2].Value : null;
    }

    /// <summary>The text without the codes that begin each line of a reply: what the server said, in one piece.</summary>
    public static string WithoutLineCodes(string text) => LineCodes().Replace(text, " ");

    /// <summary>The SMTP reply code (RFC 5321 §4.2) in the text, or null: one that stands at the start, else the first that looks like one.</summary>
    public static int? ReplyCode(string text)
    {
        var match = CodePattern().Match(text);
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    /// <summary>White space in one run each, trimmed: diagnostics are folded at random places.</summary>
    public static string OneLine(string text) => Spaces().Replace(text, " ").Trim();

    [GeneratedRegex(@"(?<![\d.\w-])[245]\.\d\.\d{1,3}(?![\d.]*\d|\w)", RegexOptions.CultureInvariant)]
    private static partial Regex StatusPattern();

    [GeneratedRegex(@"(?:^|[\s:;(<'""#\]=,])([245][0-5]\d)(?=[\s\-:;)'"",]|$)(?!\.\d)", RegexOptions.CultureInvariant)]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"(?:^|[\s:;(])([45])\d\d[ -]'?\(?#?(\1\.\d\.\d{1,3})(?![\d.])", RegexOptions.CultureInvariant)]
    private static partial Regex RepliedPattern();

    [GeneratedRegex(@"(?<=\S)\s(?:[245]\d\d[ -](?:[245]\.\d\.\d{1,3}\s)?)(?=\S)", RegexOptions.CultureInvariant)]
    private static partial Regex LineCodes();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
