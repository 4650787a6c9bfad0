using System.Text.RegularExpressions;

namespace Winnow.Contacts;

/// <summary>A property that someone wants to make. Kinds: text, number, date, yes/no, single and multiple choice.</summary>
/// <param name="Name">Internal name; made from the label when empty.</param>
/// <param name="Kind">text, textarea, number, date, bool, choice or choices.</param>
public sealed partial record PropertyWish(string? Name, string Label, string Kind, string Description, IReadOnlyList<PropertyOption> Options)
{
    /// <summary>What people choose from, and what it is stored as.</summary>
    public static readonly IReadOnlyDictionary<string, (PropertyType Type, string FieldType)> Kinds = new Dictionary<string, (PropertyType, string)>
    {
        ["text"] = (PropertyType.String, "text"),
        ["textarea"] = (PropertyType.String, "textarea"),
        ["number"] = (PropertyType.Number, "number"),
        ["date"] = (PropertyType.Date, "date"),
        ["bool"] = (PropertyType.Bool, "booleancheckbox"),
        ["choice"] = (PropertyType.Enumeration, "select"),
        ["choices"] = (PropertyType.Enumeration, "checkbox"),
    };

    /// <summary>The internal name: lower case, digits and underscores.</summary>
    public string InternalName => string.IsNullOrWhiteSpace(Name) ? NotWord().Replace(Label.Trim().ToLowerInvariant(), "_").Trim('_') : Name.Trim();

    /// <summary>What is wrong with the wish, as a sentence, or null.</summary>
    public string? Error(PropertyCatalog catalog) =>
        string.IsNullOrWhiteSpace(Label) ? "Give the property a label."
        : !Kinds.TryGetValue(Kind, out var kind) ? $"Choose a type: {string.Join(", ", Kinds.Keys)}."
        : !Internal().IsMatch(InternalName) ? "The internal name must begin with a letter and hold only small letters, digits and underscores, at most 100."
        : catalog.Find(InternalName) is { } taken ? $"The internal name {InternalName} is taken by {taken.Label}{(taken.ArchivedAt is null ? "" : " (archived)")}."
        : kind.Type == PropertyType.Enumeration ? OptionError(Options) : null;

    /// <summary>The property as it will be stored.</summary>
    public Property ToProperty(long id) => new(id, InternalName, Label.Trim(), Kinds[Kind].Type, Kinds[Kind].FieldType, "contactinformation", Description.Trim(),
        Kinds[Kind].Type == PropertyType.Enumeration ? Options : []);

    /// <summary>What is wrong with the options of a choice, or null.</summary>
    public static string? OptionError(IReadOnlyList<PropertyOption> options) =>
        options.Count == 0 ? "A choice needs at least one option."
        : options.Any(o => string.IsNullOrWhiteSpace(o.Value) || string.IsNullOrWhiteSpace(o.Label)) ? "An option is empty."
        : options.FirstOrDefault(o => o.Value.Contains(';', StringComparison.Ordinal)) is { } bad ? $"An option cannot hold a semicolon: {bad.Value}"
        : options.GroupBy(o => o.Value, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"The option {twice.Key} is there twice."
        : null;

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotWord();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,99}$")]
    private static partial Regex Internal();
}
