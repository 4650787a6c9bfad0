using System.Globalization;
using Winnow.Jobs;
using Winnow.Transfer.Workbooks;

namespace Winnow.Transfer;

/// <summary>A file of lines for people's spreadsheets, CSV or a workbook, made in pieces by the steps of a job. Cells are texts, whole numbers and moments, which are written in UTC.</summary>
public static class TableFile
{
    /// <summary>The beginning of the file, and how far its sheet is; null for CSV.</summary>
    public static (byte[] Bytes, SheetProgress? Sheet) Begin(IReadOnlyList<string> headings, char delimiter, bool isWorkbook) =>
        isWorkbook ? WorkbookFile.Begin(headings) : (CsvText.Start(headings, delimiter), null);

    /// <summary>Lines of it.</summary>
    /// <exception cref="JobFailedException">The sheet is full.</exception>
    public static (byte[] Bytes, SheetProgress? Sheet) Lines(IReadOnlyCollection<IReadOnlyList<object?>> lines, char delimiter, SheetProgress? sheet)
    {
        if (sheet is null) return (CsvText.Lines(lines.Select(line => line.Select(Text)), delimiter), null);
        if (sheet.Row + lines.Count > WorkbookFile.MostRows || sheet.Unpacked > WorkbookFile.MostBytes) throw new JobFailedException(Full);
        var rows = new SheetRows(sheet);
        foreach (var line in lines)
        {
            rows.Begin();
            for (var i = 0; i < line.Count; i++)
                switch (line[i])
                {
                    case long number: rows.Number(i, number); break;
                    case DateTimeOffset moment: rows.Moment(i, moment.ToUnixTimeMilliseconds() / 1_000 * 1_000, isDay: false); break;
                    case var text: rows.Text(i, CsvText.Doubled(Text(text))); break;
                }
            rows.End();
        }
        return rows.Pack();
    }

    /// <summary>Its end.</summary>
    public static byte[] End(SheetProgress? sheet) => sheet is null ? [] : WorkbookFile.End(sheet);

    /// <summary>What a job says whose workbook is full.</summary>
    public const string Full = "The file became larger than Excel can open. Export less at a time, or choose CSV.";

    private static string Text(object? cell) => cell switch
    {
        null => "",
        DateTimeOffset moment => moment.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => (string)cell,
    };
}
