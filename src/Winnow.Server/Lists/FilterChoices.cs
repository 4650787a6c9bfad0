using System.Globalization;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Lists;

namespace Winnow.Server.Lists;

/// <summary>What the lines of a filter can be filled with: lists, e-mails, texts that the contacts have. Never more than some dozen of each: where
/// there are more, a line has a field to find one by a part of its name.</summary>
/// <param name="Names">What the lists and e-mails that the lines name are called.</param>
/// <param name="Offered">Per line, by group and number: the lists or e-mails to choose from, and whether there are more.</param>
/// <param name="Values">Per property: the texts that contacts have most often.</param>
public sealed record FilterChoices(
    FilterNames Names, IReadOnlyDictionary<(int Group, int Line), (IReadOnlyList<(long Id, string Name)> Choices, bool AreMore)> Offered, IReadOnlyDictionary<long, List<string>> Values)
{
    private const int Most = 30, MostProperties = 8;

    /// <summary>Nothing was asked for.</summary>
    public static readonly FilterChoices None = new(new(new Dictionary<long, string>(), new Dictionary<long, string>()), new Dictionary<(int, int), (IReadOnlyList<(long, string)>, bool)>(), new Dictionary<long, List<string>>());

    /// <summary>The choices for the lines of a form.</summary>
    public static async Task<FilterChoices> For(Tx tx, long accountId, FilterForm form, PropertyCatalog properties, TimeZoneInfo zone)
    {
        var lines = form.Groups.SelectMany((group, g) => group.Select((line, l) => (At: (g, l), line.Wish, line.Find))).ToList();
        var named = lines.Select(line => line.Wish.Read(properties, zone).Filter).OfType<Condition>().ToList();
        var names = await FilterPreviews.Names(tx, accountId, new([new(named)])) ?? None.Names;
        var offered = new Dictionary<(int, int), (IReadOnlyList<(long, string)>, bool)>();
        var asked = new Dictionary<(bool IsList, string Find), List<(long Id, string Name)>>();
        foreach (var (at, wish, find) in lines.Where(line => line.Wish.Property is FilterWish.List or FilterWish.Email))
        {
            var isList = wish.Property == FilterWish.List;
            if (!asked.TryGetValue((isList, find ?? ""), out var found))
                found = asked[(isList, find ?? "")] = isList ? await FilterPreviews.Lists(tx, accountId, find, Most + 1) : await FilterPreviews.Emails(tx, accountId, find, Most + 1);
            var chosen = long.TryParse(wish.Values?.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && (isList ? names.Lists : names.Emails).TryGetValue(id, out var name) ? (id, name) : default;
            offered[at] = ([.. found.Take(Most).Where(f => f.Id != chosen.id).Prepend(chosen).Where(f => f.Item1 != 0)], found.Count > Most || find is not null);
        }
        var values = new Dictionary<long, List<string>>();
        foreach (var property in lines.Select(line => (line.Wish, Property: properties.Find(line.Wish.Property))).Where(p => p.Property is not null && p.Wish.OperatorFor(p.Property).TakesTexts).Select(p => p.Property!).DistinctBy(p => p.Id).Take(MostProperties))
            values[property.Id] = await ContactSample.Values(tx, accountId, property);
        return new(names, offered, values);
    }
}
