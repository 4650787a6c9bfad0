using System.Globalization;
using System.Text;
using Winnow.Contacts;

namespace Winnow.Transfer;

/// <summary>Finds the property that a column of a file means by its heading: internal name, label, the Dutch label, or a usual other name.</summary>
public static class ColumnNames
{
    /// <summary>Other headings of the built-in properties, English and Dutch, without spaces and signs.</summary>
    private static readonly (string Property, string[] Headings)[] Others =
    [
        ("hs_object_id", ["recordid", "contactid", "vid", "recordnummer"]),
        ("email", ["email", "emailaddress", "mail", "mailaddress", "emailadres", "mailadres", "primaryemail", "contactemail", "workemail", "zakelijkemailadres"]),
        ("firstname", ["firstname", "first", "givenname", "forename", "voornaam", "roepnaam"]),
        ("lastname", ["lastname", "last", "surname", "familyname", "achternaam", "familienaam"]),
        ("company", ["company", "companyname", "organisation", "organization", "account", "employer", "bedrijf", "bedrijfsnaam", "organisatie", "werkgever"]),
        ("jobtitle", ["jobtitle", "title", "function", "role", "position", "functie", "functietitel", "rol"]),
        ("phone", ["phone", "phonenumber", "telephone", "tel", "workphone", "telefoon", "telefoonnummer"]),
        ("mobilephone", ["mobile", "mobilephone", "mobilenumber", "cell", "cellphone", "mobiel", "mobieltelefoonnummer", "mobielnummer", "gsm"]),
        ("website", ["website", "websiteurl", "url", "web", "homepage", "webadres"]),
        ("address", ["address", "streetaddress", "street", "address1", "adres", "straat", "straatnaam"]),
        ("zip", ["zip", "zipcode", "postalcode", "postcode"]),
        ("city", ["city", "town", "place", "plaats", "stad", "woonplaats"]),
        ("state", ["state", "region", "stateregion", "province", "provincie", "regio", "staat", "county"]),
        ("country", ["country", "countryregion", "land", "nation"]),
        ("lifecyclestage", ["lifecyclestage", "lifecycle", "stage", "levenscyclusfase", "fase"]),
        ("hs_lead_status", ["leadstatus", "leadstatusvalue"]),
        ("hs_legal_basis", ["legalbasis", "lawfulbasis", "rechtsgrond", "grondslag"]),
    ];

    private static readonly Dictionary<string, string> ByHeading = Others.SelectMany(o => o.Headings.Select(h => (h, o.Property))).ToDictionary(h => h.h, h => h.Property);

    /// <summary>The properties that the columns mean, null where none fits; a property is given to one column at most.</summary>
    public static IReadOnlyList<Property?> Match(PropertyCatalog properties, IReadOnlyList<string> headings)
    {
        var taken = new HashSet<long>();
        return [.. headings.Select(heading => Of(properties, heading) is { } found && CanBeMapped(found) && taken.Add(found.Id) ? found : null)];
    }

    /// <summary>Whether an import may write the property; the record id is not written, but finds the contact. What Winnow itself
    /// keeps (bounces, opt-outs, spam reports, counters) is never taken from a file.</summary>
    public static bool CanBeMapped(Property property) => property.ArchivedAt is null && (!property.ReadOnly || property.Name == "hs_object_id");

    private static Property? Of(PropertyCatalog properties, string heading)
    {
        var plain = Plain(heading);
        return plain.Length == 0 ? null
            : properties.Find(heading.Trim().ToLowerInvariant())
              ?? properties.Present.FirstOrDefault(p => Plain(p.Label) == plain || Plain(p.Name) == plain)
              ?? (ByHeading.TryGetValue(plain, out var name) ? BuiltInProperties.Of(name) : null);
    }

    /// <summary>Small letters and digits only, accents taken off.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
            if (char.IsLetterOrDigit(c) && CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark) plain.Append(char.ToLowerInvariant(c));
        return plain.ToString();
    }
}
