using System.Text.RegularExpressions;

namespace Winnow.Lists;

/// <summary>English sentences with {0} and {1} where names stand. A sentence that was said is found again with its names, so that pages say it in another language.</summary>
public sealed partial class Sentences(IEnumerable<string> texts)
{
    // the ones with the most words of their own first, as one sentence may be the end of another
    private readonly List<(string Text, Regex Said)> patterns = [.. texts.OrderByDescending(text => text.Length)
        .Select(text => (text, new Regex($"^{Hole().Replace(Regex.Escape(text), "(.+)")}$", RegexOptions.Singleline | RegexOptions.NonBacktracking)))];

    /// <summary>The sentences.</summary>
    public IReadOnlyList<string> All { get; } = [.. texts];

    /// <summary>Which sentence was said, and the names in it; the text itself when it is none of these.</summary>
    public (string Text, string[] Names) Parts(string said) => Find(said) ?? (said, []);

    /// <summary>Which sentence was said, and the names in it; null when it is none of these.</summary>
    public (string Text, string[] Names)? Find(string said)
    {
        foreach (var (text, pattern) in patterns)
            if (pattern.Match(said) is { Success: true } match) return (text, [.. match.Groups.Values.Skip(1).Select(g => g.Value)]);
        return null;
    }

    [GeneratedRegex(@"\\\{\d}")]
    private static partial Regex Hole();
}
