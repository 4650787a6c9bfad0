using Winnow.Contacts;

namespace Winnow.Server.Demo;

/// <summary>Made-up contacts, the same ones each time. Their domains end in .example and .test, which nobody can own (RFC 2606).</summary>
public static class SamplePeople
{
    /// <summary>Fills in this many new contacts.</summary>
    /// <param name="now">The youngest were created just before.</param>
    public static void Fill(IReadOnlyList<Contact> contacts, DateTimeOffset now)
    {
        var dice = new Random(20_26);
        var companies = Companies(dice, Math.Max(1, contacts.Count / 7));
        var taken = new HashSet<string>();
        foreach (var contact in contacts) Fill(contact, dice, companies[dice.Next(companies.Count)], taken, now);
    }

    private static void Fill(Contact contact, Random dice, Company company, HashSet<string> taken, DateTimeOffset now)
    {
        var (first, last) = (Pick(dice, company.Place.FirstNames), Pick(dice, company.Place.LastNames));
        var name = $"{Plain(first)}.{Plain(last)}".Replace(" ", "", StringComparison.Ordinal);
        var email = $"{name}@{company.Domain}";
        for (var i = 2; !taken.Add(email); i++) email = $"{name}{i}@{company.Domain}";
        var age = Math.Pow(dice.NextDouble(), 1.5) * 5 * 365;                               // more of them lately
        contact[Of("email")] = email;
        contact[Of("firstname")] = first;
        contact[Of("lastname")] = last;
        contact[Of("company")] = company.Name;
        contact[Of("city")] = company.City;
        contact[Of("country")] = company.Place.Country;
        contact[Of("jobtitle")] = dice.Next(5) == 0 ? null : Pick(dice, JobTitles);
        contact[Of("lifecyclestage")] = Pick(dice, Stages);
        contact[ContactColumn.Of("created_at")] = (now - TimeSpan.FromDays(age) - TimeSpan.FromMinutes(dice.Next(1440))).ToUnixTimeMilliseconds();
        contact[ContactColumn.Of("marketing")] = dice.Next(100) < 92;
    }

    private static List<Company> Companies(Random dice, int count)
    {
        var names = new HashSet<string>();
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var (place, name) = (Pick(dice, Places), $"{Pick(dice, Firsts)} {Pick(dice, Trades)}");
            var city = Pick(dice, place.Cities);
            if (!names.Add(name)) name = $"{name} {city}";
            return new Company(name, $"{Plain(name).Replace(' ', '-')}.{(dice.Next(4) == 0 ? "test" : "example")}", city, place);
        })];
    }

    private static Property Of(string name) => BuiltInProperties.Of(name);

    private static T Pick<T>(Random dice, IReadOnlyList<T> choices) => choices[dice.Next(choices.Count)];

    /// <summary>Letters, digits, spaces and hyphens of a name, in lower case and without accents.</summary>
    private static string Plain(string name) => new([.. name.ToLowerInvariant().Normalize(System.Text.NormalizationForm.FormD)
        .Replace('ł', 'l').Replace('ø', 'o').Replace('ı', 'i').Where(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or ' ' or '-').Select(c => c)]);

    private sealed record Company(string Name, string Domain, string City, Place Place);

    private sealed record Place(string Country, string[] Cities, string[] FirstNames, string[] LastNames);

    private static readonly string[] Stages = ["subscriber", "subscriber", "subscriber", "lead", "lead", "marketingqualifiedlead", "opportunity", "customer", "customer"];

    private static readonly string[] JobTitles = ["Owner", "Buyer", "Head gardener", "Office manager", "Marketing manager", "Director", "Landscape architect", "Teacher", "Estate manager", "Florist", "Sales manager", "Planner", "Volunteer", "Foreman", "Secretary"];

    private static readonly string[] Firsts = ["Alder", "Amber", "Birch", "Bramble", "Brook", "Cedar", "Clover", "Cobalt", "Copper", "Dune", "Elder", "Ember", "Fern", "Field", "Flint", "Glade", "Harbour", "Hazel", "Heath", "Holly", "Iris", "Ivy", "Juniper", "Lantern", "Larch", "Linden", "Maple", "Meadow", "Mill", "Moss", "North", "Oak", "Orchard", "Pebble", "Pine", "Quarry", "Reed", "Ridge", "River", "Rowan", "Sage", "Slate", "Sorrel", "Spruce", "Stone", "Thistle", "Tidal", "Willow", "Winter", "Yarrow"];

    private static readonly string[] Trades = ["Gardens", "Nurseries", "Landscapes", "Florists", "Park Service", "Estates", "Seeds", "Greenhouses", "Tree Care", "Architects", "Housing", "Hotels", "School", "Allotments", "Supplies", "Tools", "Brewery", "Bakery", "Consulting", "Logistics", "Energy", "Books", "Travel", "Design", "Foundation"];

    private static readonly Place[] Places =
    [
        new("Netherlands", ["Utrecht", "Haarlem", "Zwolle", "Groningen", "Breda", "Deventer", "Leiden"], ["Noor", "Sanne", "Femke", "Lotte", "Bram", "Daan", "Jeroen", "Ruben", "Anouk", "Wouter"], ["Jansen", "de Vries", "van Dijk", "Bakker", "Visser", "Smit", "Meijer", "Mulder", "de Boer", "Hendriks", "Kuipers", "Prins"]),
        new("Belgium", ["Ghent", "Leuven", "Antwerp", "Namur", "Bruges"], ["Emma", "Louise", "Arthur", "Jules", "Marie", "Lucas", "Elise", "Victor"], ["Peeters", "Maes", "Jacobs", "Mertens", "Willems", "Claes", "Dubois", "Lambert", "Goossens"]),
        new("Germany", ["Münster", "Leipzig", "Freiburg", "Bremen", "Kassel", "Erfurt"], ["Hannah", "Jürgen", "Lena", "Felix", "Greta", "Moritz", "Katrin", "Björn", "Anja"], ["Schulz", "Becker", "Hoffmann", "Krüger", "Vogel", "Lehmann", "Köhler", "Brandt", "Winkler"]),
        new("United Kingdom", ["Bristol", "York", "Norwich", "Exeter", "Leeds", "Bath"], ["Amelia", "Oliver", "Isla", "George", "Harriet", "Alfie", "Priya", "Owen", "Grace"], ["Hughes", "Patel", "Turner", "Cooper", "Bennett", "O'Neill", "Marsh", "Fletcher", "Okafor", "Wright"]),
        new("France", ["Nantes", "Lyon", "Dijon", "Rennes", "Tours"], ["Camille", "Hugo", "Chloé", "Léon", "Manon", "Théo", "Inès", "Amélie"], ["Martin", "Lefèvre", "Moreau", "Girard", "Fontaine", "Rousseau", "Mercier", "Chevalier"]),
        new("Spain", ["Valencia", "Bilbao", "Granada", "Oviedo"], ["Lucía", "Mateo", "Carmen", "Álvaro", "Elena", "Javier"], ["García", "Navarro", "Ortega", "Iglesias", "Vega", "Núñez"]),
        new("Poland", ["Kraków", "Poznań", "Gdańsk", "Łódź"], ["Zofia", "Jan", "Maja", "Łukasz", "Hanna", "Piotr"], ["Nowak", "Wójcik", "Kowalczyk", "Zieliński", "Mazur", "Król"]),
        new("Sweden", ["Uppsala", "Malmö", "Lund", "Umeå"], ["Astrid", "Elsa", "Oskar", "Nils", "Freja", "Anders"], ["Lindqvist", "Berg", "Sjöberg", "Nyström", "Holm", "Åkesson"]),
    ];
}
