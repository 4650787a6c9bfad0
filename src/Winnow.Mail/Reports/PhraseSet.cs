namespace Winnow.Mail.Reports;

/// <summary>
/// Many phrases looked for at once (Aho and Corasick 1975): one pass over the text whatever their number. A phrase is written in
/// lower case and found in text in lower case; <c>*</c> stands for at most 100 characters, <c>|</c> at either end for the edge of a word.
/// </summary>
internal sealed class PhraseSet
{
    private const int Gap = 100;

    private readonly string[] tails;          // what follows the first * of each phrase, or null
    private readonly int[] lengths;           // of each phrase's head
    private readonly (bool Before, bool After)[] edges;
    private readonly byte[] kinds = new byte[char.MaxValue + 1]; // of each character; 0 stands in no phrase
    private readonly ushort[] next;           // state and kind of character to state
    private readonly bool[] isEnd;            // whether any phrase's head ends in the state
    private readonly int[][] ends;            // which
    private readonly int width;

    /// <summary>Takes the phrases; their order is what <see cref="First"/> goes by.</summary>
    public PhraseSet(IReadOnlyList<string> phrases)
    {
        var heads = phrases.Select(p => p.Split('*')[0].Trim('|')).ToList();
        tails = [.. phrases.Select(p => p.Split('*', 2) is [_, var tail] ? tail : null!)];
        lengths = [.. heads.Select(h => h.Length)];
        edges = [.. phrases.Select(p => (p.StartsWith('|'), p.EndsWith('|') && !p.Contains('*', StringComparison.Ordinal)))];
        foreach (var c in heads.SelectMany(h => h).Distinct()) kinds[c] = (byte)++width;
        width++;
        var states = heads.Sum(h => h.Length) + 1;
        if (states > ushort.MaxValue || heads.SelectMany(h => h).Distinct().Count() > byte.MaxValue) throw new InvalidOperationException("The rule tables have outgrown PhraseSet: widen its states or kinds.");
        next = new ushort[states * width];
        var found = new List<int>?[states];
        var used = Plant(heads, found);
        Link(found, used);
        ends = [.. found.Take(used).Select(f => f?.Order().ToArray() ?? [])];
        isEnd = [.. ends.Select(e => e.Length > 0)];
    }

    // One letter of every phrase after the other, so that the states near the root, which are visited most, lie together in memory.
    private int Plant(List<string> heads, List<int>?[] found)
    {
        var (used, at) = (1, new int[heads.Count]);
        for (var (letter, longest) = (0, heads.Max(h => h.Length)); letter < longest; letter++)
            for (var i = 0; i < heads.Count; i++)
            {
                if (letter >= heads[i].Length) continue;
                ref var target = ref next[at[i] * width + kinds[heads[i][letter]]];
                if (target == 0) target = (ushort)used++;
                at[i] = target;
                if (letter == heads[i].Length - 1) (found[target] ??= []).Add(i);
            }
        return used;
    }

    // Breadth first: a state without a way on goes where its longest proper ending would go.
    private void Link(List<int>?[] found, int used)
    {
        var fallback = new int[used];
        var queue = new Queue<int>(Enumerable.Range(1, width - 1).Select(kind => (int)next[kind]).Where(s => s > 0));
        while (queue.TryDequeue(out var state))
        {
            if (found[fallback[state]] is { } shorter) (found[state] ??= []).AddRange(shorter);
            for (var kind = 1; kind < width; kind++)
            {
                var (way, other) = (state * width + kind, next[fallback[state] * width + kind]);
                if (next[way] == 0) { next[way] = other; continue; }
                fallback[next[way]] = other;
                queue.Enqueue(next[way]);
            }
        }
    }

    /// <summary>The lowest number of a phrase that stands in the text and is admitted, or -1.</summary>
    public int First<T>(ReadOnlySpan<char> text, T context, Func<T, int, bool> admits)
    {
        var (state, best) = (0, int.MaxValue);
        for (var i = 0; i < text.Length; i++)
        {
            state = next[state * width + kinds[text[i]]];
            if (!isEnd[state]) continue;
            foreach (var phrase in ends[state])
            {
                if (phrase >= best) break;
                if (Fits(text, i + 1, phrase) && admits(context, phrase)) best = phrase;
            }
        }
        return best == int.MaxValue ? -1 : best;
    }

    /// <summary>The lowest number of a phrase that stands in the text, or -1.</summary>
    public int First(ReadOnlySpan<char> text) => First(text, 0, static (_, _) => true);

    private bool Fits(ReadOnlySpan<char> text, int end, int phrase)
    {
        var (before, after) = edges[phrase];
        if (before && end > lengths[phrase] && char.IsLetterOrDigit(text[end - lengths[phrase] - 1])) return false;
        if (after && end < text.Length && char.IsLetterOrDigit(text[end])) return false;
        return tails[phrase] is not { } tail || Follows(text[end..], tail);
    }

    private static bool Follows(ReadOnlySpan<char> text, string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        var piece = star < 0 ? pattern.AsSpan() : pattern.AsSpan(0, star);
        var near = text[..Math.Min(text.Length, Gap + piece.Length)];
        var at = near.IndexOf(piece);
        return at >= 0 && (star < 0 || Follows(text[(at + piece.Length)..], pattern[(star + 1)..]));
    }
}
