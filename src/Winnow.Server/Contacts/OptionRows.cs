using System.Globalization;
using Winnow.Contacts;

namespace Winnow.Server.Contacts;

/// <summary>The options of a choice between two requests: all of them travel in the form, so that they can be moved without script. Fields are
/// named <c>o.0.label</c>; a button named <c>do</c> says what to change.</summary>
public sealed class OptionRows
{
    /// <summary>Above it the options are edited as lines of text: a form has only so many fields.</summary>
    public const int Most = 200;

    /// <summary>In their order. A new one has no value until it is saved.</summary>
    public List<PropertyOption> Rows { get; private init; } = [];

    /// <summary>Those of a property.</summary>
    public static OptionRows Of(Property property) => new() { Rows = [.. property.Options] };

    /// <summary>What was sent; null when the form held no rows.</summary>
    public static OptionRows? Read(IFormCollection form)
    {
        var rows = new List<PropertyOption>();
        for (var i = 0; i < Most + 1 && form.TryGetValue(Name(i, "label"), out var label); i++)
            rows.Add(new(Tidy(form[Name(i, "value")]), Tidy(label), form[Name(i, "hidden")] == "true"));
        return rows.Count == 0 ? null : new() { Rows = rows };
    }

    /// <summary>Does what a button asks: <c>add</c>, <c>up:2</c>, <c>down:2</c>, <c>remove:2</c>.</summary>
    public void Do(string deed)
    {
        var words = deed.Split(':');
        var at = words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n < Rows.Count ? n : -1;
        switch (words[0])
        {
            case "add" when Rows.Count < Most: Rows.Add(new("", "")); break;
            case "up" when at > 0: (Rows[at - 1], Rows[at]) = (Rows[at], Rows[at - 1]); break;
            case "down" when at >= 0 && at < Rows.Count - 1: (Rows[at], Rows[at + 1]) = (Rows[at + 1], Rows[at]); break;
            case "remove" when at >= 0: Rows.RemoveAt(at); break;
        }
    }

    /// <summary>As they will be stored: a new one takes its label for its value; new ones without a label are left out.</summary>
    public List<PropertyOption> Finished() =>
        [.. Rows.Where(row => row.Value.Length + row.Label.Length > 0).Select(row => row.Value.Length > 0 ? row : row with { Value = row.Label })];

    /// <summary>The name of a field.</summary>
    public static string Name(int row, string part) => string.Create(CultureInfo.InvariantCulture, $"o.{row}.{part}");

    private static string Tidy(string? text) => string.Concat((text ?? "").Where(c => !char.IsControl(c))).Trim();
}
