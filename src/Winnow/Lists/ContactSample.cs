using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Some contacts of an account for all of them: short stretches of ids, evenly spread from the oldest to the newest, so that a sample
/// costs the same some milliseconds at a thousand contacts and at millions. What is in it is not random within a stretch: good for "about" and
/// for suggestions, not for figures that anything is decided by.</summary>
public static class ContactSample
{
    /// <summary>How many ids it has; fewer contacts where some were deleted.</summary>
    public const int Size = 2048;
    private const int Stretch = 32, MostValues = 50, LongestValue = 100, FewContacts = 200;

    private static readonly Statement Ends = Statement.Built("ends of the contacts",
        "select (select id from contacts where account_id = @accountId order by id limit 1), (select id from contacts where account_id = @accountId order by id desc limit 1)");

    /// <summary>The ids to look at, some of which may belong to nobody any more.</summary>
    public static async Task<long[]> Ids(Tx tx, long accountId) =>
        await tx.Single<(long? First, long? Last)>(Ends, new { accountId }) is ({ } first, { } last) ? [.. Spread(first, last)] : [];

    /// <summary>The ids of the sample between the first and the last.</summary>
    public static IEnumerable<long> Spread(long first, long last)
    {
        if (last - first < Size) return Enumerable.Range(0, (int)(last - first + 1)).Select(i => first + i);
        const int stretches = Size / Stretch;
        var room = last - first + 1 - Stretch;                                       // where the last stretch begins
        return Enumerable.Range(0, stretches).SelectMany(s => Enumerable.Range(0, Stretch).Select(i => first + (room * s / (stretches - 1)) + i)).Distinct();
    }

    /// <summary>The texts that a property has most often in the sample, the commonest first: what people may want to fill in. A text that stands
    /// once in a large account is no suggestion but somebody's own.</summary>
    public static async Task<List<string>> Values(Tx tx, long accountId, Property property)
    {
        var value = FilterSql.Value(property);
        var found = await tx.Query<string>(Statement.Built("values of a property", $"select {value} from contacts where account_id = @accountId and id in @ids and {value} is not null"),
            new { accountId, ids = await Ids(tx, accountId) });
        return [.. found.Where(v => v.Length is > 0 and <= LongestValue).GroupBy(v => v).Where(v => found.Count <= FewContacts || v.Count() > 1)
            .OrderByDescending(v => v.Count()).ThenBy(v => v.Key, StringComparer.OrdinalIgnoreCase).Take(MostValues).Select(v => v.Key)];
    }
}
