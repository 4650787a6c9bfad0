using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer.Workbooks;

namespace Winnow.Transfer;

/// <summary>How a file of contacts is to look.</summary>
/// <param name="Columns">Internal names of properties, in this order; empty for all of them. Those by which people know a contact come before them in any case.</param>
/// <param name="Delimiter">Comma or semicolon; with the semicolon numbers have a decimal comma. Of no account for a workbook.</param>
/// <param name="IsWorkbook">An Excel workbook instead of a CSV file.</param>
/// <param name="Tells">The link to the file is mailed to who orders it.</param>
public sealed record ExportWish(IReadOnlyList<string> Columns, char Delimiter, bool IsWorkbook = false, bool Tells = false);

/// <summary>Where an export is, and at its end what came of it.</summary>
/// <param name="Columns">Internal names of the properties, as they stand in the file.</param>
/// <param name="After">All ids up to here are written.</param>
/// <param name="Rows">Contacts in the file.</param>
/// <param name="ExpiresAt">Until when it can be downloaded (UTC); null while it is being written.</param>
/// <param name="Sheet">How far the sheet of a workbook is; null for a CSV file.</param>
/// <param name="Tells">The link is mailed at the end.</param>
public sealed record ExportState(long SelectionId, long FileId, IReadOnlyList<string> Columns, string Delimiter, long After, long Rows, DateTimeOffset? ExpiresAt = null, SheetProgress? Sheet = null, bool Tells = false);

/// <summary>Writes a selection of contacts of any size to a CSV file or an Excel workbook: frozen first, then written in the order of their ids, some thousand a transaction, so that
/// the file is complete when the job ends and never in memory. Only who ordered it can download it, for <see cref="ExportFiles.KeptDays"/> days.</summary>
public sealed class ExportContacts(Db db, ContactStore contacts, Properties properties, FrozenSelections selections, ListMembers members, Files files, JobQueue jobs, TimeProvider clock) : IJob
{
    /// <summary>The most contacts that one sheet holds.</summary>
    public const long MostInWorkbook = WorkbookFile.MostRows - 1;
    private const int SampleSize = 5, PageSize = 50_000, MostRows = 5_000, MostCells = 100_000;
    private static readonly string[] First = ["hs_object_id", "email", "firstname", "lastname"];
    private static readonly SqlFile Sql = SqlFile.Beside<ExportContacts>();

    /// <summary>Freezes a selection as it is now.</summary>
    /// <returns>The receipt, or what is wrong with the selection, as a sentence.</returns>
    public Task<(EditReceipt? Receipt, string? Error)> Freeze(long accountId, SelectionQuery query, TimeZoneInfo zone, long? userId, CancellationToken stop = default) =>
        db.Write<(EditReceipt?, string?)>(async tx =>
        {
            var (frozen, error) = await selections.Freeze(tx, accountId, query, zone, userId);
            return frozen is null ? (null, error) : (await Receipt(tx, frozen), null);
        }, stop);

    /// <summary>The receipt of a frozen selection again, or null when this account has none of this id.</summary>
    public Task<EditReceipt?> Find(long accountId, long selectionId, CancellationToken stop = default) => db.Read(async tx =>
        await selections.Find(tx, accountId, selectionId) is { } frozen ? await Receipt(tx, frozen) : null, stop);

    /// <summary>Orders the file. The selection, evaluated again, must be the frozen one; else nothing happens. Posted twice it starts one job.</summary>
    /// <param name="query">The selection that the receipt was made of.</param>
    /// <param name="words">What was selected, in words.</param>
    /// <param name="title">The job's title.</param>
    /// <param name="fileName">The name of the file.</param>
    /// <param name="userId">Who orders it; null for the operator of the installation.</param>
    public Task<BulkOutcome> Confirm(long accountId, long selectionId, ExportWish wish, SelectionQuery query, TimeZoneInfo zone, string words, string title, string fileName, long? userId, CancellationToken stop = default) =>
        db.Write(async tx =>
        {
            if (wish.Delimiter is not (',' or ';')) return new(null, Error: ListRefusal.BadDelimiter);
            var (frozen, refused) = await selections.Confirm(tx, accountId, selectionId, null, query, zone, unasked: long.MaxValue);
            if (frozen is null) return refused!;
            if (wish.IsWorkbook && frozen.Set.Count > MostInWorkbook) return new(null, Error: ListRefusal.ManyRows);
            var columns = Columns(await properties.Catalog(tx, accountId), wish.Columns);
            var fileId = await files.Create(tx, accountId, fileName, userId, clock.GetUtcNow().AddDays(ExportFiles.KeptDays));
            var (start, sheet) = wish.IsWorkbook ? WorkbookFile.Begin([.. columns.Select(column => CsvText.Doubled(column.Label))]) : (CsvText.Start(columns.Select(column => CsvText.Harmless(column.Label)), wish.Delimiter), null);
            await files.Append(tx, accountId, fileId, start);

            var state = new ExportState(selectionId, fileId, [.. columns.Select(column => column.Name)], wish.Delimiter.ToString(), 0, 0, Sheet: sheet, Tells: wish.Tells);
            var (operationId, jobId) = (await Ids.Next(tx, accountId, "bulk_operation"), await jobs.Enqueue<ExportContacts>(tx, accountId, title, state, frozen.Set.Count, userId));
            await tx.Execute(Sql["order"], new { accountId, operationId, selectionId, count = frozen.Set.Count, jobId, words, userId, now = clock.GetUtcNow() });
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ContactsExported, words, frozen.Set.Count, after: string.Join(", ", columns.Select(column => column.Label)));
            return new BulkOutcome(jobId);
        }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var begun = run.State<ExportState>();
        var catalog = await db.Read(tx => properties.Catalog(tx, run.AccountId), stop);
        var reader = new Reader(run.AccountId, begun, [.. begun.Columns.Select(name => catalog.Find(name)!)]);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<Batch?> Ahead(long after, SheetProgress? sheet) => Task.Run(() => Read(reader, after, sheet, ended.Token), CancellationToken.None);     // on the other core
        var next = Ahead(begun.After, begun.Sheet);
        try
        {
            while (await next is { } batch)
            {
                next = Ahead(batch.Last, batch.Sheet);
                await run.Step(tx => Write(tx, run, batch), stop);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAny(next);                           // nothing reads on when the job is over
        }
        if (run.State<ExportState>().ExpiresAt is null) await run.Step(tx => End(tx, run), stop);
        return run.State<ExportState>();
    }

    /// <summary>The next contacts as a piece of the file; null at the end.</summary>
    private async Task<Batch?> Read(Reader of, long after, SheetProgress? sheet, CancellationToken stop)
    {
        of.Text.Clear();
        var (most, cells) = (Math.Clamp(MostCells / of.Columns.Count, 100, MostRows), sheet is null ? null : new SheetRows(sheet, of.Text));
        var (ids, count) = await db.Read(async tx =>
        {
            if (of.Waiting.Count == 0) of.Waiting = new(await members.Page(tx, of.AccountId, of.Begun.SelectionId, after, PageSize));
            var ids = of.Take(most);
            return (ids, ids.Count == 0 ? 0 : await of.Rows.Read(tx, of.AccountId, ids, Add));
        }, stop);
        if (ids.Count == 0) return null;
        if (cells is null) return new(ids[^1], ids.Count, count, of.Text.Bytes.ToArray(), null);
        var (bytes, progress) = cells.Pack();
        return progress.Unpacked <= WorkbookFile.MostBytes ? new(ids[^1], ids.Count, count, bytes, progress)
            : throw new JobFailedException("The workbook became larger than Excel can open. Export fewer columns or contacts at a time, or choose CSV.");

        void Add(object?[] values)
        {
            if (cells is null) ExportCells.Line(of.Text, of.Columns, values, of.Begun.Delimiter[0]);
            else ExportCells.Row(cells, of.Columns, values);
        }
    }

    private async Task<Step<ExportState>> Write(Tx tx, JobRun run, Batch batch)
    {
        await tx.CommitSoon();
        var state = run.State<ExportState>();
        await files.Append(tx, run.AccountId, state.FileId, batch.Bytes);
        return new(state with { After = batch.Last, Rows = state.Rows + batch.Rows, Sheet = batch.Sheet }, batch.Count);
    }

    private async Task<Step<ExportState>> End(Tx tx, JobRun run)
    {
        var (state, until) = (run.State<ExportState>(), clock.GetUtcNow().AddDays(ExportFiles.KeptDays));
        if (state.Sheet is { } sheet) await files.Append(tx, run.AccountId, state.FileId, WorkbookFile.End(sheet));
        await files.KeepUntil(tx, run.AccountId, state.FileId, until);
        if (state.Tells && run.UserId is { } user) await JobQueue.Enqueue(tx, run.AccountId, ExportFiles.MailJob, "Tell by email that a file is ready", new ExportReady(run.Id, user, null), 1, null, clock.GetUtcNow());
        return new(state with { ExpiresAt = until }, 0);
    }

    private static List<Property> Columns(PropertyCatalog catalog, IReadOnlyList<string> wanted) =>
        [.. First.Select(name => catalog.Find(name)!).Concat(wanted.Count == 0 ? catalog.Present : wanted.Select(catalog.Find).OfType<Property>()).Distinct()];

    private async Task<EditReceipt> Receipt(Tx tx, FrozenSelection frozen) =>
        new(frozen.Id, frozen.At, frozen.Set.Count, await contacts.Read(tx, frozen.AccountId, [.. frozen.Set.After(0).Take(SampleSize)]));

    /// <summary>What one run reads with: its buffers are used for every batch.</summary>
    private sealed record Reader(long AccountId, ExportState Begun, List<Property> Columns)
    {
        public ExportRows Rows { get; } = new(Columns);
        public Utf8Text Text { get; } = new();
        public Queue<long> Waiting { get; set; } = new();

        public List<long> Take(int most)
        {
            var ids = new List<long>(most);
            while (ids.Count < most && Waiting.TryDequeue(out var id)) ids.Add(id);
            return ids;
        }
    }

    /// <param name="Last">The last id that was asked for; <paramref name="Count"/>: how many were; <paramref name="Rows"/>: how many of them there are.</param>
    private sealed record Batch(long Last, int Count, int Rows, byte[] Bytes, SheetProgress? Sheet);
}
