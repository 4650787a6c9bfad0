using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Lists that ask for members of other lists: nobody may ask for itself, however far round, and who is asked comes first.</summary>
internal static class ListRanks
{
    private static readonly SqlFile Sql = SqlFile.Of("Lists/ListRanks.sql");

    /// <summary>Why a list cannot have this filter, or null: it names a list that there is not, or one that asks for this one.</summary>
    public static async Task<string?> Refusal(Tx tx, long accountId, long listId, string name, Filter filter, PropertyCatalog properties)
    {
        var rows = (await tx.Query<Row>(Sql["all"], new { accountId })).ToDictionary(r => r.Id);
        var way = new Dictionary<long, long>();                                  // from whom a list was reached
        var ahead = new Queue<long>(filter.ListIds);
        foreach (var id in filter.ListIds) way[id] = listId;
        while (ahead.TryDequeue(out var id))
        {
            if (id == listId) return ListRefusal.Say(ListRefusal.Circle, Way(listId, name, way, rows));
            if (!rows.TryGetValue(id, out var row)) return ListRefusal.Say(ListRefusal.NoList, id);
            foreach (var next in Asked(row, properties)) if (way.TryAdd(next, id)) ahead.Enqueue(next);
        }
        return null;
    }

    /// <summary>The lists whose filters ask for this one, directly or through others.</summary>
    public static async Task<List<long>> Above(Tx tx, long accountId, long listId)
    {
        var above = new List<long>();
        var ahead = new Queue<long>([listId]);
        while (ahead.TryDequeue(out var id))
            foreach (var (asking, _) in await ListUsage.Lists(tx, accountId, id))
                if (!above.Contains(asking))
                {
                    above.Add(asking);
                    ahead.Enqueue(asking);
                }
        return above;
    }

    /// <summary>The lists ordered so that each comes after those it asks for.</summary>
    public static List<FollowingList> InOrder(IReadOnlyCollection<FollowingList> lists)
    {
        var (byId, ranks) = (lists.ToDictionary(l => l.Id), new Dictionary<long, int>());
        return [.. lists.OrderBy(list => Rank(list.Id)).ThenBy(list => list.Id)];

        int Rank(long id)
        {
            if (!byId.TryGetValue(id, out var list) || list.Filter.ListIds.ToList() is not { Count: > 0 } asked) return 0;
            if (ranks.TryGetValue(id, out var rank)) return rank;
            ranks[id] = 0;                                                       // a circle is refused when a filter is set
            return ranks[id] = 1 + asked.Max(Rank);
        }
    }

    /// <summary>Why nobody can be told to be in this list or not, or null.</summary>
    public static async Task<string?> Unusable(Tx tx, long accountId, long id) => await tx.SingleOrNone<State>(Sql["state"], new { accountId, id }) switch
    {
        null => ListRefusal.Say(ListRefusal.NoList, id),
        { IsFilled: false, Name: var name } => ListRefusal.Say(ListRefusal.AsksFilling, name),
        _ => null,
    };

    private static IEnumerable<long> Asked(Row row, PropertyCatalog properties) =>
        row.Filter?.Contains("\"IN_LIST\"", StringComparison.Ordinal) == true && FilterJson.Read(row.Filter, properties, ListStore.Zone(row.TimeZone)).Filter is { } filter ? filter.ListIds : [];

    private static string Way(long listId, string name, Dictionary<long, long> way, Dictionary<long, Row> rows)
    {
        var names = new List<string> { name };
        for (var id = way[listId]; id != listId; id = way[id]) names.Add(rows[id].Name);
        names.Add(name);
        names.Reverse();
        return string.Join(ListRefusal.AsksFor, names);
    }

    private sealed record State(string Name, bool IsFilled);

    private sealed record Row(long Id, string Name, string? Filter, string TimeZone);
}
