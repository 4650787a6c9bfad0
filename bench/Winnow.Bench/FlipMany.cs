using System.Globalization;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.MarketingContacts;

namespace Winnow.Bench;

/// <summary>An update date on which half of all contacts become non-marketing, each with its history, against one statement that writes the same; and how long
/// another writer waits meanwhile.</summary>
public static class FlipMany
{
    private const int Rounds = 3;

    /// <summary>There and back: Winnow flips, the one statement sets them back, so that each side meets the rows as the other left them.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        var count = rows / 2;
        await Million.Account(place);
        await BackOnce(place);
        List<double> ours = [], once = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(count / await Flip(place, count));
            once.Add(count / await Figure.Seconds(() => BackOnce(place)));
        }
        using var over = new CancellationTokenSource();
        var writer = Task.Run(() => DeleteMany.LongestWait(place, rows / 10 * 10 - 1, over.Token));
        await Flip(place, count);
        await over.CancelAsync();
        if (await place.Db.Read(tx => place.Get<CheckLists>().Differences(tx, Place.Account)) is { Count: > 0 } wrong) throw new InvalidOperationException(wrong[0]);
        return
        [
            Figure.Rate($"{count:N0} of {rows:N0} become non-marketing on the update date", Figure.Median(ours), Figure.Median(once), "contacts/s", 0.8),
            Figure.Within("longest wait of another writer meanwhile", await writer, 500, "ms"),
        ];
    }

    /// <summary>Seconds from the moment at which the schedule finds that the date has come.</summary>
    private static async Task<double> Flip(Place place, int count)
    {
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await place.Execute("delete from marketing_updates where account_id = 1");
        await place.Execute("insert into marketing_plans (account_id, period, bought_on, updated_on) values (1, 'Month', @bought, @updated) on conflict (account_id) do update set bought_on = excluded.bought_on, updated_on = excluded.updated_on",
            new { bought = Text(today.AddMonths(-1)), updated = Text(today.AddDays(-1)) });
        var seconds = await Figure.Seconds(async () =>
        {
            await place.Get<UpdateDate>().StartDue(default);
            await place.Get<JobRunner>().RunOpenJobs();
        });
        var flipped = (await place.Get<UpdateDate>().Latest(Place.Account, 1)).Single().Flipped;
        return flipped == count && await place.Scalar<long>("select scheduled from contact_counts where account_id = 1") == 0 ? seconds : throw new InvalidOperationException($"{flipped:N0} of {count:N0}");
    }

    /// <summary>Every second contact is a marketing contact again, and scheduled since long.</summary>
    private static Task BackOnce(Place place) => place.Db.Write(async tx =>
    {
        var args = new { now = TimeProvider.System.GetUtcNow(), long_ago = 1_700_000_000_000, after = "{\"40\":\"true\",\"41\":\"true\"}", before = "{\"40\":\"false\",\"41\":\"false\"}" };
        await tx.Execute(Statement.Built("history", "insert into contact_history (account_id, contact_id, version, at, source, changes, before) select account_id, id, version + 1, @now, 'BENCH', @after, @before from contacts where account_id = 1 and id % 2 = 0"), args);
        await tx.Execute(Statement.Built("set", "update contacts set marketing = true, until_renewal = true, version = version + 1, updated_at = @long_ago where account_id = 1 and id % 2 = 0"), args);
        await tx.Execute(Statement.Built("counts", "update contact_counts set marketing = (select count(*) from contacts where account_id = 1 and marketing), scheduled = (select count(*) from contacts where account_id = 1 and until_renewal) where account_id = 1"));
    });

    private static string Text(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}
