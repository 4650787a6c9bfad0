using Microsoft.Extensions.Localization;
using Winnow.Contacts;
using Winnow.Server.Ui;

namespace Winnow.Server.Lists;

/// <summary>A part of the properties, as the picker shows them.</summary>
/// <param name="Name">The group's, or <see cref="Own"/>.</param>
/// <param name="Word">What people read.</param>
public sealed record PropertyParts(string Name, string Word, IReadOnlyList<Property> Properties)
{
    /// <summary>The part of those that the account made and put into no group of its own; no group has such a name.</summary>
    public const string Own = "own-properties", OwnWord = "Your own properties";

    /// <summary>The properties that people can choose, in their parts: the built-in groups, the account's own properties, its own groups by label; with a
    /// search text only those whose label or name has it.</summary>
    /// <param name="groups">The account's groups (<see cref="PropertyGroups.All"/>).</param>
    /// <param name="search">Null for all.</param>
    public static IEnumerable<PropertyParts> Of(PropertyCatalog properties, IReadOnlyList<PropertyGroup> groups, string? search, IStringLocalizer<Words> words)
    {
        var made = groups.Where(group => group.IsCustom).Select(group => (group.Name, Word: group.Label)).ToList();
        var found = properties.Present.Where(p => search is null || words.Say(p).Contains(search, StringComparison.CurrentCultureIgnoreCase) || p.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .ToLookup(p => p.IsCustom && made.All(group => group.Name != p.Group) ? Own : p.Group);
        return PropertyGroups.BuiltIn.Select(group => (group.Name, Word: words[group.Label].Value)).Append((Own, words[OwnWord])).Concat(made)
            .Where(part => found[part.Name].Any()).Select(part => new PropertyParts(part.Name, part.Word, [.. found[part.Name]]));
    }
}
