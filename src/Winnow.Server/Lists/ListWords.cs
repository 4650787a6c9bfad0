using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Lists;

/// <summary>Filters in the reader's language.</summary>
public static class ListWords
{
    /// <summary>The texts that filters are said with, besides labels of properties and options.</summary>
    public static readonly IReadOnlyList<string> Words = [.. FilterOperator.All.Select(o => o.Phrase).Distinct(), "{0} or is unknown", "; or ", " and ", " or ", "Yes", "No", .. FilterText.Words, .. FilterWish.Complaints, PropertyParts.OwnWord, .. ListRefusal.All, ListRefusal.AsksFor, .. KeptTexts.All];

    /// <summary>A filter as a sentence.</summary>
    public static string Say(this IStringLocalizer<Words> words, Filter filter, FilterNames? names = null) => Reader(words, names).Of(filter);

    /// <summary>One condition in words.</summary>
    public static string Say(this IStringLocalizer<Words> words, Condition condition, FilterNames? names = null) => Reader(words, names).Of(condition);

    /// <summary>A stored filter as a sentence, with the names of the lists and e-mails in it; empty when there is none.</summary>
    public static async Task<string> Say(this IStringLocalizer<Words> words, Tx tx, long accountId, string? json, PropertyCatalog properties, TimeZoneInfo zone) =>
        json is not null && FilterJson.Read(json, properties, zone).Filter is { } filter ? words.Say(filter, await FilterPreviews.Names(tx, accountId, filter)) : "";

    /// <summary>An operator alone: "is any of", "is less than … days ago".</summary>
    public static string Say(this IStringLocalizer<Words> words, FilterOperator op)
    {
        var text = words[op.Phrase].Value.Replace("{0}", "", StringComparison.Ordinal).Trim();
        return text.EndsWith("{1}", StringComparison.Ordinal) ? text[..^3].Trim() : text.Replace("{1}", "…", StringComparison.Ordinal);
    }

    /// <summary>What a list, or a deed on many contacts, refused, in the reader's language.</summary>
    public static string Refused(this IStringLocalizer<Words> words, string said)
    {
        var (text, names) = ListRefusal.Parts(said);
        return names.Length == 0 ? words[text] : words[text, [.. names.Select(name => text == ListRefusal.Circle ? name.Replace(ListRefusal.AsksFor, words[ListRefusal.AsksFor], StringComparison.Ordinal) : name)]];
    }

    /// <summary>What the file of those whom an undo leaves alone shall say.</summary>
    /// <param name="property">What was edited.</param>
    public static Dictionary<string, string> OfKept(this IStringLocalizer<Words> words, Property? property = null) =>
        KeptTexts.All.Concat(property is { IsCustom: false } ? [property.Label] : []).Distinct().ToDictionary(text => text, text => words[text].Value);

    /// <summary>A property's label: the account's own as it was typed, others translated.</summary>
    public static string Say(this IStringLocalizer<Words> words, Property property) => property.IsCustom ? property.Label : words[property.Label];

    /// <summary>An option's label.</summary>
    public static string Say(this IStringLocalizer<Words> words, Property property, string value) => property.IsCustom ? property.OptionLabel(value) : words[property.OptionLabel(value)];

    private static FilterText Reader(IStringLocalizer<Words> words, FilterNames? names) => new(text => words[text], CultureInfo.CurrentCulture, names);
}
