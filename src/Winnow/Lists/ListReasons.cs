using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>One condition of a list and what it says of a contact.</summary>
/// <param name="Seen">What it looked at: the property's value, whether it is in the other list; null for conditions on e-mails and for no value.</param>
public sealed record ConditionReason(Condition Condition, bool Holds, object? Seen);

/// <summary>Why a contact is in a list, or is not: each condition of each group.</summary>
/// <param name="IsMember">Whether it is in the list.</param>
public sealed record ListReason(ContactList List, bool IsMember, Filter Filter, IReadOnlyList<IReadOnlyList<ConditionReason>> Groups)
{
    /// <summary>Whether the filter takes the contact now. It differs from <see cref="IsMember"/> while the list is being filled, and for a moment
    /// after the clock alone moved the contact.</summary>
    public bool Takes => Groups.Any(group => group.All(condition => condition.Holds));
}

/// <summary>Tells why a contact is in an active list or is not, by the reader that keeps the list.</summary>
public sealed class ListReasons(ListMembers members, FilterFacts facts, TimeProvider clock)
{
    /// <summary>The reason, or null when the filter cannot be read.</summary>
    public async Task<ListReason?> Of(Tx tx, PropertyCatalog properties, ContactList list, Contact contact)
    {
        if (list.Filter is null || FilterJson.Read(list.Filter, properties, ListStore.Zone(list.TimeZone)).Filter is not { } filter) return null;
        var now = clock.GetUtcNow();
        var known = await facts.About(tx, contact.AccountId, [filter], [contact.Id], now);
        var groups = filter.Groups.Select(group => group.Filters.Select(condition => new ConditionReason(condition, FilterPredicate.Compile(condition, now, known)(contact), condition switch
        {
            PropertyFilter property => contact[property.Property],
            ListFilter other => known(other)(contact.Id),
            _ => null,
        })).ToList()).ToList();
        return new(list, await members.Contains(tx, contact.AccountId, list.Id, contact.Id), filter, groups);
    }
}
