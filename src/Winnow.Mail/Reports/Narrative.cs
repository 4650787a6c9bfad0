namespace Winnow.Mail.Reports;

/// <summary>The part of a report written for people, searched for what it says about one recipient.</summary>
internal static class Narrative
{
    private const int Most = 1200;

    /// <summary>The text from the last line that names the recipient on, up to the returned mail; all of it when none does.</summary>
    public static string About(string recipient, string text)
    {
        var end = OriginalMark.Find(text, out _);
        if (end >= 0) text = text[..end];
        var at = recipient.Length > 3 ? text.IndexOf(recipient, StringComparison.OrdinalIgnoreCase) : -1;
        var about = at < 0 ? text : text[at..];
        return SmtpText.OneLine(about.Length > Most ? about[..Most] : about);
    }
}
