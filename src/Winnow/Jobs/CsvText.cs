using System.Text;

namespace Winnow.Jobs;

/// <summary>Writes CSV (RFC 4180): cells with a delimiter, a quote or a line break are quoted, lines end with CR LF.</summary>
public static class CsvText
{
    /// <summary>One line with its end.</summary>
    public static string Line(IEnumerable<string> cells, char delimiter = ',')
    {
        var (text, first) = (new StringBuilder(), true);
        foreach (var cell in cells)
        {
            if (!first) text.Append(delimiter);
            first = false;
            Add(text, cell, delimiter);
        }
        return text.Append("\r\n").ToString();
    }

    /// <summary>Adds a cell, in quotes where it needs them.</summary>
    public static void Add(StringBuilder text, string cell, char delimiter)
    {
        if (cell.AsSpan().IndexOfAny(delimiter, '"', '\n') < 0 && !cell.Contains('\r', StringComparison.Ordinal)) text.Append(cell);
        else text.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    /// <inheritdoc cref="Add(StringBuilder, string, char)"/>
    internal static void Add(Utf8Text text, ReadOnlySpan<char> cell, char delimiter)
    {
        if (cell.IndexOfAny(delimiter, '"', '\n') < 0 && !cell.Contains('\r'))
        {
            text.Add(cell);
            return;
        }
        text.Add('"');
        for (int quote; (quote = cell.IndexOf('"')) >= 0; cell = cell[(quote + 1)..])
        {
            text.Add(cell[..quote]);
            text.Add("\"\""u8);
        }
        text.Add(cell);
        text.Add('"');
    }

    /// <summary>The beginning of a file for people's spreadsheets: the byte order mark that Excel wants, and the headings.</summary>
    public static byte[] Start(IEnumerable<string> headings, char delimiter = ',') => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Line(headings, delimiter))];

    /// <summary>Lines of it, each cell made <see cref="Harmless"/>.</summary>
    public static byte[] Lines(IEnumerable<IEnumerable<string?>> lines, char delimiter = ',') => Encoding.UTF8.GetBytes(string.Concat(lines.Select(cells => Line(cells.Select(Harmless), delimiter))));

    /// <summary>A cell for people's spreadsheets: what begins like a formula gets an apostrophe in front, so that no program runs it; and so does what has one there already, so that <see cref="Bare"/> gives back what was.</summary>
    public static string Harmless(string? cell) => cell is null ? "" : Runs(cell) ? "'" + cell : cell;

    /// <summary>A cell that no program runs in any case: only what has an apostrophe before a formula gets one more.</summary>
    public static string Doubled(string cell) => cell is ['\'', ..] ? Harmless(cell) : cell;

    /// <summary>The cell without the apostrophe that <see cref="Harmless"/> put there.</summary>
    public static ReadOnlySpan<char> Bare(ReadOnlySpan<char> cell) => cell is ['\'', ..] && Runs(cell) ? cell[1..] : cell;

    private static bool Runs(ReadOnlySpan<char> cell) => cell is ['\'', ..] ? cell.TrimStart('\'') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] : cell is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];
}
