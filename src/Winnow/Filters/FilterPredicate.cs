using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Compiles a filter into a function of a contact: the reader that keeps list membership. <see cref="FilterSql"/> says
/// the same to the database; a generated test holds the two together.</summary>
public static class FilterPredicate
{
    /// <summary>The filter as a function.</summary>
    /// <param name="now">The instant it is asked at.</param>
    /// <param name="facts">For a condition that <see cref="Condition.Asks"/>: of which contacts its fact (<see cref="FilterSql.Fact"/>) is true.</param>
    public static Func<Contact, bool> Compile(Filter filter, DateTimeOffset now, Func<Condition, Func<long, bool>>? facts = null) =>
        Any([.. filter.Groups.Select(g => Every([.. g.Filters.Select(condition => Compile(condition, now, facts))]))]);

    /// <summary>One condition as a function.</summary>
    public static Func<Contact, bool> Compile(Condition condition, DateTimeOffset now, Func<Condition, Func<long, bool>>? facts = null)
    {
        var fact = condition.Asks ? (facts ?? throw new ArgumentException($"{condition} asks for facts", nameof(facts)))(condition) : _ => false;
        return condition.At(now) switch
        {
            PropertyFilter { Operator.IsPast: true } past => Past(past, fact),
            PropertyFilter property => Present(property),
            ListFilter list => contact => fact(contact.Id) != list.Negated,
            EmailFilter => contact => fact(contact.Id),
            SubscriptionFilter subscription => Compile(subscription.AsProperties(), now),
            ConstantFilter constant => _ => constant.Accepts,
            var other => throw new ArgumentException($"{other} cannot be asked", nameof(condition)),
        };
    }

    private static Func<Contact, bool> Present(PropertyFilter filter)
    {
        if (OfValue(filter) is not { } holds) return Compare(filter, ((Other)filter.Operand).Property);
        var property = filter.Property;
        return contact => holds(contact[property]);
    }

    /// <summary>A condition that looks at one value, as a function of that value (null: there is none); null when it looks at more than that.</summary>
    internal static Func<object?, bool>? OfValue(PropertyFilter filter)
    {
        if (filter.Operator.IsPast) return null;
        var (negated, orNone) = (filter.Operator.Negated, filter.IncludeNoValue);
        if (filter.Operator.Relation == Relation.Known) return value => value is null == negated;
        if (filter.Operand is Other) return null;
        var holds = Holds(filter);
        return value => value is null ? orNone : holds(value) != negated;
    }

    /// <summary>The same of a text in small letters, for those who fold it once for many conditions; null when the condition is not about folded text.</summary>
    internal static Func<string?, bool>? OfFolded(PropertyFilter filter)
    {
        if (filter.Operator.IsPast || FoldedHolds(filter) is not { } holds) return null;
        var (negated, orNone) = (filter.Operator.Negated, filter.IncludeNoValue);
        return text => text is null ? orNone : holds(text) != negated;
    }

    /// <summary>What is counts as what was.</summary>
    private static Func<Contact, bool> Past(PropertyFilter filter, Func<long, bool> was)
    {
        var (property, orNone) = (filter.Property, filter.IncludeNoValue);
        var @is = filter.Operator.Relation == Relation.Updated ? MadeWith((Span)filter.Operand) : With(Holds(filter));
        return filter.Operator.Negated
            ? contact => contact[property] is { } value ? !@is(contact, value) && !was(contact.Id) : orNone && !was(contact.Id)
            : contact => contact[property] is { } value ? @is(contact, value) || was(contact.Id) : orNone || was(contact.Id);

        static Func<Contact, object, bool> With(Func<object, bool> holds) => (_, value) => holds(value);
        static Func<Contact, object, bool> MadeWith(Span span) => (contact, _) => (long)contact[Created]! is var at && at >= span.From && at < span.To;
    }

    private static readonly Property Created = BuiltInProperties.Of("createdate");

    private static Func<string, bool>? FoldedHolds(PropertyFilter filter) => (filter.Operator.Relation, filter.Operand) switch
    {
        (Relation.TextEqual, Texts any) => TextEqual([.. any.Values.Select(CaseFolding.Fold)]),
        (Relation.Contains, Texts any) => Folded(any, (text, part) => text.Contains(part, StringComparison.Ordinal)),
        (Relation.StartsWith, Texts any) => Folded(any, (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        (Relation.EndsWith, Texts any) => Folded(any, (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        _ => null,
    };

    private static Func<object, bool> Holds(PropertyFilter filter) => FoldedHolds(filter) is { } folded ? value => folded(CaseFolding.Fold((string)value)) : (filter.Operator.Relation, filter.Operand) switch
    {
        (Relation.AnyOf, Texts any) => filter.Property.IsMultiple ? AnyOfMany([.. any.Values]) : AnyOf([.. any.Values]),
        (Relation.AllOf, Texts all) => AllOf([.. all.Values]),
        (Relation.Exactly, Texts all) => Exactly([.. all.Values]),
        (Relation.ContainsExactly, Texts any) => value => any.Values.Any(part => ((string)value).Contains(part, StringComparison.Ordinal)),
        (Relation.NumberEqual, Numeric number) => value => (double)value == number.Value,
        (Relation.NumberWithin, Interval { WithBounds: true } interval) => value => (double)value >= interval.From && (double)value <= interval.To,
        (Relation.NumberWithin, Interval interval) => value => (double)value > interval.From && (double)value < interval.To,
        (Relation.FlagEqual, Flag flag) => value => (value is true or "true") == flag.Value,
        (Relation.Within, Span span) => value => (long)value >= span.From && (long)value < span.To,
        var (relation, operand) => throw new ArgumentException($"{relation} cannot be asked with {operand}", nameof(filter)),
    };

    private static Func<object, bool> AnyOf(HashSet<string> options) => value => options.Contains(value as string ?? ((bool)value ? "true" : "false"));

    private static Func<object, bool> AnyOfMany(HashSet<string> options) => value => ((string)value).Split(';').Any(options.Contains);

    private static Func<object, bool> AllOf(HashSet<string> options) => value => options.IsSubsetOf(Parts(value));

    private static Func<object, bool> Exactly(HashSet<string> options) => value => options.SetEquals(Parts(value));

    private static string[] Parts(object value) => ((string)value).Split(';');

    private static Func<string, bool> Folded(Texts any, Func<string, string, bool> holds)
    {
        string[] parts = [.. any.Values.Select(CaseFolding.Fold)];
        return text => Array.Exists(parts, part => holds(text, part));
    }

    private static Func<Contact, bool> Compare(PropertyFilter filter, Property other)
    {
        Func<object, object, bool> holds = filter.Operator.Relation switch
        {
            Relation.EarlierThan => (a, b) => (long)a < (long)b,
            Relation.LaterThan => (a, b) => (long)a > (long)b,
            _ => (a, b) => CaseFolding.SameInAscii((string)a, (string)b),
        };
        return contact => contact[filter.Property] is { } value ? contact[other] is { } second && holds(value, second) : filter.IncludeNoValue;
    }

    private static Func<string, bool> TextEqual(HashSet<string> folded) => folded.Contains;

    private static Func<Contact, bool> Every(Func<Contact, bool>[] all) => all is [var one] ? one : contact =>
    {
        foreach (var each in all) if (!each(contact)) return false;
        return true;
    };

    private static Func<Contact, bool> Any(Func<Contact, bool>[] all) => all is [var one] ? one : contact =>
    {
        foreach (var each in all) if (each(contact)) return true;
        return false;
    };
}
