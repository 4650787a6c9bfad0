using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Moves contacts whom only the clock moves: into lists such as "created less than 30 days ago" and out of them. Only those are
/// looked at over whom a bound of a filter has passed since the last sweep, some at a time; one that dies in between begins again.</summary>
public sealed class SweepLists(Db db, Properties properties, ListKeeper keeper, TimeProvider clock)
{
    private const int AtOnce = 1_000;
    private static readonly SqlFile Sql = SqlFile.Beside<SweepLists>();
    private static readonly FilterOperator Within = FilterOperator.Find("RANGED_DATE", "IS_BETWEEN")!, Updated = FilterOperator.Find("ROLLING_PROPERTY_UPDATED", "UPDATED_IN_LAST_X_DAYS")!;

    /// <summary>Sweeps every account. Runs again and again.</summary>
    public async Task Run(CancellationToken stop = default)
    {
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts"]), stop)) await Run(accountId, stop);
    }

    /// <summary>Brings the lists of one account to this moment.</summary>
    public async Task Run(long accountId, CancellationToken stop = default)
    {
        var now = clock.GetUtcNow();
        var catalog = await db.Read(tx => properties.Catalog(tx, accountId), stop);
        var rows = await db.Read(tx => tx.Query<Row>(Sql["moving"], new { accountId }), stop);
        var passed = Passed(rows.SelectMany(row => FollowingLists.Read(row.Id, row.Filter, row.TimeZone, catalog).All.Where(c => c.Moves).Select(c => (c, From: row.SweptAt))), now);
        long? after = passed.Groups.Count > 0 ? 0 : null;
        while (after is { } last) after = await db.Write(tx => Step(tx, accountId, catalog, passed, now, last), stop);
        var ids = rows.Where(row => row.SweptAt < now).Select(row => row.Id).ToArray();
        if (passed.Groups.Count > 0) await db.Write(tx => tx.Execute(Sql["swept"], new { accountId, ids, now }), stop);
    }

    /// <summary>Asks the lists that move about the next contacts.</summary>
    /// <returns>The last of them; null when there are no more.</returns>
    private async Task<long?> Step(Tx tx, long accountId, PropertyCatalog catalog, Filter passed, DateTimeOffset now, long after)
    {
        var (condition, parameters) = FilterSql.Of(passed, now);
        foreach (var (name, value) in new (string, object)[] { ("accountId", accountId), ("after", after), ("limit", AtOnce) }) parameters[name] = value;
        var ids = await tx.Query<long>(Statement.Built("contacts that the clock moves", $"select id from contacts where account_id = @accountId and id > @after and {condition} order by id limit @limit"), parameters);
        if (ids.Count == 0) return null;
        await keeper.Swept(tx, accountId, catalog, ids);
        return ids.Count < AtOnce ? null : ids[^1];
    }

    /// <summary>Whom a bound has passed: for each condition the stretch between where its bounds were and where they are.</summary>
    internal static Filter Passed(IEnumerable<(Condition Condition, DateTimeOffset From)> moving, DateTimeOffset now)
    {
        var groups = new List<FilterGroup>();
        foreach (var (condition, from) in moving)
        {
            var (was, @is) = (SpanOf(condition.At(from)), SpanOf(condition.At(now)));
            foreach (var (one, other) in new[] { (was.From, @is.From), (was.To, @is.To) })
                if (one != other) groups.Add(new([Between(condition, new(Math.Min(one, other), Math.Max(one, other), now, "{}"))]));
        }
        return new(groups);
    }

    private static Span SpanOf(Condition condition) => condition is EmailFilter email ? (Span)email.When! : (Span)((PropertyFilter)condition).Operand;

    private static Condition Between(Condition condition, Span span) => condition switch
    {
        EmailFilter email => email with { When = span, Outside = false, Times = null },
        PropertyFilter { Operator.Relation: Relation.Updated } updated => updated with { Operator = Updated, Operand = span, IncludeNoValue = false },
        PropertyFilter property => property with { Operator = Within, Operand = span, IncludeNoValue = false },
        _ => condition,
    };

    private sealed record Row(long Id, string Filter, string TimeZone, DateTimeOffset SweptAt);
}
