using System.Buffers;

namespace Winnow.Mail.Reports;

/// <summary>The small pattern language of the rule tables: words in lower case to be found in text in lower case; <c>*</c> stands for at most 100 characters.</summary>
internal static class Phrase
{
    private const int Gap = 100;

    /// <summary>What stands before the first <c>*</c> of each pattern: a text without any of these fits none of the patterns.</summary>
    public static SearchValues<string> Heads(IEnumerable<string> patterns) =>
        SearchValues.Create([.. patterns.Select(p => p.Split('*')[0])], StringComparison.Ordinal);

    public static bool In(ReadOnlySpan<char> text, string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) return text.IndexOf(pattern) >= 0;
        var head = pattern.AsSpan(0, star);
        var tail = pattern[(star + 1)..];
        var from = 0;
        while (text[from..].IndexOf(head) is >= 0 and var found)
        {
            from += found + head.Length;
            if (In(text[from..Math.Min(text.Length, from + Gap + tail.Length)], tail)) return true;
        }
        return false;
    }
}
