using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Which contacts: those that one of the groups takes. HubSpot's filterBranch (DOMAIN: an OR branch of AND branches),
/// read and written by <see cref="FilterJson"/>.</summary>
public sealed record Filter(IReadOnlyList<FilterGroup> Groups)
{
    /// <summary>Most filters in one tree; HubSpot's limit.</summary>
    public const int MaxFilters = 250;

    /// <summary>All single filters, in order.</summary>
    public IEnumerable<PropertyFilter> All => Groups.SelectMany(g => g.Filters);

    /// <summary>The ids of the properties on which the answer depends.</summary>
    public IEnumerable<long> PropertyIds => All.SelectMany(f => f.Operand is Other other ? [f.Property.Id, other.Property.Id] : new[] { f.Property.Id }).Distinct();
}

/// <summary>Takes a contact when each of its filters does.</summary>
public sealed record FilterGroup(IReadOnlyList<PropertyFilter> Filters);

/// <summary>One condition on one property. What it says of a contact, null by null:
/// <code>
///                              value there           no value
/// IS_KNOWN                     yes                   no
/// IS_UNKNOWN                   no                    yes
/// any other operator           relation holds        IncludeNoValue
/// any other, negated           relation fails        IncludeNoValue
/// </code>
/// So <c>IS_NONE_OF</c> leaves contacts without a value out unless it is told to take them in: HubSpot's
/// <c>includeObjectsWithNoValueSet</c>, false when absent.</summary>
public sealed record PropertyFilter(Property Property, FilterOperator Operator, Operand Operand, bool IncludeNoValue = false);

/// <summary>What a property is compared with.</summary>
public abstract record Operand
{
    /// <summary>Nothing: is known, is unknown.</summary>
    public static readonly Operand None = new Nothing();

    private sealed record Nothing : Operand;
}

/// <summary>Texts or options, one of which must match.</summary>
public sealed record Texts(IReadOnlyList<string> Values) : Operand;

/// <summary>A number.</summary>
public sealed record Numeric(double Value) : Operand;

/// <summary>Numbers from one to another; an infinite bound is none.</summary>
/// <param name="WithBounds">Whether the bounds themselves lie in it.</param>
public sealed record Interval(double From, double To, bool WithBounds) : Operand
{
    /// <summary>What an operator asks for: a bound above or below, or both.</summary>
    public static Interval Of(FilterOperator op, double bound, double? upper) => op.Name switch
    {
        "IS_GREATER_THAN" => new(bound, double.PositiveInfinity, false),
        "IS_GREATER_THAN_OR_EQUAL_TO" => new(bound, double.PositiveInfinity, true),
        "IS_LESS_THAN" => new(double.NegativeInfinity, bound, false),
        "IS_LESS_THAN_OR_EQUAL_TO" => new(double.NegativeInfinity, bound, true),
        _ => new(bound, upper ?? bound, true),
    };
}

/// <summary>Another property of the same contact.</summary>
public sealed record Other(Property Property) : Operand;

/// <summary>Yes or no.</summary>
public sealed record Flag(bool Value) : Operand;

/// <summary>A stretch of time, from (included) to (not included), Unix milliseconds; and the JSON fields that it came from.</summary>
/// <param name="Day">The day or instant to show to people.</param>
/// <param name="Source">The operand fields of the operation, as a JSON object.</param>
/// <param name="LastDay">The day to show as its end, when it has two.</param>
public sealed record Span(long From, long To, DateTimeOffset Day, string Source, DateTimeOffset? LastDay = null) : Operand;
