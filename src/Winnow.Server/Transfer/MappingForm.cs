using Winnow.Contacts;
using Winnow.Transfer;

namespace Winnow.Server.Transfer;

/// <summary>The fields of the mapping page. A thousand columns are more than form binding takes, so they are read from the form itself: <c>Column</c> once for each column,
/// and where a column needs more, <c>Label-3</c>, <c>Kind-3</c>, <c>Dates-3</c> and <c>Decimals-3</c>.</summary>
public static class MappingForm
{
    /// <summary>The choice that makes a property for the column.</summary>
    public const string New = "+";

    /// <summary>The order in the form; without one, what was recognised.</summary>
    /// <param name="mayMake">Whether this person may make properties.</param>
    public static ImportOrder Read(IFormCollection? form, ImportPreview preview, string name, string? listName, bool marketing, bool mayMake)
    {
        var (columns, wishes, chosen) = (preview.Columns.ToList(), new Dictionary<int, PropertyWish>(), form?["Column"] ?? default);
        for (var i = 0; i < Math.Min(columns.Count, chosen.Count); i++)
        {
            if (chosen[i] == New && mayMake) wishes[i] = Wish(form!, preview, i);
            columns[i] = columns[i] with
            {
                Property = chosen[i] is { Length: > 0 } property and not New ? property : null,
                Dates = form![$"Dates-{i}"].ToString() is var dates && dates is "dmy" or "mdy" ? dates : columns[i].Dates,
                Decimals = form[$"Decimals-{i}"].ToString() is var decimals && decimals is "," or "." ? decimals : columns[i].Decimals,
            };
        }
        return new(name, columns, marketing, listName, Choices(form, preview.Usual), wishes);
    }

    private static ImportChoices Choices(IFormCollection? form, ImportChoices usual) => form is null ? usual
        : new(Enum.TryParse<ImportDeeds>(form["Deeds"], ignoreCase: true, out var deeds) && Enum.IsDefined(deeds) ? deeds : ImportDeeds.Both, form.ContainsKey("Key") ? form["Key"] == "email" : usual.ByEmail, form["Clears"] == "true");

    /// <summary>The property that the fields describe; where they are empty, one that is called like the column and holds its cells.</summary>
    private static PropertyWish Wish(IFormCollection form, ImportPreview preview, int column)
    {
        var (label, kind) = (form[$"Label-{column}"].ToString().Trim(), form[$"Kind-{column}"].ToString());
        if (kind.Length == 0) kind = preview.KindOf(column);
        return new(null, label.Length > 0 ? label : Short(preview.Columns[column].Heading), kind, "", kind is "choice" or "choices" ? Options(preview.CellsOf(column), kind == "choices") : []);
    }

    /// <summary>A choice has what the first rows hold to choose from.</summary>
    private static List<PropertyOption> Options(IEnumerable<string> cells, bool several) =>
        [.. (several ? cells.SelectMany(cell => cell.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) : cells)
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.CurrentCultureIgnoreCase).Select(cell => new PropertyOption(cell, cell))];

    private static string Short(string heading) => heading.Length <= PropertyWish.MaxLabel ? heading : heading[..PropertyWish.MaxLabel];
}
