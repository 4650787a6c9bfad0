using Winnow.Contacts;
using Winnow.MarketingContacts;

namespace Winnow.Bench;

/// <summary>What the pages of Usage &amp; Limits ask, of an account with very many contacts: those that come at once, and the counts that come once the page is shown.</summary>
public static class MarketingPages
{
    private const int Rounds = 5;

    /// <summary>Milliseconds of the middle round of each.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        await Million.Account(place);
        var (plans, contacts, costly, stopping, rules) = (place.Get<MarketingPlans>(), place.Get<ContactStore>(), place.Get<CostlyContacts>(), place.Get<StoppingContacts>(), place.Get<MarketingRules>());
        StoppingGroup[] few = [new(StoppingKind.HardBounced), new(StoppingKind.Unsubscribed), new(StoppingKind.Complained)], all = [.. few, new(StoppingKind.Unopened, 11), new(StoppingKind.Unengaged, 180)];
        List<Figure> figures =
        [
            await Page("/usage", 200, async () =>
            {
                await place.Get<WatchTiers>().Days(Place.Account, MarketingMonths.From(DateOnly.FromDateTime(DateTime.UnixEpoch)));
                await place.Get<UpdateDate>().Latest(Place.Account, 6);
                await plans.Changes(Place.Account, 6);
                await place.Db.Read(tx => Bill.Of(tx, Place.Account, plans, contacts));
            }),
            await Page("/usage/costly", 1_000, () => costly.Of(Place.Account, 180, TimeZoneInfo.Utc)),
            await Page("/usage/sources", 1_000, () => place.Get<MarketingSources>().Of(Place.Account, 12)),
            await Page("/usage/manage/unengaged, the counts", 1_000, () => stopping.Idle(Place.Account, 11)),
            await Page("/usage/manage/review of three groups", 1_000, () => stopping.Freeze(Place.Account, few, TimeZoneInfo.Utc, 1)),
            await Page("/usage/manage/review of all groups", 1_000, () => stopping.Freeze(Place.Account, all, TimeZoneInfo.Utc, 1)),
        ];
        foreach (var group in new StoppingGroup[] { new(StoppingKind.HardBounced), new(StoppingKind.Complained), new(StoppingKind.Unengaged, 180) })
            figures.Add(await Page($"/usage/rules/switch, {group.Kind}", 300, () => rules.Preview(Place.Account, group)));
        return figures;
    }

    private static async Task<Figure> Page(string name, double bar, Func<Task> ask)
    {
        var times = new List<double>();
        for (var round = 0; round <= Rounds; round++) times.Add(await Figure.Seconds(ask) * 1000);
        return Figure.Within(name, Figure.Median(times.Skip(1)), bar, "ms");
    }
}
