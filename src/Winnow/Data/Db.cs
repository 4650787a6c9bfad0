using System.Data.Common;
using System.Diagnostics.Metrics;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Winnow.Data;

/// <summary>The database. SQL runs only inside a <see cref="Tx"/>: a method that takes a Tx joins its caller's
/// transaction, a method that takes a Db owns one.</summary>
public sealed class Db : IAsyncDisposable
{
    /// <summary>The name of the meter whose counter <c>winnow.db.errors</c> counts statements and transactions that failed.</summary>
    public const string Meter = "Winnow.Data";

    private static readonly Counter<long> Errors = new Meter(Meter).CreateCounter<long>("winnow.db.errors", description: "Reads and writes that the database refused or did not answer.");

    /// <summary>What the connection string says wins. The buffers are eight times the driver's own: files and many contacts come and go with an eighth of the calls into the kernel. And the
    /// server compiles no statement: it does so by the cost it guesses, before each run, and that took longer than it saved in all that was measured (decision 101).</summary>
    private const string Usual = "Read Buffer Size=65536;Write Buffer Size=65536;Options=-c jit=off;";

    /// <summary>The one writer keeps what a transaction changes, up to 32 MB of pages, until it writes them, once. A reader's pages are good until the next commit, so it keeps few. No file is
    /// mapped: its pages would count as memory of each connection that reads them, as much as the file is long; the system keeps them all the same.</summary>
    private const string Settings = "pragma wal_autocheckpoint = 8192; pragma temp_store = memory; pragma mmap_size = 0; ", ForWriting = Settings + "pragma cache_size = -32768", ForReading = Settings + "pragma cache_size = -8192";
    private readonly DbDataSource writing, reading;   // on SQLite two pools: one connection writes, and no other keeps a writer's pages when it is put by
    private readonly SemaphoreSlim? oneWriter;        // SQLite allows one writer; queue here instead of failing there

    static Db() => Mapping.Register();

    private Db(Dialect dialect, DbDataSource writing, DbDataSource reading)
    {
        (Dialect, this.writing, this.reading) = (dialect, writing, reading);
        oneWriter = dialect == Dialect.Sqlite ? new(1) : null;
    }

    /// <summary>Which of the two databases this is.</summary>
    public Dialect Dialect { get; }

    /// <summary>Opens PostgreSQL for a connection string that begins with <c>Host=</c>, else an SQLite file
    /// (<c>Data Source=…</c>), made with its folder when it is not there.</summary>
    public static Db Open(string connection)
    {
        if (!connection.StartsWith("Host=", StringComparison.OrdinalIgnoreCase)) return new(Dialect.Sqlite, SqliteFile(connection, SqliteOpenMode.ReadWriteCreate), SqliteFile(connection, SqliteOpenMode.ReadOnly));
        var source = NpgsqlDataSource.Create(Usual + connection);
        return new(Dialect.Postgres, source, source);
    }

    /// <summary>Runs work in one transaction and commits; an exception rolls all of it back.</summary>
    public Task<T> Write<T>(Func<Tx, Task<T>> work, CancellationToken stop = default) => Transact(work, null, stop);

    private async Task<T> Transact<T>(Func<Tx, Task<T>> work, int? patience, CancellationToken stop)
    {
        if (oneWriter is not null) await oneWriter.WaitAsync(stop);
        try
        {
            await using var connection = await Connect(stop, writes: true);
            await using var transaction = await connection.BeginTransactionAsync(stop);
            var tx = new Tx(Dialect, connection, transaction, stop, patience);
            var result = await work(tx);
            await tx.WriteTheEnd();
            await transaction.CommitAsync(stop);
            return result;
        }
        catch (DbException) when (Count()) { throw; }
        finally { oneWriter?.Release(); }
    }

    /// <inheritdoc cref="Write{T}"/>
    public Task Write(Func<Tx, Task> work, CancellationToken stop = default) =>
        Write(async tx => { await work(tx); return 0; }, stop);

    /// <summary>Runs statements that only read. Each sees what was committed when it began.</summary>
    public async Task<T> Read<T>(Func<Tx, Task<T>> work, CancellationToken stop = default)
    {
        try
        {
            await using var connection = await Connect(stop);
            return await work(new Tx(Dialect, connection, null, stop));
        }
        catch (DbException) when (Count()) { throw; }
    }

    /// <summary>Runs statements that only read, all of them as of one moment, for as long as it takes: writers go on beside it.</summary>
    public async Task<T> Snapshot<T>(Func<Tx, Task<T>> work, CancellationToken stop = default)
    {
        await using var connection = await Connect(stop);
        await using var transaction = connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: true)
            : await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, stop);
        return await work(new Tx(Dialect, connection, transaction, stop, patience: 0));
    }

    /// <summary>As <see cref="Write{T}"/>, for statements that may take any time.</summary>
    internal Task<T> WriteLong<T>(Func<Tx, Task<T>> work, CancellationToken stop) => Transact(work, 0, stop);

    /// <summary>Whether writers wait while an index is made.</summary>
    public bool WritersWaitForIndexes => oneWriter is not null;

    /// <summary>Runs what no transaction may be around. On SQLite no other writer of this process is at work meanwhile.</summary>
    internal async Task Outside(Func<DbConnection, Dialect, Task> work, CancellationToken stop)
    {
        if (oneWriter is not null) await oneWriter.WaitAsync(stop);
        try
        {
            await using var connection = await Connect(stop, writes: true);
            await work(connection, Dialect);
        }
        catch (DbException) when (Count()) { throw; }
        finally { oneWriter?.Release(); }
    }

    /// <summary>Applies the numbered migrations that this database lacks. Two processes may start at once: the second waits.</summary>
    public Task Migrate(CancellationToken stop = default) => Migrate(null, stop);

    /// <inheritdoc cref="Migrate(CancellationToken)"/>
    /// <param name="only">Just these; null for all.</param>
    public async Task Migrate(IReadOnlyCollection<string>? only, CancellationToken stop = default)
    {
        if (Dialect == Dialect.Sqlite)
        {
            await using var connection = await Connect(stop, writes: true);
            await connection.ExecuteAsync("pragma page_size = 8192; pragma journal_mode = wal");
        }
        await Write(tx => Migrations.Apply(tx, only), stop);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Dialect == Dialect.Sqlite)
        {
            foreach (var source in new[] { reading, writing })
            {
                await using var own = (SqliteConnection)source.CreateConnection();
                SqliteConnection.ClearPool(own);                        // and no other: a process may have several databases open
            }
        }
        await reading.DisposeAsync();
        await writing.DisposeAsync();
    }

    private async Task<DbConnection> Connect(CancellationToken stop, bool writes = false)
    {
        var connection = await (writes ? writing : reading).OpenConnectionAsync(stop);
        if (connection is SqliteConnection) await connection.ExecuteAsync(writes ? ForWriting : ForReading);
        return connection;
    }

    private static bool Count()
    {
        Errors.Add(1);
        return false;                               // nothing is caught
    }

    /// <summary>Whether something failed because a disk is full, that of the database or our own.</summary>
    public static bool DiskIsFull(Exception e) => e is SqliteException { SqliteErrorCode: 13 } or PostgresException { SqlState: PostgresErrorCodes.DiskFull } or IOException { HResult: 28 or unchecked((int)0x80070070) };

    private static DbDataSource SqliteFile(string connection, SqliteOpenMode mode)
    {
        var builder = new SqliteConnectionStringBuilder(connection) { Mode = mode };
        if (Path.GetDirectoryName(Path.GetFullPath(builder.DataSource)) is { } folder) Directory.CreateDirectory(folder);
        return SqliteFactory.Instance.CreateDataSource(builder.ConnectionString);
    }
}
