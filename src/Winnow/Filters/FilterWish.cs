using System.Globalization;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>A condition as a person fills it in: names and texts, perhaps not finished.</summary>
/// <param name="Property">Internal name; empty while none is chosen.</param>
/// <param name="Operator"><see cref="FilterOperator"/> as "TYPE:NAME"; empty or one that does not fit: the first that does.</param>
/// <param name="Values">What was typed or ticked, empty ones left out.</param>
public sealed record FilterWish(string Property, string Operator = "", IReadOnlyList<string>? Values = null, bool IncludeNoValue = false)
{
    private const char Between = ';';
    private const string NoProperty = "Choose a property.", NoOption = "Choose at least one option.", NoText = "Fill in a text.", NoNumber = "Fill in a number.", NoFlag = "Choose yes or no.", NoDate = "Fill in a date.";

    /// <summary>All that <see cref="Read"/> can complain of, for those who translate.</summary>
    public static readonly IReadOnlyList<string> Complaints = [NoProperty, NoOption, NoText, NoNumber, NoFlag, NoDate];

    /// <summary>The wish that a stored condition came from.</summary>
    public static FilterWish Of(PropertyFilter filter) => new(filter.Property.Name, Key(Offered(filter.Operator)), filter.Operand switch
    {
        Texts texts => filter.Operator.Relation == Relation.TextEqual ? [string.Join("; ", texts.Values)] : texts.Values,
        Numeric number => [number.Value.ToString("R", CultureInfo.InvariantCulture)],
        Flag flag => [flag.Value ? "true" : "false"],
        Span span => [span.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)],
        _ => [],
    }, filter.IncludeNoValue);

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
        var (operand, error) = Operand(property, op, zone);
        return operand is null ? (null, error) : (new(property, Spelled(op, operand), operand, IncludeNoValue && op.Relation != Relation.Known), null);
    }

    private (Operand?, string?) Operand(Property property, FilterOperator op, TimeZoneInfo zone) => (op.Relation, Values ?? []) switch
    {
        (Relation.Known, _) => (Filters.Operand.None, null),
        (Relation.AnyOf, var values) => values.Count == 0 ? (null, NoOption) : (new Texts([.. values.Distinct()]), null),
        (Relation.TextEqual, var values) => Split(values) is { Count: > 0 } texts ? (new Texts(texts), null) : (null, NoText),
        (Relation.NumberEqual, var values) => PropertyValue.Parse(property, values.FirstOrDefault()) is { Value: double number } ? (new Numeric(number), null) : (null, NoNumber),
        (Relation.FlagEqual, var values) => values.FirstOrDefault() is "true" or "false" ? (new Flag(values[0] == "true"), null) : (null, NoFlag),
        (_, var values) => DateOnly.TryParseExact(values.FirstOrDefault(), "yyyy-MM-dd", out var day) && day.Year is > 1 and < 9999
            ? (FilterTime.Day(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds(), property.Type == PropertyType.DateTime, op.Name, property, zone), null)
            : (null, NoDate),
    };

    private static List<string> Split(IReadOnlyList<string> values) =>
        [.. values.SelectMany(v => v.Split(Between, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];

    /// <summary>Several texts need the operator that takes several.</summary>
    private static FilterOperator Spelled(FilterOperator op, Operand operand) =>
        op.Type == "STRING" && operand is Texts { Values.Count: > 1 } ? FilterOperator.Find("MULTISTRING", op.Name)! : op;

    /// <summary>The spelling that forms offer for an operator.</summary>
    private static FilterOperator Offered(FilterOperator op) =>
        FilterOperator.All.First(o => o.Relation == op.Relation && o.Phrase == op.Phrase && (o.Type == op.Type || op.Type is "MULTISTRING" or "TIME_POINT" or "DATETIME"));
}
