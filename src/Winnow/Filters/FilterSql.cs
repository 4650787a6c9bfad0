using System.Globalization;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Writes a filter as a condition on the table contacts, one spelling for both databases: for previews, first pages and
/// exports. Values are parameters, never text; property ids are numbers.</summary>
public sealed class FilterSql
{
    private readonly string prefix;
    private readonly Dictionary<string, object?> parameters = [];

    private FilterSql(string prefix) => this.prefix = prefix;

    /// <summary>The condition and its parameters, named f0, f1 …; the statement it goes into must name the account itself.</summary>
    /// <param name="prefix">Before column names: "c." when the table has an alias.</param>
    public static (string Condition, Dictionary<string, object?> Parameters) Of(Filter filter, string prefix = "")
    {
        var sql = new FilterSql(prefix);
        var groups = filter.Groups.Select(g => $"({string.Join(" and ", g.Filters.Select(sql.Condition))})");
        return ($"({string.Join(" or ", groups)})", sql.parameters);
    }

    private string Condition(PropertyFilter filter)
    {
        var (value, negated) = (Stored(filter.Property), filter.Operator.Negated);
        if (filter.Operator.Relation == Relation.Known) return negated ? $"{value} is null" : $"{value} is not null";
        var holds = negated ? $"not ({Holds(filter)})" : Holds(filter);
        return filter.IncludeNoValue ? $"({value} is null or {holds})" : $"({value} is not null and {holds})";
    }

    private string Holds(PropertyFilter filter) => (filter.Operator.Relation, filter.Operand) switch
    {
        (Relation.AnyOf, Texts any) when filter.Property.Column?.Kind == ColumnKind.Flag => OneOf(Stored(filter.Property), any.Values.Contains("true"), any.Values.Contains("false")),
        (Relation.FlagEqual, Flag flag) when filter.Property.Column?.Kind == ColumnKind.Flag => OneOf(Stored(filter.Property), flag.Value, !flag.Value),
        (Relation.AnyOf, Texts any) => filter.Property.IsMultiple ? AnyOfMany(filter.Property, any) : $"{Text(filter.Property)} in {Parameter(any.Values.ToArray())}",
        (Relation.AllOf, Texts all) => AllOf(filter.Property, all),
        (Relation.Exactly, Texts all) => Exactly(filter.Property, all),
        (Relation.TextEqual, Texts any) => $"{Folded(filter.Property, any)} in {Parameter(any.Values.Select(CaseFolding.Fold).ToArray())}",
        (Relation.Contains, Texts any) => Contains(Folded(filter.Property, any), any.Values.Select(CaseFolding.Fold)),
        (Relation.ContainsExactly, Texts any) => Contains(Text(filter.Property), any.Values),
        (Relation.StartsWith, Texts any) => Either(Folded(filter.Property, any), any, StartsWith),
        (Relation.EndsWith, Texts any) => Either(Folded(filter.Property, any), any, EndsWith),
        (Relation.NumberEqual, Numeric number) => $"{Cast(filter.Property, "double precision")} = {Parameter(number.Value)}",
        (Relation.NumberWithin, Interval interval) => NumberWithin(Cast(filter.Property, "double precision"), interval),
        (Relation.EarlierThan, Other other) => OrFalse($"{Cast(filter.Property, "bigint")} < {Cast(other.Property, "bigint")}"),
        (Relation.LaterThan, Other other) => OrFalse($"{Cast(filter.Property, "bigint")} > {Cast(other.Property, "bigint")}"),
        (Relation.SameText, Other other) => OrFalse($"lower({Text(filter.Property)} $binary) = lower({Text(other.Property)} $binary)"),
        (Relation.FlagEqual, Flag flag) => $"{Text(filter.Property)} {(flag.Value ? "=" : "<>")} 'true'",
        (Relation.Within, Span span) => Within(Cast(filter.Property, "bigint"), span),
        var (relation, operand) => throw new ArgumentException($"{relation} cannot be asked with {operand}", nameof(filter)),
    };

    /// <summary>The bare column, which is what its partial index is for.</summary>
    private static string OneOf(string column, bool yes, bool no) => yes && no ? $"({column} or not {column})" : yes ? column : no ? $"not {column}" : $"({column} and not {column})";

    /// <summary>Options lie between semicolons: one is there when taking it out changes the text.</summary>
    private string AnyOfMany(Property property, Texts any) => Contains($"(';' || {Text(property)} || ';')", any.Values.Select(v => $";{v};"));

    private string AllOf(Property property, Texts all) =>
        Joined(" and ", [.. all.Values.Select(v => Contains($"(';' || {Text(property)} || ';')", [$";{v};"]))]);

    /// <summary>All of them are there, and there are no more; a text holds each option once.</summary>
    private string Exactly(Property property, Texts all) =>
        $"({AllOf(property, all)} and length({Text(property)}) - length(replace({Text(property)}, ';', '')) = {all.Values.Count - 1})";

    private string Contains(string text, IEnumerable<string> parts) => Joined(" or ", [.. parts.Select(part => $"replace({text}, {Parameter(part)}, '') <> {text}")]);

    private string Either(string text, Texts any, Func<string, string, string> holds) => Joined(" or ", [.. any.Values.Select(v => holds(text, Parameter(CaseFolding.Fold(v))))]);

    /// <summary>Halves within halves: a row of a thousand would be deeper than SQLite reads.</summary>
    private static string Joined(string word, ReadOnlySpan<string> parts) =>
        parts.Length == 1 ? parts[0] : $"({Joined(word, parts[..(parts.Length / 2)])}{word}{Joined(word, parts[(parts.Length / 2)..])})";

    private static string StartsWith(string text, string part) => $"substr({text}, 1, length({part})) = {part}";

    /// <summary>A text that is shorter than its end would count from behind on SQLite.</summary>
    private static string EndsWith(string text, string part) => $"(length({text}) >= length({part}) and substr({text}, length({text}) - length({part}) + 1) = {part})";

    /// <summary>The text in small letters, as far as the operand can tell.</summary>
    private string Folded(Property property, Texts any) => $"lower({CaseFolding.Replacements(any.Values.Select(CaseFolding.Fold))
        .Aggregate(Text(property), (sql, r) => $"replace({sql}, {Parameter(r.Capital.ToString())}, {Parameter(r.Small.ToString())})")} $binary)";

    private string NumberWithin(string number, Interval interval)
    {
        var equal = interval.WithBounds ? "=" : "";
        return (double.IsFinite(interval.From), double.IsFinite(interval.To)) switch
        {
            (true, false) => $"{number} >{equal} {Parameter(interval.From)}",
            (false, true) => $"{number} <{equal} {Parameter(interval.To)}",
            _ => $"({number} >{equal} {Parameter(interval.From)} and {number} <{equal} {Parameter(interval.To)})",
        };
    }

    /// <summary>The other property may have no value: then it does not hold, and is not unknown.</summary>
    private static string OrFalse(string comparison) => $"coalesce({comparison}, false)";

    private string Within(string instant, Span span) => (span.From, span.To) switch
    {
        (long.MinValue, _) => $"{instant} < {Parameter(span.To)}",
        (_, long.MaxValue) => $"{instant} >= {Parameter(span.From)}",
        _ => $"({instant} >= {Parameter(span.From)} and {instant} < {Parameter(span.To)})",
    };

    /// <summary>Where the value is, null when there is none. JSON gives text on PostgreSQL and typed values on SQLite.</summary>
    private string Stored(Property property) =>
        property.Id == Contact.RecordId ? $"{prefix}id"
        : property.Column is { } column ? prefix + column.Name
        : $"({prefix}custom ->> '{property.Id.ToString(CultureInfo.InvariantCulture)}')";

    /// <summary>The value as text; yes and no as true and false.</summary>
    private string Text(Property property) =>
        property.Column is { Kind: ColumnKind.Flag } ? $"case when {Stored(property)} then 'true' else 'false' end"
        : property is { Column: null, Type: PropertyType.Bool } ? $"case {Cast(property, "boolean")} when true then 'true' when false then 'false' end"
        : Stored(property);

    private string Cast(Property property, string type) => property.Column is not null || property.Id == Contact.RecordId ? Stored(property) : $"cast({Stored(property)} as {type})";

    private string Parameter(object value)
    {
        parameters[$"f{parameters.Count}"] = value;
        return $"@f{parameters.Count - 1}";
    }
}
