namespace Winnow.Transfer;

/// <summary>Reads rows of a suppression file whose format is known.</summary>
internal sealed class SuppressionReader
{
    private readonly Suppressions says;
    private readonly int date, reason, words;
    private readonly (string Word, Suppressions Says)[] means;
    private readonly Suppressions[] flags;
    private readonly bool[] isOther;

    /// <param name="address">The column with the addresses, which says nothing else.</param>
    public SuppressionReader(SuppressionFormat format, IReadOnlyList<string> headings, int address)
    {
        (says, date, reason) = (format.Says, SuppressionFormat.IndexOf(headings, format.Date), SuppressionFormat.IndexOf(headings, format.Reason));
        (words, means) = (SuppressionFormat.IndexOf(headings, format.Words?.Heading), format.Words?.Says ?? []);
        (flags, isOther) = (new Suppressions[headings.Count], new bool[headings.Count]);
        foreach (var (heading, says) in format.Flags ?? [])
            for (var i = 0; i < headings.Count; i++)
                if (i == address) continue;
                else if (heading == "*" && flags[i] == Suppressions.None) (flags[i], isOther[i]) = (says, true);
                else if (SuppressionFormat.IndexOf(headings, heading) == i) flags[i] = says;
    }

    /// <summary>What the row says.</summary>
    public Suppression Read(string[] cells)
    {
        var what = says;
        for (var i = 0; i < cells.Length && i < flags.Length; i++)
            if (flags[i] != Suppressions.None && (isOther[i] ? IsYes(cells[i]) : !IsNo(cells[i]))) what |= flags[i];
        foreach (var (word, meaning) in means)
            if (Cell(words).Contains(word, StringComparison.OrdinalIgnoreCase)) what |= meaning;
        return new(what, Suppression.Instant(Cell(date)), Suppression.ReasonOf(Cell(reason)));

        string Cell(int column) => column >= 0 && column < cells.Length ? cells[column] : "";
    }

    private static bool IsYes(string cell) => cell.Trim().ToUpperInvariant() is "TRUE" or "YES" or "1";

    /// <summary>In a column that is there for it, anything else says yes: HubSpot wrote the reason of a bounce there, too.</summary>
    private static bool IsNo(string cell) => cell.Trim().ToUpperInvariant() is "" or "FALSE" or "NO" or "0";
}
