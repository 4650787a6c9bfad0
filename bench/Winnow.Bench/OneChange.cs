using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>One property of one contact changed while a thousand active lists look on, against the same update and its row of history alone. When
/// the change commits its lists are right, so its time is the time to correct membership.</summary>
public static class OneChange
{
    private const int Changes = 4_000;
    private const long Aside = 2;           // another account with the same contacts and no lists, for what nobody follows

    /// <summary>Each side in rounds, in turns; a checker looks at every list afterwards.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        await ThousandLists.Make(place);
        await place.Get<JobRunner>().RunOpenJobs();
        await place.Execute($"insert into contacts ({ContactColumn.List()}) select {ContactColumn.List().Replace("account_id", Aside.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)} from contacts where account_id = 1 and id <= 200000 on conflict do nothing");
        var (random, catalog) = (new Random(3), await place.Db.Read(tx => place.Get<Properties>().Catalog(tx, Place.Account)));
        foreach (var way in new[] { Save, Bare }) await Many(place, way, catalog, random, Math.Min(rows, 200_000), []);       // compiles, and warms the database up
        List<double> ours = [], bare = [], cpu = [], bareCpu = [];
        for (var round = 0; round < 3; round++)
        {
            cpu.Add((await Cpu.Of(place, () => Many(place, Save, catalog, random, rows, ours))).Cpu);
            bareCpu.Add((await Cpu.Of(place, () => Many(place, Bare, catalog, random, Math.Min(rows, 200_000), bare))).Cpu);
        }
        var differences = await place.Db.Read(tx => place.Get<CheckLists>().Differences(tx, Place.Account));
        if (differences.Count > 0) throw new InvalidOperationException($"{differences.Count} lists are wrong: {differences[0]}");
        return
        [
            Figure.Time($"one property changed, {ThousandLists.Count:N0} lists over {rows:N0}, CPU", Figure.Median(cpu) / Changes * 1e6, Figure.Median(bareCpu) / Changes * 1e6, "us", 2.5),
            Figure.Time("the same, time", Figure.Median(ours) * 1e6, Figure.Median(bare) * 1e6, "us", 3),
            Figure.Within("the same, 99 % of changes are in their lists", ours.Order().ElementAt(ours.Count * 99 / 100) * 1000, 50, "ms"),
        ];
    }

    private static async Task Many(Place place, Func<Place, PropertyCatalog, long, int, Task> change, PropertyCatalog catalog, Random random, int rows, List<double> times)
    {
        for (var i = 0; i < Changes; i++)
        {
            var (id, value) = (random.Next(1, rows + 1), random.Next(5_000));
            times.Add(await Figure.Seconds(() => change(place, catalog, id, value)));
        }
    }

    private static readonly string[] Changed = ["city", "jobtitle", "country", "interest", "score"];

    private static Task Save(Place place, PropertyCatalog catalog, long id, int value) => place.Db.Write(async tx =>
    {
        var before = (await place.Get<ContactStore>().ReadToChange(tx, Place.Account, [id])).Single();
        var after = before.Copy();
        var (property, set) = Pick(catalog, value);
        after[property] = set;
        await place.Get<ContactStore>().Save(tx, new("CRM_UI"), catalog, [(before, after)]);
    });

    private static (Property, object) Pick(PropertyCatalog catalog, int value) => Changed[value % Changed.Length] switch
    {
        "city" => (catalog.Find("city")!, $"City {value % 500}"),
        "jobtitle" => (catalog.Find("jobtitle")!, $"Title {value % 40}"),
        "country" => (catalog.Find("country")!, $"Country {value % 10}"),
        "interest" => (catalog.Find("interest")!, $"interest {value % 90}"),
        _ => (catalog.Find("score")!, (double)(value % 1000)),
    };

    /// <summary>What is left when nobody follows contacts: the row held, its column set, one row of history.</summary>
    private static Task Bare(Place place, PropertyCatalog catalog, long id, int value) => place.Db.Write(async tx =>
    {
        var version = await tx.Single<long>(Statement.Built("bench hold", "select version from contacts where account_id = @account and id = @id $lock"), new { account = Aside, id });
        var (property, set) = Pick(catalog, value);
        var column = property.Column?.Name;
        await tx.Execute(Statement.Built("bench update", $"update contacts set version = version + 1, updated_at = @now, {(column is null ? $"custom = {(place.Kind == "postgres" ? "custom || cast(@json as jsonb)" : "json_patch(custom, @json)")}" : $"{column} = @set")} where account_id = @account and id = @id"),
            column is null ? new { account = Aside, id, now = TimeProvider.System.GetUtcNow(), json = Json(property, set) } : (object)new { account = Aside, id, now = TimeProvider.System.GetUtcNow(), set = (string)set });
        await tx.Execute(Statement.Built("bench history", "insert into contact_history (account_id, contact_id, version, at, source, changes, before) values (@account, @id, @next, @now, 'BENCH', @json, @json)"),
            new { account = Aside, id, next = version + 1, now = TimeProvider.System.GetUtcNow(), json = Json(property, set) });
    });

    private static string Json(Property property, object value) => CustomValues.Json([KeyValuePair.Create(property.Id, (object?)value)]);
}
