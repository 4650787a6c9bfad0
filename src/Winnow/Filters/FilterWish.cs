using System.Globalization;
using System.Text.Json.Nodes;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>A condition as a person fills it in: names and texts, perhaps not finished.</summary>
/// <param name="Property">Internal name; empty while none is chosen.</param>
/// <param name="Operator"><see cref="FilterOperator"/> as "TYPE:NAME"; empty or one that does not fit: the first that does.</param>
/// <param name="Values">What was typed or ticked, empty ones left out; the internal name of the other property where two are compared.</param>
/// <param name="UpTo">The second bound, where there are two; how many units of the calendar; within how many days something happened to an e-mail.</param>
public sealed record FilterWish(string Property, string Operator = "", IReadOnlyList<string>? Values = null, bool IncludeNoValue = false, string? UpTo = null)
{
    /// <summary>In the place of a property: membership of a list (IN_LIST or NOT_IN_LIST, its id), what happened to an e-mail (an <see cref="EmailOperator"/>,
    /// an id or nothing), the state of the subscription (<c>HARDBOUNCE:OUT</c>), or a condition that no form shows, as its JSON.</summary>
    public const string List = "@list", Email = "@email", Subscription = "@subscription", Kept = "@kept";

    /// <summary>The states of the subscription that can be asked for, with their words.</summary>
    public static readonly IReadOnlyList<(string Key, string Word)> Subscriptions = [.. new[] { "SPAMREPORT:OUT", "SPAMREPORT:IN", "HARDBOUNCE:OUT", "HARDBOUNCE:IN", "PORTAL:OUT", "PORTAL:IN" }.Select(key => (key, FilterText.English.Of(Asked(key))))];

    private const string NoProperty = "Choose a property.", NoOption = "Choose at least one option.", NoText = "Fill in a text.", NoNumber = "Fill in a number.", NoFlag = "Choose yes or no.", NoDate = "Fill in a date.",
        NoSecond = "Fill in both bounds.", NoOrder = "The first bound must not be above the second.", NoOther = "Choose the other property.", NoDays = "Fill in a whole number of days.",
        NoCount = "Fill in how many, from 1 to 1000.", NoList = "Choose a list.", NoKept = "This condition cannot be read any more: remove it.";

    /// <summary>All that <see cref="Read"/> can complain of, for those who translate.</summary>
    public static readonly IReadOnlyList<string> Complaints = [NoProperty, NoOption, NoText, NoNumber, NoFlag, NoDate, NoSecond, NoOrder, NoOther, NoDays, NoCount, NoList, NoKept];

    /// <summary>The wish that a stored condition came from.</summary>
    public static FilterWish Of(Condition condition) => condition switch
    {
        ListFilter list => new(List, list.Negated ? "NOT_IN_LIST" : "IN_LIST", [Plain(list.ListId)]),
        EmailFilter { Times: null, ClickUrl: null } email when email.When is null || DaysOf(email) is not null => new(Email, email.Operator.Name, email.EmailId is { } id ? [Plain(id)] : [], UpTo: DaysOf(email)),
        SubscriptionFilter { Out: var left, In: var stayed } subscription when left != stayed && Field(subscription.Source, "filterType") == "EMAIL_SUBSCRIPTION" => new(Subscription, $"{subscription.Kind}:{(left ? "OUT" : "IN")}"),
        PropertyFilter { Operand: MovingSpan, Operator: { IsRolling: false, IsCalendar: false } } => Verbatim(condition),
        PropertyFilter { Operator.IsCalendar: true, Operand: MovingSpan { Source: var source } } when Field(source, "useFiscalYear") == "true" => Verbatim(condition),
        PropertyFilter property => Of(property),
        _ => Verbatim(condition),
    };

    /// <summary>The wish that a stored condition came from, or the condition verbatim where a form would make another one of it: a bare instant, a day in another zone.</summary>
    /// <param name="zone">The zone in which the form will be read.</param>
    public static FilterWish Of(Condition condition, PropertyCatalog properties, TimeZoneInfo zone) =>
        Of(condition) is var wish && (condition is not PropertyFilter was || (wish.Read(properties, zone).Filter is PropertyFilter again && Same(was, again))) ? wish : Verbatim(condition);

    private static bool Same(PropertyFilter one, PropertyFilter other) =>
        (one.Property.Id, one.Operator.Relation, one.Operator.Negated, one.Operator.IsPast, one.IncludeNoValue) == (other.Property.Id, other.Operator.Relation, other.Operator.Negated, other.Operator.IsPast, other.IncludeNoValue)
        && (one.Operand, other.Operand) switch
        {
            (Texts a, Texts b) => a.Values.SequenceEqual(b.Values),
            (Span a, Span b) => (a.From, a.To) == (b.From, b.To),
            (MovingSpan a, MovingSpan b) => (a.From, a.To) == (b.From, b.To),
            (Other a, Other b) => a.Property.Id == b.Property.Id,
            var (a, b) => Equals(a, b),
        };

    /// <summary>As a form shows it, and sends it when nobody touches it: with the operator that is meant, without values that this operator has no field for.</summary>
    public FilterWish Settled(PropertyCatalog properties)
    {
        var first = Values is [var one, ..] ? one : null;
        IReadOnlyList<string> single = first is null ? [] : [first];
        switch (Property)
        {
            case List: return new(List, Operator == "NOT_IN_LIST" ? Operator : "IN_LIST", single);
            case Email: return new(Email, (EmailOperator.Find(Operator) ?? EmailOperator.All[0]).Name, single, UpTo: UpTo);
            case Subscription: return new(Subscription, Subscriptions.Any(s => s.Key == Operator) ? Operator : Subscriptions[0].Key, []);
            case Kept: return new(Kept, "", single);
        }
        if (properties.Find(Property) is not { } property) return new("", "", []);
        var op = OperatorFor(property);
        return new(Property, Key(op), op.Relation switch
        {
            Relation.Known => [],
            Relation.AnyOf or Relation.AllOf or Relation.Exactly => Values ?? [],
            Relation.TextEqual or Relation.Contains or Relation.ContainsExactly or Relation.StartsWith or Relation.EndsWith => Values ?? [],
            Relation.FlagEqual => first is "true" or "false" ? single : [],
            Relation.EarlierThan or Relation.LaterThan or Relation.SameText => properties.Find(first ?? "") is { } other && op.Fits(other.Type) ? single : [],
            _ when op.IsCalendar => [first is not null && MovingSpans.Units.ContainsKey(first) ? first : "MONTH"],
            _ when op.IsRolling => Day(first) is null ? single : [],
            Relation.Within => Day(first) is null ? [] : single,
            _ => single,
        }, IncludeNoValue && op.Relation != Relation.Known, op.HasCount ? UpTo ?? "1" : op.IsBetween && (op.Relation != Relation.Within || Day(UpTo) is not null) ? UpTo : null);
    }

    private static FilterWish Verbatim(Condition condition) => new(Kept, "", [FilterJson.Write(condition).ToJsonString()]);

    private static FilterWish Of(PropertyFilter filter) => new(filter.Property.Name, Key(Offered(filter.Operator)), filter.Operand switch
    {
        Texts texts => texts.Values,
        Numeric number => [Plain(number.Value)],
        Interval interval => [Plain(double.IsInfinity(interval.From) ? interval.To : interval.From)],
        Other other => [other.Property.Name],
        Flag flag => [flag.Value ? "true" : "false"],
        Span span => [Plain(span.Day)],
        MovingSpan { Source: var source } => [Field(source, filter.Operator.IsRolling ? "numberOfDays" : "timeUnit")!],
        _ => [],
    }, filter.IncludeNoValue, filter.Operand switch { MovingSpan { Source: var source } when filter.Operator.IsCalendar => Field(source, "timeUnitCount"), Interval interval when filter.Operator.IsBetween => Plain(interval.To), Span { LastDay: { } last } => Plain(last), _ => null });

    private static string Plain(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Plain(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static string? Field(string json, string name) => JsonNode.Parse(json)![name]?.ToString();

    /// <summary>Within how many days before today, when that is all the window says.</summary>
    private static string? DaysOf(EmailFilter email) =>
        email is { When: MovingSpan { To: null, From: { Base: AnchorBase.Today, Months: 0, Days: <= 0, Ms: 0 } from } } ? Plain(-from.Days) : null;

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
    public (Condition? Filter, string? Error) Read(PropertyCatalog properties, TimeZoneInfo zone) => Property switch
    {
        List => long.TryParse(Values?.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? (new ListFilter(id, Operator == "NOT_IN_LIST"), null) : (null, NoList),
        Email => OfEmail(zone),
        Subscription => (Asked(Subscriptions.Any(s => s.Key == Operator) ? Operator : Subscriptions[0].Key), null),
        Kept => FilterJson.ReadOne(Values?.FirstOrDefault() ?? "", properties, zone) is { } condition ? (condition, null) : (null, NoKept),
        _ => OfProperty(properties, zone),
    };

    private static SubscriptionFilter Asked(string key)
    {
        var (kind, left) = (key.Split(':')[0], key.EndsWith(":OUT", StringComparison.Ordinal));
        return new(kind, left, !left, $$"""{"filterType":"EMAIL_SUBSCRIPTION","subscriptionType":"{{kind}}","acceptedStatuses":["{{(left ? "OPT_OUT" : "OPT_IN")}}"],"subscriptionIds":[]}""");
    }

    private (Condition?, string?) OfEmail(TimeZoneInfo zone)
    {
        long? email = long.TryParse(Values?.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0 ? id : null;
        if (UpTo is not null && Days(UpTo) is null) return (null, NoDays);
        return (OtherConditions.EmailEvent(EmailOperator.Find(Operator) ?? EmailOperator.All[0], email, UpTo is null ? null : Days(UpTo), zone), null);
    }

    private static int? Days(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= MovingSpans.Most ? days : null;

    private (Condition?, string?) OfProperty(PropertyCatalog properties, TimeZoneInfo zone)
    {
        if (properties.Find(Property) is not { } property) return (null, NoProperty);
        var op = OperatorFor(property);
        var (operand, error) = Operand(properties, property, op, zone);
        return operand is null ? (null, error) : (new PropertyFilter(property, Spelled(op, operand), operand, IncludeNoValue && op.Relation != Relation.Known), null);
    }

    private (Operand?, string?) Operand(PropertyCatalog properties, Property property, FilterOperator op, TimeZoneInfo zone) => (op.Relation, Values ?? []) switch
    {
        (Relation.Known, _) => (Filters.Operand.None, null),
        (Relation.AnyOf or Relation.AllOf or Relation.Exactly, var values) => values.Count == 0 ? (null, NoOption) : (new Texts([.. values.Distinct()]), null),
        (Relation.EarlierThan or Relation.LaterThan or Relation.SameText, var values) =>
            properties.Find(values.FirstOrDefault() ?? "") is { } other && op.Fits(other.Type) ? (new Other(other), null) : (null, NoOther),
        (Relation.TextEqual or Relation.Contains or Relation.ContainsExactly or Relation.StartsWith or Relation.EndsWith, var values) =>
            values.Count == 0 || values.Any(v => v.Length > PropertyValue.MaxLength) ? (null, NoText) : (new Texts([.. values.Distinct()]), null),
        (Relation.NumberEqual, var values) => Number(property, values.FirstOrDefault()) is { } number ? (new Numeric(number), null) : (null, NoNumber),
        (Relation.NumberWithin, var values) => Interval(property, op, values.FirstOrDefault()),
        (Relation.FlagEqual, var values) => values.FirstOrDefault() is "true" or "false" ? (new Flag(values[0] == "true"), null) : (null, NoFlag),
        (_, var values) when op.IsRolling => Days(values.FirstOrDefault()) is { } days ? (MovingSpans.Rolling(op, days, property.Type == PropertyType.DateTime, property, zone), null) : (null, NoDays),
        (_, var values) when op.IsCalendar => Calendar(property, op, zone, values.FirstOrDefault()),
        (_, var values) => Days(property, op, zone, values.FirstOrDefault()),
    };

    private static double? Number(Property property, string? text) => PropertyValue.Parse(property, text).Value as double?;

    private (Operand?, string?) Interval(Property property, FilterOperator op, string? text)
    {
        if (Number(property, text) is not { } bound) return (null, NoNumber);
        if (!op.IsBetween) return (Filters.Interval.Of(op, bound, null), null);
        return Number(property, UpTo) is not { } upper ? (null, NoSecond) : bound <= upper ? (Filters.Interval.Of(op, bound, upper), null) : (null, NoOrder);
    }

    private (Operand?, string?) Calendar(Property property, FilterOperator op, TimeZoneInfo zone, string? unit)
    {
        var count = op.HasCount ? int.TryParse(UpTo ?? "1", NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 1 and <= 1000 ? n : 0 : 1;
        return count == 0 ? (null, NoCount) : (MovingSpans.Calendar(op, MovingSpans.Units.ContainsKey(unit ?? "") ? unit! : "MONTH", count, null, property, zone), null);
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

    /// <summary>Several texts need the operator that takes several.</summary>
    private static FilterOperator Spelled(FilterOperator op, Operand operand) =>
        op.Type == "STRING" && operand is Texts { Values.Count: > 1 } ? FilterOperator.Find("MULTISTRING", op.Name)! : op;

    /// <summary>The spelling that forms offer for an operator.</summary>
    private static FilterOperator Offered(FilterOperator op) =>
        FilterOperator.All.First(o => o.Relation == op.Relation && o.Phrase == op.Phrase && (o.Type == op.Type || op.Type is "MULTISTRING" or "TIME_POINT" or "TIME_RANGED" or "DATETIME") && o.IsPast == op.IsPast);
}
