using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using Winnow.Jobs;
using Winnow.Transfer;

namespace Winnow.Bench;

/// <summary>Import of new contacts, history and indexes included, and of the same again, half of them changed, against the database's own fastest way to
/// take the same rows into a table without an index: psql \copy on PostgreSQL, prepared inserts on SQLite. Rounds alternate.</summary>
public static class ImportBench
{
    /// <summary>What a real list looks like: ten built-in and ten of the account's own properties, some 400 bytes a row.</summary>
    private static readonly string[] Columns = ["email", "firstname", "lastname", "company", "jobtitle", "city", "country", "lifecyclestage", "phone", "zip", .. Enumerable.Range(1, 10).Select(i => $"custom_{i}")];

    /// <summary>Up to three rounds of each, in turns, each into an account of its own.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        using var files = new TemporaryFiles();
        var (few, csv, changed) = (files.New(), files.New(), files.New());
        await Csv(few, 2_000, 0);
        await Csv(csv, rows, 0);
        await Csv(changed, rows, 2);
        foreach (var file in new[] { few, few }) await Import(place, 99, file);                  // the first run compiles
        List<double> ours = [], limit = [], same = [], again = [];
        var memory = 0L;
        for (var round = 0; round < (rows > 300_000 ? 1 : 3); round++)
        {
            limit.Add(rows / (place.Kind == "postgres" ? await PsqlCopy(place.Connection, csv) : await PreparedInserts(files.New(), csv)));
            var account = 100 + round;
            var watched = await Figure.Watched(async () =>
            {
                ours.Add(rows / await Import(place, account, csv));
                if (place.Kind == "postgres") same.Add(rows / await SameRows(place, account));
                again.Add(rows / await Import(place, account, changed));
            });
            memory = Math.Max(memory, watched.Memory);
        }
        return
        [
            Figure.Rate($"import of {rows:N0} new contacts", Figure.Median(ours), Figure.Median(limit), "contacts/s", place.Kind == "postgres" ? 0.35 : 0.25),
            Figure.Rate($"import of {rows:N0} that are there, half of them changed", Figure.Median(again), Figure.Median(limit), "contacts/s", place.Kind == "postgres" ? 0.2 : 0.25),
            Figure.Within("the most memory of the process during both", memory >> 20, 300, "MiB"),
            .. same.Count == 0 ? (Figure[])[] : [Figure.Rate("the first import against one statement that stores its rows again, indexes included", Figure.Median(ours), Figure.Median(same), "contacts/s", 0.5)],
        ];
    }

    /// <summary>What the server needs at the least for these rows with these indexes: nothing is read, checked or sent.</summary>
    private static async Task<double> SameRows(Place place, long accountId)
    {
        await place.Execute("create table bench_same (like contacts including all)");
        var seconds = await Figure.Seconds(() => place.Execute("insert into bench_same select * from contacts where account_id = @accountId", new { accountId }));
        await place.Execute("drop table bench_same");
        return seconds;
    }

    /// <summary>Seconds to import a file of <see cref="Csv"/>.</summary>
    public static async Task<double> Import(Place place, long accountId, string csv)
    {
        await place.Db.Write(async tx =>
        {
            var known = await place.Get<Winnow.Contacts.Properties>().Catalog(tx, accountId);
            foreach (var name in Columns.Where(c => known.Find(c) is null))
                await place.Get<Winnow.Contacts.Properties>().Create(tx, accountId, new(name, name, name is "custom_3" or "custom_7" ? "number" : "text", "", []));
        });
        await using var file = File.OpenRead(csv);
        return await Run(place, accountId, file, () => Task.CompletedTask);
    }

    /// <summary>Seconds to import a file whose columns are known, and what comes after it.</summary>
    public static async Task<double> Run(Place place, long accountId, Stream csv, Func<Task> after)
    {
        var imports = place.Get<Imports>();
        var (id, error) = await imports.Upload(accountId, "bench.csv", csv, 1, default);
        if (error is not null) throw new InvalidOperationException(error);
        var columns = (await imports.Preview((await imports.Find(accountId, id!.Value))!, default)).Columns;
        var (job, fault) = await imports.Start(accountId, id.Value, "bench", columns, true, null, 1, default);
        if (fault is not null) throw new InvalidOperationException(fault);
        var seconds = await Figure.Seconds(async () =>
        {
            await place.Get<JobRunner>().RunOpenJobs();
            await after();
        });
        var state = (await place.Get<JobQueue>().Find(accountId, job!.Value))!.ResultAs<ImportState>()!;
        if (state.Rejected + state.Duplicates > 0) throw new InvalidOperationException($"{state}");
        return seconds;
    }

    private static async Task<double> PsqlCopy(string connection, string file)
    {
        var target = new NpgsqlConnectionStringBuilder(connection);
        await using var source = NpgsqlDataSource.Create(connection);
        await using (var create = source.CreateCommand($"create table bench_copy ({string.Join(", ", Columns.Select(c => c + " text"))}); checkpoint")) await create.ExecuteNonQueryAsync();
        var watch = Stopwatch.StartNew();
        using var psql = Process.Start(new ProcessStartInfo("psql", ["-q", "-h", target.Host!, "-p", target.Port.ToString(CultureInfo.InvariantCulture), "-U", target.Username!, "-d", target.Database!,
            "-c", $"\\copy bench_copy from '{file}' csv header"]))!;
        await psql.WaitForExitAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        if (psql.ExitCode != 0) throw new InvalidOperationException("psql \\copy failed");
        await using var drop = source.CreateCommand("drop table bench_copy");         // no table of the product: a backup that is measured later refuses it
        await drop.ExecuteNonQueryAsync();
        return seconds;
    }

    private static async Task<double> PreparedInserts(string file, string csv)
    {
        var rows = new CsvRows(File.OpenRead(csv), new("utf-8", ',', 0), 0, 0);
        await rows.Next(default);
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
        while (await rows.Next(default) is { } row)                    // reading a row takes a small part of storing it
        {
            for (var i = 0; i < row.Cells.Length; i++) parameters[i].Value = row.Cells[i];
            await command.ExecuteNonQueryAsync();
        }
        await transaction.CommitAsync();
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Writes a file of contacts.</summary>
    /// <param name="oneIn">Every so many rows have another company than without it; 0 for none.</param>
    public static async Task Csv(string file, int rows, int oneIn)
    {
        string[] firsts = ["Ann", "Bob", "Eva", "Olivia", "Bram", "Priya", "Hannah", "Claire"], lasts = ["Visser", "de Wit", "Nair", "Schulz", "Dumont", "Rinaldi", "Keller"],
            cities = ["Utrecht", "Delft", "Gent", "Leiden", "Köln", "Lyon", "Gouda"], stages = ["subscriber", "lead", "customer", "opportunity"], titles = ["Gardener", "Owner", "Buyer", "Florist"];
        await using var to = new StreamWriter(file);
        await to.WriteAsync(string.Join(',', Columns) + "\n");
        var random = new Random(7);
        for (var i = 0; i < rows; i++)
        {
            var (text, first, last, other) = (new StringBuilder(), firsts[random.Next(firsts.Length)], lasts[random.Next(lasts.Length)], oneIn > 0 && i % oneIn == 0 ? " & Sons" : "");
            text.Append(CultureInfo.InvariantCulture, $"{first.ToLowerInvariant()}.{random.Next():x}{i}@company{random.Next(20_000)}.example,{first},{last},Company {random.Next(20_000)}{other},{titles[random.Next(4)]},")
                .Append(CultureInfo.InvariantCulture, $"{cities[random.Next(cities.Length)]},Netherlands,{stages[random.Next(4)]},+31 6 {random.Next(10_000_000, 99_999_999)},{random.Next(1000, 9999)} AB");
            for (var c = 1; c <= 10; c++) text.Append(c is 3 or 7 ? $",{random.Next(100_000)}" : $",value {random.Next(1_000_000)} of property {c} here");
            await to.WriteAsync(text.Append('\n'));
        }
    }

    /// <summary>Files that go with what SQLite puts beside them.</summary>
    private sealed class TemporaryFiles : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("winnow-bench");
        private int count;

        public string New() => Path.Combine(folder.FullName, $"{count++}");

        public void Dispose() => folder.Delete(true);
    }
}
