using System.Diagnostics;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>A quarter of a million contacts set as non-marketing and back, and deleted, each with its history, by the jobs that people order, against one
/// statement each for the same; how long another writer waits meanwhile, and what it does to those who read.</summary>
public static class BulkMany
{
    private const int Rounds = 3;

    /// <summary>Both sides in turns; then once more beside a writer and a reader.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        var count = rows / 4;
        var ours = await Million.List(place, Of(4, count));
        long[] those = [.. Of(4, count)];
        List<double> set = [], once = [];
        for (var round = 0; round < Rounds; round++)                         // the same contacts there and back: each side meets the rows as the other left them
        {
            set.Add(count / await Set(place, ours, count));
            once.Add(count / await Figure.Seconds(() => TakeBackOnce(place, those)));
        }
        var idle = await Reads(place, rows, Task.Delay(TimeSpan.FromSeconds(6), CancellationToken.None));
        var (wait, busy) = await Beside(place, rows, () => Set(place, ours, count));
        var gone = count / await DeleteMany.Delete(place, await Million.List(place, Of(1, count)));
        var goneOnce = count / await Figure.Seconds(() => DeleteMany.OneGo(place, Of(3, count)));
        var (waitDelete, busyDelete) = await Beside(place, rows, () => DeleteMany.Delete(place, ours));
        return
        [
            Figure.Rate($"status of {count:N0} of {rows:N0} set", Figure.Median(set), Figure.Median(once), "contacts/s", 0.8),
            Figure.Within("longest wait of another writer meanwhile", wait, 500, "ms"),
            Figure.Time("99 % of reads meanwhile, against idle", busy, idle, "ms", 2),
            Figure.Rate($"delete {count:N0} of {rows:N0}", gone, goneOnce, "contacts/s", 0.8),
            Figure.Within("longest wait of another writer meanwhile (delete)", waitDelete, 500, "ms"),
            Figure.Time("99 % of reads meanwhile (delete), against idle", busyDelete, idle, "ms", 2),
        ];
    }

    /// <summary>Every fourth contact; those of even numbers are marketing contacts.</summary>
    private static IEnumerable<long> Of(int from, int count) => Enumerable.Range(0, count - 1).Select(i => 4L * i + from);

    private static async Task<double> Set(Place place, long list, int count)
    {
        var (marketing, query) = (place.Get<SetMarketing>(), new SelectionQuery(null, ListId: list));
        var (receipt, error) = await marketing.Freeze(Place.Account, query, TimeZoneInfo.Utc, null);
        var outcome = await marketing.Confirm(Place.Account, receipt?.SelectionId ?? throw new InvalidOperationException(error), receipt.Changes(false), false, query, TimeZoneInfo.Utc, "bench", "bench", 1);
        if (outcome.JobId is null) throw new InvalidOperationException($"{outcome} of {count}");
        return await Figure.Seconds(() => place.Get<JobRunner>().RunOpenJobs());
    }

    private static Task TakeBackOnce(Place place, long[] ids) => place.Db.Write(async tx =>
    {
        var args = new { ids, now = TimeProvider.System.GetUtcNow(), after = "{\"41\":\"false\"}", before = "{\"41\":\"true\"}" };
        await tx.Execute(Statement.Built("history", "insert into contact_history (account_id, contact_id, version, at, source, changes, before) select account_id, id, version + 1, @now, 'BENCH', @after, @before from contacts where account_id = 1 and id in @ids"), args);
        await tx.Execute(Statement.Built("set", "update contacts set until_renewal = false, version = version + 1, updated_at = @now where account_id = 1 and id in @ids"), args);
    });

    private static async Task<(double LongestWait, double Read)> Beside(Place place, int rows, Func<Task<double>> work)
    {
        using var over = new CancellationTokenSource();
        var writer = Task.Run(() => DeleteMany.LongestWait(place, rows - rows % 4 - 2, over.Token, 20), CancellationToken.None);
        var running = Task.Run(work, CancellationToken.None);
        var read = await Reads(place, rows, running);
        await running;
        await over.CancelAsync();
        return (await writer, read);
    }

    /// <summary>Milliseconds within which 99 % of first pages come, one after the other, until something is over.</summary>
    private static async Task<double> Reads(Place place, int rows, Task until)
    {
        var (times, index, random) = (new List<double>(), place.Get<ContactIndex>(), new Random(9));
        while (!until.IsCompleted)
        {
            var began = Stopwatch.GetTimestamp();
            await place.Db.Read(async tx =>
            {
                var (view, _) = await index.View(tx, Place.Account, new(null), await place.Get<Properties>().Catalog(tx, Place.Account), TimeZoneInfo.Utc);
                return (await index.Page(tx, view!, new(After: 4L * random.Next(1, rows / 4) + 2))).Rows.Count;
            });
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            await Task.Delay(5, CancellationToken.None);
        }
        return times.Order().ElementAt(times.Count * 99 / 100);
    }
}
