using Winnow.Contacts;

namespace Winnow.Transfer;

/// <summary>A cell that would have its row rejected.</summary>
public sealed record FailingCell(long Row, string Cell, string Reason);

/// <summary>What the sample shows of a column as it is mapped now.</summary>
/// <param name="Filled">Cells that hold something.</param>
/// <param name="Failing">How many of them do not fit the property.</param>
/// <param name="Examples">Some of these.</param>
/// <param name="AsksDates">Whether its dates can be read in two ways.</param>
/// <param name="AsksDecimals">Whether its numbers can be read in two ways.</param>
public sealed record ColumnCheck(int Filled, int Failing, IReadOnlyList<FailingCell> Examples, bool AsksDates, bool AsksDecimals);

/// <summary>What an import would do with the sample.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="Failing">How many of them would be rejected.</param>
/// <param name="RowFaults">Some that fail as a whole and not for a cell: too many cells, an open quotation mark, no address.</param>
public sealed record ImportCheck(IReadOnlyList<ColumnCheck> Columns, int Rows, int Failing, IReadOnlyList<FailingCell> RowFaults);

/// <summary>The head of an uploaded file: its columns, matched to properties, and its first rows. All that is said of the file before it is imported is said by these.</summary>
/// <param name="Matches">For each column what it was matched to, and how sure that is.</param>
public sealed record ImportPreview(IReadOnlyList<ImportColumn> Columns, IReadOnlyList<ColumnMatch> Matches, IReadOnlyList<CsvRow> Rows)
{
    /// <summary>The record ids lead to other contacts than the addresses beside them, or to none: they are those of another system, as in HubSpot's export of contacts, and find nobody here.</summary>
    public bool IdsAreForeign { get; init; }

    /// <summary>How the import goes about contacts until somebody chooses.</summary>
    public ImportChoices Usual => ImportChoices.Usual with { ByEmail = IdsAreForeign };

    /// <summary>The record ids of rows that have an address too.</summary>
    internal List<(long Id, string Key)> Ids()
    {
        var (id, email) = (IndexOf("hs_object_id"), IndexOf("email"));
        return id < 0 || email < 0 ? [] : [.. Rows.Where(row => row.Fault is null && row.Cells.Length > Math.Max(id, email))
            .Select(row => (long.TryParse(row.Cells[id].Trim(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0, Mail.Mime.EmailAddress.Normalize(row.Cells[email])!))
            .Where(row => row.Item1 > 0 && row.Item2 is not null)];
    }

    private int IndexOf(string property) => Columns.ToList().FindIndex(column => column.Property == property);

    /// <summary>The most rows and, about, characters that are looked at.</summary>
    internal const int MostRows = 1_000, MostCharacters = 1 << 20;
    private const int Examples = 3;

    /// <summary>The head with these headings and rows.</summary>
    internal static ImportPreview Of(PropertyCatalog catalog, IReadOnlyList<string> headings, IReadOnlyList<CsvRow> rows)
    {
        var cells = headings.Select((_, i) => Cells(rows, i)).ToList();
        var matches = ColumnNames.Match(catalog, headings, cells);
        return new([.. headings.Select((heading, i) => new ImportColumn(heading.Trim(), matches[i].Property?.Name, ColumnFormats.DatesOf(cells[i]).Order, ColumnFormats.DecimalsOf(cells[i]).Sign))], matches, rows);
    }

    /// <summary>The cells of a column that hold something.</summary>
    public IReadOnlyList<string> CellsOf(int column) => Cells(Rows, column);

    /// <summary>Whether all dates of a column can be read in two ways.</summary>
    public bool DatesAreOpen(int column) => ColumnFormats.DatesOf(CellsOf(column)).IsOpen;

    /// <summary>Whether all numbers of a column can be read in two ways.</summary>
    public bool DecimalsAreOpen(int column) => ColumnFormats.DecimalsOf(CellsOf(column)).IsOpen;

    /// <summary>The kind of a new property that would hold the cells of a column; one of <see cref="PropertyWish.Kinds"/>.</summary>
    public string KindOf(int column) => ColumnContents.Kind(CellsOf(column));

    /// <summary>What the import would do with these rows, as it is ordered now.</summary>
    public ImportCheck Check(PropertyCatalog catalog, ImportOrder order)
    {
        var (columns, wished) = order.Wished(catalog);
        var plan = new ImportPlan(columns, wished, order.Choices);
        var checks = columns.Select((column, i) => Check(plan, column.Property is { } name ? wished.Find(name) : null, i)).ToList();
        var faults = Rows.Select(row => (row.Number, plan.Read(row).Fault)).Where(row => row.Fault is not null).ToList();
        return new(checks, Rows.Count, faults.Count, [.. faults.Where(f => f.Fault!.Value.Length == 0).Take(Examples).Select(f => new FailingCell(f.Number, "", f.Fault!.Reason))]);
    }

    private ColumnCheck Check(ImportPlan plan, Property? property, int column)
    {
        var failing = new List<FailingCell>();
        foreach (var row in Rows.Where(row => row.Fault is null && column < row.Cells.Length && row.Cells[column].Length > 0))
            if (plan.CellError(column, row.Cells[column]) is { } error) failing.Add(new(row.Number, row.Cells[column], error));
        var cells = Cells(Rows, column);
        return new(cells.Count, failing.Count, [.. failing.DistinctBy(cell => cell.Cell).Take(Examples)],
            property?.Type is PropertyType.Date or PropertyType.DateTime && DatesAreOpen(column), property?.Type == PropertyType.Number && DecimalsAreOpen(column));
    }

    /// <summary>The cells of a column that hold something.</summary>
    private static List<string> Cells(IReadOnlyList<CsvRow> rows, int column) =>
        [.. rows.Where(row => row.Fault is null && column < row.Cells.Length && !string.IsNullOrWhiteSpace(row.Cells[column])).Select(row => row.Cells[column].Trim())];
}
