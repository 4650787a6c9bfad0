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
/// <param name="Format">The system whose suppression file it is; null when it is of none that is known.</param>
/// <param name="OptOuts">Rows that say, by that format, that the person unsubscribed; those of bounces and spam reports follow, and those that say nothing.</param>
public sealed record OptOutPreview(IReadOnlyList<string> Headings, int? Column, long Rows, SuppressionFormat? Format = null, long OptOuts = 0, long HardBounces = 0, long SpamReports = 0, long Silent = 0);

/// <summary>How far an opt-out import has come; at its end, or where it was stopped, what came of it. Each row is rejected, silent, known already, or changed its address.</summary>
/// <param name="Position">Where in the file the next row begins, in bytes.</param>
/// <param name="Row">The number of the last row read; the header is row 1.</param>
/// <param name="OptedOut">Addresses that became opted out.</param>
/// <param name="Already">Rows that tell nothing new of their address: it was known before, or from an earlier row.</param>
/// <param name="Rejected">Rows without an address that can be read; the file of rejected rows says why.</param>
/// <param name="Format">The key of the <see cref="SuppressionFormat"/>; null: each address is opted out.</param>
/// <param name="Bounced">Addresses that became hard bounced.</param>
/// <param name="Complained">Addresses that are known from now on to have marked an e-mail as spam.</param>
/// <param name="Silent">Rows that give no reason to keep mail from their address.</param>
public sealed record OptOutImportState(
    long ImportId, int Column, long Position, long Row, long OptedOut, long Already, long Rejected, string? Format = null, long Bounced = 0, long Complained = 0, long Silent = 0);

/// <summary>Imports an opt-out list, or the suppression file of another system: its addresses are suppressed without making contacts, and contacts that have them show it. Some
/// thousand rows a transaction, with the place in the file behind them, so that an import whose process dies goes on there; what was known before stays as it is.</summary>
public sealed class ImportOptOuts(Db db, Imports imports, Files files, ContactStore contacts, Properties properties, AddressHashes hashes, AddressChanges addresses, JobQueue jobs, TimeProvider clock) : IJob
{
    private const int BatchSize = 2_000, BatchCharacters = 4 << 20;
    private static readonly SqlFile Sql = SqlFile.Beside<ImportOptOuts>();

    /// <summary>Reads the file once and tells what is in it.</summary>
    public async Task<OptOutPreview> Preview(Import import, CancellationToken stop)
    {
        var rows = imports.Rows(await imports.File(import), import.Format);
        var headings = (await rows.Next(stop))!.Cells;
        var names = headings.Select(heading => heading.Trim()).ToList();
        var format = SuppressionFormat.Of(names, import.FileName);
        var matched = ColumnNames.Match(await db.Read(tx => properties.Catalog(tx, import.AccountId), stop), headings);
        var column = format?.AddressIn(names) ?? (headings.Length == 1 ? 0 : matched.ToList().FindIndex(property => property?.Name == "email"));
        var preview = new OptOutPreview(names, column < 0 ? null : column, 0, format);
        var reader = new SuppressionReader(format ?? SuppressionFormat.OptOuts, names, column);
        while (await rows.Next(stop) is { } row) preview = Counted(preview, row.Fault is null ? reader.Read(row.Cells).What : Suppressions.None);
        return preview;
    }

    private static OptOutPreview Counted(OptOutPreview sum, Suppressions what) => sum with
    {
        Rows = sum.Rows + 1, OptOuts = sum.OptOuts + One(what.HasFlag(Suppressions.OptOut)), HardBounces = sum.HardBounces + One(what.HasFlag(Suppressions.HardBounce)),
        SpamReports = sum.SpamReports + One(what.HasFlag(Suppressions.SpamReport)), Silent = sum.Silent + One(what == Suppressions.None),
    };

    private static int One(bool counts) => counts ? 1 : 0;

    /// <summary>Starts the import. Posted twice it starts one job.</summary>
    /// <param name="column">Which column holds the addresses, from 0.</param>
    /// <param name="typed">The number that the person typed; it must be that of the rows.</param>
    /// <param name="title">The job's title.</param>
    /// <param name="format">The key of the file's format; null: each address is opted out.</param>
    /// <param name="texts">As <see cref="ImportOrder.Texts"/>.</param>
    public async Task<OptOutOrder> Start(long accountId, long id, int column, long? typed, string title, long? userId, CancellationToken stop, string? format = null, IReadOnlyDictionary<string, string>? texts = null)
    {
        if (await imports.Find(accountId, id) is not { } import || await files.Find(accountId, import.FileId) is null) return new(null, Error: "There is no such import.");
        if (import.JobId is { } started) return new(started);
        var preview = await Preview(import, stop);
        if (column < 0 || column >= preview.Headings.Count) return new(null, Error: "Choose the column that holds the email addresses.");
        if (format is not null && SuppressionFormat.Fitting(preview.Headings).All(fitting => fitting.Key != format)) return new(null, Error: "The file does not have the columns of this kind of file.");
        if (typed != preview.Rows) return new(null, WrongNumber: true);
        return await db.Write<OptOutOrder>(async tx =>
        {
            if (await tx.SingleOrNone<long?>(Sql["lock"], new { accountId, id }) is not { } running) return new(null, Error: "There is no such import.");
            if (running > 0) return new(running);
            var jobId = await jobs.Enqueue<ImportOptOuts>(tx, accountId, title, new OptOutImportState(id, column, import.Bom, 0, 0, 0, 0, format), preview.Rows, userId);
            var columns = JsonSerializer.Serialize(preview.Headings.Select((heading, i) => new ImportColumn(heading, i == column ? "email" : null)), JobQueue.Json);
            await tx.Execute(Sql["start"], new { accountId, id, columns, jobId, texts = Imports.Stored(texts) });
            await imports.ForgetWorkbook(tx, import);
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
        var reader = new SuppressionReader(SuppressionFormat.Find(from.Format) ?? SuppressionFormat.OptOuts, [.. import.Columns.Select(column => column.Heading)], from.Column);
        var rows = imports.Rows(await imports.File(import), import.Format, from.Position, from.Row);
        if (from.Row == 0) await rows.Next(stop);                       // the heading
        for (var last = false; !last;)
        {
            (var batch, last) = await rows.Take(BatchSize, BatchCharacters, stop);
            if (batch.Count > 0) await run.Step(tx => Write(tx, import, reader, batch.ConvertAll(row => plan.Read(row)), run.State<OptOutImportState>()), stop);
        }
        return run.State<OptOutImportState>();
    }

    private async Task<Step<OptOutImportState>> Write(Tx tx, Import import, SuppressionReader reader, List<ImportRow> batch, OptOutImportState state)
    {
        var rejected = batch.Where(row => row.Fault is not null).Select(row => (row.Source, row.Fault!)).ToList();
        var said = batch.Where(row => row.Fault is null).Select(row => (Key: row.EmailKey!, Email: row.Email!, Says: reader.Read(row.Source.Cells))).Where(row => row.Says.What != Suppressions.None).ToList();
        var silent = batch.Count - rejected.Count - said.Count;
        var after = await Suppress(tx, import, said, state);
        await imports.Reject(tx, import, rejected);
        return new(after with { Position = batch[^1].Source.End, Row = batch[^1].Source.Number, Rejected = state.Rejected + rejected.Count, Silent = state.Silent + silent }, batch.Count);
    }

    /// <summary>Addresses of erased people are found under their hashes and go back there: the file is no reason to keep them in clear.</summary>
    private async Task<OptOutImportState> Suppress(Tx tx, Import import, List<(string Key, string Email, Suppression Says)> said, OptOutImportState sums)
    {
        if (said.Count == 0) return sums;
        var emails = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, email, _) in said) emails.TryAdd(key, email);
        await contacts.HoldAddresses(tx, import.AccountId);             // from here to the commit nobody else takes an address
        var erased = await contacts.Blocked(tx, import.AccountId, emails.Keys);
        if (erased.Count > 0) await hashes.Revive(tx, import.AccountId, () => emails.Where(email => erased.Contains(email.Key)).ToDictionary());
        var before = (await Addresses.ReadToChange(tx, import.AccountId, emails)).ToDictionary(state => state.EmailKey);
        var after = new Dictionary<string, AddressState>(before);
        foreach (var (key, _, says) in said) sums = Counted(sums, after[key], after[key] = says.On(after[key], clock.GetUtcNow()));
        await addresses.Write(tx, import.AccountId, import.Actor, [.. after.Values.Where(state => state != before[state.EmailKey])]);
        if (erased.Count > 0) erased.ExceptWith((await contacts.IdsByAddress(tx, import.AccountId, erased)).Keys);
        if (erased.Count > 0) await hashes.Hide(tx, import.AccountId, erased);
        return sums;
    }

    private static OptOutImportState Counted(OptOutImportState sums, AddressState before, AddressState after) => sums with
    {
        OptedOut = sums.OptedOut + One(after.OptedOutAt is not null && before.OptedOutAt is null), Bounced = sums.Bounced + One(after.IsHardBounced && !before.IsHardBounced),
        Complained = sums.Complained + One(after.ComplainedAt is not null && before.ComplainedAt is null), Already = sums.Already + One(after == before),
    };
}

/// <summary>What came of starting an opt-out import.</summary>
/// <param name="JobId">The job; null when it was not started.</param>
/// <param name="WrongNumber">The typed number is not that of the rows.</param>
/// <param name="Error">What is wrong, as a sentence.</param>
public sealed record OptOutOrder(long? JobId, bool WrongNumber = false, string? Error = null);
