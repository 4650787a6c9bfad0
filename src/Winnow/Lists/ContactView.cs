using Winnow.Contacts;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>A view made ready for the database by <see cref="ContactIndex.View"/>: a condition, its parameters, and for a large list
/// its members, which are checked in memory.</summary>
public sealed class ContactView
{
    private readonly Dictionary<string, object?> parameters;
    private int conditions;

    internal ContactView(long accountId, SelectionQuery query) => (AccountId, Query, parameters) = (accountId, query, new() { ["accountId"] = accountId });

    /// <summary>The account whose contacts these are.</summary>
    public long AccountId { get; }

    /// <summary>What was asked for.</summary>
    public SelectionQuery Query { get; }

    /// <summary>The filter, read; null when there is none.</summary>
    public Filter? Filter { get; internal init; }

    /// <summary>Whether it is small enough to be sorted by any column.</summary>
    public bool IsSmall { get; internal set; }

    /// <summary>Whether it is known to be too large to be looked through.</summary>
    internal bool IsLarge { get; set; }

    internal string Condition { get; private set; } = "account_id = @accountId";
    internal IReadOnlyDictionary<string, object?> Parameters => parameters;
    internal bool IsEverything => conditions == 0 && Sieve is null;

    /// <summary>The members of the list, when the view is a list and nothing else.</summary>
    internal MemberSet? Whole { get; private set; }

    /// <summary>The members of a large list, which the condition does not name.</summary>
    internal MemberSet? Sieve { get; private set; }

    internal void Add((string Condition, Dictionary<string, object?> Parameters) filter) => Add(filter.Condition, [.. filter.Parameters.Select(p => (p.Key, p.Value))]);

    internal void Add(string condition, params (string Name, object? Value)[] values)
    {
        Condition += $" and {condition}";
        conditions++;
        foreach (var (name, value) in values) parameters[name] = value;
        IsSmall |= values.Any(v => v.Value is long[] { Length: <= ContactIndex.Small });
    }

    /// <summary>Names the contacts that it was found to have, instead of saying what they have in common.</summary>
    internal void Become(long[] ids)
    {
        (Condition, Whole, Sieve, conditions) = ("account_id = @accountId", null, null, 0);
        foreach (var name in parameters.Keys.Where(k => k != "accountId").ToList()) parameters.Remove(name);
        Add("id in @ids", ("ids", ids));
    }

    /// <summary>Takes the list last: it stands alone only when nothing else was asked for.</summary>
    internal void Take(MemberSet members)
    {
        (Whole, IsLarge) = (conditions == 0 ? members : null, false);
        if (members.Count <= ContactIndex.Small) Add("id in @members", ("members", members.Ids.ToArray()));
        else Sieve = members;
    }
}
