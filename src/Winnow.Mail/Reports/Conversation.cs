namespace Winnow.Mail.Reports;

/// <summary>Transcripts of an SMTP conversation, as Sendmail, Courier and their like put them above the line about a recipient.</summary>
internal static class Conversation
{
    private const int MostLines = 20;

    private static readonly string[] Starts = [">>>", "<<<", "... while talking", "While talking"];

    /// <summary>Where the conversation begins that stands just above the line that starts here; this line's start when there is none.</summary>
    public static int Before(ReadOnlySpan<char> text, int line)
    {
        for (var lines = 0; line > 1 && lines < MostLines; lines++)
        {
            var above = text[..(line - 1)].LastIndexOf('\n') + 1;
            if (!IsLine(text[above..(line - 1)])) break;
            line = above;
        }
        return line;
    }

    /// <summary>The start of the next conversation after this line, at most <paramref name="end"/>.</summary>
    public static int Next(ReadOnlySpan<char> text, int line, int end)
    {
        while (line < end)
        {
            var length = text[line..end].IndexOf('\n');
            if (length < 0) break;
            line += length + 1;
            if (line < end && IsLine(text[line..end])) return line;
        }
        return end;
    }

    // "550 example.org (smtp)... 550 Host unknown" speaks of the host whose recipients follow
    public static bool IsLine(ReadOnlySpan<char> line)
    {
        line = LineAt(line);
        foreach (var start in Starts)
            if (line.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return true;
        return line.Length > 3 && line[0] is '4' or '5' && line.Contains("(smtp)...", StringComparison.Ordinal);
    }

    private static ReadOnlySpan<char> LineAt(ReadOnlySpan<char> text) => text.IndexOf('\n') is >= 0 and var end ? text[..end] : text;
}
