using Winnow.Contacts;
using static Winnow.Contacts.PropertyType;

namespace Winnow.Filters;

/// <summary>What an operator looks at. Each has one small method in <see cref="FilterPredicate"/> and one in <see cref="FilterSql"/>.</summary>
public enum Relation
{
    /// <summary>There is a value.</summary>
    Known,
    /// <summary>One of the options is one of the operand's, exactly.</summary>
    AnyOf,
    /// <summary>The options have all of the operand's among them, exactly.</summary>
    AllOf,
    /// <summary>The options are the operand's, no more and no fewer.</summary>
    Exactly,
    /// <summary>The text is one of the operand's; capitals count as small letters (<see cref="CaseFolding"/>).</summary>
    TextEqual,
    /// <summary>One of the operand's texts stands somewhere in the text; capitals count as small letters.</summary>
    Contains,
    /// <summary>One of the operand's texts stands somewhere in the text, letter by letter.</summary>
    ContainsExactly,
    /// <summary>The text begins with one of the operand's; capitals count as small letters.</summary>
    StartsWith,
    /// <summary>The text ends with one of the operand's; capitals count as small letters.</summary>
    EndsWith,
    /// <summary>The number is the operand's.</summary>
    NumberEqual,
    /// <summary>The number lies in the operand's interval.</summary>
    NumberWithin,
    /// <summary>Yes or no as in the operand.</summary>
    FlagEqual,
    /// <summary>The instant lies in the operand's stretch of time.</summary>
    Within,
    /// <summary>The property got a value, another one or none in the operand's stretch of time.</summary>
    Updated,
    /// <summary>The instant is earlier than the other property's, which must have one.</summary>
    EarlierThan,
    /// <summary>The instant is later than the other property's, which must have one.</summary>
    LaterThan,
    /// <summary>The text is the other property's, which must have one; the capitals A to Z count as small letters.</summary>
    SameText,
}

/// <summary>An operator of HubSpot's grammar: a row of the table <see cref="All"/>.</summary>
/// <param name="Type">operationType, upper case.</param>
/// <param name="Name">operator, upper case.</param>
/// <param name="Negated">Whether it takes what the relation rejects.</param>
/// <param name="Phrase">English words for it, {0} the property and {1} the operand; a key of the dictionary of words.</param>
/// <param name="On">The property types it can be asked of; none means all.</param>
public sealed record FilterOperator(string Type, string Name, Relation Relation, bool Negated, string Phrase, params IReadOnlyList<PropertyType> On)
{
    /// <summary>All operators that work. One more is a row here and, when its relation is new, a method in each reader.</summary>
    public static readonly IReadOnlyList<FilterOperator> All =
    [
        new("ALL_PROPERTY", "IS_KNOWN", Relation.Known, false, "{0} is known"),
        new("ALL_PROPERTY", "IS_UNKNOWN", Relation.Known, true, "{0} is unknown"),
        new("ENUMERATION", "IS_ANY_OF", Relation.AnyOf, false, "{0} is any of {1}", Enumeration, Bool),
        new("ENUMERATION", "IS_NONE_OF", Relation.AnyOf, true, "{0} is none of {1}", Enumeration, Bool),
        new("ENUMERATION", "IS_EXACTLY", Relation.Exactly, false, "{0} is exactly {1}", Enumeration),
        new("ENUMERATION", "IS_NOT_EXACTLY", Relation.Exactly, true, "{0} is not exactly {1}", Enumeration),
        new("ENUMERATION", "CONTAINS_ALL", Relation.AllOf, false, "{0} has all of {1}", Enumeration),
        new("ENUMERATION", "DOES_NOT_CONTAIN_ALL", Relation.AllOf, true, "{0} does not have all of {1}", Enumeration),
        new("BOOL", "IS_EQUAL_TO", Relation.FlagEqual, false, "{0} is {1}", Bool, Enumeration),
        new("BOOL", "IS_NOT_EQUAL_TO", Relation.FlagEqual, true, "{0} is not {1}", Bool, Enumeration),
        new("STRING", "IS_EQUAL_TO", Relation.TextEqual, false, "{0} is equal to {1}", PropertyType.String),
        new("STRING", "IS_NOT_EQUAL_TO", Relation.TextEqual, true, "{0} is not equal to {1}", PropertyType.String),
        new("STRING", "CONTAINS", Relation.Contains, false, "{0} contains {1}", PropertyType.String),
        new("STRING", "DOES_NOT_CONTAIN", Relation.Contains, true, "{0} does not contain {1}", PropertyType.String),
        new("STRING", "STARTS_WITH", Relation.StartsWith, false, "{0} starts with {1}", PropertyType.String),
        new("STRING", "ENDS_WITH", Relation.EndsWith, false, "{0} ends with {1}", PropertyType.String),
        new("MULTISTRING", "IS_EQUAL_TO", Relation.TextEqual, false, "{0} is equal to {1}", PropertyType.String),
        new("MULTISTRING", "IS_NOT_EQUAL_TO", Relation.TextEqual, true, "{0} is not equal to {1}", PropertyType.String),
        new("MULTISTRING", "CONTAINS", Relation.Contains, false, "{0} contains {1}", PropertyType.String),
        new("MULTISTRING", "DOES_NOT_CONTAIN", Relation.Contains, true, "{0} does not contain {1}", PropertyType.String),
        new("MULTISTRING", "CONTAINS_EXACTLY", Relation.ContainsExactly, false, "{0} contains exactly {1}", PropertyType.String),
        new("MULTISTRING", "DOES_NOT_CONTAIN_EXACTLY", Relation.ContainsExactly, true, "{0} does not contain exactly {1}", PropertyType.String),
        new("MULTISTRING", "STARTS_WITH", Relation.StartsWith, false, "{0} starts with {1}", PropertyType.String),
        new("MULTISTRING", "ENDS_WITH", Relation.EndsWith, false, "{0} ends with {1}", PropertyType.String),
        new("COMPARATIVE_STRING", "IS_EQUAL_TO", Relation.SameText, false, "{0} is the same as {1}", PropertyType.String),
        new("NUMBER", "IS_EQUAL_TO", Relation.NumberEqual, false, "{0} is equal to {1}", Number),
        new("NUMBER", "IS_NOT_EQUAL_TO", Relation.NumberEqual, true, "{0} is not equal to {1}", Number),
        new("NUMBER", "IS_GREATER_THAN", Relation.NumberWithin, false, "{0} is greater than {1}", Number),
        new("NUMBER", "IS_GREATER_THAN_OR_EQUAL_TO", Relation.NumberWithin, false, "{0} is at least {1}", Number),
        new("NUMBER", "IS_LESS_THAN", Relation.NumberWithin, false, "{0} is less than {1}", Number),
        new("NUMBER", "IS_LESS_THAN_OR_EQUAL_TO", Relation.NumberWithin, false, "{0} is at most {1}", Number),
        new("NUMBER_RANGED", "IS_BETWEEN", Relation.NumberWithin, false, "{0} is between {1}", Number),
        new("NUMBER_RANGED", "IS_NOT_BETWEEN", Relation.NumberWithin, true, "{0} is not between {1}", Number),
        new("DATETIME", "IS_EQUAL_TO", Relation.Within, false, "{0} is on {1}", Date, PropertyType.DateTime),
        new("DATETIME", "IS_BEFORE_DATE", Relation.Within, false, "{0} is before {1}", Date, PropertyType.DateTime),
        new("DATETIME", "IS_AFTER_DATE", Relation.Within, false, "{0} is after {1}", Date, PropertyType.DateTime),
        new("DATETIME", "IS_BEFORE", Relation.Within, false, "{0} is before {1}", Date, PropertyType.DateTime),
        new("DATETIME", "IS_AFTER", Relation.Within, false, "{0} is after {1}", Date, PropertyType.DateTime),
        new("RANGED_DATE", "IS_BETWEEN", Relation.Within, false, "{0} is between {1}", Date, PropertyType.DateTime),
        new("RANGED_DATE", "IS_NOT_BETWEEN", Relation.Within, true, "{0} is not between {1}", Date, PropertyType.DateTime),
        new("ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_AGO", Relation.Within, false, "{0} is less than {1} days ago", Date, PropertyType.DateTime),
        new("ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_AGO", Relation.Within, false, "{0} is more than {1} days ago", Date, PropertyType.DateTime),
        new("ROLLING_DATE_RANGE", "IS_LESS_THAN_X_DAYS_FROM_NOW", Relation.Within, false, "{0} is less than {1} days from now", Date, PropertyType.DateTime),
        new("ROLLING_DATE_RANGE", "IS_MORE_THAN_X_DAYS_FROM_NOW", Relation.Within, false, "{0} is more than {1} days from now", Date, PropertyType.DateTime),
        new("CALENDAR_DATE", "IN_THIS_TIME_UNIT", Relation.Within, false, "{0} is in all of {1}", Date, PropertyType.DateTime),
        new("CALENDAR_DATE", "IN_THIS_TIME_UNIT_SO_FAR", Relation.Within, false, "{0} is so far in {1}", Date, PropertyType.DateTime),
        new("CALENDAR_DATE", "IN_NEXT_TIME_UNIT", Relation.Within, false, "{0} is in the next {1}", Date, PropertyType.DateTime),
        new("CALENDAR_DATE", "IN_LAST_TIME_UNIT", Relation.Within, false, "{0} is in the previous {1}", Date, PropertyType.DateTime),
        new("COMPARATIVE_DATE", "IS_BEFORE", Relation.EarlierThan, false, "{0} is earlier than {1}", Date, PropertyType.DateTime),
        new("COMPARATIVE_DATE", "IS_AFTER", Relation.LaterThan, false, "{0} is later than {1}", Date, PropertyType.DateTime),
        new("TIME_RANGED", "IS_BETWEEN", Relation.Within, false, "{0} is between {1}", Date, PropertyType.DateTime),
        new("TIME_RANGED", "IS_NOT_BETWEEN", Relation.Within, true, "{0} is not between {1}", Date, PropertyType.DateTime),
        new("TIME_POINT", "IS_BEFORE", Relation.Within, false, "{0} is before {1}", Date, PropertyType.DateTime),
        new("TIME_POINT", "IS_AFTER", Relation.Within, false, "{0} is after {1}", Date, PropertyType.DateTime),
        new("BOOL", "HAS_EVER_BEEN_EQUAL_TO", Relation.FlagEqual, false, "{0} has ever been {1}", Bool, Enumeration),
        new("BOOL", "HAS_NEVER_BEEN_EQUAL_TO", Relation.FlagEqual, true, "{0} has never been {1}", Bool, Enumeration),
        new("ENUMERATION", "HAS_EVER_BEEN_ANY_OF", Relation.AnyOf, false, "{0} has ever been any of {1}", Enumeration, Bool),
        new("ENUMERATION", "HAS_NEVER_BEEN_ANY_OF", Relation.AnyOf, true, "{0} has never been any of {1}", Enumeration, Bool),
        new("ENUMERATION", "HAS_EVER_BEEN_EXACTLY", Relation.Exactly, false, "{0} has ever been exactly {1}", Enumeration),
        new("ENUMERATION", "HAS_NEVER_BEEN_EXACTLY", Relation.Exactly, true, "{0} has never been exactly {1}", Enumeration),
        new("ENUMERATION", "HAS_EVER_CONTAINED_ALL", Relation.AllOf, false, "{0} has ever had all of {1}", Enumeration),
        new("ENUMERATION", "HAS_NEVER_CONTAINED_ALL", Relation.AllOf, true, "{0} has never had all of {1}", Enumeration),
        new("STRING", "HAS_EVER_BEEN_EQUAL_TO", Relation.TextEqual, false, "{0} has ever been equal to {1}", PropertyType.String),
        new("STRING", "HAS_NEVER_BEEN_EQUAL_TO", Relation.TextEqual, true, "{0} has never been equal to {1}", PropertyType.String),
        new("STRING", "HAS_EVER_CONTAINED", Relation.Contains, false, "{0} has ever contained {1}", PropertyType.String),
        new("STRING", "HAS_NEVER_CONTAINED", Relation.Contains, true, "{0} has never contained {1}", PropertyType.String),
        new("NUMBER", "HAS_EVER_BEEN_EQUAL_TO", Relation.NumberEqual, false, "{0} has ever been equal to {1}", Number),
        new("NUMBER", "HAS_NEVER_BEEN_EQUAL_TO", Relation.NumberEqual, true, "{0} has never been equal to {1}", Number),
        new("ROLLING_PROPERTY_UPDATED", "UPDATED_IN_LAST_X_DAYS", Relation.Updated, false, "{0} was updated in the last {1} days"),
        new("ROLLING_PROPERTY_UPDATED", "NOT_UPDATED_IN_LAST_X_DAYS", Relation.Updated, true, "{0} was not updated in the last {1} days"),
    ];

    private static readonly Dictionary<(string, string), FilterOperator> ByName = All.ToDictionary(o => (o.Type, o.Name));

    /// <summary>Other spellings that HubSpot's pages and clients use.</summary>
    private static readonly Dictionary<string, string> Types = new()
        {
            ["ALLTYPES"] = "ALL_PROPERTY", ["DATETIME_RANGED"] = "RANGED_DATE", ["DATETIME_ROLLING"] = "ROLLING_DATE_RANGE", ["DATETIME_COMPARATIVE"] = "COMPARATIVE_DATE", ["STRING_COMPARATIVE"] = "COMPARATIVE_STRING",
        },
        Names = new() { ["IS_NOT_BLANK"] = "IS_KNOWN", ["IS_BLANK"] = "IS_UNKNOWN", ["IS_NOT_KNOWN"] = "IS_UNKNOWN" };

    /// <summary>The operator of these names in any spelling that HubSpot uses, or null when it is not one that works.</summary>
    public static FilterOperator? Find(string type, string name)
    {
        var (plainType, plainName) = (Plain(type), Plain(name));
        return ByName.GetValueOrDefault((Types.GetValueOrDefault(plainType, plainType), Names.GetValueOrDefault(plainName, plainName)));
    }

    /// <summary>The operators that can be asked of a property, the first spelling of each.</summary>
    public static IEnumerable<FilterOperator> For(Property property) => All
        .Where(o => o.On.Count == 0 || o.On[0] == property.Type || (o.On[0] == Date && o.On.Contains(property.Type)))
        .Where(o => property.IsMultiple || o.Relation is not (Relation.AllOf or Relation.Exactly))          // of one value, any of says it all
        .Where(o => o.Fits(property))
        .DistinctBy(o => (o.Relation, o.Phrase));

    /// <summary>Whether it asks for two bounds.</summary>
    public bool IsBetween => Name is "IS_BETWEEN" or "IS_NOT_BETWEEN";

    /// <summary>Whether it asks for a number of days, counted from today.</summary>
    public bool IsRolling => Type is "ROLLING_DATE_RANGE" or "ROLLING_PROPERTY_UPDATED";

    /// <summary>Whether it asks what was, not only what is: the history of the property decides.</summary>
    public bool IsPast => Relation == Relation.Updated || Name.StartsWith("HAS_", StringComparison.Ordinal);

    /// <summary>Whether it asks for texts that people write.</summary>
    public bool TakesTexts => Relation is Relation.TextEqual or Relation.Contains or Relation.ContainsExactly or Relation.StartsWith or Relation.EndsWith;

    /// <summary>Whether it asks for a unit of the calendar, and how many of them.</summary>
    public bool IsCalendar => Type == "CALENDAR_DATE";

    /// <summary>Whether it asks for how many units.</summary>
    public bool HasCount => Name is "IN_NEXT_TIME_UNIT" or "IN_LAST_TIME_UNIT";

    /// <summary>Whether it can be asked of this type.</summary>
    public bool Fits(PropertyType type) => On.Count == 0 || On.Contains(type);

    /// <summary>Whether it can be asked of this property: of its type, and of its past only where that is kept.</summary>
    public bool Fits(Property property) => Fits(property.Type) && (!IsPast || ContactStore.HasHistory(property));

    private static string Plain(string name) => name.ToUpperInvariant().Replace('-', '_');
}
