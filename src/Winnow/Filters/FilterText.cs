using System.Globalization;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Says a filter in words: "Email hard bounce reason is any of Unknown user or Policy".</summary>
/// <param name="word">Translates an English word or phrase (labels of built-in properties too); the text itself when there is no translation.</param>
/// <param name="culture">How numbers and dates are written.</param>
public sealed class FilterText(Func<string, string> word, CultureInfo culture)
{
    /// <summary>English, for logs and the audit.</summary>
    public static readonly FilterText English = new(text => text, CultureInfo.InvariantCulture);

    /// <summary>The whole filter as one sentence, without a full stop.</summary>
    public string Of(Filter filter) => string.Join(word("; or "), filter.Groups.Select(Of));

    /// <summary>One group.</summary>
    public string Of(FilterGroup group) => string.Join(word(" and "), group.Filters.Select(Of));

    /// <summary>One condition.</summary>
    public string Of(PropertyFilter filter)
    {
        var text = string.Format(culture, word(filter.Operator.Phrase), Label(filter.Property), Of(filter.Property, filter.Operand));
        return filter.IncludeNoValue ? string.Format(culture, word("{0} or is unknown"), text) : text;
    }

    private string Of(Property property, Operand operand) => operand switch
    {
        Texts texts => Either([.. texts.Values.Select(v => Option(property, v))]),
        Numeric number => number.Value.ToString("#,0.##########", culture),
        Flag flag => Option(property, flag.Value ? "true" : "false"),
        Span span => span.Day.ToString("d MMMM yyyy", culture),
        _ => "",
    };

    private string Label(Property property) => property.IsCustom ? property.Label : word(property.Label);

    private string Option(Property property, string value) => property.Type switch
    {
        PropertyType.Enumeration => property.IsCustom ? property.OptionLabel(value) : word(property.OptionLabel(value)),
        PropertyType.Bool => word(value == "true" ? "Yes" : "No"),
        _ => value,
    };

    private string Either(string[] values) => values is [.. var first, var last] && first.Length > 0 ? $"{string.Join(", ", first)}{word(" or ")}{last}" : string.Join("", values);
}
