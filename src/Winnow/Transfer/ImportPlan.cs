using System.Globalization;
using Winnow.Contacts;
using Winnow.Lists;
using Winnow.Mail.Mime;

namespace Winnow.Transfer;

/// <summary>A column of the file and the property it goes to; null: the column is left out.</summary>
/// <param name="Dates">How its dates are written where that can be read in two ways: dmy or mdy; null: as they say themselves.</param>
/// <param name="Decimals">What separates the decimals of its numbers: a comma or a point; null: as they say themselves.</param>
public sealed record ImportColumn(string Heading, string? Property, string? Dates = null, string? Decimals = null);

/// <summary>Why a row was not imported. Column and value are empty when the row as a whole is at fault.</summary>
public sealed record RowFault(string Column, string Value, string Reason);

/// <summary>A row read for what it means: who it is about and which values it brings, or what is wrong with it.</summary>
/// <param name="Email">The address as typed; null when the row has none.</param>
/// <param name="EmailKey">The address normalised.</param>
/// <param name="RecordId">The contact it names by number, or null.</param>
/// <param name="Values">One for each of <see cref="ImportPlan.Targets"/>; null: the cell was empty and what the contact has stays; <see cref="ImportPlan.Emptied"/>: it goes.</param>
internal sealed record ImportRow(CsvRow Source, string? Email, string? EmailKey, long? RecordId, object?[] Values, RowFault? Fault);

/// <summary>What each column of one import means. Reads rows; knows no database, so it can run beside the one who writes.</summary>
internal sealed class ImportPlan
{
    private readonly IReadOnlyList<ImportColumn> columns;
    private readonly Property?[] properties;
    private readonly int[] target;
    private readonly int email = -1, recordId = -1;
    private readonly (string? Cell, object? Value)[] latest;      // stages, countries: the same cell means the same value

    private readonly bool clears;

    /// <summary>Stands for the value of a cell that empties the property.</summary>
    public static readonly object Emptied = new();

    public ImportPlan(IReadOnlyList<ImportColumn> columns, PropertyCatalog catalog, ImportChoices? choices = null)
    {
        (this.columns, clears) = (columns, choices?.Clears == true);
        var byEmail = choices?.ByEmail == true && columns.Any(column => column.Property == "email");
        (properties, target, latest) = (new Property?[columns.Count], new int[columns.Count], new (string?, object?)[columns.Count]);
        var targets = new List<Property>();
        for (var i = 0; i < columns.Count; i++)
        {
            properties[i] = columns[i].Property is { } name ? catalog.Find(name) is { ArchivedAt: null } found ? found : null : null;
            if (properties[i]?.Name == "email") email = i;
            else if (properties[i]?.Name == "hs_object_id") { if (!byEmail) recordId = i; }
            else if (properties[i] is { ReadOnly: false } property)
            {
                target[i] = targets.Count;
                targets.Add(property);
                continue;
            }
            target[i] = -1;
        }
        Targets = targets;
    }

    /// <summary>The properties that get values, keys left out.</summary>
    public IReadOnlyList<Property> Targets { get; }

    /// <summary>What is wrong with the choice of columns, as a sentence, or null.</summary>
    public static string? Error(IReadOnlyList<ImportColumn> columns, PropertyCatalog catalog, ImportChoices choices)
    {
        var chosen = columns.Where(c => c.Property is not null).ToList();
        if (chosen.FirstOrDefault(c => catalog.Find(c.Property!) is not { } p || !ColumnNames.CanBeMapped(p)) is { } bad)
            return ListRefusal.Say(ImportRefusals.Kept, bad.Heading, catalog.Find(bad.Property!)?.Label ?? bad.Property!);
        if (chosen.GroupBy(c => c.Property).FirstOrDefault(g => g.Count() > 1) is { } twice)
            return ListRefusal.Say(ImportRefusals.Twice, catalog.Find(twice.Key!)!.Label, string.Join(", ", twice.Select(c => c.Heading)));
        if (chosen.TrueForAll(c => c.Property is not ("email" or "hs_object_id"))) return ImportRefusals.NoKey;
        return choices.Deeds == ImportDeeds.Create && chosen.TrueForAll(c => c.Property != "email") ? ImportRefusals.MakesNeedEmail : null;
    }

    /// <summary>Reads one row.</summary>
    public ImportRow Read(CsvRow row)
    {
        var values = new object?[Targets.Count];
        if (row.Fault is { } broken) return new(row, null, null, null, values, new("", row.Cells[0], broken));
        if (IsHeading(row)) return new(row, null, null, null, values, new("", "", ImportRefusals.HeadingAgain));
        if (TooMany(row)) return new(row, null, null, null, values, new("", "", ListRefusal.Say(ImportRefusals.ManyCells, row.Cells.Length, columns.Count)));
        var (address, key, id) = ((string?)null, (string?)null, (long?)null);
        for (var i = 0; i < properties.Length && i < row.Cells.Length; i++)
        {
            var cell = row.Cells[i];
            if (cell.Length == 0)
            {
                if (clears && target[i] >= 0) values[target[i]] = Emptied;
                continue;
            }
            string? error = null;
            if (i == email) error = Address(cell, out address, out key);
            else if (i == recordId) error = Number(cell, out id);
            else if (target[i] >= 0)
            {
                error = Value(i, cell, out var value);
                values[target[i]] = value ?? (clears ? Emptied : null);
            }
            if (error is not null) return new(row, null, null, null, values, new(columns[i].Heading, cell, error));
        }
        return new(row, address, key, id, values, key is null && id is null ? new(KeyHeading, "", ImportRefusals.NoAddress) : null);
    }

    /// <summary>Why a cell of this column would have its row rejected, or null.</summary>
    public string? CellError(int column, string cell) =>
        column == email ? Address(cell, out _, out _) : column == recordId ? Number(cell, out _) : target[column] >= 0 ? Value(column, cell, out _) : null;

    private bool IsHeading(CsvRow row)
    {
        if (row.Cells.Length != columns.Count) return false;
        for (var i = 0; i < columns.Count; i++) if (!row.Cells[i].AsSpan().Trim().SequenceEqual(columns[i].Heading)) return false;
        return columns.Count > 1;
    }

    private string KeyHeading => email >= 0 ? columns[email].Heading : recordId >= 0 ? columns[recordId].Heading : "";

    private bool TooMany(CsvRow row)
    {
        for (var i = columns.Count; i < row.Cells.Length; i++) if (!string.IsNullOrWhiteSpace(row.Cells[i])) return true;
        return false;
    }

    private static string? Address(string cell, out string? address, out string? key)
    {
        (address, key) = (null, null);
        var trimmed = cell.Trim();
        if (trimmed.Length == 0) return null;
        key = EmailAddress.Normalize(trimmed);
        if (key is not null) { address = trimmed.Length == key.Length && trimmed == key ? key : trimmed; return null; }
        return EmailAddress.Check(trimmed) switch
        {
            AddressFault.TooLong => RejectionReasons.LongAddress,
            AddressFault.NoAt => RejectionReasons.NoAt,
            AddressFault.ManyAts => RejectionReasons.ManyAts,
            AddressFault.BadDomain => RejectionReasons.BadDomain,
            _ => RejectionReasons.BadAddress,
        };
    }

    private static string? Number(string cell, out long? id)
    {
        id = null;
        if (string.IsNullOrWhiteSpace(cell)) return null;
        if (!long.TryParse(cell.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number <= 0) return ImportRefusals.BadNumber;
        id = number;
        return null;
    }

    private string? Value(int column, string cell, out object? value)
    {
        if (ReferenceEquals(latest[column].Cell, cell)) { value = latest[column].Value; return null; }
        (value, var error) = PropertyValue.Parse(properties[column]!, Plain(column, cell));
        if (error is null) latest[column] = (cell, value);
        return error;
    }

    private string Plain(int column, string cell) => properties[column]!.Type switch
    {
        PropertyType.Number => ColumnFormats.PlainNumber(cell, columns[column].Decimals),
        PropertyType.Date or PropertyType.DateTime => ColumnFormats.PlainDate(cell, columns[column].Dates),
        _ => cell,
    };
}
