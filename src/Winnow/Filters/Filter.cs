using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Which contacts: those that one of the groups takes. HubSpot's filterBranch (DOMAIN: an OR branch of AND branches),
/// read and written by <see cref="FilterJson"/>.</summary>
public sealed record Filter(IReadOnlyList<FilterGroup> Groups)
{
    /// <summary>Most filters in one tree; HubSpot's limit.</summary>
    public const int MaxFilters = 250;

    /// <summary>All single conditions, in order.</summary>
    public IEnumerable<Condition> All => Groups.SelectMany(g => g.Filters);

    /// <summary>Whether the answer changes with the clock alone.</summary>
    public bool Moves => All.Any(c => c.Moves);

    /// <summary>Whether the answer depends on more than the contact and the clock: on its past, its e-mails, its lists.</summary>
    public bool Asks => All.Any(c => c.Asks);

    /// <summary>The ids of the properties on which the answer depends.</summary>
    public IEnumerable<long> PropertyIds => All.SelectMany(c => c.PropertyIds).Distinct();

    /// <summary>The ids of the lists on which the answer depends.</summary>
    public IEnumerable<long> ListIds => All.OfType<ListFilter>().Select(c => c.ListId).Distinct();

    /// <summary>Whether the answer depends on what happened to e-mails.</summary>
    public bool AsksEmail => All.Any(c => c is EmailFilter);

    /// <summary>The filter as it is at an instant: nothing in it moves.</summary>
    public Filter At(DateTimeOffset now) => Moves ? With(condition => condition.At(now)) : this;

    /// <summary>The filter with other conditions in the place of its own.</summary>
    public Filter With(Func<Condition, Condition> change) => new([.. Groups.Select(group => new FilterGroup([.. group.Filters.Select(change)]))]);
}

/// <summary>Takes a contact when each of its conditions does.</summary>
public sealed record FilterGroup(IReadOnlyList<Condition> Filters);

/// <summary>One condition: on a property, on lists, on e-mails, or none.</summary>
public abstract record Condition
{
    /// <summary>Whether the answer changes with the clock alone.</summary>
    public virtual bool Moves => false;

    /// <summary>Whether it asks other tables than contacts.</summary>
    public virtual bool Asks => false;

    /// <summary>The ids of the properties on which it depends.</summary>
    public virtual IEnumerable<long> PropertyIds => [];

    /// <summary>The condition as it is at an instant.</summary>
    public virtual Condition At(DateTimeOffset now) => this;
}

/// <summary>One condition on one property. What it says of a contact, null by null:
/// <code>
///                              value there           no value
/// IS_KNOWN                     yes                   no
/// IS_UNKNOWN                   no                    yes
/// any other operator           relation holds        IncludeNoValue
/// any other, negated           relation fails        IncludeNoValue
/// has ever been, updated       it was so             it was so, or IncludeNoValue
/// has never been, not updated  it was never so       it was never so and IncludeNoValue
/// </code>
/// So <c>IS_NONE_OF</c> leaves contacts without a value out unless it is told to take them in: HubSpot's
/// <c>includeObjectsWithNoValueSet</c>, false when absent.</summary>
public sealed record PropertyFilter(Property Property, FilterOperator Operator, Operand Operand, bool IncludeNoValue = false) : Condition
{
    /// <inheritdoc/>
    public override bool Moves => Operand is MovingSpan;

    /// <inheritdoc/>
    public override bool Asks => Operator.IsPast;

    /// <inheritdoc/>
    public override IEnumerable<long> PropertyIds => Operand is Other other ? [Property.Id, other.Property.Id] : [Property.Id];

    /// <inheritdoc/>
    public override Condition At(DateTimeOffset now) => Operand is MovingSpan span ? this with { Operand = span.At(now) } : this;
}

/// <summary>Whether the contact is in another list.</summary>
/// <param name="Negated">Whether it must not be in it.</param>
/// <param name="Members">Who is in it, put in before the database is asked.</param>
public sealed record ListFilter(long ListId, bool Negated, IReadOnlyCollection<long>? Members = null) : Condition
{
    /// <inheritdoc/>
    public override bool Asks => true;
}

/// <summary>Takes everyone, or nobody.</summary>
public sealed record ConstantFilter(bool Accepts) : Condition;

/// <summary>What HubSpot keeps as the state of a subscription and Winnow as properties: opted out of all e-mail, hard bounced, complained.</summary>
/// <param name="Kind">PORTAL, HARDBOUNCE or SPAMREPORT.</param>
/// <param name="Out">Whether it takes those who get no e-mail because of it; and <paramref name="In"/> the others.</param>
/// <param name="Source">The fields that it came from, as a JSON object.</param>
public sealed record SubscriptionFilter(string Kind, bool Out, bool In, string Source) : Condition
{
    private static readonly Property OptedOut = BuiltInProperties.Of("hs_email_optout"), Reason = BuiltInProperties.Of("hs_email_hard_bounce_reason_enum"),
        Unbounced = BuiltInProperties.Of("winnow_unbounced"), Complained = BuiltInProperties.Of("winnow_spam_report");

    /// <inheritdoc/>
    public override IEnumerable<long> PropertyIds => Kind switch { "PORTAL" => [OptedOut.Id], "SPAMREPORT" => [Complained.Id], _ => [Reason.Id, Unbounced.Id] };

    /// <summary>The same said of properties.</summary>
    public Filter AsProperties()
    {
        FilterGroup[] @out = Kind switch { "PORTAL" => [Are((OptedOut, true))], "SPAMREPORT" => [Are((Complained, true))], _ => [new([Known(Reason, true), Is(Unbounced, false)])] };
        FilterGroup[] @in = Kind switch { "PORTAL" => [Are((OptedOut, false))], "SPAMREPORT" => [Are((Complained, false))], _ => [new([Known(Reason, false)]), Are((Unbounced, true))] };
        return new([.. Out ? @out : [], .. In ? @in : []]);
    }

    private static FilterGroup Are(params (Property Flag, bool Value)[] flags) => new([.. flags.Select(f => Is(f.Flag, f.Value))]);

    private static PropertyFilter Is(Property flag, bool value) => new(flag, FilterOperator.Find("BOOL", "IS_EQUAL_TO")!, new Flag(value), IncludeNoValue: !value);

    private static PropertyFilter Known(Property property, bool known) => new(property, FilterOperator.Find("ALL_PROPERTY", known ? "IS_KNOWN" : "IS_UNKNOWN")!, Operand.None);
}

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
