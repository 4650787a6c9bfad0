using System.Globalization;
using System.Text;
using Winnow.Contacts;

namespace Winnow.Transfer;

/// <summary>How sure it is that a column means a property.</summary>
public enum Certainty
{
    /// <summary>Nothing is known of it: the column is left out.</summary>
    None,
    /// <summary>Part of its heading, or its cells, say so.</summary>
    Likely,
    /// <summary>Its heading says so.</summary>
    Certain,
}

/// <summary>The property that a column means, null for none, and how sure that is. Certain without a property: it is known that the column is no property.</summary>
public sealed record ColumnMatch(Property? Property, Certainty Certainty);

/// <summary>Finds the property that a column of a file means: by its heading (internal name, label, the Dutch label, or a usual other name), by part of it, or by its cells.</summary>
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

    /// <summary>A shorter name tells nothing as part of a longer one.</summary>
    private const int Telling = 5;

    private static readonly Dictionary<string, string> ByHeading = Others.SelectMany(o => o.Headings.Select(h => (h, o.Property))).ToDictionary(h => h.h, h => h.Property);

    /// <summary>The properties that the columns mean by their headings alone, null where none fits; a property is given to one column at most.</summary>
    public static IReadOnlyList<Property?> Match(PropertyCatalog properties, IReadOnlyList<string> headings)
    {
        var taken = new HashSet<long>();
        return [.. headings.Select(heading => Of(properties, heading) is { } found && CanBeMapped(found) && taken.Add(found.Id) ? found : null)];
    }

    /// <summary>The properties that the columns mean. The whole headings come first, then parts of them, then cells: what is likely never takes a property from what is certain. Where a heading names a property that is taken, or that Winnow keeps itself, the cells are no reason to think of another.</summary>
    /// <param name="cells">For each column some of its cells that hold something.</param>
    internal static IReadOnlyList<ColumnMatch> Match(PropertyCatalog properties, IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> cells)
    {
        var notes = RejectedRows.NotesIn(headings);                                  // a mended file of rejected rows
        var matches = Match(properties, [.. headings.Select((heading, i) => i < notes ? "" : heading)]).Select((p, i) => p is not null || i < notes ? new ColumnMatch(p, Certainty.Certain) : null).ToArray();
        var taken = matches.Select(match => match?.Property?.Id).OfType<long>().ToHashSet();
        foreach (var find in new Func<int, Property?>[] { i => Within(headings[i], cells[i], taken), i => ColumnContents.Property(properties, cells[i], taken) })
            for (var i = 0; i < matches.Length; i++)
                if (matches[i] is null && Of(properties, headings[i]) is null && find(i) is { } found && taken.Add(found.Id)) matches[i] = new(found, Certainty.Likely);
        return [.. matches.Select(match => match ?? new(null, Certainty.None))];
    }

    /// <summary>The property whose heading is part of this one, the longest and best at its end, where the noun stands: "Email of the buyer", "Company phone". No address without addresses.</summary>
    private static Property? Within(string heading, IReadOnlyList<string> cells, HashSet<long> taken)
    {
        var plain = Plain(heading);
        return ByHeading.Where(known => known.Key.Length >= Telling && plain.Contains(known.Key, StringComparison.Ordinal) && !taken.Contains(BuiltInProperties.Of(known.Value).Id))
            .OrderByDescending(known => plain.EndsWith(known.Key, StringComparison.Ordinal)).ThenByDescending(known => known.Key.Length).Select(known => BuiltInProperties.Of(known.Value))
            .FirstOrDefault(property => property.Name != "email" || ColumnContents.AreAddresses(cells));
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
