using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>The count of a list of a million against <c>select count(*)</c> of the account's contacts.</summary>
public static class ListCount
{
    /// <summary>Five rounds of each, in turns.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        var list = await Million.List(place, Enumerable.Range(1, rows).Select(i => (long)i));
        var count = Statement.Built("count", "select count(*) from contacts where account_id = 1");
        List<double> ours = [], bare = [];
        for (var round = 0; round < 6; round++)
        {
            ours.Add(await Figure.Seconds(() => place.Db.Read(tx => place.Get<ListMembers>().Count(tx, Place.Account, list))) * 1000);
            bare.Add(await Figure.Seconds(() => place.Db.Read(tx => tx.Single<long>(count))) * 1000);
        }
        if (await place.Db.Read(tx => place.Get<ListMembers>().Count(tx, Place.Account, list)) != rows) throw new InvalidOperationException("the list has another count");
        return [Figure.Time($"count of a list of {rows:N0}", Figure.Median(ours.Skip(1)), Figure.Median(bare.Skip(1)), "ms", 0.05)];
    }
}
