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
        var text = string.Format(culture, word(filter.Operator.Phrase), Label(filter.Property), Of(filter.Property, filter.Operator.Relation, filter.Operand));
        return filter.IncludeNoValue ? string.Format(culture, word("{0} or is unknown"), text) : text;
    }

    private string Of(Property property, Relation relation, Operand operand) => operand switch
    {
        Texts texts when relation is Relation.AllOf or Relation.Exactly => Both([.. texts.Values.Select(v => Option(property, v))]),
        Texts texts => Either([.. texts.Values.Select(v => Option(property, v))]),
        Numeric number => Number(number.Value),
        Flag flag => Option(property, flag.Value ? "true" : "false"),
        Interval { From: var from, To: var to } => double.IsInfinity(from) ? Number(to) : double.IsInfinity(to) ? Number(from) : Two(Number(from), Number(to)),
        Other other => Label(other.Property),
        Span { LastDay: { } last } span => Two(Day(span.Day), Day(last)),
        Span span => Day(span.Day),
        _ => "",
    };

    private string Number(double number) => number.ToString("#,0.##########", culture);

    private string Day(DateTimeOffset day) => day.ToString("d MMMM yyyy", culture);

    private string Two(string from, string to) => $"{from}{word(" and ")}{to}";

    private string Label(Property property) => property.IsCustom ? property.Label : word(property.Label);

    private string Option(Property property, string value) => property.Type switch
    {
        PropertyType.Enumeration => property.IsCustom ? property.OptionLabel(value) : word(property.OptionLabel(value)),
        PropertyType.Bool => word(value == "true" ? "Yes" : "No"),
        _ => value,
    };

    private string Either(string[] values) => Join(values, " or ");

    private string Both(string[] values) => Join(values, " and ");

    private string Join(string[] values, string last) => values is [.. var first, var end] && first.Length > 0 ? $"{string.Join(", ", first)}{word(last)}{end}" : string.Join("", values);
}
