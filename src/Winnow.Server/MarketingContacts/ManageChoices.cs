using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Localization;
using Winnow.Contacts;
using Winnow.Filters;
using Winnow.Lists;
using Winnow.MarketingContacts;
using Winnow.Server.Ui;

namespace Winnow.Server.MarketingContacts;

/// <summary>What was chosen so far in the wizard Manage marketing contacts. It travels in the address of each step, so that one can leave, go back and come again.</summary>
/// <param name="Who">The ticks of Unengaged contacts, by the words of <see cref="Ticks"/>; null as long as nobody was there.</param>
/// <param name="Mails">Marketing e-mails of which none was opened or clicked.</param>
/// <param name="Filter">Use a filter: HubSpot's filterBranch.</param>
/// <param name="Lists">Use a list.</param>
public sealed record ManageChoices(IReadOnlyList<string>? Who, int Mails, string? Filter, IReadOnlyList<long> Lists)
{
    /// <summary>Where each step is.</summary>
    public const string Information = "/usage/manage", Unengaged = Information + "/unengaged", Filters = Information + "/filters", Review = Information + "/review";

    /// <summary>The number of e-mails that can be chosen; the third is what shows first.</summary>
    public static readonly IReadOnlyList<int> MailChoices = [3, 5, 10, 20, 50];

    /// <summary>The ticks, with their words in the address.</summary>
    public static readonly IReadOnlyList<(string Word, StoppingKind Kind)> Ticks =
        [("bounced", StoppingKind.HardBounced), ("unsubscribed", StoppingKind.Unsubscribed), ("complained", StoppingKind.Complained), ("unopened", StoppingKind.Unopened)];

    /// <summary>The longest address that any server and browser takes with ease.</summary>
    public const int LongestAddress = 6_000;

    private const int MostLists = 50, UsualMails = 10;
    private static readonly Sentences English = new(StoppingGroup.Words.Values);
    private static readonly string[] Usual = ["bounced", "unsubscribed", "complained"];

    /// <summary>Reads the address.</summary>
    public static ManageChoices Read(string uri)
    {
        var query = QueryHelpers.ParseQuery(new Uri(uri).Query);
        return new(query.TryGetValue("who", out var who) ? [.. who.OfType<string>()] : null,
            int.TryParse(query.GetValueOrDefault("mails"), CultureInfo.InvariantCulture, out var mails) && mails is > 0 and <= 1_000 ? mails : UsualMails,
            query.GetValueOrDefault("filter").ToString() is { Length: > 0 } filter ? filter : null, Numbers(query.GetValueOrDefault("list")));
    }

    /// <summary>Just these groups: those that have a tick by it, the others as one filter.</summary>
    public static ManageChoices Of(IReadOnlyCollection<StoppingGroup> groups, PropertyCatalog properties, TimeZoneInfo zone)
    {
        var ticked = Ticks.Where(tick => groups.Any(group => group.Kind == tick.Kind)).ToList();
        var others = StoppingGroup.Those(groups.Where(group => ticked.All(tick => tick.Kind != group.Kind)), null, properties, zone);
        return new([.. ticked.Select(tick => tick.Word)], UsualMails, others is null ? null : FilterJson.Write(others), []);
    }

    /// <summary>The ids of lists that were ticked.</summary>
    public static IReadOnlyList<long> Numbers(IEnumerable<string?> values) => [.. values.Select(v => long.TryParse(v, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).Distinct().Take(MostLists)];

    /// <summary>Whether a tick is set; the first three are until somebody chose.</summary>
    public bool Has(string word) => (Who ?? Usual).Contains(word);

    /// <summary>The groups that are chosen, each once.</summary>
    public IReadOnlyList<StoppingGroup> Groups =>
    [
        .. Ticked, .. Filter is null ? [] : new[] { new StoppingGroup(StoppingKind.Filter, Json: Filter) }, .. Lists.Select(id => new StoppingGroup(StoppingKind.List, id)),
    ];

    /// <summary>Those of the step Unengaged contacts.</summary>
    public IEnumerable<StoppingGroup> Ticked => Ticks.Where(t => Has(t.Word)).Select(t => new StoppingGroup(t.Kind, t.Kind == StoppingKind.Unopened ? Mails : 0));

    /// <summary>The address of a step with these choices.</summary>
    public string At(string step) => QueryHelpers.AddQueryString(step, Fields.Select(f => KeyValuePair.Create(f.Name, (string?)f.Value)));

    /// <summary>The choices as fields of a form that leads on.</summary>
    public IEnumerable<(string Name, string Value)> Fields =>
    [
        .. Who is null ? [] : Who.DefaultIfEmpty("none").Select(w => ("who", w)), .. Who is null ? [] : new[] { ("mails", Mails.ToString(CultureInfo.InvariantCulture)) }, .. OfFilters,
    ];

    /// <summary>Those of them that the step Filters &amp; lists gives.</summary>
    public IEnumerable<(string Name, string Value)> OfFilters =>
        [.. Filter is null ? [] : new[] { ("filter", Filter) }, .. Lists.Select(id => ("list", id.ToString(CultureInfo.InvariantCulture)))];

    /// <summary>The contacts of groups who stand so now, as an address of the index; null where that would be too long for one.</summary>
    public static string? See(IEnumerable<StoppingGroup> groups, MarketingStanding standing, PropertyCatalog properties, TimeZoneInfo zone) =>
        StoppingGroup.Those(groups, standing, properties, zone) is { } those && $"/contacts?filter={Uri.EscapeDataString(FilterJson.Write(those))}" is { Length: <= LongestAddress } address ? address : null;

    /// <summary>A rule in words.</summary>
    /// <param name="listName">The name of its list.</param>
    public static string Say(StoppingGroup group, string? listName, IStringLocalizer<Words> words) =>
        Say(group, listName is null ? new Dictionary<long, string>() : new Dictionary<long, string> { [group.Number] = listName }, null, words);

    /// <summary>A group in words.</summary>
    /// <param name="lists">The names of lists, by id.</param>
    /// <param name="filter">The filter as a sentence.</param>
    public static string Say(StoppingGroup group, IReadOnlyDictionary<long, string> lists, string? filter, IStringLocalizer<Words> words) => words[StoppingGroup.Words[group.Kind], group.Kind switch
    {
        StoppingKind.List => lists.GetValueOrDefault(group.Number) ?? "#" + group.Number.ToString(CultureInfo.InvariantCulture),
        StoppingKind.Filter => filter ?? "",
        _ => group.Number,
    }];

    /// <summary>A group that a rule named in English, in the reader's language; other words as they are.</summary>
    public static string Said(string said, IStringLocalizer<Words> words) => English.Find(said) is var (text, names) ? words[text, [.. names]] : said;
}
