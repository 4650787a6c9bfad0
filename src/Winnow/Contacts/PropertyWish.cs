using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Winnow.Contacts;

/// <summary>A property that someone wants to make. Kinds: text, number, date, yes/no, single and multiple choice.</summary>
/// <param name="Name">Internal name; made from the label when empty.</param>
/// <param name="Kind">text, textarea, number, date, bool, choice or choices.</param>
/// <param name="Group">The name of one of <see cref="PropertyGroups"/>.</param>
public sealed partial record PropertyWish(string? Name, string Label, string Kind, string Description, IReadOnlyList<PropertyOption> Options, string Group = PropertyGroups.Default)
{
    /// <summary>The longest label, description, internal name and option, in characters; and the most options.</summary>
    public const int MaxLabel = 200, MaxDescription = 2_000, MaxName = 100, MaxOption = 200, MaxOptions = 1_000;

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
    public string InternalName => string.IsNullOrWhiteSpace(Name) ? NameOf(Label) : Name.Trim();

    /// <summary>What is wrong with the wish, or null.</summary>
    public PropertyFault? Error(PropertyCatalog catalog) =>
        TextError(Label, Description) is { } text ? text
        : !Kinds.TryGetValue(Kind, out var kind) ? new("Kind", PropertyFault.NoKind)
        : !Internal().IsMatch(InternalName) ? new("Name", PropertyFault.BadName, MaxName)
        : InternalName.StartsWith("hs_", StringComparison.Ordinal) || InternalName.StartsWith("winnow_", StringComparison.Ordinal) ? new("Name", PropertyFault.KeptName)
        : catalog.Find(InternalName) is { } taken ? new("Name", taken.ArchivedAt is null ? PropertyFault.TakenName : PropertyFault.TakenByArchived, InternalName, taken.Label)
        : kind.Type == PropertyType.Enumeration ? OptionError(Options) : null;

    /// <summary>The property as it will be stored.</summary>
    public Property ToProperty(long id) => new(id, InternalName, Label.Trim(), Kinds[Kind].Type, Kinds[Kind].FieldType, Group, Description.Trim(),
        Kinds[Kind].Type == PropertyType.Enumeration ? Options : []);

    /// <summary>Whether this property is just what is wished for: the same form came twice.</summary>
    public bool IsMet(Property? property) => property is { IsCustom: true, ArchivedAt: null } && Kinds.ContainsKey(Kind) && ToProperty(property.Id) is var wished
        && wished with { Options = property.Options } == property && wished.Options.SequenceEqual(property.Options);

    /// <summary>What is wrong with a label or a description, or null.</summary>
    public static PropertyFault? TextError(string label, string description) =>
        string.IsNullOrWhiteSpace(label) ? new("Label", PropertyFault.NoLabel)
        : label.Trim().Length > MaxLabel ? new("Label", PropertyFault.LongLabel, MaxLabel)
        : description.Trim().Length > MaxDescription ? new("Description", PropertyFault.LongDescription, MaxDescription)
        : null;

    /// <summary>What is wrong with the options of a choice, or null.</summary>
    public static PropertyFault? OptionError(IReadOnlyList<PropertyOption> options) =>
        options.Count == 0 ? new("Options", PropertyFault.NoOptions)
        : options.Count > MaxOptions ? new("Options", PropertyFault.ManyOptions, MaxOptions)
        : options.Any(o => string.IsNullOrWhiteSpace(o.Value) || string.IsNullOrWhiteSpace(o.Label)) ? new("Options", PropertyFault.EmptyOption)
        : options.FirstOrDefault(o => o.Value.Length > MaxOption || o.Label.Length > MaxOption) is { } big ? new("Options", PropertyFault.LongOption, MaxOption, big.Label[..Math.Min(40, big.Label.Length)])
        : options.FirstOrDefault(o => o.Value.Contains(';', StringComparison.Ordinal)) is { } bad ? new("Options", PropertyFault.Semicolon, bad.Value)
        : options.GroupBy(o => o.Value, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice ? new("Options", PropertyFault.TwiceValue, twice.Key)
        : null;

    /// <summary>"Geïmporteerd in 2026" is geimporteerd_in_2026.</summary>
    internal static string NameOf(string label)
    {
        var plain = string.Concat(label.Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark));
        var name = NotWord().Replace(plain.ToLowerInvariant(), "_").Trim('_');
        if (name.Length > 0 && char.IsAsciiDigit(name[0])) name = "p_" + name;
        return name.Length <= MaxName ? name : name[..MaxName];
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotWord();

    [GeneratedRegex("^[a-z][a-z0-9_]{0,99}$")]
    private static partial Regex Internal();
}
