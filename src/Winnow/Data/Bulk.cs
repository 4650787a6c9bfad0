using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using SQLitePCL;

namespace Winnow.Data;

/// <summary>A table as the target of bulk inserts: its name and its columns in the order in which a row is written.</summary>
public sealed record BulkTable(string Name, params IReadOnlyList<string> Columns)
{
    internal string ColumnList => string.Join(", ", Columns);
}

/// <summary>Takes the values of one row, in column order. Null is written as null.</summary>
public abstract class BulkRow
{
    /// <summary>Writes a 64-bit integer; instants are Unix milliseconds.</summary>
    public abstract void Long(long? value);
    /// <summary>Writes text.</summary>
    public abstract void Text(string? value);
    /// <summary>Writes true or false.</summary>
    public abstract void Bool(bool? value);
    /// <summary>Writes a floating-point number.</summary>
    public abstract void Double(double? value);
    /// <summary>Writes JSON text.</summary>
    public abstract void Json(string? value);
    /// <summary>Writes bytes.</summary>
    public abstract void Bytes(byte[]? value);
}

/// <summary>PostgreSQL: binary COPY.</summary>
internal sealed class PostgresBulk(NpgsqlBinaryImporter importer) : BulkRow
{
    public static async Task<long> Insert<T>(NpgsqlConnection connection, BulkTable table, IEnumerable<T> rows, Action<BulkRow, T> write, CancellationToken stop)
    {
        await using var importer = await connection.BeginBinaryImportAsync($"copy {table.Name} ({table.ColumnList}) from stdin (format binary)", stop);
        var row = new PostgresBulk(importer);
        foreach (var item in rows)
        {
            await importer.StartRowAsync(stop);
            write(row, item);
        }
        return (long)await importer.CompleteAsync(stop);
    }

    public override void Long(long? value) { if (value is { } v) importer.Write(v, NpgsqlDbType.Bigint); else importer.WriteNull(); }
    public override void Text(string? value) { if (value is not null) importer.Write(value, NpgsqlDbType.Text); else importer.WriteNull(); }
    public override void Bool(bool? value) { if (value is { } v) importer.Write(v, NpgsqlDbType.Boolean); else importer.WriteNull(); }
    public override void Double(double? value) { if (value is { } v) importer.Write(v, NpgsqlDbType.Double); else importer.WriteNull(); }
    public override void Json(string? value) { if (value is not null) importer.Write(value, NpgsqlDbType.Jsonb); else importer.WriteNull(); }
    public override void Bytes(byte[]? value) { if (value is not null) importer.Write(value, NpgsqlDbType.Bytea); else importer.WriteNull(); }
}

/// <summary>SQLite: one prepared insert, values bound without the command layer, which costs three times as much.</summary>
internal sealed class SqliteBulk(sqlite3_stmt statement) : BulkRow
{
    private int column;

    public static long Insert<T>(SqliteConnection connection, BulkTable table, IEnumerable<T> rows, Action<BulkRow, T> write)
    {
        var sql = $"insert into {table.Name} ({table.ColumnList}) values ({string.Join(", ", table.Columns.Select(_ => "?"))})";
        var database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, sql, out var statement), database);
        using (statement)
        {
            var row = new SqliteBulk(statement);
            var count = 0L;
            foreach (var item in rows)
            {
                row.column = 0;
                write(row, item);
                var code = raw.sqlite3_step(statement);
                if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, database);
                _ = raw.sqlite3_reset(statement);
                count++;
            }
            return count;
        }
    }

    public override void Long(long? value) { if (value is { } v) _ = raw.sqlite3_bind_int64(statement, ++column, v); else Null(); }
    public override void Text(string? value) { if (value is not null) _ = raw.sqlite3_bind_text(statement, ++column, value); else Null(); }
    public override void Bool(bool? value) { if (value is { } v) _ = raw.sqlite3_bind_int(statement, ++column, v ? 1 : 0); else Null(); }
    public override void Double(double? value) { if (value is { } v) _ = raw.sqlite3_bind_double(statement, ++column, v); else Null(); }
    public override void Json(string? value) => Text(value);
    public override void Bytes(byte[]? value) { if (value is not null) _ = raw.sqlite3_bind_blob(statement, ++column, value); else Null(); }

    private void Null() => _ = raw.sqlite3_bind_null(statement, ++column);
}
