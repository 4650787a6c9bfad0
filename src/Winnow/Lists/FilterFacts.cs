using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Reads what filters ask besides the contact (its past, its e-mails, its lists), for some contacts at once, and puts the
/// members of lists into filters that go to the database.</summary>
public sealed class FilterFacts(ListMembers members)
{
    private const string AmongIds = "id in @ids", InRange = "id between @from and @to";

    /// <summary>For <see cref="FilterPredicate.Compile(Filter, DateTimeOffset, Func{Condition, Func{long, bool}})"/>: the facts about these contacts.</summary>
    public Task<Func<Condition, Func<long, bool>>> About(Tx tx, long accountId, IEnumerable<Filter> filters, IReadOnlyCollection<long> ids, DateTimeOffset now) => ids.Count == 0
        ? Task.FromResult<Func<Condition, Func<long, bool>>>(_ => _ => false)
        : Read(tx, accountId, filters, AmongIds, new() { ["ids"] = ids.ToArray() }, (ids.Min(), ids.Max()), now);

    /// <summary>The facts about all contacts with ids from one to another, both included.</summary>
    public Task<Func<Condition, Func<long, bool>>> About(Tx tx, long accountId, IEnumerable<Filter> filters, long from, long to, DateTimeOffset now) =>
        Read(tx, accountId, filters, InRange, new() { ["from"] = from, ["to"] = to }, (from, to), now);

    /// <summary>The filter with the members of the lists that it names, for <see cref="FilterSql"/>.</summary>
    /// <returns>The filter; or which list there is not, or is not filled: half of its members would select the wrong people.</returns>
    public async Task<(Filter? Filter, string? Error)> WithMembers(Tx tx, long accountId, Filter filter)
    {
        var sets = new Dictionary<long, long[]>();
        foreach (var id in filter.ListIds.ToList())
        {
            if (await ListRanks.Unusable(tx, accountId, id) is { } error) return (null, error);
            sets[id] = [.. (await members.Read(tx, accountId, id)).Ids];
        }
        return (sets.Count == 0 ? filter : filter.With(c => c is ListFilter list ? list with { Members = sets[list.ListId] } : c), null);
    }

    private async Task<Func<Condition, Func<long, bool>>> Read(
        Tx tx, long accountId, IEnumerable<Filter> filters, string which, Dictionary<string, object?> asked, (long From, long To) range, DateTimeOffset now)
    {
        var facts = new Dictionary<Condition, Func<long, bool>>(ReferenceEqualityComparer.Instance);
        var lists = new Dictionary<long, MemberSet>();
        foreach (var condition in filters.SelectMany(f => f.All).Where(c => c.Asks))
        {
            if (facts.ContainsKey(condition)) continue;
            var set = condition is not ListFilter list ? await True(condition)
                : lists.TryGetValue(list.ListId, out var known) ? known
                : lists[list.ListId] = await members.Read(tx, accountId, list.ListId, MemberSet.ChunkOf(range.From), MemberSet.ChunkOf(range.To));
            facts[condition] = set.Contains;
        }
        return condition => facts[condition];

        async Task<MemberSet> True(Condition condition)
        {
            var (sql, parameters) = FilterSql.Fact(condition, now);
            foreach (var (name, value) in asked.Append(new("accountId", accountId))) parameters[name] = value;
            return new(await tx.Query<long>(Statement.Built("fact of a filter", $"select id from contacts where account_id = @accountId and {which} and {sql}"), parameters));
        }
    }
}
