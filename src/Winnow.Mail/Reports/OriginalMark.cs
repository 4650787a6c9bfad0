namespace Winnow.Mail.Reports;

/// <summary>Where a free-text bounce ends and the mail it returns begins.</summary>
internal static class OriginalMark
{
    private static readonly List<string[]> Rows = RuleFile.Rows("returned", 3);
    private const string Rule = " \t-=*_>#:."; // what is drawn around a mark
    private static readonly PhraseSet Phrases = new([.. Rows.Where(r => r[0] == "words").Select(r => r[1])]);
    private static readonly string[] Lines = [.. Rows.Where(r => r[0] == "line").Select(r => r[1])];

    /// <summary>The start of the line with the mark (and where the text after it begins), or -1.</summary>
    public static int Find(ReadOnlySpan<char> text, out int after)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = text[start..].IndexOf('\n');
            var end = length < 0 ? text.Length : start + length;
            var line = text[start..end];
            if (start > 0 && (line.StartsWith("Received: ", StringComparison.Ordinal) || line.StartsWith("Return-Path: ", StringComparison.OrdinalIgnoreCase)))
                return after = start; // the header itself, without a word before it
            if (IsMark(line))
            {
                after = Math.Min(end + 1, text.Length);
                return start;
            }
            start = end + 1;
        }
        after = text.Length;
        return -1;
    }

    /// <summary>The rows whose proof another row takes for its mark, or none.</summary>
    internal static IEnumerable<string> Unproved() =>
        from row in Rows
        where !IsMark(row[2]) || Rows.Find(other => other[0] == "words" ? new PhraseSet([other[1]]).First(row[2].ToLowerInvariant()) >= 0 : Bare(row[2].ToLowerInvariant()) == other[1])?[1] != row[1]
        select $"returned: “{row[1]}”";

    private static string Bare(string line) => line.AsSpan().Trim(Rule).ToString();

    private static bool IsMark(ReadOnlySpan<char> line)
    {
        if (line.Length is < 10 or > 200) return false;
        Span<char> lower = stackalloc char[line.Length];
        line.ToLowerInvariant(lower);
        if (Phrases.First(lower) >= 0) return true;
        var bare = lower.Trim(Rule);
        foreach (var whole in Lines)
            if (bare.SequenceEqual(whole)) return true;
        return false;
    }
}
