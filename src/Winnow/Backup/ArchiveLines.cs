using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;

namespace Winnow.Backup;

/// <summary>Writes the lines of an archive, compressed, and keeps the sums.</summary>
internal sealed class ArchiveWriter(Stream to) : IAsyncDisposable
{
    private const int Block = 1 << 18;
    private readonly GZipStream gzip = new(to, CompressionLevel.Fastest, leaveOpen: true);
    private readonly IncrementalHash contents = IncrementalHash.CreateHash(HashAlgorithmName.SHA256), table = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> waiting = new(2 * Block);
    private readonly List<TableSum> tables = [];
    private ArchiveHead? head;
    private string headSum = "", name = "";
    private long rows;

    public async Task Begin(ArchiveHead first, CancellationToken stop)
    {
        head = first;
        headSum = Hex(SHA256.HashData(await Line(first, false, stop)));
    }

    public async Task BeginTable(TableHead table, CancellationToken stop)
    {
        (name, rows) = (table.Table, 0);
        await Line(table, true, stop);
    }

    public ValueTask Row(ReadOnlyMemory<byte> line, CancellationToken stop)
    {
        rows++;
        contents.AppendData(line.Span);
        table.AppendData(line.Span);
        waiting.Write(line.Span);
        return waiting.WrittenCount < Block ? ValueTask.CompletedTask : Send(stop);
    }

    public async Task EndTable(CancellationToken stop)
    {
        var end = new TableEnd(rows, Hex(table.GetHashAndReset()));
        tables.Add(new(name, end.Rows, end.Sha256));
        await Line(end, true, stop);
    }

    public async Task<ArchiveSum> End(CancellationToken stop)
    {
        var end = new ArchiveEnd(tables.Count, tables.Sum(t => t.Rows), Hex(contents.GetHashAndReset()), headSum);
        await Line(end, false, stop);
        await Send(stop);
        return new(head!, end, tables);
    }

    public async ValueTask DisposeAsync()
    {
        await gzip.DisposeAsync();
        contents.Dispose();
        table.Dispose();
    }

    internal static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private async Task<byte[]> Line<T>(T value, bool isContent, CancellationToken stop)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, ArchiveJson.Options), (byte)'\n'];
        if (isContent) contents.AppendData(line);
        waiting.Write(line);
        if (waiting.WrittenCount >= Block) await Send(stop);
        return line;
    }

    private async ValueTask Send(CancellationToken stop)
    {
        await gzip.WriteAsync(waiting.WrittenMemory, stop);
        waiting.ResetWrittenCount();
    }
}

/// <summary>Reads the lines of an archive one by one.</summary>
internal sealed class ArchiveReader(Stream from) : IAsyncDisposable
{
    private const int LongestLine = 512 << 20;
    private readonly PipeReader pipe = PipeReader.Create(new GZipStream(from, CompressionMode.Decompress, leaveOpen: true), new(bufferSize: 1 << 18));
    private readonly IncrementalHash contents = IncrementalHash.CreateHash(HashAlgorithmName.SHA256), table = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string headSum = "";
    private long rows, allRows, tables;

    public async Task<ArchiveHead> Begin(CancellationToken stop)
    {
        byte[]? line;
        try { line = await Next(stop); }
        catch (InvalidDataException) { line = null; }
        var head = line is null || !line.AsSpan().StartsWith("{\"archive\":\"winnow\""u8) ? null : Read<ArchiveHead>(line);
        if (head is null) throw new ArchiveException("This is no archive of Winnow: it does not begin like one.");
        if (head.Format > ArchiveHead.Present) throw new ArchiveException($"The archive was made by a newer Winnow (format {head.Format}, this one reads {ArchiveHead.Present}). Restore it with that version.");
        if (head.Schema.Except(Data.Migrations.Known).ToList() is { Count: > 0 } unknown) throw new ArchiveException($"The archive was made by a newer Winnow: this one does not know {string.Join(", ", unknown)}. Restore it with that version.");
        headSum = ArchiveWriter.Hex(SHA256.HashData(line!));
        return head;
    }

    /// <summary>The next table, or null when the archive ends here; then its sums are right.</summary>
    public async Task<TableHead?> NextTable(CancellationToken stop)
    {
        var line = await Next(stop) ?? throw Truncated();
        if (line.AsSpan().StartsWith("{\"table\":"u8))
        {
            contents.AppendData(line);
            (rows, tables) = (0, tables + 1);
            return Read<TableHead>(line);
        }
        var end = Read<ArchiveEnd>(line);
        if (end.Contents != ArchiveWriter.Hex(contents.GetHashAndReset()) || end.Head != headSum || end.Tables != tables || end.Rows != allRows)
            throw new ArchiveException("The archive was changed after it was made, or is damaged: its sums do not match.");
        if (await Next(stop) is not null) throw new ArchiveException("The archive was changed after it was made: something follows its end.");
        return null;
    }

    /// <summary>The next row of the table, or null at its end; then its sum is right.</summary>
    public async Task<byte[]?> NextRow(string name, CancellationToken stop)
    {
        var line = await Next(stop) ?? throw Truncated();
        contents.AppendData(line);
        if (line[0] == (byte)'[')
        {
            table.AppendData(line);
            rows++;
            return line;
        }
        var (end, sum) = (Read<TableEnd>(line), ArchiveWriter.Hex(table.GetHashAndReset()));
        if (end.Rows != rows || end.Sha256 != sum) throw new ArchiveException($"The archive was changed after it was made, or is damaged: the table {name} has {rows} rows and another sum than it should.");
        allRows += rows;
        Sum = new(name, rows, sum);
        return null;
    }

    /// <summary>The sum of the table read last.</summary>
    public TableSum Sum { get; private set; } = new("", 0, "");

    public async ValueTask DisposeAsync()
    {
        await pipe.CompleteAsync();
        contents.Dispose();
        table.Dispose();
    }

    private static ArchiveException Truncated() => new("The archive is cut off: its end is missing. Copy it again, or take another one.");

    private static T Read<T>(byte[] line) => JsonSerializer.Deserialize<T>(line, ArchiveJson.Options) ?? throw new JsonException("null");

    private async Task<byte[]?> Next(CancellationToken stop)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(stop);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, read.Buffer.GetPosition(1, end));
                var bytes = line.ToArray();
                pipe.AdvanceTo(line.End);
                return bytes;
            }
            if (read.IsCompleted && read.Buffer.Length > 0) throw Truncated();
            if (read.IsCompleted) return null;
            if (read.Buffer.Length > LongestLine) throw new ArchiveException("This is no archive of Winnow, or it is damaged: a line is longer than 512 MB.");
            pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
