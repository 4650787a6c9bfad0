using System.Text.RegularExpressions;
using Winnow.Contacts;
using Winnow.Mail.Mime;

namespace Winnow.Transfer;

/// <summary>What the cells of a column look like: which property they may be meant for, and which kind of property would hold them.</summary>
public static partial class ColumnContents
{
    /// <summary>So many of a hundred cells must look alike.</summary>
    private const int Share = 80;

    private static readonly (string Property, Func<string, bool> Looks)[] Looks =
    [
        ("email", cell => EmailAddress.Normalize(cell) is not null),
        ("website", cell => Web().IsMatch(cell)),
        ("zip", cell => Postcode().IsMatch(cell)),
        ("phone", cell => Telephone().IsMatch(cell) && cell.Count(char.IsAsciiDigit) >= 9),
    ];

    /// <summary>The property that the cells show, among those that no other column has; null when they show none.</summary>
    public static Property? Property(PropertyCatalog catalog, IReadOnlyList<string> cells, IReadOnlySet<long> taken)
    {
        if (cells.Count == 0) return null;
        foreach (var (name, looks) in Looks)
            if (BuiltInProperties.Of(name) is var property && !taken.Contains(property.Id) && Most(cells, looks)) return property;
        var several = cells.Distinct(StringComparer.OrdinalIgnoreCase).Skip(1).Any();            // one word all over is a choice of anything
        return catalog.Present.FirstOrDefault(p => p is { Type: PropertyType.Enumeration, Options.Count: > 1 } && several && ColumnNames.CanBeMapped(p) && !taken.Contains(p.Id) && Most(cells, cell => cell.Length > 2 && PropertyValue.Parse(p, cell).Error is null));
    }

    /// <summary>The kind of <see cref="PropertyWish.Kinds"/> that holds all these cells; never a choice, as the rest of the file may hold others.</summary>
    public static string Kind(IReadOnlyList<string> cells)
    {
        if (cells.Count == 0) return "text";
        if (cells.Any(cell => cell.Length > 200 || cell.Contains('\n', StringComparison.Ordinal))) return "textarea";
        var ((order, _), (decimals, _)) = (ColumnFormats.DatesOf(cells), ColumnFormats.DecimalsOf(cells));
        if (Fits(PropertyType.Bool, cell => cell) && cells.Any(cell => char.IsLetter(cell[0]))) return "bool";
        // a postcode, a house number with a zero or a telephone number is no figure
        if (!cells.Any(cell => cell.Length > 15 || cell is ['0' or '+', >= '0' and <= '9', ..]) && Fits(PropertyType.Number, cell => ColumnFormats.PlainNumber(cell, decimals))) return "number";
        return cells.All(cell => cell.Length >= 6 && cell.Any(c => c is '-' or '/' or '.')) && Fits(PropertyType.Date, cell => ColumnFormats.PlainDate(cell, order)) ? "date" : "text";

        bool Fits(PropertyType type, Func<string, string> plain)
        {
            var kind = new Property(0, "", "", type, "", "", "", []);
            return cells.All(cell => PropertyValue.Parse(kind, plain(cell)).Error is null);
        }
    }

    /// <summary>Whether most of these are e-mail addresses.</summary>
    public static bool AreAddresses(IReadOnlyList<string> cells) => cells.Count > 0 && Most(cells, cell => EmailAddress.Normalize(cell) is not null);

    private static bool Most(IReadOnlyList<string> cells, Func<string, bool> looks) => cells.Count(looks) * 100 >= cells.Count * Share;

    [GeneratedRegex(@"^(https?://|www\.)\S+\.\S+$", RegexOptions.IgnoreCase)]
    private static partial Regex Web();

    [GeneratedRegex(@"^\d{4} ?[A-Z]{2}$")]
    private static partial Regex Postcode();

    [GeneratedRegex(@"^(\+|00|0|\()[\d ()./-]{7,20}$")]
    private static partial Regex Telephone();
}
