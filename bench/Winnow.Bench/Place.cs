using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Winnow.Data;

namespace Winnow.Bench;

/// <summary>An empty database and the product on it. PostgreSQL is WINNOW_TEST_POSTGRES, or one started on loopback from
/// Debian's package and thrown away.</summary>
public sealed class Place : IAsyncDisposable
{
    /// <summary>The account that is measured.</summary>
    public const long Account = 1;

    private readonly string folder;
    private readonly Action stop;
    private readonly ServiceProvider services;

    private Place(string kind, string connection, string folder, Action stop)
    {
        (Kind, Connection, this.folder, this.stop) = (kind, connection, folder, stop);
        services = new ServiceCollection().AddLogging(l => l.AddConsole().SetMinimumLevel(LogLevel.Warning)).AddWinnow(connection).BuildServiceProvider();
    }

    /// <summary>sqlite or postgres.</summary>
    public string Kind { get; }

    /// <summary>What the product is opened with.</summary>
    public string Connection { get; }

    /// <summary>The product's database.</summary>
    public Db Db => Get<Db>();

    /// <summary>Starts what is needed.</summary>
    public static async Task<Place> Open(string kind)
    {
        var folder = Directory.CreateTempSubdirectory("winnow-bench-").FullName;
        var place = kind == "sqlite"
            ? new Place(kind, $"Data Source={folder}/bench.db;Default Timeout=600", folder, () => { })
            : await Postgres(folder);
        await place.Db.Migrate();
        return place;
    }

    /// <summary>A part of the product.</summary>
    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>Runs a statement of the bench itself.</summary>
    public Task Execute(string sql, object? args = null) => Db.Write(tx => tx.Execute(Statement.Built("bench", sql), args));

    /// <summary>Asks for one value.</summary>
    public Task<T> Scalar<T>(string sql, object? args = null) => Db.Read(tx => tx.Single<T>(Statement.Built("bench", sql), args));

    /// <summary>A free port on loopback.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it printed.</exception>
    public static async Task<string> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await output}{await error}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        stop();
        Directory.Delete(folder, true);
    }

    private static async Task<Place> Postgres(string folder)
    {
        if (Environment.GetEnvironmentVariable("WINNOW_TEST_POSTGRES") is { } given)
        {
            var name = $"winnow_bench_{Guid.NewGuid():N}";
            await Sql(given, $"create database {name}");
            return new("postgres", new NpgsqlConnectionStringBuilder(given) { Database = name, CommandTimeout = 600 }.ConnectionString, folder,
                () => Sql(given, $"drop database {name} with (force)").GetAwaiter().GetResult());
        }
        var bin = Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin";
        var (port, data) = (FreePort(), $"{folder}/pg");
        string[] As(params string[] command) => Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. command] : command;
        async Task Tool(params string[] command) => await Run(As(command)[0], As(command)[1..]);
        await Run("chmod", "777", folder);
        await Tool($"{bin}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8");
        await Run("sh", "-c", $"{string.Join(' ', As($"{bin}/pg_ctl", "-D", data, "-w", "-l", $"{folder}/pg.log", "-o", $"'-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c shared_buffers=2GB -c max_wal_size=8GB'", "start"))} >/dev/null 2>&1");
        return new("postgres", $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Command Timeout=600", folder,
            () => Tool($"{bin}/pg_ctl", "-D", data, "-m", "immediate", "stop").GetAwaiter().GetResult());
    }

    private static async Task Sql(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
