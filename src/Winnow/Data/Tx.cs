using System.Data.Common;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace Winnow.Data;

/// <summary>A connection, in a transaction unless it only reads. Arguments are the properties of an object or a
/// <see cref="Dictionary{TKey,TValue}"/> of names to values; <c>in @ids</c> takes an array.</summary>
/// <param name="patience">How long a statement may take, in seconds; null for the driver's 30, 0 for any time.</param>
public sealed partial class Tx(Dialect dialect, DbConnection connection, DbTransaction? transaction, CancellationToken stop, int? patience = null)
{
    private readonly List<Func<Task>> last = [];

    /// <summary>Cancelled when the caller no longer waits.</summary>
    public CancellationToken Stop { get; } = stop;

    /// <summary>Writes something when all else of the transaction is written, just before the commit: for what many transactions lock, so that none
    /// holds it while it waits for another lock.</summary>
    public void AtTheEnd(Func<Task> write) => last.Add(write);

    /// <summary>Lets the commit answer before it is on disk: a crash may take the transaction back, whole and with all that came after it. For the steps of a
    /// job that tells nobody outside before its end, and goes on from the last step that is on disk.</summary>
    public Task CommitSoon() => Execute(Soon);

    private static readonly Statement Soon = new("commit soon", d => d == Dialect.Postgres ? "set local synchronous_commit = off" : "select 1");

    internal async Task WriteTheEnd()
    {
        foreach (var write in last) await write();
    }

    /// <summary>All rows.</summary>
    public async Task<List<T>> Query<T>(Statement sql, object? args = null) => (await connection.QueryAsync<T>(Command(sql, args))).AsList();

    /// <summary>The one row.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one.</exception>
    public Task<T> Single<T>(Statement sql, object? args = null) => connection.QuerySingleAsync<T>(Command(sql, args));

    /// <summary>The one row, or the default when there is none.</summary>
    public Task<T?> SingleOrNone<T>(Statement sql, object? args = null) => connection.QuerySingleOrDefaultAsync<T>(Command(sql, args));

    /// <summary>Runs the statement and tells how many rows it wrote.</summary>
    public Task<int> Execute(Statement sql, object? args = null) => connection.ExecuteAsync(Command(sql, args));

    /// <summary>Rows one by one, for passes over more than memory should hold. Dispose it before the next statement.</summary>
    public Task<DbDataReader> Reader(Statement sql, object? args = null) => connection.ExecuteReaderAsync(Command(sql, args));

    /// <summary>Inserts many rows the fastest way the database has: binary COPY, or one prepared statement.</summary>
    /// <returns>The number of rows.</returns>
    public Task<long> Bulk<T>(BulkTable table, IEnumerable<T> rows, Action<BulkRow, T> write) => connection is NpgsqlConnection postgres
        ? PostgresBulk.Insert(postgres, table, rows, write, Stop)
        : Task.FromResult(SqliteBulk.Insert((Microsoft.Data.Sqlite.SqliteConnection)connection, table, rows, write));

    /// <summary>Asks the database to check a statement without running it; tests do this for every one.</summary>
    public async Task Prepare(Statement sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql.For(dialect), transaction);
        foreach (var name in Parameter().Matches(command.CommandText).Select(m => m.Groups[1].Value).Distinct())
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, DBNull.Value);
            if (parameter is NpgsqlParameter p) p.NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown;
            command.Parameters.Add(parameter);
        }
        await command.PrepareAsync(Stop);
    }

    private CommandDefinition Command(Statement sql, object? args) => new(sql.For(dialect), dialect == Dialect.Sqlite ? JsonArrays.In(args) : args, transaction, patience, cancellationToken: Stop);

    [GeneratedRegex(@"(?<![@\w])@(\w+)")]
    private static partial Regex Parameter();
}
