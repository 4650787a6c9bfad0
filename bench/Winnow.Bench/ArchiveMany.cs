using Winnow.Backup;

namespace Winnow.Bench;

/// <summary>An account with very many contacts written into an archive, and restored from it as another account; and a quarter of it before, to see that neither time
/// nor memory grows faster than the account.</summary>
public static class ArchiveMany
{
    /// <summary>Seconds for the whole, and the most memory.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Account(place);
        await Million.Fill(place, rows / 4);
        var few = await Round(place);
        await Million.Fill(place, rows);
        var many = await Round(place);
        return
        [
            Figure.Rate($"backup of an account of {rows:N0}, against one of a quarter", rows / many.Backup, rows / 4 / few.Backup, "contacts/s", 0.7),
            Figure.Rate($"restore of an account of {rows:N0}, against one of a quarter", rows / many.Restore, rows / 4 / few.Restore, "contacts/s", 0.7),
            Figure.Within("the most memory of the process during the backup", many.BackupMemory >> 20, 400, "MiB"),
            Figure.Within("the most memory of the process during the restore", many.RestoreMemory >> 20, 400, "MiB"),
        ];
    }

    private static async Task<(double Backup, double Restore, long BackupMemory, long RestoreMemory)> Round(Place place)
    {
        var file = Path.GetTempFileName();
        try
        {
            var (backup, backupMemory) = await Figure.Watched(async () =>
            {
                await using var to = File.Create(file);
                await place.Get<WriteArchive>().Write(to, Place.Account, _ => Task.CompletedTask);
            });
            var (restore, restoreMemory) = await Figure.Watched(async () =>
            {
                await using var from = File.OpenRead(file);
                if (await place.Get<RestoreAccount>().Restore(from, RestoreAs.New, false, true, _ => Task.CompletedTask) is { Error: { } error }) throw new InvalidOperationException(error);
            });
            return (backup, restore, backupMemory, restoreMemory);
        }
        finally { File.Delete(file); }
    }
}
