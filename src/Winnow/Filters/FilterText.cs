using System.Globalization;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Says a filter in words: "Email hard bounce reason is any of Unknown user or Policy".</summary>
/// <param name="word">Translates an English word or phrase (labels of built-in properties too); the text itself when there is no translation.</param>
/// <param name="culture">How numbers and dates are written.</param>
/// <param name="names">What lists and e-mails are called; null: they are said by their number.</param>
public sealed class FilterText(Func<string, string> word, CultureInfo culture, FilterNames? names = null)
{
    /// <summary>English, for logs and the audit.</summary>
    public static readonly FilterText English = new(text => text, CultureInfo.InvariantCulture);

    /// <summary>The whole filter as one sentence, without a full stop.</summary>
    public string Of(Filter filter) => string.Join(word("; or "), filter.Groups.Select(Of));

    /// <summary>One group.</summary>
    public string Of(FilterGroup group) => string.Join(word(" and "), group.Filters.Select(Of));

    /// <summary>One condition.</summary>
    public string Of(Condition condition) => condition switch
    {
        PropertyFilter property => Of(property),
        ListFilter list => Say(list.Negated ? "is not in the list {0}" : "is in the list {0}", Name(names?.Lists, list.ListId)),
        EmailFilter email => Of(email),
        SubscriptionFilter { Out: true, In: true } => word("anyone"),
        SubscriptionFilter subscription => word(Subscriptions[(subscription.Kind, subscription.Out)]),
        ConstantFilter constant => word(constant.Accepts ? "anyone" : "nobody"),
        _ => "",
    };

    /// <summary>The words for conditions that are not about a property, besides those of <see cref="EmailOperator.Phrase"/>.</summary>
    public static IEnumerable<string> Words => [.. Subscriptions.Values, "anyone", "nobody", "is in the list {0}", "is not in the list {0}", "any e-mail", "the e-mail {0}", "{0} after {1}", "{0} before {1}", "{0} between {1}", "{0} not between {1}",
        "{0}, at least {1} times", "{0}, at most {1} times", "{0}, {1} to {2} times", .. EmailOperator.All.Select(o => o.Phrase), .. MovingSpans.Words, .. TimePoints.Words];

    private static readonly Dictionary<(string, bool), string> Subscriptions = new()
    {
        [("PORTAL", true)] = "unsubscribed from all e-mail", [("PORTAL", false)] = "did not unsubscribe from all e-mail",
        [("HARDBOUNCE", true)] = "had a hard bounce", [("HARDBOUNCE", false)] = "had no hard bounce",
        [("SPAMREPORT", true)] = "marked an e-mail as spam", [("SPAMREPORT", false)] = "marked no e-mail as spam",
    };

    private string Of(EmailFilter filter)
    {
        var text = Say(filter.Operator.Phrase, filter.EmailId is { } id ? Say("the e-mail {0}", Name(names?.Emails, id)) : word("any e-mail"));
        text = filter.When switch
        {
            MovingSpan { From: not null, To: not null } span => Say(filter.Outside ? "{0} not between {1}" : "{0} between {1}", text, Say(span.Shown)),
            MovingSpan span => Say(span.From is null ? "{0} before {1}" : "{0} after {1}", text, Say(span.Shown)),
            Span { LastDay: { } last } span => Say(filter.Outside ? "{0} not between {1}" : "{0} between {1}", text, Two(Day(span.Day), Day(last))),
            Span span => Say(span.From == long.MinValue ? "{0} before {1}" : "{0} after {1}", text, Day(span.Day)),
            _ => text,
        };
        return filter.Times switch
        {
            { Most: int.MaxValue } times => Say("{0}, at least {1} times", text, Number(times.Least)),
            { Least: 1 } times => Say("{0}, at most {1} times", text, Number(times.Most)),
            { } times => Say("{0}, {1} to {2} times", text, Number(times.Least), Number(times.Most)),
            _ => text,
        };
    }

    private string Say(string phrase, params string[] parts) => string.Format(culture, word(phrase), parts);

    private static string Name(IReadOnlyDictionary<long, string>? names, long id) => names?.GetValueOrDefault(id) ?? $"#{id}";

    private string Of(PropertyFilter filter)
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
        MovingSpan moving => Say(moving.Shown),
        _ => "",
    };

    private string Say(Saying saying) => saying.Day is { } day ? Day(day)
        : string.Format(culture, word(saying.Text), Number(saying.Number), saying.Of is { } of ? Say(of) : "", saying.And is { } and ? Say(and) : "");

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

/// <summary>What the lists and e-mails of a filter are called, by id.</summary>
public sealed record FilterNames(IReadOnlyDictionary<long, string> Lists, IReadOnlyDictionary<long, string> Emails);
