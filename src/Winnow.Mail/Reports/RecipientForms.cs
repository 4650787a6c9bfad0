namespace Winnow.Mail.Reports;

/// <summary>How free text names the recipient: Rules/recipients.tsv, most certain form first. Rows of one name are one form.</summary>
/// <param name="Before">What stands before the address: <c>^</c> nothing but marks of a list, <c>^&lt;</c> that and a bracket, else the words that end there.</param>
/// <param name="After">What stands after it: <c>$</c> the end of the line, else how the rest begins; empty for anything.</param>
internal sealed record RecipientForm(string Name, string Before, string After)
{
    private static readonly List<string[]> Rows = RuleFile.Rows("recipients", 4);

    public static readonly List<RecipientForm> Table = Rows.ConvertAll(row => new RecipientForm(row[0], row[1], row[2]));

    /// <summary>How many of the first rows are forms that begin a paragraph about somebody.</summary>
    public static readonly int Leading = Table.FindIndex(form => form.Name == "line: address first" && form.After is not ("..." or ":"));

    /// <summary>The first form that the place has; <see cref="Table"/>'s length for none.</summary>
    public static int Of(ReadOnlySpan<char> text, AddressPlace place)
    {
        var before = text[place.LineStart..place.Start];
        var after = text[place.End..place.LineEnd];
        Span<char> lower = stackalloc char[Math.Min(before.Length, 80)];
        before[^lower.Length..].ToLowerInvariant(lower);
        var words = lower.TrimEnd(" \t<\"'([:=*");
        if (IsName(after)) return Table.Count;
        var start = WithoutMarks(before);
        if (start.EndsWith("<") && start.Contains('@') && !start[..^1].TrimEnd(' ').Contains(' ')) start = "<";
        for (var i = 0; i < Table.Count; i++)
            if (Table[i].Stands(start, words, after)) return i;
        return Table.Count;
    }

    /// <summary>The rows whose proof another row names, or none.</summary>
    internal static IEnumerable<string> Unproved()
    {
        for (var i = 0; i < Rows.Count; i++)
            if (AddressesInText.Find(Rows[i][3]) is not [var place] || Of(Rows[i][3], place) != i) yield return $"recipients: {Rows[i][0]} “{Rows[i][1]}”, “{Rows[i][2]}”";
    }

    private bool Stands(ReadOnlySpan<char> start, ReadOnlySpan<char> words, ReadOnlySpan<char> after) =>
        (Before.Length == 0 || (Before[0] == '^' ? start.SequenceEqual(Before.AsSpan(1)) : EndsWithWords(words, Before))) && Continues(after);

    private static bool EndsWithWords(ReadOnlySpan<char> words, string ending) =>
        words.EndsWith(ending) && (words.Length == ending.Length || !char.IsLetterOrDigit(words[words.Length - ending.Length - 1]) || !char.IsAsciiLetter(ending[0]));

    private bool Continues(ReadOnlySpan<char> after)
    {
        if (After.Length == 0) return true;
        if (After != "$") return after.TrimStart(" \t").StartsWith(After, StringComparison.OrdinalIgnoreCase);
        var rest = after.Trim(" \t\r>:.\"'");
        return rest.IsEmpty || rest[0] == '<' && rest.Contains('@') && !rest.Contains(' ');
    }

    // "ann@example.com <a.lee@example.org>": what stands before the brackets is the name
    private static bool IsName(ReadOnlySpan<char> after) =>
        after.TrimStart(" \t\"") is ['<', .. var rest] && rest.IndexOf('>') is > 0 and var end && rest[..end].Contains('@') && !rest[..end].Contains(' ');

    // bullets, quote marks, and a reply code at the start of a line say nothing
    private static ReadOnlySpan<char> WithoutMarks(ReadOnlySpan<char> before)
    {
        var rest = before.Trim(" \t*>-·•\"'");
        return rest.Length >= 3 && rest[0] is '4' or '5' && char.IsAsciiDigit(rest[1]) && char.IsAsciiDigit(rest[2]) ? rest[3..].Trim(" \t-") : rest;
    }
}
