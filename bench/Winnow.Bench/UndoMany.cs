using Winnow.Jobs;
using Winnow.Transfer;

namespace Winnow.Bench;

/// <summary>Imports of new contacts taken back: a quarter as many, and all, each into an account of its own. The speed may not fall with the size, and memory may not grow.</summary>
public static class UndoMany
{
    /// <summary>The undo against the import that it takes back, and the large one against the small.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Round(place, 300, 5_000);                                     // the first run compiles
        var (few, many) = (await Round(place, 301, rows / 4), await Round(place, 302, rows));
        return
        [
            Figure.Rate($"undo of an import of {rows:N0}, against the import", rows / many.Undo, rows / many.Import, "contacts/s", 0.3),
            Figure.Rate($"the same, against the undo of {rows / 4:N0}", rows / many.Undo, rows / 4 / few.Undo, "contacts/s", 0.7),
            Figure.Within("the most memory of the process during it", many.Memory >> 20, 400, "MiB"),
        ];
    }

    private static async Task<(double Import, double Undo, long Memory)> Round(Place place, long account, int rows)
    {
        var csv = Path.GetTempFileName();
        try
        {
            await ImportBench.Csv(csv, rows, 0);
            var import = await ImportBench.Import(place, account, csv);
            var (undo, id) = (place.Get<UndoImport>(), await place.Scalar<long>("select max(id) from imports where account_id = @account", new { account }));
            var order = await undo.Confirm(account, id, (await undo.Find(account, id))!.Left, "bench", 1);
            if (order.JobId is not { } job) throw new InvalidOperationException($"{order}");
            var (seconds, memory) = await Figure.Watched(() => place.Get<JobRunner>().RunOpenJobs());
            var left = await place.Scalar<long>("select count(*) from contacts where account_id = @account", new { account });
            var state = (await place.Get<JobQueue>().Find(account, job))!.ResultAs<UndoImportState>()!;
            return left == 0 && state.Deleted == rows ? (import, seconds, memory) : throw new InvalidOperationException($"{left} left: {state}");
        }
        finally { File.Delete(csv); }
    }
}
