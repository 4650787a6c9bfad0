using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Transfer.Workbooks;

namespace Winnow.Transfer;

/// <summary>An upload as everything behind the door sees it: a text of rows.</summary>
/// <param name="FileId">The stored text.</param>
/// <param name="Source">What was uploaded: csv, mixed (a CSV file in two encodings at once) or xlsx.</param>
/// <param name="Sheet">The sheet of a workbook that was read.</param>
/// <param name="Lines">Line ends: a first guess at the number of rows.</param>
/// <param name="Sheets">The sheets of a workbook that can be read.</param>
/// <param name="WorkbookId">The workbook itself, kept while another of its sheets can be chosen; null where there is only one.</param>
public sealed record UploadedText(long FileId, CsvFormat Format, long Lines, string Source, string? Sheet, IReadOnlyList<string>? Sheets = null, long? WorkbookId = null);

/// <summary>Takes uploads in. A CSV file is stored as it is. A workbook, a list in JSON, and a text in which two encodings are mixed, is read once to its end and stored as CSV (UTF-8):
/// so it is known to be whole before its first row is imported, and rows are read, read again and gone on with in one way.</summary>
public sealed class UploadText(Db db, Files files, TimeProvider clock)
{
    private const long MaxText = 4L << 30;
    private static readonly Encoding Mixed = Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new WesternFallback());

    /// <summary>Stores an upload as it streams in.</summary>
    /// <returns>The text, or why it cannot be imported, as a sentence; then nothing is kept.</returns>
    public async Task<(UploadedText? Text, string? Error)> Store(long accountId, string fileName, Stream content, long? userId, CancellationToken stop)
    {
        try { return await Take(accountId, fileName, content, userId, stop); }
        catch (Exception e) when (Db.DiskIsFull(e)) { return (null, UploadFaults.NoRoom); }
    }

    private async Task<(UploadedText? Text, string? Error)> Take(long accountId, string fileName, Stream content, long? userId, CancellationToken stop)
    {
        await using var upload = new ExaminedUpload(content);
        if (await files.Store(accountId, fileName, upload, Imports.MaxBytes, userId, stop) is not { } fileId) return (null, UploadFaults.TooLarge);
        var (kept, workbook) = (fileId, (long?)null);
        try
        {
            var file = (await files.Find(accountId, fileId))!;
            var (text, error) = upload.Refusal is { } refusal ? (null, refusal)
                : upload.IsPacked ? await FromWorkbook(file, null, userId, stop)
                : await BeginsAsJson(file, upload.Bom, stop) ? await FromJson(file, upload.Bom, userId, stop)
                : upload.IsMixed ? await FromMixed(file, upload, userId, stop)
                : (new UploadedText(fileId, new(upload.EncodingName, ',', upload.Bom), upload.Lines, "csv", null), null);
            (kept, workbook) = (text?.FileId ?? 0, text?.WorkbookId);
            return (text, error);
        }
        finally
        {
            if (kept != fileId && workbook != fileId) await db.Write(tx => files.Delete(tx, accountId, fileId), CancellationToken.None);
        }
    }

    /// <summary>Reads another sheet of a workbook that was stored.</summary>
    /// <returns>Its text, or why it cannot be imported, as a sentence; then nothing is kept.</returns>
    public async Task<(UploadedText? Text, string? Error)> Sheet(StoredFile workbook, string sheet, long? userId, CancellationToken stop)
    {
        try { return await FromWorkbook(workbook, sheet, userId, stop); }
        catch (Exception e) when (Db.DiskIsFull(e)) { return (null, UploadFaults.NoRoom); }
    }

    private async Task<(UploadedText?, string?)> FromWorkbook(StoredFile file, string? sheet, long? userId, CancellationToken stop)
    {
        if (sheet is null) await db.Write(tx => files.KeepUntil(tx, file.AccountId, file.Id, clock.GetUtcNow().AddDays(1)), stop);      // should the process die before it is rewritten
        try
        {
            await using var content = files.OpenAnywhere(file);
            using var workbook = await Workbook.Open(content, sheet, stop);
            if (await files.Store(file.AccountId, Path.ChangeExtension(file.Name, ".csv"), workbook.Text, MaxText, userId, stop) is not { } id) return (null, UploadFaults.Unpacked);
            return (new(id, new("utf-8", ',', 0), workbook.Text.Lines, "xlsx", workbook.Sheet, workbook.Sheets, workbook.Sheets.Count > 1 ? file.Id : null), null);
        }
        catch (BadWorkbook bad) { return (null, bad.Message); }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException) { return (null, UploadFaults.Damaged); }
    }

    private async Task<(UploadedText?, string?)> FromMixed(StoredFile file, ExaminedUpload upload, long? userId, CancellationToken stop)
    {
        await using var content = files.Open(file, upload.Bom);
        await using var text = Encoding.CreateTranscodingStream(content, Mixed, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        return await files.Store(file.AccountId, file.Name, text, MaxText, userId, stop) is { } id
            ? (new(id, new("utf-8", ',', 0), upload.Lines, "mixed", null), null) : (null, UploadFaults.TooLarge);
    }

    private async Task<bool> BeginsAsJson(StoredFile file, int bom, CancellationToken stop)
    {
        await using var content = files.Open(file, bom);
        var head = new byte[4_096];
        return SuppressionJson.Begins(head.AsSpan(0, await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, stop)));
    }

    private async Task<(UploadedText?, string?)> FromJson(StoredFile file, int bom, long? userId, CancellationToken stop)
    {
        await using var content = files.Open(file, bom);
        var (pipe, list) = (new Pipe(), new SuppressionJson());
        var writing = list.Write(content, pipe.Writer, stop);
        try
        {
            await using var rows = pipe.Reader.AsStream();
            return await files.Store(file.AccountId, Path.ChangeExtension(file.Name, ".csv"), rows, MaxText, userId, stop) is { } id
                ? (new(id, new("utf-8", ',', 0), list.Lines, "csv", null), null) : (null, UploadFaults.TooLarge);
        }
        catch (JsonException) { return (null, UploadFaults.BrokenList); }
        finally { await writing; }
    }

    /// <summary>Bytes that are no UTF-8 are read as Windows-1252, letter by letter.</summary>
    private sealed class WesternFallback : DecoderFallback
    {
        public override int MaxCharCount => 4;
        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : DecoderFallbackBuffer
        {
            private static readonly Encoding Western = Mail.Mime.Charsets.Find("windows-1252")!;
            private string letters = "";
            private int at;

            public override int Remaining => letters.Length - at;
            public override bool Fallback(byte[] bytesUnknown, int index) { (letters, at) = (Western.GetString(bytesUnknown), 0); return true; }
            public override char GetNextChar() => at < letters.Length ? letters[at++] : '\0';
            public override bool MovePrevious() => at > 0 && at-- > 0;
            public override void Reset() => (letters, at) = ("", 0);
        }
    }
}
