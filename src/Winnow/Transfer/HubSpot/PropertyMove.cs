using Winnow.Contacts;

namespace Winnow.Transfer.HubSpot;

/// <summary>What becomes of a property of HubSpot. Pure: the job asks and does it.</summary>
/// <param name="Wish">The property to make here; null: none.</param>
/// <param name="Misfit">Why it does not come over as it is; null: it does, or nobody would miss it.</param>
/// <param name="OnlyIfUsed">Only if a contact has a value: HubSpot has hundreds of properties of its own.</param>
public sealed record PropertyMove(PropertyWish? Wish, string? Misfit = null, bool OnlyIfUsed = false)
{
    private static readonly PropertyMove Nothing = new((PropertyWish?)null);

    /// <summary>The name of its property here: as there, where the rules for names allow it.</summary>
    public static string NameHere(HubSpotProperty there) => PropertyWish.NameOf(there.Name);

    /// <summary>The property here that takes its values; null when none does. What Winnow itself keeps is none.</summary>
    public static Property? Here(HubSpotProperty there, PropertyCatalog catalog) => Property(there, catalog) is { ReadOnly: false, ArchivedAt: null } property && property.Name != "email" ? property : null;

    private static Property? Property(HubSpotProperty there, PropertyCatalog catalog) => catalog.Find(there.Name) ?? (catalog.Find(NameHere(there)) is { IsCustom: true } own ? own : null);

    /// <summary>What to do about a property.</summary>
    public static PropertyMove Of(HubSpotProperty there, PropertyCatalog catalog)
    {
        if (Property(there, catalog) is { } here)
            return here is { IsCustom: false } ? Nothing
                : here.ArchivedAt is not null ? new(null, "property-archived", there.IsHubSpots)
                : KindOf(there) is { } same && PropertyWish.Kinds[same].Type == here.Type ? Nothing : new(null, "property-differs");
        if (there.Hidden || there.IsHubSpots && (there.ReadOnly || there.Calculated)) return Nothing;                          // HubSpot's own bookkeeping
        if (there.Calculated || there.FieldType.StartsWith("calculation", StringComparison.Ordinal)) return new(null, "property-calculated", there.IsHubSpots);
        if (KindOf(there) is not { } kind) return new(null, "property-type", there.IsHubSpots);
        if (NameHere(there).StartsWith("hs_", StringComparison.Ordinal)) return new(null, "property-kept", true);
        var wish = new PropertyWish(NameHere(there), Short(there.Label.Trim() is { Length: > 0 } label ? label : there.Name, PropertyWish.MaxLabel), kind, Short(there.Description, PropertyWish.MaxDescription), kind is "choice" or "choices" ? there.Options : []);
        return wish.Error(catalog) is null ? new(wish, there.Type == "datetime" ? "property-moment" : there.ExternalOptions ? "property-text" : null, there.IsHubSpots) : new(null, "property-refused", there.IsHubSpots);
    }

    /// <summary>The options that HubSpot has and the account's own property here lacks; those here stay.</summary>
    public static IReadOnlyList<PropertyOption> NewOptions(HubSpotProperty there, Property here) => here is not { IsCustom: true, Type: PropertyType.Enumeration } ? []
        : [.. there.Options.Where(o => !here.Options.Any(known => known.Value.Equals(o.Value, StringComparison.OrdinalIgnoreCase)))];

    /// <summary>The kind of property here; null when there is none like it.</summary>
    private static string? KindOf(HubSpotProperty there) => (there.Type, there.FieldType) switch
    {
        ("string" or "phone_number", "textarea" or "html") => "textarea",
        ("string" or "phone_number", _) => "text",
        ("number", _) => "number",
        ("date" or "datetime", _) => "date",
        ("bool", _) => "bool",
        ("enumeration", _) when there.ExternalOptions || there.Options.Count == 0 => "text",
        ("enumeration", "checkbox") => "choices",
        ("enumeration", "booleancheckbox") when there.Options.All(o => o.Value is "true" or "false") => "bool",
        ("enumeration", _) => "choice",
        _ => null,
    };

    private static string Short(string text, int most) => text.Length <= most ? text : text[..most];
}
