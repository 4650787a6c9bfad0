using System.Text;
using Winnow.Jobs;

namespace Winnow.Transfer;

/// <summary>Writes the file of rejected rows: row number, column, value, reason, then the cells as they were, so that the file
/// can be mended and imported again. UTF-8 with a byte order mark, which Excel wants, and the delimiter of the original.</summary>
internal static class RejectedRows
{
    private static readonly string[] Notes = ["Row", "Column", "Value", "Reason"];

    /// <summary>How many columns in front are ours: a file of rejected rows that comes back mended.</summary>
    public static int NotesIn(IReadOnlyList<string> headings) => headings.Take(Notes.Length).SequenceEqual(Notes) ? Notes.Length : 0;

    /// <summary>The heading.</summary>
    public static byte[] Heading(IReadOnlyList<ImportColumn> columns, char delimiter) =>
        [0xEF, 0xBB, 0xBF, .. Text([[.. Notes, .. columns.Select(c => c.Heading)]], delimiter)];

    /// <summary>The rows of one batch.</summary>
    /// <param name="texts">The reasons in the language of who started the import; null: in English. The names of the columns stay as they are: by them the file is known again.</param>
    public static byte[] Rows(IEnumerable<(CsvRow Row, RowFault Fault)> rejected, IReadOnlyDictionary<string, string>? texts, char delimiter) =>
        Text(rejected.Select(r => (IEnumerable<string>)[r.Row.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), r.Fault.Column, r.Fault.Value, RejectionReasons.In(r.Fault.Reason, texts), .. r.Row.Cells]), delimiter);

    private static byte[] Text(IEnumerable<IEnumerable<string>> rows, char delimiter) =>
        Encoding.UTF8.GetBytes(string.Concat(rows.Select(row => CsvText.Line(row.Select(CsvText.Harmless), delimiter))));
}
