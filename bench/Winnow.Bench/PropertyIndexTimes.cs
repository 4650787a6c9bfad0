using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>Counting and paging by a property of the account's own once it has its index, against the same asked by hand of the same index, and against no index.</summary>
public static class PropertyIndexTimes
{
    private const int Rounds = 9, Every = 200;
    private const string Filter = """{"filterBranchType":"OR","filters":[],"filterBranches":[{"filterBranchType":"AND","filterBranches":[],"filters":[{"filterType":"PROPERTY","property":"score","operation":{"operationType":"NUMBER","operator":"IS_GREATER_THAN","value":500}}]}]}""";

    /// <summary>One contact in two hundred has a number; half of those are asked for.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        var property = (await place.Db.Write(tx => place.Get<Properties>().Create(tx, Place.Account, new PropertyWish("score", "Score", "number", "", [])))).Made
            ?? throw new InvalidOperationException("no property");
        await place.Execute(place.Kind == "postgres"
            ? $"update contacts set custom = jsonb_build_object('{property.Id}', (id / {Every}) % 1000) where account_id = 1 and id % {Every} = 0"
            : $"update contacts set custom = json_object('{property.Id}', (id / {Every}) % 1000) where account_id = 1 and id % {Every} = 0");
        var before = await Count(place);
        await place.Get<PropertyIndexes>().Pin(Place.Account, property.Id, true, 1);
        var making = await Figure.Seconds(() => place.Get<PropertyIndexes>().Advise(default));
        var value = $"cast((custom ->> '{property.Id}') as double precision)";
        var where = $"account_id = 1 and (custom ->> '{property.Id}') is not null and {value} > 500";
        List<double> ours = [], hand = [], pages = [], handPages = [];
        for (var round = 0; round <= Rounds; round++)
        {
            hand.Add(await Figure.Seconds(() => place.Scalar<long>($"select count(*) from contacts where {where}")) * 1000);
            ours.Add((await Count(place)).Ms);
            handPages.Add(await Figure.Seconds(() => place.Db.Read(tx => ContactStore.ReadAll(tx, Statement.Built("hand", $"select {ContactColumn.List()} from contacts where {where} order by created_at desc, id desc limit 26"), new { }))) * 1000);
            pages.Add(await Page(place));
        }
        if ((await Count(place)).Count != before.Count) throw new InvalidOperationException("the index counts otherwise");
        return
        [
            Figure.Time($"count by an own property with its index ({before.Count:N0} of {rows:N0})", Figure.Median(ours.Skip(1)), Figure.Median(hand.Skip(1)), "ms", 1.2),
            Figure.Time("first page of it", Figure.Median(pages.Skip(1)), Figure.Median(handPages.Skip(1)), "ms", 1.2),
            Figure.Time("count without the index, before", Figure.Median(ours.Skip(1)), before.Ms, "ms", 0.1),
            Figure.Within("making the index", making, 30, "s"),
        ];
    }

    private static async Task<(long Count, double Ms)> Count(Place place)
    {
        var (view, count) = (await View(place), 0L);
        var seconds = await Figure.Seconds(async () => count = await place.Db.Read(tx => place.Get<ContactIndex>().Count(tx, view)));
        return (count, seconds * 1000);
    }

    private static async Task<double> Page(Place place)
    {
        var view = await View(place);
        return await Figure.Seconds(() => place.Db.Read(tx => place.Get<ContactIndex>().Page(tx, view, new()))) * 1000;
    }

    private static Task<ContactView> View(Place place) => place.Db.Read(async tx =>
        (await place.Get<ContactIndex>().View(tx, Place.Account, new(null, Filter: Filter), await place.Get<Properties>().Catalog(tx, Place.Account), TimeZoneInfo.Utc)).View!);
}
