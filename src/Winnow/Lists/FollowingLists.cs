using System.Collections.Concurrent;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>A list whose members follow the contacts: active, or a snapshot still being taken.</summary>
/// <param name="SweptAt">Since then at the least its members are right as far as the clock goes; null when that is not known.</param>
public sealed record FollowingList(long Id, bool IsComplete, Filter Filter, DateTimeOffset? SweptAt)
{
    private readonly Func<Contact, bool>? takes = Filter.Moves || Filter.Asks ? null : FilterPredicate.Compile(Filter, DateTimeOffset.UnixEpoch);

    /// <summary>Whether more than the contact and the clock has a say: the past, e-mails, other lists.</summary>
    public bool Asks { get; } = Filter.Asks;

    /// <summary>Whether the contact alone answers its filter; else the clock, the past, e-mails or other lists have a say.</summary>
    public bool IsPlain => takes is not null;

    /// <summary>Whether its filter takes a contact, which with the clock must be enough to tell.</summary>
    public bool Takes(Contact contact, DateTimeOffset now) => (takes ?? FilterPredicate.Compile(Filter, now))(contact);

    /// <summary>Whether a contact is in the list before a change of it, as far as contact and clock can tell. Not for a contact over whom a bound of the
    /// filter may have passed since the sweep that last looked: that sweep may not have come to it yet, or may just have.</summary>
    /// <param name="before">Null when it was not there: then it is in no list.</param>
    /// <returns>Null when its members must be asked.</returns>
    public bool? Was(Contact? before, DateTimeOffset now) =>
        Asks ? null
        : before is null ? false
        : takes is not null ? takes(before)
        : Passed(now) is not { } passed || FilterPredicate.Compile(passed, now)(before) ? null
        : Takes(before, now);

    /// <summary>Takes the contacts over whom a bound of the filter may have passed since the sweep that last looked; null when that may be all.</summary>
    public Filter? Passed(DateTimeOffset now) => SweptAt is null && !IsPlain ? null : SweepLists.Passed(Filter.All.Where(c => c.Moves).Select(c => (c, SweptAt ?? now)), now);
}

/// <summary>The lists of one account that follow its contacts, compiled once per version of the gate.</summary>
public sealed class FollowingLists
{
    private static readonly SqlFile Sql = SqlFile.Beside<FollowingLists>();
    private static readonly long LastModified = BuiltInProperties.Of("lastmodifieddate").Id;       // changes with every change, and is never named as changed
    private readonly ILookup<long, FollowingList> byProperty, byList;
    private readonly Dictionary<long, Question[]> questions;

    private FollowingLists(long version, List<FollowingList> all)
    {
        (Version, All) = (version, ListRanks.InOrder(all));
        byProperty = All.SelectMany(list => list.Filter.PropertyIds.Select(id => (id, list))).ToLookup(p => p.id, p => p.list);
        questions = All.SelectMany(list => list.Filter.All.SelectMany(c => c.PropertyIds.Select(id => (id, question: Question.Of(list, c))))).GroupBy(q => q.id).ToDictionary(g => g.Key, g => g.Select(q => q.question).ToArray());
        byList = All.SelectMany(list => list.Filter.ListIds.Select(id => (id, list))).ToLookup(p => p.id, p => p.list);
        AskingEmail = [.. All.Where(list => list.Filter.AsksEmail)];
    }

    /// <summary>The version of the gate that they were read at.</summary>
    public long Version { get; }

    /// <summary>All of them, each after those it asks for.</summary>
    public IReadOnlyList<FollowingList> All { get; }

    /// <summary>Those that look at what happened to e-mails.</summary>
    public IReadOnlyList<FollowingList> AskingEmail { get; }

    /// <summary>Those that ask for members of this list.</summary>
    public IEnumerable<FollowingList> Asking(long listId) => byList[listId];

    /// <summary>Those that a change of a contact may touch.</summary>
    public IEnumerable<FollowingList> TouchedBy(ContactChange change) =>
        change.Before is null ? All : change.Changed.Append(LastModified).SelectMany(id => byProperty[id]).DistinctBy(list => list.Id);

    /// <summary>Those that a change may move the contact into or out of: one of the conditions on what changed says something else than before. Most say the same,
    /// and the rest of their filters need not be asked.</summary>
    public IEnumerable<FollowingList> MovedBy(ContactChange change, PropertyCatalog properties, DateTimeOffset now)
    {
        if (change.Before is not { } before) return All;
        var moved = new HashSet<FollowingList>(ReferenceEqualityComparer.Instance);
        foreach (var property in change.Changed.Append(LastModified).Select(properties.Find).OfType<Property>())
        {
            var (was, @is) = (before[property], change.After[property]);
            var (small, smallNow) = (was is string text ? CaseFolding.Fold(text) : null, @is is string other ? CaseFolding.Fold(other) : null);
            foreach (var question in questions.GetValueOrDefault(property.Id, []))
                if (question.List.Asks
                    || (question.OfFolded is { } folded ? folded(small) != folded(smallNow)
                        : question.OfValue is { } value ? value(was) != value(@is)
                        : FilterPredicate.Compile(question.Condition, now) is var takes && takes(before) != takes(change.After)))
                    moved.Add(question.List);
        }
        return moved;
    }

    /// <summary>Those that one of many changes may touch.</summary>
    public IEnumerable<FollowingList> TouchedBy(IReadOnlyList<ContactChange> changes) =>
        changes.Any(c => c.Before is null) ? All : changes.SelectMany(c => c.Changed).Distinct().Append(LastModified).SelectMany(id => byProperty[id]).DistinctBy(list => list.Id);

    /// <summary>Whether any of them looks at one of these properties, or at when a contact last changed.</summary>
    public bool Follows(IReadOnlySet<long> changed) => byProperty.Contains(LastModified) || changed.Any(byProperty.Contains);

    /// <summary>A condition of a list, as a function of a value where that is enough.</summary>
    private sealed record Question(FollowingList List, Condition Condition, Func<object?, bool>? OfValue, Func<string?, bool>? OfFolded)
    {
        public static Question Of(FollowingList list, Condition condition) => condition is PropertyFilter { Moves: false } property && FilterPredicate.OfValue(property) is { } holds
            ? new(list, condition, holds, FilterPredicate.OfFolded(property)) : new(list, condition, null, null);
    }

    /// <summary>Reads them, or takes them from the cache when nothing has changed.</summary>
    internal static async Task<FollowingLists> Of(Tx tx, ConcurrentDictionary<long, FollowingLists> cache, long accountId, long version, PropertyCatalog properties)
    {
        if (cache.TryGetValue(accountId, out var known) && known.Version == version) return known;
        var rows = await tx.Query<Row>(Sql["following"], new { accountId });
        return cache[accountId] = new(version, [.. rows.Select(row => Compile(row, properties))]);
    }

    /// <summary>A stored filter, read.</summary>
    internal static Filter Read(long listId, string json, string timeZone, PropertyCatalog properties)
    {
        var (filter, error) = FilterJson.Read(json, properties, ListStore.Zone(timeZone));
        return filter ?? throw new InvalidOperationException($"The stored filter of list {listId} cannot be read: {error} Edit or delete the list.");
    }

    private static FollowingList Compile(Row row, PropertyCatalog properties) =>
        new(row.Id, row.State == ListState.Complete, Read(row.Id, row.Filter, row.TimeZone, properties), row.SweptAt);

    private sealed record Row(long Id, ListState State, string Filter, string TimeZone, DateTimeOffset? SweptAt);
}
