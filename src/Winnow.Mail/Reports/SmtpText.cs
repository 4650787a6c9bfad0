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

    /// <summary>The SMTP reply code (RFC 5321 §4.2) in the text, or null: one that stands at the start, else the first that looks like one.</summary>
    public static int? ReplyCode(string text)
    {
        var match = CodePattern().Match(text);
        return match.Success ? int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : null;
    }

    /// <summary>White space in one run each, trimmed: diagnostics are folded at random places.</summary>
    public static string OneLine(string text) => Spaces().Replace(text, " ").Trim();

    [GeneratedRegex(@"(?<![\d.\w-])[245]\.\d\.\d{1,3}(?![\d.]*\d|\w)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StatusPattern();

    [GeneratedRegex(@"(?:^|[\s:;(<'""#\]=,])([245][0-5]\d)(?=[\s\-:;)'"",]|$)(?!\.\d)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Spaces();
}
