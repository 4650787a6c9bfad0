using System.Text.Json;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Transfer;

/// <summary>What is in the file of an opt-out list.</summary>
/// <param name="Headings">The names of its columns.</param>
/// <param name="Column">The column that holds the addresses by its heading, or as it is the only one; null when a person must choose.</param>
/// <param name="Rows">Rows below the heading that hold anything: the number to type.</param>
public sealed record OptOutPreview(IReadOnlyList<string> Headings, int? Column, long Rows);

/// <summary>How far an opt-out import has come; at its end, or where it was stopped, what came of it. Rows = opted out + already + rejected.</summary>
/// <param name="Position">Where in the file the next row begins, in bytes.</param>
/// <param name="Row">The number of the last row read; the header is row 1.</param>
/// <param name="OptedOut">Addresses that get no marketing e-mail from now on.</param>
/// <param name="Already">Rows about addresses that were opted out before, or by an earlier row.</param>
/// <param name="Rejected">Rows without an address that can be read; the file of rejected rows says why.</param>
public sealed record OptOutImportState(long ImportId, int Column, long Position, long Row, long OptedOut, long Already, long Rejected);

/// <summary>Imports an opt-out list: its addresses are suppressed without making contacts, and contacts that have them become opted out. Some thousand rows a
/// transaction, with the place in the file behind them, so that an import whose process dies goes on there; an address opted out before stays as it is.</summary>
public sealed class ImportOptOuts(Db db, Imports imports, Files files, ContactStore contacts, Properties properties, AddressHashes hashes, AddressChanges addresses, JobQueue jobs, TimeProvider clock) : IJob
{
    private const int BatchSize = 2_000, BatchCharacters = 4 << 20;
    private static readonly SqlFile Sql = SqlFile.Beside<ImportOptOuts>();

    /// <summary>Reads the file once and tells what is in it.</summary>
    public async Task<OptOutPreview> Preview(Import import, CancellationToken stop)
    {
        var rows = imports.Rows(await imports.File(import), import.Format);
        var headings = (await rows.Next(stop))!.Cells;
        var matched = ColumnNames.Match(await db.Read(tx => properties.Catalog(tx, import.AccountId), stop), headings);
        var column = headings.Length == 1 ? 0 : matched.ToList().FindIndex(property => property?.Name == "email");
        var count = 0L;
        while (await rows.Next(stop) is not null) count++;
        return new([.. headings.Select(heading => heading.Trim())], column < 0 ? null : column, count);
    }

    /// <summary>Starts the import. Posted twice it starts one job.</summary>
    /// <param name="column">Which column holds the addresses, from 0.</param>
    /// <param name="typed">The number that the person typed; it must be that of the rows.</param>
    /// <param name="title">The job's title.</param>
    public async Task<OptOutOrder> Start(long accountId, long id, int column, long? typed, string title, long? userId, CancellationToken stop)
    {
        if (await imports.Find(accountId, id) is not { } import || await files.Find(accountId, import.FileId) is null) return new(null, Error: "There is no such import.");
        if (import.JobId is { } started) return new(started);
        var preview = await Preview(import, stop);
        if (column < 0 || column >= preview.Headings.Count) return new(null, Error: "Choose the column that holds the email addresses.");
        if (typed != preview.Rows) return new(null, WrongNumber: true);
        return await db.Write<OptOutOrder>(async tx =>
        {
            if (await tx.SingleOrNone<long?>(Sql["lock"], new { accountId, id }) is not { } running) return new(null, Error: "There is no such import.");
            if (running > 0) return new(running);
            var jobId = await jobs.Enqueue<ImportOptOuts>(tx, accountId, title, new OptOutImportState(id, column, import.Bom, 0, 0, 0, 0), preview.Rows, userId);
            var columns = JsonSerializer.Serialize(preview.Headings.Select((heading, i) => new ImportColumn(heading, i == column ? "email" : null)), JobQueue.Json);
            await tx.Execute(Sql["start"], new { accountId, id, columns, jobId });
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.OptOutsImported, import.FileName, preview.Rows);
            return new(jobId);
        }, stop);
    }

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var from = run.State<OptOutImportState>();
        var import = (await imports.Find(run.AccountId, from.ImportId))!;
        var plan = new ImportPlan(import.Columns, await db.Read(tx => properties.Catalog(tx, run.AccountId), stop));
        var rows = imports.Rows(await imports.File(import), import.Format, from.Position, from.Row);
        if (from.Row == 0) await rows.Next(stop);                       // the heading
        for (var last = false; !last;)
        {
            (var batch, last) = await rows.Take(BatchSize, BatchCharacters, stop);
            if (batch.Count > 0) await run.Step(tx => Write(tx, import, batch.ConvertAll(row => plan.Read(row)), run.State<OptOutImportState>()), stop);
        }
        return run.State<OptOutImportState>();
    }

    private async Task<Step<OptOutImportState>> Write(Tx tx, Import import, List<ImportRow> batch, OptOutImportState state)
    {
        var rejected = batch.Where(row => row.Fault is not null).Select(row => (row.Source, row.Fault!)).ToList();
        var emails = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in batch) if (row.Fault is null) emails.TryAdd(row.EmailKey!, row.Email!);
        var optedOut = await OptOut(tx, import, emails);
        await imports.Reject(tx, import, rejected);
        return new(state with
        {
            Position = batch[^1].Source.End, Row = batch[^1].Source.Number, OptedOut = state.OptedOut + optedOut,
            Already = state.Already + batch.Count - rejected.Count - optedOut, Rejected = state.Rejected + rejected.Count,
        }, batch.Count);
    }

    /// <summary>Addresses of erased people are found under their hashes and go back there: the file is no reason to keep them in clear.</summary>
    /// <returns>How many became opted out.</returns>
    private async Task<int> OptOut(Tx tx, Import import, SortedDictionary<string, string> emails)
    {
        if (emails.Count == 0) return 0;
        await contacts.HoldAddresses(tx, import.AccountId);             // from here to the commit nobody else takes an address
        var erased = await contacts.Blocked(tx, import.AccountId, emails.Keys);
        if (erased.Count > 0) await hashes.Revive(tx, import.AccountId, emails.Where(email => erased.Contains(email.Key)).ToDictionary());
        var now = clock.GetUtcNow();
        var changed = (await Addresses.ReadToChange(tx, import.AccountId, emails)).Where(state => state.OptedOutAt is null).Select(state => state with { OptedOutAt = now, OptOutSource = "import" }).ToList();
        await addresses.Write(tx, import.AccountId, import.Actor, changed);
        if (erased.Count > 0) erased.ExceptWith((await contacts.IdsByAddress(tx, import.AccountId, erased)).Keys);
        if (erased.Count > 0) await hashes.Hide(tx, import.AccountId, erased);
        return changed.Count;
    }
}

/// <summary>What came of starting an opt-out import.</summary>
/// <param name="JobId">The job; null when it was not started.</param>
/// <param name="WrongNumber">The typed number is not that of the rows.</param>
/// <param name="Error">What is wrong, as a sentence.</param>
public sealed record OptOutOrder(long? JobId, bool WrongNumber = false, string? Error = null);
