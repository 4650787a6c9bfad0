using Winnow.Contacts;

namespace Winnow.Server.Lists;

/// <summary>A part of the properties, as the picker shows them.</summary>
/// <param name="Name">HubSpot's group, or "own" for those the account made.</param>
/// <param name="Word">What people read.</param>
public sealed record PropertyParts(string Name, string Word, IReadOnlyList<Property> Properties)
{
    /// <summary>The parts and their words, in order.</summary>
    public static readonly IReadOnlyList<(string Name, string Word)> All = [("contactinformation", "Contact information"), ("emailinformation", "Email information"), ("own", "Your own properties")];

    /// <summary>The properties that people can choose, in their parts; with a search text only those whose label or name has it.</summary>
    /// <param name="search">Looked for in <paramref name="label"/>; null for all.</param>
    public static IEnumerable<PropertyParts> Of(PropertyCatalog properties, string? search, Func<Property, string>? label = null)
    {
        var found = properties.Present.Where(p => search is null || (label?.Invoke(p) ?? p.Label).Contains(search, StringComparison.CurrentCultureIgnoreCase) || p.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .ToLookup(p => p.IsCustom ? "own" : p.Group);
        return All.Where(part => found[part.Name].Any()).Select(part => new PropertyParts(part.Name, part.Word, [.. found[part.Name]]));
    }
}
