using System.Text.RegularExpressions;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>The part of a report written for people, up to the returned mail; at most 32,768 characters of it.</summary>
internal sealed partial class Narrative
{
    private const int MostText = 32 * 1024;
    private const int MostAbout = 1500;

    private readonly Lazy<string> text;

    public Narrative(MimePart message) => text = new Lazy<string>(() => UpToOriginal(message.ReadableText()));

    public string Text => text.Value;

    /// <summary>
    /// What is said about one recipient, in one line: from the first line that names it on, up to the next line about
    /// somebody else; all of the text when no line names it.
    /// </summary>
    public string About(string recipient)
    {
        var at = recipient.Length > 3 ? Text.IndexOf(recipient, StringComparison.OrdinalIgnoreCase) : -1;
        return OneLine(at < 0 ? Text : UpToOthers(Text[LineStart(at)..], recipient));
    }

    /// <summary>At most 1,500 characters in one line.</summary>
    public static string OneLine(string text) => SmtpText.OneLine(text.Length > MostAbout ? text[..MostAbout] : text);

    private static string UpToOriginal(string text)
    {
        text = LineEnds.ToLf(text.Length > MostText ? text[..MostText] : text);
        var end = OriginalMark.Find(text, out _);
        return end < 0 ? text : text[..end];
    }

    private int LineStart(int at) => Text.LastIndexOf('\n', at) + 1;

    private static string UpToOthers(string about, string recipient)
    {
        foreach (Match line in LeadingAddress().Matches(about))
        {
            var other = line.Groups[1].Success ? line.Groups[1].ValueSpan : line.Groups[2].ValueSpan;
            if (line.Index > 0 && !other.Equals(recipient, StringComparison.OrdinalIgnoreCase)) return about[..line.Index];
        }
        return about;
    }

    // a line that begins with an address in brackets or before a colon, or is nothing but one
    [GeneratedRegex(@"^[ \t]{0,20}(?:[45]\d\d )?(?:<([^\s<>]{1,120}@[^\s<>]{1,120})>|([^\s<>:]{1,120}@[^\s<>:]{1,120}))(?=:|\.\.\.|[ \t]{0,20}$)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex LeadingAddress();
}
