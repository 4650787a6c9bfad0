using System.Data.Common;
using System.Text.Json;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Backup;

/// <summary>What came of a restore.</summary>
/// <param name="Archive">What was restored; null when nothing was, and then nothing at all was changed.</param>
/// <param name="AccountId">The account it went to; null for a whole installation.</param>
/// <param name="SecretsAreLost">Passwords and keys in it are encrypted with keys that this installation has not: they must be entered anew.</param>
/// <param name="Error">Why nothing was restored, as a sentence.</param>
public sealed record RestoreOutcome(ArchiveSum? Archive, long? AccountId = null, bool SecretsAreLost = false, string? Error = null);

/// <summary>Restores the archive of a whole installation, in one transaction: the schema is made as it was when the archive was, the rows go in, what is in the
/// database then is read back and compared with the archive's sums, and the schema is brought up to date. Anything wrong, and all stays as it was.</summary>
public sealed class RestoreArchive(Db db, TimeProvider clock)
{
    private const int BatchRows = 2_000, BatchBytes = 8 << 20;
    private static readonly Statement InUse = Statement.Built("in use", "select exists (select 1 from accounts where account_id > 0) or exists (select 1 from users)");
    private static readonly SqlFile Sql = SqlFile.Beside<RestoreArchive>();

    /// <summary>Restores it.</summary>
    /// <param name="replace">Also where there are accounts already, which go.</param>
    /// <param name="holdMail">E-mails that were being sent when it was made are not sent on: who had not got them then may have got them since.</param>
    /// <param name="told">Is told now and then how many rows are in.</param>
    public Task<RestoreOutcome> Restore(Stream from, bool replace, bool holdMail, Func<long, Task> told, CancellationToken stop = default) => Refusing(async () =>
    {
        await using var archive = new ArchiveReader(from);
        var head = await archive.Begin(stop);
        if (head.AccountId is not null) throw new ArchiveException($"The archive holds one account ({head.Name}), not an installation. Restore it with --account.");
        await db.Migrate(stop);
        return await db.WriteLong(async tx =>
        {
            if (!replace && await tx.Single<bool>(InUse)) throw new ArchiveException("There are accounts in this database already. Restore into an empty one, or add --replace to delete everything in it first.");
            if (await Migrations.Drop(tx) is { } foreign) throw new ArchiveException($"The database holds a table {foreign} that is not Winnow's. Give Winnow a database of its own.");
            await Migrations.Apply(tx, head.Schema);
            var tables = (await ArchivedTables.All(tx, false)).ToDictionary(t => t.Name);
            foreach (var table in tables.Values) await tx.Execute(Statement.Built("empty", $"delete from {table.Name}"));       // what migrations put in
            var (sums, rows) = (new List<TableSum>(), 0L);
            while (await archive.NextTable(stop) is { } next)
            {
                sums.Add(await Load(tx, archive, Known(tables, next), null, async loaded => await told(rows + loaded)));
                rows += sums[^1].Rows;
            }
            MustBeAll(tables.Keys, sums);
            foreach (var sum in sums) MustBe(sum, await WriteArchive.Sum(tx, tables[sum.Table], null));
            await Migrations.Apply(tx);
            foreach (var accountId in await tx.Query<long>(Sql["accounts"])) await Settle(tx, clock, accountId, head, holdMail);
            return new RestoreOutcome(new(head, new(sums.Count, rows, "", ""), sums));
        }, stop);
    });

    /// <summary>Reads an archive to its end and compares its sums; nothing is restored.</summary>
    public static Task<RestoreOutcome> Check(Stream from, Func<long, Task> told, CancellationToken stop = default) => Refusing(async () =>
    {
        await using var archive = new ArchiveReader(from);
        var (head, sums, rows) = (await archive.Begin(stop), new List<TableSum>(), 0L);
        while (await archive.NextTable(stop) is { } table)
        {
            while (await archive.NextRow(table.Table, stop) is not null)
                if (++rows % 1_000 == 0) await told(rows);
            sums.Add(archive.Sum);
        }
        return new(new(head, new(sums.Count, rows, "", ""), sums));
    });

    /// <summary>Loads the rows of the table that an archive is at.</summary>
    internal static async Task<TableSum> Load(Tx tx, ArchiveReader archive, TableShape table, Func<int, long, long>? change, Func<long, Task> told)
    {
        var values = new RowValues([.. table.Columns.Select(c => c.Kind)], change);
        var (batch, bytes, rows) = (new List<byte[]>(BatchRows), 0, 0L);
        while (await archive.NextRow(table.Name, tx.Stop) is { } line)
        {
            batch.Add(line);
            if ((bytes += line.Length) < BatchBytes && batch.Count < BatchRows) continue;
            await Insert();
            await told(rows);
        }
        await Insert();
        return archive.Sum;

        async Task Insert()
        {
            if (batch.Count == 0) return;
            try { rows += await tx.Bulk(table.Target, batch, (row, line) => values.Write(row, line)); }
            catch (Exception e) when (e is DbException or JsonException or InvalidOperationException or FormatException or OverflowException) { throw new ArchiveException($"The archive cannot be restored: a row of {table.Name} was not taken ({e.Message}).", e); }
            batch.Clear();
            bytes = 0;
        }
    }

    /// <summary>The table of the database that this one of an archive goes to; its columns must be those of the archive.</summary>
    internal static TableShape Known(Dictionary<string, TableShape> tables, TableHead next) =>
        tables.TryGetValue(next.Table, out var table) && table.Columns.Select(c => c.Name).SequenceEqual(next.Columns) ? table
            : throw new ArchiveException($"The archive does not fit its own version: the table {next.Table} is not as it was then. It was changed after it was made.");

    internal static void MustBeAll(IEnumerable<string> tables, List<TableSum> sums)
    {
        if (tables.Except(sums.Select(s => s.Table)).ToList() is { Count: > 0 } missing || sums.DistinctBy(s => s.Table).Count() != sums.Count)
            throw new ArchiveException("The archive was changed after it was made: it has not each table once.");
    }

    internal static void MustBe(TableSum archived, TableSum stored)
    {
        if (archived != stored) throw new ArchiveException($"What the database holds of {archived.Table} is not what the archive says ({stored.Rows} rows instead of {archived.Rows}, or other values); nothing was restored. Please report this with the version and the database used.");
    }

    /// <summary>After the rows: mail that was on its way is held, and the account's record tells of the restore.</summary>
    internal static async Task Settle(Tx tx, TimeProvider clock, long accountId, ArchiveHead head, bool holdMail)
    {
        var now = clock.GetUtcNow();
        if (holdMail)
        {
            await tx.Execute(Sql["stop-sending"], new { accountId });
            await tx.Execute(Sql["hold"], new { accountId, tomorrow = now.AddDays(1) });
        }
        await AuditLog.Add(tx, clock, accountId, null, AuditAction.BackupRestored, $"{head.Made:yyyy-MM-dd HH:mm} UTC");
    }

    /// <summary>Turns what is wrong with an archive into an answer.</summary>
    internal static async Task<RestoreOutcome> Refusing(Func<Task<RestoreOutcome>> restore)
    {
        try { return await restore(); }
        catch (ArchiveException e) { return new(null, Error: e.Message); }
        catch (InvalidDataException) { return new(null, Error: "The archive is damaged: it cannot be unpacked to its end. Copy it again, or take another one."); }
        catch (JsonException) { return new(null, Error: "The archive is damaged: a line in it cannot be read. Copy it again, or take another one."); }
    }
}
