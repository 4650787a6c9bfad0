using System.Collections.Concurrent;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Counts how often the database is asked conditions that an index on the property would serve: views, searches, previews of lists. Counted in
/// memory and written once a minute; what a process had not written when it died is lost, which only makes an index come a little later.</summary>
public sealed class PropertyUses(Db db, TimeProvider clock)
{
    /// <summary>How many days are kept.</summary>
    public const int KeptDays = 30;
    private static readonly SqlFile Sql = SqlFile.Beside<PropertyUses>();
    private ConcurrentDictionary<(long Account, long Property), long> counted = new();

    /// <summary>A filter is being asked.</summary>
    public void Asked(long accountId, Filter filter)
    {
        foreach (var property in filter.All.OfType<PropertyFilter>().Where(Served).Select(f => f.Property.Id).Distinct()) counted.AddOrUpdate((accountId, property), 1, (_, before) => before + 1);
    }

    /// <summary>Whether an index could find who fulfils a condition: who has a value, and not who has none or another one.</summary>
    internal static bool Served(PropertyFilter filter) => FilterSql.Index(filter.Property) is not null && filter is { IncludeNoValue: false, Operator: { Negated: false, IsPast: false } };

    /// <summary>Writes what was counted, and forgets what is old.</summary>
    public async Task Write(CancellationToken stop)
    {
        var (now, day) = (clock.GetUtcNow(), Today);
        var some = Interlocked.Exchange(ref counted, new());
        try
        {
            foreach (var account in some.GroupBy(c => c.Key.Account))
                await db.Write(async tx =>
                {
                    foreach (var (key, uses) in account.OrderBy(c => c.Key.Property)) await tx.Execute(Sql["add"], new { accountId = key.Account, propertyId = key.Property, day, uses, now });
                }, stop);
        }
        catch when (PutBack(some)) { throw; }
        await db.Write(tx => tx.Execute(Sql["forget"], new { before = day - KeptDays }), stop);
    }

    /// <summary>Today, in days since 1970.</summary>
    internal long Today => clock.GetUtcNow().ToUnixTimeSeconds() / 86_400;

    private bool PutBack(ConcurrentDictionary<(long, long), long> some)
    {
        foreach (var (key, uses) in some) counted.AddOrUpdate(key, uses, (_, before) => before + uses);
        return true;
    }
}
