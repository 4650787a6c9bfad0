using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Transfer;

namespace Winnow.Bench;

/// <summary>Import of new contacts, history and indexes included, against the database's own fastest way to take the same rows
/// into a table without an index: psql \copy on PostgreSQL, prepared inserts on SQLite. Rounds alternate.</summary>
public static class ImportBench
{
    private static readonly string[] Columns = ["email", "firstname", "lastname", "company", "jobtitle", "city", "country", "lifecyclestage", "phone", "zip"];

    /// <summary>Contacts a second of the product and of the limit, and their ratio: the median of the rounds.</summary>
    public static async Task<(double Product, double Limit, double Ratio)> Run(string connection, int rows, int rounds = 3)
    {
        await using var services = new ServiceCollection().AddLogging(l => l.AddConsole().SetMinimumLevel(LogLevel.Warning)).AddWinnow(connection).BuildServiceProvider();
        var db = services.GetRequiredService<Db>();
        await db.Migrate();
        var csv = Csv(rows);
        var measured = new List<(double Product, double Limit)>();
        await Import(services, 99, Csv(2_000));                        // warm-up
        for (var round = 0; round < rounds; round++)
        {
            var limit = db.Dialect == Dialect.Postgres ? await PsqlCopy(connection, csv) : await PreparedInserts(csv);
            var product = await Import(services, 100 + round, csv);
            Console.WriteLine($"  round {round + 1}: import {product:N2} s, limit {limit:N2} s, ratio {limit / product:N3}");
            measured.Add((product, limit));
        }
        var middle = measured.OrderBy(m => m.Limit / m.Product).ElementAt(rounds / 2);
        return (rows / middle.Product, rows / middle.Limit, middle.Limit / middle.Product);
    }

    private static async Task<double> Import(ServiceProvider services, long accountId, byte[] csv)
    {
        var imports = services.GetRequiredService<Imports>();
        var (id, error) = await imports.Upload(accountId, "bench.csv", new MemoryStream(csv), 1, default);
        if (error is not null) throw new InvalidOperationException(error);
        var columns = (await imports.Preview((await imports.Find(accountId, id!.Value))!, default)).Columns;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var (watch, allocated) = (Stopwatch.StartNew(), GC.GetTotalAllocatedBytes());
        var (job, fault) = await imports.Start(accountId, id.Value, "bench", columns, true, null, 1, default);
        if (fault is not null) throw new InvalidOperationException(fault);
        await services.GetRequiredService<JobRunner>().RunOpenJobs();
        var seconds = watch.Elapsed.TotalSeconds;
        if (Environment.GetEnvironmentVariable("BENCH_CPU") is not null)
            Console.WriteLine($"    cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds:N2} s, allocated {(GC.GetTotalAllocatedBytes() - allocated) >> 20} MB");
        var state = (await services.GetRequiredService<JobQueue>().Find(accountId, job!.Value))!.ResultAs<ImportState>()!;
        if (state.Rejected + state.Duplicates > 0) throw new InvalidOperationException($"{state}");
        return seconds;
    }

    private static async Task<double> PsqlCopy(string connection, byte[] csv)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, csv);
        var target = new NpgsqlConnectionStringBuilder(connection);
        await using var source = NpgsqlDataSource.Create(connection);
        await using (var create = source.CreateCommand($"drop table if exists bench_copy; create table bench_copy ({string.Join(", ", Columns.Select(c => c + " text"))}); checkpoint")) await create.ExecuteNonQueryAsync();
        var watch = Stopwatch.StartNew();
        using var psql = Process.Start(new ProcessStartInfo("psql", ["-q", "-h", target.Host!, "-p", target.Port.ToString(CultureInfo.InvariantCulture), "-U", target.Username!, "-d", target.Database!,
            "-c", $"\\copy bench_copy from '{file}' csv header"]))!;
        await psql.WaitForExitAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        if (psql.ExitCode != 0) throw new InvalidOperationException("psql \\copy failed");
        File.Delete(file);
        return seconds;
    }

    private static async Task<double> PreparedInserts(byte[] csv)
    {
        var rows = new CsvRows(new MemoryStream(csv), new("utf-8", ',', 0), 0, 0);
        var all = new List<string[]>();
        await rows.Next(default);
        while (await rows.Next(default) is { } row) all.Add(row.Cells);
        var file = Path.Combine(Path.GetTempPath(), $"winnow-bench-{Environment.ProcessId}.db");
        File.Delete(file);
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"pragma journal_mode = wal; create table bench_copy ({string.Join(", ", Columns.Select(c => c + " text"))})";
        await command.ExecuteNonQueryAsync();
        var watch = Stopwatch.StartNew();
        await using var transaction = connection.BeginTransaction();
        command.Transaction = transaction;
        command.CommandText = $"insert into bench_copy values ({string.Join(", ", Columns.Select(c => "@" + c))})";
        var parameters = Columns.Select(c => command.Parameters.Add("@" + c, SqliteType.Text)).ToArray();
        await command.PrepareAsync();
        foreach (var row in all)
        {
            for (var i = 0; i < row.Length; i++) parameters[i].Value = row[i];
            await command.ExecuteNonQueryAsync();
        }
        await transaction.CommitAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        await connection.CloseAsync();
        foreach (var made in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(file) + "*")) File.Delete(made);
        return seconds;
    }

    private static byte[] Csv(int rows)
    {
        string[] firsts = ["Ann", "Bob", "Eva", "Olivia", "Bram", "Priya", "Hannah", "Claire"], lasts = ["Visser", "de Wit", "Nair", "Schulz", "Dumont", "Rinaldi", "Keller"],
            cities = ["Utrecht", "Delft", "Gent", "Leiden", "Köln", "Lyon", "Gouda"], stages = ["subscriber", "lead", "customer", "opportunity"], titles = ["Gardener", "Owner", "Buyer", "Florist"];
        var text = new StringBuilder(string.Join(',', Columns)).Append('\n');
        var random = new Random(7);
        for (var i = 0; i < rows; i++)
        {
            var (first, last) = (firsts[random.Next(firsts.Length)], lasts[random.Next(lasts.Length)]);
            text.Append(CultureInfo.InvariantCulture, $"{first.ToLowerInvariant()}.{random.Next():x}{i}@company{random.Next(20_000)}.example,{first},{last},Company {random.Next(20_000)},{titles[random.Next(4)]},")
                .Append(CultureInfo.InvariantCulture, $"{cities[random.Next(cities.Length)]},Netherlands,{stages[random.Next(4)]},+31 6 {random.Next(10_000_000, 99_999_999)},{random.Next(1000, 9999)} AB\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
