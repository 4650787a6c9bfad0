using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>A restorable delete of 100,000 of a million, every tenth contact, against the same rows moved to the recycle bin and
/// deleted in one go; and the longest that a person's change of another contact waits meanwhile.</summary>
public static class DeleteMany
{
    private const int Rounds = 3;

    /// <summary>Each round takes other contacts; product and limit in turns, with nobody else about. Then once more beside a writer.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        List<double> ours = [], once = [];
        var count = rows / 10;
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(count / await Delete(place, count, 1 + round));
            once.Add(count / await Figure.Seconds(() => OneGo(place, Enumerable.Range(0, count).Select(i => 10L * i + 5 + round))));
        }
        using var over = new CancellationTokenSource();
        var writer = Task.Run(() => LongestWait(place, rows / 10 * 10, over.Token));
        await Delete(place, count, 1 + Rounds);
        await over.CancelAsync();
        var longest = await writer;
        return
        [
            Figure.Rate($"delete {count:N0} of {rows:N0}", Figure.Median(ours), Figure.Median(once), "contacts/s", 0.8),
            Figure.Within("longest wait of another writer meanwhile", longest, 500, "ms"),
        ];
    }

    /// <summary>Seconds to delete every tenth contact, from this one on, as a person does: freeze, type the number, and the job.</summary>
    private static async Task<double> Delete(Place place, int count, int from)
    {
        return await Delete(place, await Million.List(place, Enumerable.Range(0, count).Select(i => 10L * i + from)));
    }

    /// <summary>Seconds to delete the members of a list.</summary>
    public static async Task<double> Delete(Place place, long list)
    {
        var query = new SelectionQuery(null, ListId: list);
        var (receipt, _) = await place.Get<DeleteContacts>().Freeze(Place.Account, query, TimeZoneInfo.Utc, null);
        await place.Get<DeleteContacts>().Confirm(Place.Account, receipt!.SelectionId, receipt.Count, false, query, TimeZoneInfo.Utc, "bench", "bench", null);
        return await Figure.Seconds(() => place.Get<JobRunner>().RunOpenJobs());
    }

    /// <summary>The same rows moved by one statement, where the database can; else copied by one and deleted by another.</summary>
    public static Task OneGo(Place place, IEnumerable<long> ids) => place.Db.Write(async tx =>
    {
        var (args, columns) = (new { ids = ids.ToArray() }, ContactColumn.List());
        const string Delete = "delete from contacts where account_id = 1 and id in @ids";
        if (place.Db.Dialect == Dialect.Postgres)
        {
            await tx.Execute(Statement.Built("move", $"with gone as ({Delete} returning {columns}) insert into deleted_contacts ({columns}, operation_id) select {columns}, 999 from gone"), args);
            return;
        }
        await tx.Execute(Statement.Built("bin", $"insert into deleted_contacts ({columns}, operation_id) select {columns}, 999 from contacts where account_id = 1 and id in @ids"), args);
        await tx.Execute(Statement.Built("delete", Delete), args);
    });

    /// <summary>Milliseconds of the slowest of many small changes to contacts that stay.</summary>
    public static async Task<double> LongestWait(Place place, int last, CancellationToken over, long step = 10)
    {
        var (longest, catalog) = (0.0, await place.Db.Read(tx => place.Get<Properties>().Catalog(tx, Place.Account), over));
        for (var i = 1; !over.IsCancellationRequested; i++)
        {
            longest = Math.Max(longest, await Figure.Seconds(() => place.Db.Write(async tx =>
            {
                var before = (await place.Get<ContactStore>().ReadToChange(tx, Place.Account, [last - step * (i % 1000)])).Single();
                var after = before.Copy();
                after[BuiltInProperties.Of("city")] = $"City {i}";
                await place.Get<ContactStore>().Save(tx, new("CRM_UI"), catalog, [(before, after)]);
            })) * 1000);
            await Task.Delay(10, CancellationToken.None);
        }
        return longest;
    }
}
