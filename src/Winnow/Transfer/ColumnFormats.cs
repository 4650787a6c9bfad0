using System.Globalization;
using System.Text.RegularExpressions;

namespace Winnow.Transfer;

/// <summary>How a column writes its dates and numbers where both ways are in use: 3/4/2026 and 1.234. Told from the cells of a sample, and taken off a cell before it is read.</summary>
public static partial class ColumnFormats
{
    /// <summary>Day first, month first; and what separates the decimals.</summary>
    public const string DayFirst = "dmy", MonthFirst = "mdy", Comma = ",", Point = ".";

    private static readonly System.Buffers.SearchValues<char> Grouping = System.Buffers.SearchValues.Create(".,' \u00A0\u202F");

    /// <summary>The order of days and months that the cells show, and whether they leave it open; null when no cell is such a date.</summary>
    public static (string? Order, bool IsOpen) DatesOf(IEnumerable<string> cells)
    {
        var (found, day, month) = (0, 0, 0);
        foreach (var match in cells.Select(cell => Slashed().Match(cell.Trim())).Where(match => match.Success))
        {
            found++;
            if (int.Parse(match.Groups["a"].Value, CultureInfo.InvariantCulture) > 12 || match.Groups["sign"].Value == ".") day++;
            else if (int.Parse(match.Groups["b"].Value, CultureInfo.InvariantCulture) > 12) month++;
        }
        return found == 0 ? (null, false) : (month > day ? MonthFirst : DayFirst, day + month == 0);
    }

    /// <summary>What separates the decimals in these cells, and whether they leave it open; null when none has a comma or a point in a number.</summary>
    public static (string? Sign, bool IsOpen) DecimalsOf(IEnumerable<string> cells)
    {
        var (open, comma, point) = (0, 0, 0);
        foreach (var cell in cells.Select(cell => cell.Trim()).Where(cell => Figures().IsMatch(cell)))
            switch (Decides(cell))
            {
                case ',': comma++; break;
                case '.': point++; break;
                case '?': open++; break;
            }
        return comma + point + open == 0 ? (null, false) : (comma > point ? Comma : Point, comma + point == 0);
    }

    /// <summary>The cell with its date in the order year, month, day; as it is when it holds no such date.</summary>
    public static string PlainDate(string cell, string? order)
    {
        if (order is null || cell is [_, _, _, _, '-', ..] || Slashed().Match(cell.Trim()) is not { Success: true } match) return cell;
        var (first, second, year) = (Number("a"), Number("b"), Number("year"));
        if (match.Groups["year"].Length == 2) year += year < 50 ? 2000 : 1900;
        var (day, month) = order == MonthFirst ? (second, first) : (first, second);
        return string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}{match.Groups["time"].Value}");

        int Number(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>The cell with its number as programs write it; as it is when it holds none.</summary>
    public static string PlainNumber(string cell, string? decimals) => decimals is null || cell.AsSpan().IndexOfAny(Grouping) < 0 || !Figures().IsMatch(cell.Trim()) ? cell
        : string.Concat(cell.Where(c => c != (decimals == Comma ? '.' : ',') && c is not (' ' or '\u00A0' or '\u202F' or '\''))).Replace(',', '.');

    private static char? Decides(string cell)
    {
        var (comma, point) = (cell.LastIndexOf(','), cell.LastIndexOf('.'));
        if (comma < 0 && point < 0) return null;
        if (comma >= 0 && point >= 0) return comma > point ? ',' : '.';
        var (sign, at) = comma >= 0 ? (',', comma) : ('.', point);
        if (cell.IndexOf(sign, StringComparison.Ordinal) != at) return sign == ',' ? '.' : ',';                        // several: they group
        return cell.Length - at - 1 != 3 || cell[..at].TrimStart('-', '+') is "0" or "" || cell[..at].Count(char.IsAsciiDigit) > 3 ? sign : '?';
    }

    [GeneratedRegex(@"^(?<a>\d{1,2})(?<sign>[-/.])(?<b>\d{1,2})\k<sign>(?<year>\d{4}|\d{2})(?<time>[ T]\S.*)?$")]
    private static partial Regex Slashed();

    [GeneratedRegex(@"^[-+]?(?=.*\d)[\d.,' \u00A0\u202F]+$")]
    private static partial Regex Figures();
}
