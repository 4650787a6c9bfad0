using System.Globalization;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>A condition as a person fills it in: names and texts, perhaps not finished.</summary>
/// <param name="Property">Internal name; empty while none is chosen.</param>
/// <param name="Operator"><see cref="FilterOperator"/> as "TYPE:NAME"; empty or one that does not fit: the first that does.</param>
/// <param name="Values">What was typed or ticked, empty ones left out; the internal name of the other property where two are compared.</param>
/// <param name="UpTo">The second bound, where there are two.</param>
public sealed record FilterWish(string Property, string Operator = "", IReadOnlyList<string>? Values = null, bool IncludeNoValue = false, string? UpTo = null)
{
    private const char Between = ';';
    private const string NoProperty = "Choose a property.", NoOption = "Choose at least one option.", NoText = "Fill in a text.", NoNumber = "Fill in a number.", NoFlag = "Choose yes or no.", NoDate = "Fill in a date.",
        NoSecond = "Fill in both bounds.", NoOrder = "The first bound must not be above the second.", NoOther = "Choose the other property.";

    /// <summary>All that <see cref="Read"/> can complain of, for those who translate.</summary>
    public static readonly IReadOnlyList<string> Complaints = [NoProperty, NoOption, NoText, NoNumber, NoFlag, NoDate, NoSecond, NoOrder, NoOther];

    /// <summary>The wish that a stored condition came from.</summary>
    public static FilterWish Of(PropertyFilter filter) => new(filter.Property.Name, Key(Offered(filter.Operator)), filter.Operand switch
    {
        Texts texts => filter.Operator.On.Contains(PropertyType.String) ? [string.Join("; ", texts.Values)] : texts.Values,
        Numeric number => [Plain(number.Value)],
        Interval interval => [Plain(double.IsInfinity(interval.From) ? interval.To : interval.From)],
        Other other => [other.Property.Name],
        Flag flag => [flag.Value ? "true" : "false"],
        Span span => [Plain(span.Day)],
        _ => [],
    }, filter.IncludeNoValue, filter.Operand switch { Interval interval when filter.Operator.IsBetween => Plain(interval.To), Span { LastDay: { } last } => Plain(last), _ => null });

    private static string Plain(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Plain(DateTimeOffset day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>How an operator is named in a form.</summary>
    public static string Key(FilterOperator op) => $"{op.Type}:{op.Name}";

    /// <summary>The operator that is meant, for this property.</summary>
    public FilterOperator OperatorFor(Property property)
    {
        var offered = FilterOperator.For(property).ToList();
        return offered.Find(o => Key(o) == Operator) ?? offered.Find(o => o.Relation != Relation.Known) ?? offered[0];
    }

    /// <summary>The condition.</summary>
    /// <param name="zone">The account's time zone, for days of date-time properties.</param>
    /// <returns>The condition, or what is missing, as a sentence.</returns>
    public (PropertyFilter? Filter, string? Error) Read(PropertyCatalog properties, TimeZoneInfo zone)
    {
        if (properties.Find(Property) is not { } property) return (null, NoProperty);
        var op = OperatorFor(property);
        var (operand, error) = Operand(properties, property, op, zone);
        return operand is null ? (null, error) : (new(property, Spelled(op, operand), operand, IncludeNoValue && op.Relation != Relation.Known), null);
    }

    private (Operand?, string?) Operand(PropertyCatalog properties, Property property, FilterOperator op, TimeZoneInfo zone) => (op.Relation, Values ?? []) switch
    {
        (Relation.Known, _) => (Filters.Operand.None, null),
        (Relation.AnyOf or Relation.AllOf or Relation.Exactly, var values) => values.Count == 0 ? (null, NoOption) : (new Texts([.. values.Distinct()]), null),
        (Relation.EarlierThan or Relation.LaterThan or Relation.SameText, var values) =>
            properties.Find(values.FirstOrDefault() ?? "") is { } other && op.Fits(other.Type) ? (new Other(other), null) : (null, NoOther),
        (Relation.TextEqual or Relation.Contains or Relation.ContainsExactly or Relation.StartsWith or Relation.EndsWith, var values) => Split(values) is { Count: > 0 } texts ? (new Texts(texts), null) : (null, NoText),
        (Relation.NumberEqual, var values) => Number(property, values.FirstOrDefault()) is { } number ? (new Numeric(number), null) : (null, NoNumber),
        (Relation.NumberWithin, var values) => Interval(property, op, values.FirstOrDefault()),
        (Relation.FlagEqual, var values) => values.FirstOrDefault() is "true" or "false" ? (new Flag(values[0] == "true"), null) : (null, NoFlag),
        (_, var values) => Days(property, op, zone, values.FirstOrDefault()),
    };

    private static double? Number(Property property, string? text) => PropertyValue.Parse(property, text).Value as double?;

    private (Operand?, string?) Interval(Property property, FilterOperator op, string? text)
    {
        if (Number(property, text) is not { } bound) return (null, NoNumber);
        if (!op.IsBetween) return (Filters.Interval.Of(op, bound, null), null);
        return Number(property, UpTo) is not { } upper ? (null, NoSecond) : bound <= upper ? (Filters.Interval.Of(op, bound, upper), null) : (null, NoOrder);
    }

    private (Operand?, string?) Days(Property property, FilterOperator op, TimeZoneInfo zone, string? text)
    {
        var convert = property.Type == PropertyType.DateTime;
        if (Day(text) is not { } day) return (null, NoDate);
        if (!op.IsBetween) return (FilterTime.Day(day, convert, op.Name, property, zone), null);
        return Day(UpTo) is not { } last ? (null, NoSecond) : day <= last ? (FilterTime.Days(day, last, convert, property, zone), null) : (null, NoOrder);
    }

    private static long? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", out var day) && day.Year is > 1 and < 9999
        ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds() : null;

    private static List<string> Split(IReadOnlyList<string> values) =>
        [.. values.SelectMany(v => v.Split(Between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];

    /// <summary>Several texts need the operator that takes several.</summary>
    private static FilterOperator Spelled(FilterOperator op, Operand operand) =>
        op.Type == "STRING" && operand is Texts { Values.Count: > 1 } ? FilterOperator.Find("MULTISTRING", op.Name)! : op;

    /// <summary>The spelling that forms offer for an operator.</summary>
    private static FilterOperator Offered(FilterOperator op) =>
        FilterOperator.All.First(o => o.Relation == op.Relation && o.Phrase == op.Phrase && (o.Type == op.Type || op.Type is "MULTISTRING" or "TIME_POINT" or "TIME_RANGED" or "DATETIME"));
}
