using System.Globalization;

namespace Winnow.Transfer.HubSpot;

/// <summary>A reason why something did not come over as it is in HubSpot: a row of the table <see cref="All"/>. Stored by its key.</summary>
/// <param name="What">What did not fit: a property, a value, an address, a contact, a list.</param>
/// <param name="Why">Why, as a sentence.</param>
/// <param name="Remedy">What can be done about it.</param>
public sealed record Misfit(string Key, string What, string Why, string Remedy)
{
    private const string Property = "Property", Value = "Value", Address = "Address", Contact = "Contact", List = "Lists";

    /// <summary>All reasons.</summary>
    public static readonly IReadOnlyList<Misfit> All =
    [
        new("property-type", Property, "Winnow has no properties of this type.", "Its values were left out. Export them from HubSpot as a file and import them as text, if they are needed."),
        new("property-calculated", Property, "HubSpot calculates it, and its formula stays there.", "Its values were left out. Export them from HubSpot as a file and import them, if they are needed."),
        new("property-moment", Property, "Own properties hold days: the time of day was left out.", "Nothing, unless the time matters; HubSpot's export of contacts has it."),
        new("property-text", Property, "Its choices lie elsewhere in HubSpot: it became a text with their numbers.", "Nothing, unless the names matter."),
        new("property-kept", Property, "Internal names that begin with hs_ are kept for built-in properties.", "Make a property of your own for it, and import its values from HubSpot's export of contacts."),
        new("property-refused", Property, "The property cannot be made here.", "Make a property of your own for it, and import its values from HubSpot's export of contacts."),
        new("property-differs", Property, "There is a property of this name here already, of another type.", "Values that fit it were brought. Rename one of the two and start again to have both."),
        new("property-archived", Property, "The property of this name is archived here.", "Bring it back under Settings > Properties, and start again."),
        new("value", Value, "The value does not fit the property.", "Correct it in HubSpot and start again, or enter it here."),
        new("value-changed-here", Value, "It was changed here: what stands here was kept.", "Compare the two and correct the wrong one."),
        new("address-taken", Address, "Another contact here has this address.", "Find out whose it is; an address belongs to one contact."),
        new("address-invalid", Address, "It is no email address.", "Correct it in HubSpot and start again."),
        new("address-blocked", Address, "The address was deleted permanently here and does not come back.", "Nothing: that is what deleting permanently promises."),
        new("address-many", Address, "A contact has at most 20 additional addresses.", "Remove some there, or leave it."),
        new("contact-nameless", Contact, "It has neither an address nor a name.", "Give it one in HubSpot and start again, or leave it."),
        new("contact-deleted", Contact, "It was deleted here after it was brought.", "Restore it from the recycle bin, if it should be here."),
        new("contact-twice", Contact, "Two contacts of HubSpot are one contact here.", "Merge the two in HubSpot, or correct their addresses, and start again."),
        new("opt-out-withdrawn", Contact, "The person subscribed again here: the opt-out in HubSpot is older, or of another kind.", "Ask the person, or enter the opt-out here."),
        new("bounce-lifted", Contact, "The address bounced in HubSpot, but was unbounced here.", "Nothing: the next email tells."),
        new("marketing-changed-here", Contact, "Its marketing status was changed here: it was kept.", "Set it here, if HubSpot is right."),
        new("list-filter", List, "Its filter cannot be said here: it became a static list of who was in it.", "Make an active list with a filter of Winnow, and compare."),
        new("list-renamed", List, "There is another list of this name here: its name got HubSpot's number behind it.", "Rename one of the two."),
        new("list-refused", List, "The list cannot be made here.", "Make it here by hand."),
        new("list-gone", List, "It was deleted here after it was brought.", "Restore it under Deleted lists, if it should be here."),
        new("list-members", List, "Members of it are no contacts here.", "See the contacts above that could not be brought."),
        new("list-left", List, "People left it in HubSpot since it was brought; here they stay.", "Compare the two lists, and take them out here."),
        new("list-became-active", List, "It is an active list here now: its filter decides who is in it.", "Nothing, unless the list should be static."),
    ];

    private static readonly Dictionary<string, Misfit> ByKey = All.ToDictionary(m => m.Key);

    /// <summary>The reason of this key.</summary>
    public static Misfit Of(string key) => ByKey[key];
}

/// <summary>Something that did not fit.</summary>
/// <param name="Key">Which <see cref="Misfit"/>.</param>
/// <param name="Name">What it is called in HubSpot; of people only their number.</param>
/// <param name="Detail">What exactly, for the file: a value, an address, the words of a refusal.</param>
public sealed record Found(string Key, string Name, string Detail = "", long Count = 1)
{
    /// <summary>A contact by its number in HubSpot.</summary>
    public static string Person(long id) => string.Create(CultureInfo.InvariantCulture, $"#{id}");

    /// <summary>The headings of the file.</summary>
    public static readonly IReadOnlyList<string> Headings = ["What", "Which", "Detail", "Why", "What to do"];

    /// <summary>As a line of the file.</summary>
    public IEnumerable<string> Line() => Misfit.Of(Key) is var reason ? [reason.What, Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{Name} ({Count})") : Name, Detail, reason.Why, reason.Remedy] : [];
}

/// <summary>How often something did not fit, with some examples.</summary>
public sealed record MisfitSum(string Key, long Count, IReadOnlyList<string> Names)
{
    private const int Examples = 6;

    /// <summary>The sums with these added.</summary>
    public static IReadOnlyList<MisfitSum> Add(IReadOnlyList<MisfitSum> sums, IReadOnlyCollection<Found> found) => found.Count == 0 ? sums
        : [.. sums.Concat(found.Select(f => new MisfitSum(f.Key, f.Count, [f.Name]))).GroupBy(s => s.Key)
            .Select(g => new MisfitSum(g.Key, g.Sum(s => s.Count), [.. g.SelectMany(s => s.Names).Distinct().Take(Examples)]))];
}
