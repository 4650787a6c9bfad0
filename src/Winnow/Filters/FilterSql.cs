using System.Globalization;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Writes a filter as a condition on the table contacts, one spelling for both databases: for previews, first pages and
/// exports. Values are parameters, never text; property ids are numbers.</summary>
public sealed class FilterSql
{
    private const int MostSpellings = 200;
    private const string Past = "cast(h.before as $json)";
    private readonly string prefix;
    private readonly Dictionary<string, object?> parameters;
    private readonly bool isPast;

    private FilterSql(string prefix, Dictionary<string, object?> parameters, bool isPast = false) => (this.prefix, this.parameters, this.isPast) = (prefix, parameters, isPast);

    /// <summary>The condition and its parameters, named f0, f1 … and accountId, which the caller gives.</summary>
    /// <param name="now">The instant it is asked at.</param>
    /// <param name="prefix">Before column names: "c." when the table has an alias.</param>
    public static (string Condition, Dictionary<string, object?> Parameters) Of(Filter filter, DateTimeOffset now, string prefix = "contacts.")
    {
        var sql = new FilterSql(prefix, []);
        return (sql.Any(filter.At(now)), sql.parameters);
    }

    /// <summary>The part of a condition that is not about the contact's own row: what was, and what happened to e-mails.</summary>
    public static (string Condition, Dictionary<string, object?> Parameters) Fact(Condition condition, DateTimeOffset now, string prefix = "contacts.")
    {
        var sql = new FilterSql(prefix, []);
        return (condition.At(now) switch
        {
            PropertyFilter past => sql.Was(past),
            EmailFilter email => sql.Happened(email),
            var other => throw new ArgumentException($"{other} is no fact of the database", nameof(condition)),
        }, sql.parameters);
    }

    /// <summary>Where the value of a property is, of the table contacts.</summary>
    public static string Value(Property property) => new FilterSql("contacts.", []).Stored(property);

    /// <summary>What an index on a property must hold so that the conditions written here find by it: the expression, and the value that all contacts in it
    /// have; null when the property has a column. Several choices at once are found by who has any.</summary>
    public static (string Expression, string Value)? Index(Property property)
    {
        if (property.Column is not null || property.Id == Contact.RecordId) return null;
        var sql = new FilterSql("", []);
        return (property.Type switch
        {
            PropertyType.String => sql.Small(property),
            PropertyType.Number => sql.Cast(property, "double precision"),
            PropertyType.Date or PropertyType.DateTime => sql.Cast(property, "bigint"),
            _ when property.IsMultiple => "id",
            _ => $"({sql.Text(property)})",
        }, sql.Stored(property));
    }

    private string Any(Filter filter) => Joined(" or ", [.. filter.Groups.Select(g => Joined(" and ", [.. g.Filters.Select(Condition)]))]);

    private string Condition(Condition condition) => condition switch
    {
        PropertyFilter { Operator.IsPast: true } past => EverOrNever(past),
        PropertyFilter property => Present(property),
        ListFilter list => $"{(list.Negated ? "not " : "")}({prefix}id in {Parameter((list.Members ?? throw new ArgumentException("Put the members in first")).ToArray())})",
        EmailFilter email => Happened(email),
        SubscriptionFilter subscription => Any(subscription.AsProperties()),
        ConstantFilter constant => constant.Accepts ? "(1 = 1)" : "(1 = 0)",
        var other => throw new ArgumentException($"{other} cannot be asked", nameof(condition)),
    };

    private string Present(PropertyFilter filter)
    {
        var (value, negated) = (Stored(filter.Property), filter.Operator.Negated);
        if (filter.Operator.Relation == Relation.Known) return negated ? $"{value} is null" : $"{value} is not null";
        var holds = negated ? $"not ({Holds(filter)})" : Holds(filter);
        return filter.IncludeNoValue ? $"({value} is null or {holds})" : $"({value} is not null and {holds})";
    }

    /// <summary>What is counts as what was.</summary>
    private string EverOrNever(PropertyFilter filter)
    {
        var value = Stored(filter.Property);
        var holds = filter.Operator.Relation == Relation.Updated ? Within($"{prefix}created_at", (Span)filter.Operand) : Holds(filter);
        var ever = $"(({value} is not null and {holds}) or {Was(filter)})";
        return (filter.Operator.Negated, filter.IncludeNoValue) switch
        {
            (true, true) => $"not {ever}",
            (true, false) => $"({value} is not null and not {ever})",
            (false, true) => $"({value} is null or {ever})",
            _ => ever,
        };
    }

    /// <summary>A row of the property's history says so. Its keys stand in quotes, and quotes inside values do not stay bare.</summary>
    private string Was(PropertyFilter filter)
    {
        var about = filter.Operator.Relation == Relation.Updated
            ? $"{Within("h.at", (Span)filter.Operand)} and h.changes like {Parameter($"%\"{filter.Property.Id}\":%")}"
            : $"h.before like {Parameter($"%\"{filter.Property.Id}\":%")} and {new FilterSql("h.", parameters, isPast: true).Holds(filter)}";
        return $"exists (select 1 from contact_history h where h.account_id = @accountId and h.contact_id = {prefix}id and {about})";
    }

    private string Happened(EmailFilter filter)
    {
        var events = $"from email_events e where e.account_id = @accountId and e.contact_id = {prefix}id and e.type = {Parameter(filter.Operator.Type)}";
        if (filter.Operator.Reason is { } reason) events += $" and e.reason = {Parameter(reason)}";
        if (filter.EmailId is { } email) events += $" and e.email_id = {Parameter(email)}";
        if (filter.ClickUrl is { } url) events += $" and e.detail = {Parameter(url)}";
        if (filter.When is Span span) events += filter.Outside ? $" and not ({Within("e.at", span)})" : $" and {Within("e.at", span)}";
        foreach (var (types, there) in new[] { (filter.Operator.With, true), (filter.Operator.Without, false) })
            if (types.Count > 0) events += $" and {(there ? "" : "not ")}exists (select 1 from email_events o where o.account_id = @accountId and o.contact_id = e.contact_id and o.email_id = e.email_id and o.type in {Parameter(types.ToArray())})";
        return filter.Times is { } times ? $"(select count(*) {events}) between {Parameter(times.Least)} and {Parameter(times.Most)}" : $"exists (select 1 {events})";
    }

    private string Holds(PropertyFilter filter) => (filter.Operator.Relation, filter.Operand) switch
    {
        (Relation.AnyOf, Texts any) when !isPast && filter.Property.Column?.Kind == ColumnKind.Flag => OneOf(Stored(filter.Property), any.Values.Contains("true"), any.Values.Contains("false")),
        (Relation.FlagEqual, Flag flag) when !isPast && filter.Property.Column?.Kind == ColumnKind.Flag => OneOf(Stored(filter.Property), flag.Value, !flag.Value),
        (Relation.AnyOf, Texts any) => filter.Property.IsMultiple ? AnyOfMany(filter.Property, any) : $"{Text(filter.Property)} in {Parameter(any.Values.ToArray())}",
        (Relation.AllOf, Texts all) => AllOf(filter.Property, all),
        (Relation.Exactly, Texts all) => Exactly(filter.Property, all),
        (Relation.TextEqual, Texts any) => CaseFolding.Spellings(any.Values.Select(CaseFolding.Fold), MostSpellings) is { } spellings
            ? spellings.Count == 1 ? $"{Small(filter.Property)} = {Parameter(spellings.Single())}" : $"{Small(filter.Property)} in {Parameter(spellings.ToArray())}"
            : $"{Folded(filter.Property, any)} in {Parameter(any.Values.Select(CaseFolding.Fold).ToArray())}",
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

    /// <summary>Options lie between semicolons.</summary>
    private string AnyOfMany(Property property, Texts any) => Contains($"(';' || {Text(property)} || ';')", any.Values.Select(v => $";{v};"));

    private string AllOf(Property property, Texts all) =>
        Joined(" and ", [.. all.Values.Select(v => Contains($"(';' || {Text(property)} || ';')", [$";{v};"]))]);

    /// <summary>All of them are there, and there are no more; a text holds each option once.</summary>
    private string Exactly(Property property, Texts all) =>
        $"({AllOf(property, all)} and length({Text(property)}) - length(replace({Text(property)}, ';', '')) = {all.Values.Count - 1})";

    private string Contains(string text, IEnumerable<string> parts) => Joined(" or ", [.. parts.Select(part => $"$position({text}, {Parameter(part)}) > 0")]);

    private string Either(string text, Texts any, Func<string, string, string> holds) => Joined(" or ", [.. any.Values.Select(v => holds(text, Parameter(CaseFolding.Fold(v))))]);

    /// <summary>Halves within halves: a row of a thousand would be deeper than SQLite reads.</summary>
    private static string Joined(string word, ReadOnlySpan<string> parts) =>
        parts.Length == 1 ? $"({parts[0]})" : $"({Joined(word, parts[..(parts.Length / 2)])}{word}{Joined(word, parts[(parts.Length / 2)..])})";

    private static string StartsWith(string text, string part) => $"substr({text}, 1, length({part})) = {part}";

    /// <summary>A text that is shorter than its end would count from behind on SQLite.</summary>
    private static string EndsWith(string text, string part) => $"(length({text}) >= length({part}) and substr({text}, length({text}) - length({part}) + 1) = {part})";

    /// <summary>The text with A to Z in small letters: always the same expression, so that an index can hold it.</summary>
    private string Small(Property property) => $"lower({Text(property)} $binary)";

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
        isPast ? $"({Past} ->> '{property.Id.ToString(CultureInfo.InvariantCulture)}')"
        : property.Id == Contact.RecordId ? $"{prefix}id"
        : property.Column is { } column ? prefix + column.Name
        : $"({prefix}custom ->> '{property.Id.ToString(CultureInfo.InvariantCulture)}')";

    /// <summary>The value as text; yes and no as true and false.</summary>
    private string Text(Property property) =>
        isPast && (property.Type == PropertyType.Bool || property.Column?.Kind == ColumnKind.Flag) ? $"case when cast({Stored(property)} as text) in ('true', '1') then 'true' when {Stored(property)} is not null then 'false' end"
        : property.Column is { Kind: ColumnKind.Flag } ? $"case when {Stored(property)} then 'true' else 'false' end"
        : property is { Column: null, Type: PropertyType.Bool } ? $"case {Cast(property, "boolean")} when true then 'true' when false then 'false' end"
        : Stored(property);

    private string Cast(Property property, string type) => !isPast && (property.Column is not null || property.Id == Contact.RecordId) ? Stored(property) : $"cast({Stored(property)} as {type})";

    private string Parameter(object value)
    {
        parameters[$"f{parameters.Count}"] = value;
        return $"@f{parameters.Count - 1}";
    }
}
