using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
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
    /// <summary>Writes a 32-bit integer.</summary>
    public abstract void Int(int? value);
    /// <summary>Writes text.</summary>
    public abstract void Text(string? value);
    /// <summary>Writes text that is UTF-8 already.</summary>
    public abstract void Text(ReadOnlySpan<byte> utf8);
    /// <summary>Writes true or false.</summary>
    public abstract void Bool(bool? value);
    /// <summary>Writes a floating-point number.</summary>
    public abstract void Double(double? value);
    /// <summary>Writes JSON text.</summary>
    public abstract void Json(string? value);
    /// <summary>Writes JSON text in UTF-8, which saves the way over a string.</summary>
    public abstract void Json(ReadOnlySpan<byte> utf8);
    /// <summary>Writes bytes.</summary>
    public abstract void Bytes(byte[]? value);
}

/// <summary>PostgreSQL: binary COPY, put together here: a value costs a few nanoseconds instead of a call into the driver,
/// and a contact has 35 of them. The format: https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format".</summary>
internal sealed class PostgresBulk(int columns) : BulkRow
{
    private const int Block = 1 << 16;
    private byte[] buffer = new byte[Block / 8];               // grows: most sets are small, and a large array each time would keep the garbage collector busy
    private int length;

    public static async Task<long> Insert<T>(NpgsqlConnection connection, BulkTable table, IEnumerable<T> rows, Action<BulkRow, T> write, CancellationToken stop)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy {table.Name} ({table.ColumnList}) from stdin (format binary)", stop);
        try
        {
            var row = new PostgresBulk(table.Columns.Count);
            row.Begin();
            var count = 0L;
            foreach (var item in rows)
            {
                row.Short((short)row.Columns);
                write(row, item);
                count++;
                if (row.length >= Block) await row.Send(copy, stop);
            }
            row.Short(-1);
            await row.Send(copy, stop);
            return count;
        }
        catch
        {
            await copy.CancelAsync();
            throw;
        }
    }

    private int Columns => columns;

    public override void Long(long? value)
    {
        if (value is not { } number) { Null(); return; }
        var to = Value(8);
        BinaryPrimitives.WriteInt64BigEndian(to, number);
    }

    public override void Int(int? value) { if (value is { } number) BinaryPrimitives.WriteInt32BigEndian(Value(4), number); else Null(); }

    public override void Text(string? value)
    {
        if (value is null) { Null(); return; }
        Room(4 + Encoding.UTF8.GetMaxByteCount(value.Length));
        var bytes = Encoding.UTF8.GetBytes(value, buffer.AsSpan(length + 4));
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(length), bytes);
        length += 4 + bytes;
    }

    public override void Text(ReadOnlySpan<byte> utf8) => utf8.CopyTo(Value(utf8.Length));
    public override void Bool(bool? value) { if (value is { } flag) Value(1)[0] = flag ? (byte)1 : (byte)0; else Null(); }
    public override void Double(double? value) { if (value is { } number) BinaryPrimitives.WriteDoubleBigEndian(Value(8), number); else Null(); }
    public override void Json(string? value) { if (value is not null) Json(Encoding.UTF8.GetBytes(value)); else Null(); }

    public override void Json(ReadOnlySpan<byte> utf8)
    {
        var to = Value(1 + utf8.Length);
        to[0] = 1;                                                     // the version of jsonb's binary form
        utf8.CopyTo(to[1..]);
    }

    public override void Bytes(byte[]? value) { if (value is not null) value.CopyTo(Value(value.Length)); else Null(); }

    private void Begin()
    {
        "PGCOPY\n"u8.CopyTo(buffer);
        (buffer[7], length) = (0xFF, 19);
        "\r\n\0"u8.CopyTo(buffer.AsSpan(8));                          // then flags and the length of an extension: zeroes
    }

    private async Task Send(NpgsqlRawCopyStream copy, CancellationToken stop)
    {
        await copy.WriteAsync(buffer.AsMemory(0, length), stop);
        length = 0;
    }

    private void Null()
    {
        Room(4);
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(length), -1);
        length += 4;
    }

    private void Short(short value)
    {
        Room(2);
        BinaryPrimitives.WriteInt16BigEndian(buffer.AsSpan(length), value);
        length += 2;
    }

    private Span<byte> Value(int size)
    {
        Room(4 + size);
        BinaryPrimitives.WriteInt32BigEndian(buffer.AsSpan(length), size);
        length += 4 + size;
        return buffer.AsSpan(length - size, size);
    }

    private void Room(int size)
    {
        if (buffer.Length - length < size) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + size));
    }
}

/// <summary>SQLite: one prepared insert, values bound without the command layer, which costs three times as much.</summary>
internal sealed class SqliteBulk(sqlite3_stmt statement) : BulkRow
{
    private int column;
    private byte[] utf8 = new byte[512];

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
                _ = raw.sqlite3_clear_bindings(statement);
                count++;
            }
            return count;
        }
    }

    public override void Long(long? value) { if (value is { } v) _ = raw.sqlite3_bind_int64(statement, ++column, v); else Null(); }
    public override void Int(int? value) => Long(value);

    public override void Text(string? value)
    {
        if (value is null) { Null(); return; }
        if (value.Length == 0) { _ = raw.sqlite3_bind_text(statement, ++column, ""); return; }      // an empty span would be null
        if (utf8.Length < value.Length * 3) utf8 = new byte[value.Length * 3];
        Text(utf8.AsSpan(0, Encoding.UTF8.GetBytes(value, utf8)));
    }

    public override void Text(ReadOnlySpan<byte> utf8) => _ = raw.sqlite3_bind_text(statement, ++column, utf8);

    public override void Bool(bool? value) { if (value is { } v) _ = raw.sqlite3_bind_int(statement, ++column, v ? 1 : 0); else Null(); }
    public override void Double(double? value) { if (value is { } v) _ = raw.sqlite3_bind_double(statement, ++column, v); else Null(); }
    public override void Json(string? value) => Text(value);
    public override void Json(ReadOnlySpan<byte> utf8) => Text(utf8);
    public override void Bytes(byte[]? value) { if (value is not null) _ = raw.sqlite3_bind_blob(statement, ++column, value); else Null(); }

    private void Null() => column++;                                   // what is not bound is null
}
