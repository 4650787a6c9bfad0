using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Backup;

/// <summary>Writes everything of an installation, or of one account, as one stream: as of one moment, while others write, without holding more than a row in
/// memory. Settings, uploads and keys lie in the database and are in it.</summary>
public sealed class WriteArchive(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<WriteArchive>();
    private static readonly Statement KeyNames = Statement.Built("names of keys", "select id from data_protection_keys order by id"), HashKey = Statement.Built("key of hashes", "select secret from address_hash_keys");
    private static readonly Dictionary<CellKind, string> Kinds = Enum.GetValues<CellKind>().ToDictionary(k => k, k => k == CellKind.Short ? "integer" : k.ToString().ToLowerInvariant());

    /// <summary>Writes the archive.</summary>
    /// <param name="accountId">The account; null for all.</param>
    /// <param name="told">Is told now and then how many rows are written.</param>
    public Task<ArchiveSum> Write(Stream to, long? accountId, Func<long, Task> told, CancellationToken stop = default) => Write(to, accountId, null, told, stop);

    /// <param name="origin">The archive that this database was made of for a while: its secrets are that one's. Null for an installation.</param>
    private Task<ArchiveSum> Write(Stream to, long? accountId, ArchiveHead? origin, Func<long, Task> told, CancellationToken stop) => db.Snapshot(async tx =>
    {
        await using var archive = new ArchiveWriter(to);
        var tables = await ArchivedTables.All(tx, accountId is not null);
        var name = accountId is null ? null : await tx.Single<string>(Sql["name"], new { accountId });
        var (keys, hashKey) = await Keys(tx);
        await archive.Begin(new("winnow", ArchiveHead.Present, accountId, name, origin?.Made ?? clock.GetUtcNow(), await Migrations.Of(tx), origin?.Keys ?? keys, origin is null ? hashKey : origin.HashKey), stop);
        var rows = 0L;
        foreach (var table in tables)
        {
            await archive.BeginTable(new(table.Name, [.. table.Columns.Select(c => c.Name)], [.. table.Columns.Select(c => Kinds[c.Kind])]), stop);
            await foreach (var line in Lines(tx, table, accountId))
            {
                await archive.Row(line, stop);
                if (++rows % 1_000 == 0) await told(rows);
            }
            await archive.EndTable(stop);
        }
        return await archive.End(stop);
    }, stop);

    /// <summary>Writes the archive into a pipe whose reader restores it; what goes wrong here the reader meets.</summary>
    public Task WriteTo(PipeWriter pipe, CancellationToken stop) => WriteTo(pipe, null, null, stop);

    internal async Task WriteTo(PipeWriter pipe, long? accountId, ArchiveHead? origin, CancellationToken stop)
    {
        try
        {
            await Write(pipe.AsStream(leaveOpen: true), accountId, origin, _ => Task.CompletedTask, stop);
            await pipe.CompleteAsync();
        }
#pragma warning disable CA1031 // handed on, whatever it is
        catch (Exception e) { await pipe.CompleteAsync(e); }
#pragma warning restore CA1031
    }

    /// <summary>Puts on record, in each account it holds, that an archive was made.</summary>
    /// <param name="where">The name of the file.</param>
    public Task Record(ArchiveSum made, string where, long? userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        foreach (var accountId in made.Head.AccountId is { } one ? [one] : await tx.Query<long>(Sql["accounts"]))
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.BackupMade, where, made.End.Rows, after: made.End.Contents);
    }, stop);

    /// <summary>The rows of a table as the lines of an archive; each is good until the next.</summary>
    internal static async IAsyncEnumerable<ReadOnlyMemory<byte>> Lines(Tx tx, TableShape table, long? accountId)
    {
        using var text = new RowText();
        await using var rows = await tx.Reader(ArchivedTables.Rows(table, accountId is not null), new { accountId = accountId ?? 0 });
        while (await rows.ReadAsync(tx.Stop)) yield return text.Of(rows, table.Columns);
    }

    /// <summary>What a table of the database holds.</summary>
    internal static async Task<TableSum> Sum(Tx tx, TableShape table, long? accountId)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0L;
        await foreach (var line in Lines(tx, table, accountId))
        {
            hash.AppendData(line.Span);
            count++;
        }
        return new(table.Name, count, ArchiveWriter.Hex(hash.GetHashAndReset()));
    }

    /// <summary>The names of the keys that encrypt secrets, and what tells the key of erased addresses from others.</summary>
    internal static async Task<(List<string> Keys, string? HashKey)> Keys(Tx tx) =>
        (await tx.Query<string>(KeyNames), await tx.SingleOrNone<string>(HashKey) is { } secret ? ArchiveWriter.Hex(SHA256.HashData(Encoding.UTF8.GetBytes(secret))) : null);
}
