using System.Security.Cryptography;
using System.Text.Json;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Transfer;

/// <summary>One import: the uploaded file, how it is written, where its columns go, and what came of it.</summary>
/// <param name="Lines">Line ends in the file: a first guess at the number of rows.</param>
/// <param name="ColumnsJson">The columns as JSON, once chosen.</param>
/// <param name="Marketing">Set all contacts as marketing contacts.</param>
/// <param name="MarketingKnown">Known contacts too, and not only those that it makes.</param>
/// <param name="SeenId">The hidden list of the contacts that this import was about.</param>
/// <param name="ListId">The static list made of them, or null.</param>
/// <param name="JobId">The job that imports; null until someone has started it.</param>
/// <param name="Source">What was uploaded: csv, mixed (two encodings at once) or xlsx; the last two are stored as UTF-8 with commas.</param>
/// <param name="Sheet">The sheet of the workbook that was read.</param>
/// <param name="WorkbookId">The workbook, kept until the import is started as another of its sheets can be chosen; null where there is nothing to choose.</param>
/// <param name="SheetsJson">The names of its sheets as JSON.</param>
public sealed record Import(
    long AccountId, long Id, string Name, long FileId, string FileName, string Encoding, string Delimiter, long Bom, long Lines, string ColumnsJson,
    bool Marketing, long? SeenId, long? ListId, long? RejectedFileId, long? JobId, long? CreatedBy, DateTimeOffset CreatedAt, string Quote, string Source, string? Sheet,
    ImportDeeds Deeds, bool ByEmail, bool Clears, long? WorkbookId, string? SheetsJson, bool MarketingKnown)
{
    /// <summary>How the file's text is written.</summary>
    public CsvFormat Format => new(Encoding, Delimiter[0], (int)Bom, Quote.Length == 0 ? CsvFormat.NoQuote : Quote[0]);

    /// <summary>How it goes about contacts.</summary>
    public ImportChoices Choices => new(Deeds, ByEmail, Clears);

    /// <summary>The sheets that can be chosen.</summary>
    public IReadOnlyList<string> Sheets => WorkbookId is null ? [] : JsonSerializer.Deserialize<List<string>>(SheetsJson!, JobQueue.Json)!;

    /// <summary>Where each column goes, in the order of the file.</summary>
    public IReadOnlyList<ImportColumn> Columns => JsonSerializer.Deserialize<List<ImportColumn>>(ColumnsJson, JobQueue.Json)!;

    /// <summary>As whom the import writes: property history says IMPORT and this id.</summary>
    public Actor Actor => new("IMPORT", Id.ToString(System.Globalization.CultureInfo.InvariantCulture), CreatedBy);
}

/// <summary>Takes uploads in, shows what is in them, and starts <see cref="ImportContacts"/>.</summary>
public sealed class Imports(Db db, Files files, UploadText uploads, JobQueue jobs, Properties properties, ListStore lists, TimeProvider clock, ContactStore contacts)
{
    /// <summary>The largest file in bytes.</summary>
    public const long MaxBytes = 512L << 20;

    /// <summary>How long a workbook of several sheets waits for the choice of another, in days.</summary>
    public const int WorkbookDays = 7;

    /// <summary>The most columns a file may have.</summary>
    public const int MaxColumns = 1_000;
    private static readonly SqlFile Sql = SqlFile.Beside<Imports>();

    /// <summary>Stores an upload as it streams in and looks at its head.</summary>
    /// <returns>The import's id, or why the file cannot be imported, as a sentence; then nothing is kept.</returns>
    public async Task<(long? Id, string? Error)> Upload(long accountId, string fileName, Stream content, long? userId, CancellationToken stop)
    {
        var (text, refusal) = await uploads.Store(accountId, fileName, content, userId, stop);
        if (text is null) return (null, refusal);
        var file = (await files.Find(accountId, text.FileId))!;
        var format = text.Source == "xlsx" ? text.Format : await WithSigns(file, text.Format, stop);
        if (await HeadError(file, format, stop) is { } error)
        {
            await db.Write(async tx =>
            {
                await files.Delete(tx, accountId, file.Id);
                if (text.WorkbookId is { } workbook) await files.Delete(tx, accountId, workbook);
            }, CancellationToken.None);
            return (null, error);
        }
        return (await db.Write(async tx =>
        {
            if (text.WorkbookId is { } workbook) await files.KeepUntil(tx, accountId, workbook, clock.GetUtcNow().AddDays(WorkbookDays));
            var id = await Ids.Next(tx, accountId, "import");
            var name = Path.GetFileNameWithoutExtension(fileName);
            await tx.Execute(Sql["create"], new
            {
                accountId, id, name, text.FileId, fileName, format.Encoding, delimiter = format.Delimiter.ToString(), quote = format.Quote.ToString(), bom = (long)format.Bom, text.Lines, text.Source, text.Sheet, text.WorkbookId,
                sheets = text.Sheets is null ? null : JsonSerializer.Serialize(text.Sheets, JobQueue.Json), userId, now = clock.GetUtcNow(),
            });
            return id;
        }, stop), null);
    }

    /// <summary>The import, or null when this account has none of this id.</summary>
    public Task<Import?> Find(long accountId, long id) => db.Read(tx => tx.SingleOrNone<Import>(Sql["find"], new { accountId, id }));

    /// <summary>The import of the same file, with the same order, that somebody began and that has not ended: whoever began it was killed, or is at it now.</summary>
    /// <param name="import">A fresh upload.</param>
    public async Task<Import?> Begun(Import import, ImportOrder order, CancellationToken stop)
    {
        var begun = await db.Read(tx => tx.SingleOrNone<Import>(Sql["begun"], new { import.AccountId, import.Id, import.FileName, import.Lines }), stop);
        if (begun is null || begun.CreatedBy != import.CreatedBy || begun.Sheet != import.Sheet || begun.Marketing != order.Marketing || begun.Choices != order.Choices || !begun.Columns.SequenceEqual(order.Columns)) return null;
        var list = begun.ListId is { } id ? await db.Read(tx => lists.Find(tx, import.AccountId, id), stop) : null;
        return list?.Name == order.ListName?.Trim() && await AreSame(await files.Find(begun.AccountId, begun.FileId), await files.Find(import.AccountId, import.FileId), stop) ? begun : null;
    }

    private async Task<bool> AreSame(StoredFile? one, StoredFile? other, CancellationToken stop)
    {
        if (one is null || other is null || one.Size != other.Size) return false;
        var first = await Sum(one);
        var second = await Sum(other);
        return first.AsSpan().SequenceEqual(second);

        async Task<byte[]> Sum(StoredFile file)
        {
            await using var content = files.Open(file);
            return await SHA256.HashDataAsync(content, stop);
        }
    }

    /// <summary>The account's imports, the latest first.</summary>
    public Task<List<Import>> Latest(long accountId, int count = 100) => db.Read(tx => tx.Query<Import>(Sql["latest"], new { accountId, count }));

    /// <summary>Reads the file in another way than the one that was found.</summary>
    /// <returns>What is wrong, as a sentence, or null; then nothing is changed.</returns>
    public async Task<string?> Reformat(Import import, string encoding, string delimiter, string quote, CancellationToken stop)
    {
        if (import.JobId is not null) return ImportRefusals.Started;
        if (import.Sheet is not null) return ImportRefusals.Workbook;
        if (!CsvFormat.Encodings.ContainsKey(encoding) || delimiter.Length != 1 || delimiter[0] is '\r' or '\n' || quote.Length > 1 || quote == delimiter) return ImportRefusals.NoSuchFormat;
        var (file, format) = ((await files.Find(import.AccountId, import.FileId))!, (import with { Encoding = encoding, Delimiter = delimiter, Quote = quote }).Format);
        if (encoding == "utf-8" && import.Encoding != "utf-8" && !await IsUtf8(file, stop)) return ImportRefusals.NotUtf8;
        if (await HeadError(file, format, stop) is { } error) return error;
        if ((await Rows(file, format).Next(stop))!.Cells.Length == 1 && (await Rows(file, import.Format).Next(stop))!.Cells.Length > 1) return ImportRefusals.OneColumn;
        await db.Write(tx => tx.Execute(Sql["reformat"], new { import.AccountId, import.Id, encoding, delimiter, quote }), stop);
        return null;
    }

    /// <summary>Reads another sheet of the workbook.</summary>
    /// <returns>What is wrong, as a sentence, or null; then nothing is changed.</returns>
    public async Task<string?> ChooseSheet(Import import, string sheet, CancellationToken stop)
    {
        if (import.JobId is not null) return ImportRefusals.Started;
        if (sheet == import.Sheet) return null;
        if (import.WorkbookId is not { } id || await files.Find(import.AccountId, id) is not { } workbook) return ImportRefusals.NoWorkbook;
        var (text, refusal) = await uploads.Sheet(workbook, sheet, import.CreatedBy, stop);
        if (text is null) return refusal;
        var error = await HeadError((await files.Find(import.AccountId, text.FileId))!, text.Format, stop);
        return await db.Write(async tx =>
        {
            var isRead = error is null && await tx.Execute(Sql["choose-sheet"], new { import.AccountId, import.Id, text.FileId, text.Lines, text.Sheet, before = import.FileId }) == 1;
            await files.Delete(tx, import.AccountId, isRead ? import.FileId : text.FileId);
            return isRead ? null : error ?? ImportRefusals.Started;
        }, CancellationToken.None);
    }

    /// <summary>Removes an upload that no import is started of.</summary>
    public Task Forget(Import import) => db.Write(async tx =>
    {
        await files.Expire(tx, import.AccountId, import.FileId);
        if (import.WorkbookId is { } workbook) await files.Delete(tx, import.AccountId, workbook);
    });

    /// <summary>The import has begun: no other sheet can be chosen.</summary>
    internal async Task ForgetWorkbook(Tx tx, Import import)
    {
        if (import.WorkbookId is not { } workbook) return;
        await files.Delete(tx, import.AccountId, workbook);
        await tx.Execute(Sql["forget-workbook"], new { import.AccountId, import.Id });
    }

    /// <summary>Rows tell their place in bytes, which only holds for UTF-8 that is that to its end.</summary>
    private async Task<bool> IsUtf8(StoredFile file, CancellationToken stop)
    {
        await using var upload = new ExaminedUpload(files.Open(file));
        await upload.CopyToAsync(Stream.Null, stop);
        return upload.EncodingName == "utf-8";
    }

    /// <summary>The columns with the properties that their headings and cells mean, and the first rows.</summary>
    public async Task<ImportPreview> Preview(Import import, CancellationToken stop)
    {
        var rows = Rows(await File(import), import.Format);
        var headings = (await rows.Next(stop))!.Cells;
        var (first, _) = await rows.Take(ImportPreview.MostRows, ImportPreview.MostCharacters, stop);
        var preview = ImportPreview.Of(await db.Read(tx => properties.Catalog(tx, import.AccountId), stop), headings, first);
        if (preview.Ids() is not { Count: > 0 } ids) return preview;
        var holders = await db.Read(tx => contacts.IdsByAddress(tx, import.AccountId, [.. ids.Select(row => row.Key)]), stop);
        return preview with { IdsAreForeign = ids.Count(row => holders.GetValueOrDefault(row.Key) == row.Id) * 2 < ids.Count };
    }

    /// <summary>Starts an import that makes and changes contacts and keeps what a row leaves empty.</summary>
    /// <inheritdoc cref="Start(long, long, ImportOrder, long?, CancellationToken)"/>
    public Task<(long? JobId, string? Error)> Start(long accountId, long id, string name, IReadOnlyList<ImportColumn> columns, bool marketing, string? listName, long? userId, CancellationToken stop) =>
        Start(accountId, id, new ImportOrder(name, columns, marketing, listName, ImportChoices.Usual, new Dictionary<int, PropertyWish>()), userId, stop);

    /// <summary>Starts the import. Posted twice it starts one job.</summary>
    /// <returns>The job's id, or what is wrong, as a sentence; then nothing was made, no property and no list.</returns>
    public Task<(long? JobId, string? Error)> Start(long accountId, long id, ImportOrder order, long? userId, CancellationToken stop) =>
        db.Write<(long?, string?)>(async tx =>
        {
            if (await tx.SingleOrNone<Import>(Sql["lock"], new { accountId, id }) is not { } import) return (null, ImportRefusals.None);
            if (import.JobId is { } running) return (running, null);
            var (name, marketing, listName) = (order.Name, order.Marketing, order.ListName);
            if (string.IsNullOrWhiteSpace(name)) return (null, ImportRefusals.Nameless);
            if (Error(order, await properties.Catalog(tx, accountId)) is { } wrong) return (null, wrong);
            var (list, error) = ((ContactList?)null, (string?)null);
            if (listName is not null) (list, error) = await lists.Create(tx, accountId, listName, ListKind.Manual, null, TimeZoneInfo.Utc, userId);
            if (error is not null) return (null, error);
            var columns = await Make(tx, accountId, order, userId);
            var seenId = await lists.Freeze(tx, accountId, new(), userId);
            var jobId = await jobs.Enqueue<ImportContacts>(tx, accountId, $"Import {name.Trim()}", new ImportState(id, import.Bom, 0, 0, 0, 0, 0, 0), Math.Max(0, import.Lines - 1), userId);
            await tx.Execute(Sql["start"], new { accountId, id, name = name.Trim(), columns = JsonSerializer.Serialize(columns, JobQueue.Json), marketing, seenId, listId = list?.Id, jobId, deeds = order.Choices.Deeds.ToString().ToLowerInvariant(), order.Choices.ByEmail, order.Choices.Clears, texts = Stored(order.Texts), order.MarketingKnown });
            await ForgetWorkbook(tx, import);
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ContactsImported, $"{name.Trim()} ({import.FileName})", Math.Max(0, import.Lines - 1), after: marketing ? "set as marketing contacts" : null);
            return (jobId, null);
        }, stop);

    /// <summary>The uploaded file as a text of rows.</summary>
    /// <exception cref="JobFailedException">It was removed.</exception>
    internal async Task<StoredFile> File(Import import) => await files.Find(import.AccountId, import.FileId) ?? throw new JobFailedException(Files.Gone);

    /// <summary>What is wrong with the columns and the wished properties, or null.</summary>
    private static string? Error(ImportOrder order, PropertyCatalog catalog)
    {
        foreach (var (column, wish) in order.Wishes)
            if (wish.Error(catalog) is { } fault) return ListRefusal.Say(ImportRefusals.Wish, order.Columns[column].Heading, fault);
        if (order.Wishes.Values.GroupBy(wish => wish.InternalName).FirstOrDefault(same => same.Count() > 1) is { } twice) return ListRefusal.Say(ImportRefusals.WishedTwice, twice.First().Label);
        var (columns, wished) = order.Wished(catalog);
        return ImportPlan.Error(columns, wished, order.Choices);
    }

    /// <summary>Makes the wished properties.</summary>
    /// <returns>The columns with them.</returns>
    private async Task<IReadOnlyList<ImportColumn>> Make(Tx tx, long accountId, ImportOrder order, long? userId)
    {
        var columns = order.Columns.ToList();
        foreach (var (column, wish) in order.Wishes)
            columns[column] = columns[column] with { Property = (await properties.Create(tx, accountId, wish, userId)).Made!.Name };
        return columns;
    }

    /// <summary>The file's rows from a place on.</summary>
    internal CsvRows Rows(StoredFile file, CsvFormat format, long? position = null, long number = 0) =>
        new(files.Open(file, position ?? format.Bom), format, position ?? format.Bom, number);

    /// <summary>Adds rows that cannot be imported to the file of rejected rows, which the first ones make.</summary>
    internal async Task Reject(Tx tx, Import import, List<(CsvRow Row, RowFault Fault)> rejected)
    {
        if (rejected.Count == 0) return;
        var (fileId, stored) = await tx.Single<(long?, string?)>(Sql["rejected-file"], new { import.AccountId, import.Id });
        var texts = stored is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(stored, JobQueue.Json);
        if (fileId is null)
        {
            fileId = await files.Create(tx, import.AccountId, $"{import.Name} - rejected rows.csv", import.CreatedBy);
            await tx.Execute(Sql["set-rejected-file"], new { import.AccountId, import.Id, fileId });
            await files.Append(tx, import.AccountId, fileId.Value, RejectedRows.Heading(import.Columns, import.Format.Delimiter));
        }
        await files.Append(tx, import.AccountId, fileId.Value, RejectedRows.Rows(rejected, texts, import.Format.Delimiter));
    }

    /// <summary>The reasons of rejections in the language of who starts the import, as its row keeps them.</summary>
    internal static string? Stored(IReadOnlyDictionary<string, string>? texts) => texts is null ? null : JsonSerializer.Serialize(texts, JobQueue.Json);

    /// <summary>The format with the separator and the quote that the file's beginning shows.</summary>
    private async Task<CsvFormat> WithSigns(StoredFile file, CsvFormat format, CancellationToken stop)
    {
        await using var content = files.Open(file, format.Bom);
        var (bytes, text) = (new byte[64 * 1024], new char[64 * 1024 + 1]);
        var read = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop);
        var head = text.AsMemory(0, format.Decoder().GetChars(bytes.AsSpan(0, read), text, flush: false));
        var delimiter = CsvFormat.DelimiterOf(head.Span);
        return format with { Delimiter = delimiter, Quote = CsvFormat.QuoteOf(head.Span, delimiter) };
    }

    private async Task<string?> HeadError(StoredFile file, CsvFormat format, CancellationToken stop)
    {
        var rows = Rows(file, format);
        if (await rows.Next(stop) is not { } heading) return UploadFaults.Empty;
        if (heading.Fault is { } fault) return $"The first row must hold the names of the columns. {fault}";
        if (heading.Cells.Length > MaxColumns) return $"The file has {heading.Cells.Length:N0} columns; at most 1,000 are possible.";
        return await rows.Next(stop) is null ? UploadFaults.NoRows : null;
    }
}
