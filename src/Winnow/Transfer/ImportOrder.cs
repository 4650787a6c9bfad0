using Winnow.Contacts;

namespace Winnow.Transfer;

/// <summary>Which contacts an import writes. Stored by name.</summary>
public enum ImportDeeds
{
    /// <summary>Makes new ones and changes known ones.</summary>
    Both,
    /// <summary>Only makes new ones.</summary>
    Create,
    /// <summary>Only changes known ones.</summary>
    Update,
}

/// <summary>How an import goes about contacts.</summary>
/// <param name="ByEmail">Contacts are found by address alone, also where a column holds record ids; else by record id first.</param>
/// <param name="Clears">An empty cell empties the property; else it changes nothing.</param>
public sealed record ImportChoices(ImportDeeds Deeds = ImportDeeds.Both, bool ByEmail = false, bool Clears = false)
{
    /// <summary>What holds until somebody chooses.</summary>
    public static readonly ImportChoices Usual = new();
}

/// <summary>What an import shall do.</summary>
/// <param name="Columns">Where each column of the file goes, in its order.</param>
/// <param name="Marketing">Set all contacts as marketing contacts.</param>
/// <param name="MarketingKnown">Known contacts too, and not only those that it makes.</param>
/// <param name="ListName">The name of a static list to make of the contacts, or null.</param>
/// <param name="Wishes">Properties to make first, by the column that goes to each, from 0.</param>
/// <param name="Texts">The <see cref="RejectionReasons"/> in the language of who starts it, and the labels of properties; null: in English.</param>
public sealed record ImportOrder(string Name, IReadOnlyList<ImportColumn> Columns, bool Marketing, string? ListName, ImportChoices Choices, IReadOnlyDictionary<int, PropertyWish> Wishes, IReadOnlyDictionary<string, string>? Texts = null, bool MarketingKnown = true)
{
    /// <summary>The columns as they are with the wished properties, and the catalogue with them; a wish that cannot be met is left out.</summary>
    internal (IReadOnlyList<ImportColumn> Columns, PropertyCatalog Catalog) Wished(PropertyCatalog catalog)
    {
        var made = new Dictionary<int, Property>();
        foreach (var (column, wish) in Wishes)
            if (wish.Error(catalog) is null && made.Values.All(p => p.Name != wish.InternalName)) made[column] = wish.ToProperty(catalog.Everything.Max(p => p.Id) + 1 + column);
        return ([.. Columns.Select((c, i) => made.TryGetValue(i, out var property) ? c with { Property = property.Name } : c)], new(catalog.Everything.Where(p => p.IsCustom).Concat(made.Values)));
    }
}
