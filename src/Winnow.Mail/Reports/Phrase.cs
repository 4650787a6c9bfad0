namespace Winnow.Mail.Reports;

/// <summary>The small pattern language of the rule tables: words to be found, without regard to case; <c>*</c> stands for at most 100 characters.</summary>
internal static class Phrase
{
    private const int Gap = 100;

    public static bool In(ReadOnlySpan<char> text, string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) return text.Contains(pattern, StringComparison.OrdinalIgnoreCase);
        var head = pattern.AsSpan(0, star);
        var tail = pattern[(star + 1)..];
        var from = 0;
        while (text[from..].IndexOf(head, StringComparison.OrdinalIgnoreCase) is >= 0 and var found)
        {
            from += found + head.Length;
            if (In(text[from..Math.Min(text.Length, from + Gap + tail.Length)], tail)) return true;
        }
        return false;
    }
}
