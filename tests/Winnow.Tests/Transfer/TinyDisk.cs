using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>A disk that fills, below the tables of a PostgreSQL database: a tmpfs whose size is set, as a tablespace. Where nothing can be mounted (no root, a container without
/// the right, a server elsewhere) the server itself is told to answer as it does on a full disk, and the test says so in a warning.</summary>
internal sealed class TinyDisk : IAsyncDisposable
{
    private const string Full = "create or replace function no_room() returns trigger language plpgsql as $f$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $f$";
    private static readonly string[] Filling = ["contacts", "file_pieces"];
    private readonly string name = $"tiny_{Guid.NewGuid():N}", folder;
    private bool isMounted, isTablespace;

    /// <summary>Nothing yet. Declare it before the app: it goes when the database is gone.</summary>
    public TinyDisk() => folder = Path.Combine(Path.GetTempPath(), name);

    /// <summary>Whether it is a disk; else the server pretends.</summary>
    public bool IsReal => isTablespace;

    /// <summary>Moves all tables and indexes of the app onto it.</summary>
    public async Task Hold(TestApp app)
    {
        if (await Mount(await app.Scalar<string>("select current_setting('data_directory')")))
            try
            {
                await Run(app, $"create tablespace {name} location '{folder}/data'");
                isTablespace = true;
                foreach (var kind in new[] { "table", "index" }) await Run(app, $"alter {kind} all in tablespace pg_default set tablespace {name}");
                return;
            }
            catch (PostgresException e) when (!isTablespace) { TestContext.Current.AddWarning($"PostgreSQL takes no tablespace here ({e.MessageText})"); }
        TestContext.Current.AddWarning("No disk could be mounted: PostgreSQL is told to say that it is full");
        await Run(app, Full);
    }

    /// <summary>Leaves room for so many bytes more; null: for all that comes.</summary>
    public async Task Room(TestApp app, long? bytes)
    {
        if (!IsReal)
            foreach (var table in Filling)
                await Run(app, bytes is null ? $"drop trigger if exists no_room on {table}" : $"create trigger no_room before insert on {table} for each statement execute function no_room()");
        else
        {
            var disk = new DriveInfo(folder);
            if (!await Tool("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={(bytes is { } more ? disk.TotalSize - disk.TotalFreeSpace + more : 512L << 20)}"), folder)) throw new InvalidOperationException("The disk cannot be resized");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (isTablespace)
        {
            await using var source = NpgsqlDataSource.Create(TestDatabase.Postgres!);
            await using var drop = source.CreateCommand($"drop tablespace {name}");
            await drop.ExecuteNonQueryAsync();
        }
        if (isMounted) await Tool("umount", folder);
        if (Directory.Exists(folder)) Directory.Delete(folder, true);
    }

    /// <summary>A folder that the server may write, whose owner is that of its data.</summary>
    private async Task<bool> Mount(string dataOfServer)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !Directory.Exists(dataOfServer)) return false;
        Directory.CreateDirectory(folder);
        return (isMounted = await Tool("mount", "-t", "tmpfs", "-o", "size=512m,mode=755", "tmpfs", folder)) && await Tool("mkdir", $"{folder}/data") && await Tool("chown", $"--reference={dataOfServer}", $"{folder}/data");
    }

    private static Task Run(TestApp app, string sql) => app.Db.Read(tx => tx.Execute(Statement.Built("tiny disk", sql)));

    private static async Task<bool> Tool(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
