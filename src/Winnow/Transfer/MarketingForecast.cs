using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Transfer;

/// <summary>How many contacts an import would make marketing contacts.</summary>
/// <param name="Becoming">New ones, and known ones that are none yet.</param>
/// <param name="TakenBack">Known ones that were to become non-marketing on the next update date, and stay.</param>
/// <param name="IsExact">False: the file is too long to be read for this; then both are upper bounds.</param>
public sealed record MarketingCount(long Becoming, long TakenBack, bool IsExact);

/// <summary>Counts beforehand whom an import would set as marketing contacts: it reads the file as the import would and writes nothing.</summary>
public sealed class MarketingForecast(Db db, Imports imports, ContactStore contacts, Properties properties)
{
    /// <summary>Longer files are not read to the end while somebody waits.</summary>
    public const long MostLines = 100_000;
    private const int BatchSize = 2_000, BatchCharacters = 4 << 20;
    private static readonly SqlFile Sql = SqlFile.Beside<MarketingForecast>();

    /// <summary>As the import is ordered now.</summary>
    public async Task<MarketingCount> Of(Import import, ImportOrder order, CancellationToken stop)
    {
        if (import.Lines > MostLines) return new(import.Lines - 1, (await db.Read(tx => contacts.Counts(tx, import.AccountId), stop)).Scheduled, false);
        var (columns, catalog) = order.Wished(await db.Read(tx => properties.Catalog(tx, import.AccountId), stop));
        var plan = new ImportPlan(columns, catalog, order.Choices);
        var rows = imports.Rows(await imports.File(import), import.Format);
        await rows.Next(stop);                                          // the heading
        var (made, known) = (new HashSet<string>(), new HashSet<long>());
        for (var last = false; !last;)
        {
            (var batch, last) = await rows.Take(BatchSize, BatchCharacters, stop);
            var sound = batch.Select(plan.Read).Where(row => row.Fault is null).ToList();
            var keys = sound.Where(row => row.RecordId is null).Select(row => row.EmailKey!).ToHashSet();
            var (owners, blocked) = await db.Read(async tx => (await contacts.IdsByAddress(tx, import.AccountId, keys), await contacts.Blocked(tx, import.AccountId, keys)), stop);
            if (order.Choices.Deeds != ImportDeeds.Update) made.UnionWith(keys.Where(key => !owners.ContainsKey(key) && !blocked.Contains(key)));
            if (order.MarketingKnown && order.Choices.Deeds != ImportDeeds.Create) known.UnionWith(owners.Values.Concat(sound.Select(row => row.RecordId).OfType<long>()));
        }
        var (becoming, back) = ((long)made.Count, 0L);
        foreach (var ids in known.Chunk(BatchSize * 5))
        {
            var some = await db.Read(tx => tx.Single<Affected>(Sql["affected"], new { import.AccountId, ids }), stop);
            (becoming, back) = (becoming + some.Becoming, back + some.TakenBack);
        }
        return new(becoming, back, true);
    }

    private sealed record Affected(long Becoming, long TakenBack);
}
