using Winnow.Contacts;
using Winnow.Filters;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>What the filter builder asks after each click: suggestions for a text, and about how many a filter takes.</summary>
public static class FilterBuilding
{
    private const int Times = 20;

    /// <summary>The mean of some askings, against what nobody notices in an answer to a click.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        var city = BuiltInProperties.Of("city");
        var filter = new Filter([new([new PropertyFilter(city, FilterOperator.Find("STRING", "CONTAINS")!, new Texts(["City 1"]))])]);
        var previews = place.Get<FilterPreviews>();
        return
        [
            Figure.Within("suggestions for a text", await Mean(() => place.Db.Read(tx => ContactSample.Values(tx, Place.Account, city))), 50, "ms"),
            Figure.Within("estimate of a filter", await Mean(() => place.Db.Read(tx => previews.Estimate(tx, Place.Account, filter))), 50, "ms"),
            Figure.Within("count and sample of a filter", await Mean(() => place.Db.Read(tx => previews.Of(tx, Place.Account, filter)), 3), 5_000, "ms"),
        ];
    }

    private static async Task<double> Mean(Func<Task> ask, int times = Times)
    {
        await ask();
        return await Figure.Seconds(async () => { for (var i = 0; i < times; i++) await ask(); }) * 1000 / times;
    }
}
