using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>A full disk and a killed command: nothing is half applied, and the work goes on.</summary>
public sealed class BadLuckTests
{
    private const int Rows = 20_000;

    [Fact]
    public async Task On_a_full_disk_uploads_are_refused_and_imports_and_exports_wait_for_room_and_go_on_where_they_were()
    {
        await using var app = await TestApp.On("sqlite");
        await ImportOnFullDisk(app, pages => Room(app, (int?)pages), 40, 300);
        Assert.Equal(0L, await app.Scalar<long>("select count(*) from contact_history where account_id = 1"));
        Assert.Equal(Rows, (await app.Members((await app.Db.Read(async tx => await app.Get<ListStore>().FindByName(tx, 1, "People")))!)).Count());

        var (exports, everyone) = (app.Get<ExportContacts>(), new SelectionQuery(null));
        var receipt = (await exports.Freeze(1, everyone, TimeZoneInfo.Utc, 1)).Receipt!;
        var export = (await exports.Confirm(1, receipt.SelectionId, new([], ','), everyone, TimeZoneInfo.Utc, "All", "Export", "all.csv", 1)).JobId!.Value;
        await Room(app, 20);
        await app.RunJobs();
        Assert.Equal((null, JobRunner.NoRoom), ((await app.Get<JobQueue>().Find(1, export))!.Outcome, (await app.Get<JobQueue>().Find(1, export))!.Error));
        Assert.Null(await app.Get<ExportFiles>().Download(1, export, 1));
        await Room(app, null);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.RunJobs();
        using var text = new StreamReader(app.Get<Files>().Open((await app.Get<ExportFiles>().Download(1, export, 1))!));
        Assert.Equal(Enumerable.Range(0, Rows).Select(n => $"c{n}@example.test").Order(StringComparer.Ordinal), (await text.ReadToEndAsync()).TrimEnd().Split("\r\n").Skip(1).Select(line => line.Split(',')[1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task On_a_full_disk_of_PostgreSQL_an_upload_is_refused_and_an_import_waits_for_room_and_goes_on_where_it_was()
    {
        Assert.SkipWhen(TestDatabase.Postgres is null && Environment.GetEnvironmentVariable("CI") is null, "WINNOW_TEST_POSTGRES is not set");
        await using var disk = new TinyDisk();
        await using var app = await TestApp.On("postgres");
        await disk.Hold(app);
        await ImportOnFullDisk(app, bytes => disk.Room(app, bytes), 200_000, 4_000_000);
    }

    [Theory, Databases]
    public async Task An_import_whose_command_was_killed_goes_on_when_the_command_is_given_again(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var db = app.Services.GetRequiredService<Db>();
        var folder = Directory.CreateTempSubdirectory("winnow-killed");
        try
        {
            var file = Path.Combine(folder.FullName, "people.csv");
            await using (var csv = File.Create(file)) await Csv(60_000).CopyToAsync(csv);
            string[] command = ["import", file, "--list", "Fair", "--database", app.Connection];
            using (var killed = Start(command))
            {
                await Until.Holds("some rows are imported", async () => await Contacts() > 0 || killed.HasExited, () => "");
                killed.Kill();
                await killed.WaitForExitAsync();
            }
            Assert.InRange(await Contacts(), 1, 59_999);                              // else the kill tells nothing
            await db.Write(tx => tx.Execute(Statement.Built("test", "update jobs set lease_until = 0 where account_id = 1 and outcome is null")));      // some seconds later

            using var again = Start([.. command, "--json"]);
            var said = await again.StandardOutput.ReadToEndAsync();
            await again.WaitForExitAsync();
            Assert.True(again.ExitCode == 0, said);
            Assert.Equal((60_000, 0), (JsonDocument.Parse(said).RootElement.GetProperty("created").GetInt32(), JsonDocument.Parse(said).RootElement.GetProperty("unchanged").GetInt32()));
            Assert.Equal((60_000L, 1L, 0L), (await Contacts(), await Count("jobs where account_id = 1 and kind = 'ImportContacts'"), await Count("contact_history where account_id = 1")));
        }
        finally { folder.Delete(recursive: true); }

        Task<long> Contacts() => Count("contacts where account_id = 1");
        Task<long> Count(string what) => db.Read(tx => tx.Single<long>(Statement.Built("test", $"select count(*) from {what}")));
    }

    /// <summary>An upload that finds no room, then an import that has too little, for longer than a job that fails is tried again, and then enough.</summary>
    /// <param name="room">Leaves so much room more; null for all that comes.</param>
    private static async Task ImportOnFullDisk(TestApp app, Func<long?, Task> room, long none, long little)
    {
        var imports = app.Get<Imports>();
        await room(none);
        Assert.Equal((null, "There is no room for the file: the disk of Winnow is full. Nothing was imported. Tell who runs it, and upload the file again later."), await imports.Upload(1, "people.csv", Csv(), 1, default));
        Assert.Equal((0L, 0L), (await app.Scalar<long>("select count(*) from files"), await app.Scalar<long>("select count(*) from file_pieces")));

        await room(null);
        var (id, _) = await imports.Upload(1, "people.csv", Csv(), 1, default);
        var import = (await imports.Start(1, id!.Value, "People", (await imports.Preview((await imports.Find(1, id.Value))!, default)).Columns, false, "People", 1, default)).JobId!.Value;
        await room(little);
        for (var time = 0; time < 8; time++)
        {
            await app.RunJobs();
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            var waiting = (await app.Get<JobQueue>().Find(1, import))!;
            Assert.Equal((null, JobRunner.NoRoom), (waiting.Outcome, waiting.Error));
            Assert.InRange(waiting.Done, 0, Rows - 1);
            Assert.Equal(waiting.Done, await app.Scalar<long>("select count(*) from contacts where account_id = 1"));
        }
        await room(null);
        await app.RunJobs();
        var imported = (await app.Get<JobQueue>().Find(1, import))!;
        Assert.Equal(("done", (long)Rows, (long)Rows), (imported.Outcome, imported.ResultAs<ImportState>()!.Created, await app.Scalar<long>("select count(*) from contacts where account_id = 1")));
        Assert.Empty(await app.Differences());
    }

    private static Process Start(string[] command) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Winnow.Server.dll"), .. command]) { RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() })!;

    private static MemoryStream Csv(int rows = Rows) => new(Encoding.UTF8.GetBytes("Email,First Name,City\n" + string.Concat(Enumerable.Range(0, rows).Select(n => $"c{n}@example.test,Name of {n},Utrecht\n"))));

    /// <summary>Lets the database grow by so many pages and no further; null: without a limit.</summary>
    private static async Task Room(TestApp app, int? pages)
    {
        var most = pages is null ? 1_000_000_000 : await app.Scalar<long>("pragma page_count") + pages;
        await app.Db.Write(tx => tx.Single<long>(Statement.Built("room", $"pragma max_page_count = {most}")));
    }
}
