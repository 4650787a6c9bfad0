using System.Text;

namespace Winnow.Filters;

/// <summary>Letters without case, one character to one character, so that both readers of a filter can do the same:
/// .NET by <see cref="Fold"/>, SQL by lower() for A-Z and one replace() for each other capital that the operand could meet.</summary>
internal static class CaseFolding
{
    private static readonly ILookup<char, char> Capitals = Enumerable.Range(128, 0xFFFF - 127).Select(i => (char)i)
        .Where(c => !char.IsSurrogate(c) && char.ToLowerInvariant(c) != c).ToLookup(char.ToLowerInvariant);

    /// <summary>The text in small letters.</summary>
    public static string Fold(string text) => Ascii.IsValid(text) ? text.ToLowerInvariant() : string.Create(text.Length, text, (small, from) =>
    {
        for (var i = 0; i < from.Length; i++) small[i] = char.ToLowerInvariant(from[i]);
    });

    /// <summary>Whether two texts differ in nothing but the case of A to Z: what lower() can tell of two columns.</summary>
    public static bool SameInAscii(string a, string b) => a.Length == b.Length && a.Zip(b).All(pair => Lower(pair.First) == Lower(pair.Second));

    private static char Lower(char letter) => char.IsAsciiLetterUpper(letter) ? (char)(letter | ' ') : letter;

    /// <summary>All texts that lower() can make of one that folds to one of these: an é of the operand is an é or an É there.</summary>
    /// <returns>Null when they are more than <paramref name="most"/>.</returns>
    public static IReadOnlyCollection<string>? Spellings(IEnumerable<string> folded, int most)
    {
        var all = new HashSet<string>();
        foreach (var text in folded)
        {
            List<string> some = [""];
            foreach (var small in text)
            {
                char[] letters = [small, .. Capitals[small]];
                if (some.Count * letters.Length > most) return null;
                some = [.. some.SelectMany(begun => letters.Select(letter => begun + letter))];
            }
            all.UnionWith(some);
            if (all.Count > most) return null;
        }
        return all;
    }

    /// <summary>What SQL must replace in a text, besides A-Z, before comparing it with these folded operands: capital and small letter.</summary>
    public static IEnumerable<(char Capital, char Small)> Replacements(IEnumerable<string> folded) =>
        folded.SelectMany(text => text).Distinct().Order().SelectMany(small => Capitals[small].Select(capital => (capital, small)));
}
