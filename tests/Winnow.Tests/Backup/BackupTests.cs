using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Backup;
using Winnow.Data;
using Winnow.Lists;
using Winnow.Server.Commands;

namespace Winnow.Tests;

/// <summary>Archives of a server that runs, with something in every table, restored into both databases.</summary>
public sealed class BackupTests
{
    private const long Planted = 77, Odd = 9_007_199_254_740_993;
    private static readonly string[] Told = ["audit_log", "ids"];                            // a restore writes a line in the record

    [Theory, Databases]
    public async Task An_installation_moves_to_the_other_database_and_back_row_by_row(string kind)
    {
        Assert.SkipWhen(TestDatabase.Postgres is null, "WINNOW_TEST_POSTGRES is not set");
        await using var here = await WebApp.On(kind);
        await here.SetUp();
        await OneOfEachKind.Make(here);
        await here.Services.GetRequiredService<Db>().Write(PlantInEveryTable);
        var (first, before) = await Write(here.Services.GetRequiredService<WriteArchive>(), null);
        Assert.All(before.Tables, table => Assert.True(table.Rows > 0, table.Table));

        await using var there = await TestApp.On(kind == "sqlite" ? "postgres" : "sqlite");
        Assert.Null((await there.Get<RestoreArchive>().Restore(first, false, false, _ => Task.CompletedTask)).Error);
        var (second, moved) = await Write(there.Get<WriteArchive>(), null);
        AssertSame(before, moved, Told);
        Assert.Empty(await there.Db.Read(tx => there.Get<CheckLists>().Differences(tx, 1)));
        Assert.Equal("Ann", await there.Scalar<string>("select subject from audit_log where account_id = 1 and action = 'ContactsExported' limit 1"));
        await there.Add(1, ["email=later@example.test"]);                                   // numbers go on behind those that came along

        await using var back = await TestApp.On(kind);
        Assert.Contains("accounts in this database already", (await there.Get<RestoreArchive>().Restore(second, false, false, _ => Task.CompletedTask)).Error, StringComparison.Ordinal);
        second.Position = 0;
        Assert.Null((await back.Get<RestoreArchive>().Restore(second, false, false, _ => Task.CompletedTask)).Error);
        AssertSame(moved, (await Write(back.Get<WriteArchive>(), null)).Sum, Told);
    }

    [Theory, Databases]
    public async Task An_account_comes_back_and_into_another_installation_beside_others(string kind)
    {
        await using var here = await WebApp.On(kind);
        await here.SetUp();
        await OneOfEachKind.Make(here);
        await here.Services.GetRequiredService<AccountStore>().CreateAnother(new("Other", "UTC", "en"), 1);
        var (backup, account) = (here.Services.GetRequiredService<WriteArchive>(), here.Services.GetRequiredService<RestoreAccount>());
        var (archive, before) = await Write(backup, 1);
        Assert.DoesNotContain(before.Tables, t => t.Table is "data_protection_keys" or "passkeys" or "one_time_links");
        var other = (await Write(backup, 2)).Sum;

        await here.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("lost", "delete from contacts where account_id = 1")));
        Assert.Contains("--replace", (await account.Restore(archive, RestoreAs.Itself, false, false, _ => Task.CompletedTask)).Error, StringComparison.Ordinal);
        archive.Position = 0;
        Assert.Null((await account.Restore(archive, RestoreAs.Replacement, false, false, _ => Task.CompletedTask)).Error);
        AssertSame(before, (await Write(backup, 1)).Sum, Told);
        AssertSame(other, (await Write(backup, 2)).Sum);

        archive.Position = 0;
        var copy = await account.Restore(archive, RestoreAs.New, false, false, _ => Task.CompletedTask);
        Assert.Equal((null, 3L), (copy.Error, copy.AccountId));
        Assert.Equal(before.Tables.Where(t => !Told.Contains(t.Table)).Select(t => (t.Table, t.Rows)), (await Write(backup, 3)).Sum.Tables.Where(t => !Told.Contains(t.Table)).Select(t => (t.Table, t.Rows)));

        // where user 1 is somebody else, and account 1 too
        await using var there = await WebApp.On(kind);
        await there.SetUp("zoe@elsewhere.example");
        var elsewhere = (await Write(there.Services.GetRequiredService<WriteArchive>(), 1)).Sum;
        archive.Position = 0;
        var moved = await there.Services.GetRequiredService<RestoreAccount>().Restore(archive, RestoreAs.New, false, true, _ => Task.CompletedTask);
        Assert.Equal((null, 2L, true), (moved.Error, moved.AccountId, moved.SecretsAreLost));
        AssertSame(elsewhere, (await Write(there.Services.GetRequiredService<WriteArchive>(), 1)).Sum);
        var db = there.Services.GetRequiredService<Db>();
        var noor = await db.Read(tx => tx.Single<long>(Statement.Built("noor", "select id from users where email_key = 'noor@fernhill.example'")));
        Assert.NotEqual(1, noor);
        Assert.Equal([noor], await db.Read(tx => tx.Query<long>(Statement.Built("who", "select distinct created_by from imports where account_id = 2"))));
        Assert.Empty(await db.Read(tx => there.Services.GetRequiredService<CheckLists>().Differences(tx, 2)));
    }

    [Theory, Databases]
    public async Task What_is_cut_changed_newer_or_no_archive_is_refused_and_nothing_is_half_applied(string kind)
    {
        await using var here = await TestApp.On(kind);
        await here.Db.Write(PlantInEveryTable);
        await here.Add(1, ["email=ann@example.test"]);
        var bytes = (await Write(here.Get<WriteArchive>(), null)).Archive.ToArray();
        var text = Unpacked(bytes);
        var row = Regex.Match(text, "ann@example.test").Value;

        await using var there = await TestApp.On(kind);
        await there.Add(1, ["email=old@example.test"]);
        var before = (await Write(there.Get<WriteArchive>(), null)).Sum;
        await Refused(bytes[..(bytes.Length / 2)], "damaged|cut off");
        await Refused(bytes[..^20], "damaged|cut off");
        await Refused(Packed(text[..text.LastIndexOf("{\"tables\"", StringComparison.Ordinal)]), "cut off");
        await Refused(Packed(text.Replace(row, "eve@example.test", StringComparison.Ordinal)), "the table \\w+ has");
        await Refused(Packed(text.Replace("\"format\":1", "\"format\":2", StringComparison.Ordinal)), "newer");
        await Refused(Packed(text.Replace("\"0001-first\"", "\"0001-first\",\"9999-later\"", StringComparison.Ordinal)), "newer.*9999-later");
        await Refused(Packed(text.Replace("\"made\":\"2", "\"made\":\"1", StringComparison.Ordinal)), "changed");
        await Refused(Packed(text + "[]\n"), "follows");
        await Refused(Encoding.UTF8.GetBytes("Email\nann@example.test\n"), "no archive|damaged");
        await Refused(Packed("{\"a\":1}\n"), "no archive");
        await Refused((await Write(here.Get<WriteArchive>(), Planted)).Archive.ToArray(), "one account");

        Assert.Null((await there.Get<RestoreArchive>().Restore(new MemoryStream(bytes), true, true, _ => Task.CompletedTask)).Error);
        Assert.Equal(1, await there.Scalar<long>("select count(*) from contacts where email_key = 'ann@example.test'"));

        async Task Refused(byte[] archive, string why)
        {
            var error = (await there.Get<RestoreArchive>().Restore(new MemoryStream(archive), true, false, _ => Task.CompletedTask)).Error;
            Assert.Matches(why, error ?? "restored");
            AssertSame(before, (await Write(there.Get<WriteArchive>(), null)).Sum);
        }
    }

    [Theory, Databases]
    public async Task An_archive_of_an_older_Winnow_is_brought_up_to_date(string kind)
    {
        await using var database = await TestDatabase.Create(kind);
        await using var old = Db.Open(database.Connection);
        await old.Migrate([.. Migrations.Known.Where(m => string.CompareOrdinal(m, "0021") < 0)]);         // before jobs were paused
        await old.Write(async tx =>
        {
            foreach (var row in (string[])[
                "users (id, email, email_key, name, security_stamp, created_at) values (5, 'Noor@fernhill.example', 'noor@fernhill.example', 'Noor', '1', 1)",
                "accounts (account_id, name, time_zone, language, secret, created_at) values (4, 'Fernhill', 'Europe/Amsterdam', 'nl', cast('x' as $bytes), 1)",
                "account_users (account_id, user_id, super_admin, created_at) values (4, 5, true, 1)",
                "jobs (account_id, id, kind, title, state, outcome, created_by, created_at) values (4, 9, 'BuildLists', 'Fill', cast('{}' as $json), 'done', 5, 1)"])
                await tx.Execute(Statement.Built("as it was", $"insert into {row}"));
        });
        var backup = new WriteArchive(old, TimeProvider.System);
        var (whole, account) = ((await Write(backup, null)).Archive, (await Write(backup, 4)).Archive);

        await using var app = await TestApp.On(kind);
        Assert.Null((await RestoreArchive.Check(account, _ => Task.CompletedTask)).Error);
        Assert.Null((await app.Get<RestoreArchive>().Restore(whole, false, true, _ => Task.CompletedTask)).Error);
        Assert.Equal(0, await app.Scalar<long>("select paused_ms from jobs where account_id = 4"));           // what a later migration added
        account.Position = 0;
        var again = await app.Get<RestoreAccount>().Restore(account, RestoreAs.New, false, true, _ => Task.CompletedTask);
        Assert.Equal((null, 1L), (again.Error, again.AccountId));
        Assert.Equal(0, await app.Scalar<long>("select paused_ms from jobs where account_id = 1"));
        Assert.Equal(2, await app.Scalar<long>("select count(*) from audit_log where action = 'BackupRestored' and account_id in (4, 1)"));
        Assert.Equal(Migrations.Known.Order(StringComparer.Ordinal), await app.Db.Read(Migrations.Of));
    }

    [Theory, Databases]
    public async Task A_new_table_is_in_the_archive_by_itself_or_stops_it(string kind)
    {
        await using var app = await TestApp.On(kind);
        await app.Execute("create table planted (account_id bigint not null, id bigint not null, primary key (account_id, id))");
        await app.Execute("insert into planted values (1, 2)");
        Assert.Contains((await Write(app.Get<WriteArchive>(), null)).Sum.Tables, t => t is { Table: "planted", Rows: 1 });
        await app.Execute("create table forgotten (id bigint not null primary key)");
        var stopped = await Assert.ThrowsAsync<InvalidOperationException>(() => Write(app.Get<WriteArchive>(), null));
        Assert.Contains("forgotten", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_databases_tell_the_same_tables_columns_and_kinds()
    {
        Assert.SkipWhen(TestDatabase.Postgres is null, "WINNOW_TEST_POSTGRES is not set");
        await using var sqlite = await TestApp.On("sqlite");
        await using var postgres = await TestApp.On("postgres");
        var (one, other) = (await sqlite.Db.Read(TableShape.All), await postgres.Db.Read(TableShape.All));
        Assert.Equal(other.Select(Words), one.Select(Words));
        Assert.Contains(one, t => t.Columns.Any(c => c.Kind == CellKind.Json));

        static string Words(TableShape table) => $"{table.Name} ({string.Join(", ", table.Key)}): {string.Join(", ", table.Columns.Select(c => $"{c.Name} {(c.Kind == CellKind.Short ? CellKind.Integer : c.Kind)}"))}";
    }

    [Theory, Databases]
    public async Task An_operator_backs_up_beside_the_server_and_restores_from_a_terminal(string kind)
    {
        await using var app = await WebApp.On(kind, "web,worker");
        await app.SetUp();
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("sending",
            "insert into marketing_emails (account_id, id, name, subject, preview_text, from_name, from_address, html, text, included_lists, excluded_lists, state, created_at, updated_at, sent_at, resume_at) values (1, 900, 'News', '', '', '', '', '', '', cast('[]' as $json), cast('[]' as $json), 'sending', 1, 1, 1, 9000000000000)")));
        var folder = Directory.CreateTempSubdirectory("winnow-backup");
        await using var target = await TestDatabase.Create(kind);
        try
        {
            var (file, error) = (Path.Combine(folder.FullName, "winnow.archive"), new StringWriter());
            Assert.Equal(0, await CommandLine.Run(["backup", file, "--json", "--database", app.Connection], TextWriter.Null, error));
            Assert.Equal(2, await CommandLine.Run(["backup", file, "--database", app.Connection], TextWriter.Null, error));
            Assert.Equal([file], Directory.GetFiles(folder.FullName));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(3, await CommandLine.Run(["restore", file, "--database", app.Connection], TextWriter.Null, error));
            var output = new StringWriter();
            Assert.Equal(0, await CommandLine.Run(["restore", file, "--json", "--database", target.Connection], output, error));
            Assert.Contains("\"outcome\":\"done\"", output.ToString(), StringComparison.Ordinal);
            await using var db = Db.Open(target.Connection);
            Assert.Equal(1, await db.Read(tx => tx.Single<long>(Statement.Built("stopping", "select count(*) from jobs where account_id = 1 and kind = 'SendEmail' and cancel_asked"))));
            Assert.Equal(3, await CommandLine.Run(["move", "--from", app.Connection, "--to", target.Connection], TextWriter.Null, error));
        }
        finally { folder.Delete(recursive: true); }
    }

    /// <summary>A row of awkward values in every table, in an account of its own.</summary>
    private static async Task PlantInEveryTable(Tx tx)
    {
        foreach (var table in await TableShape.All(tx))
            await tx.Bulk(table.Target, [0], (row, _) =>
            {
                foreach (var column in table.Columns)
                    switch (column.Kind)
                    {
                        case CellKind.Integer: row.Long(column.Name is "account_id" or "id" || column.Name.EndsWith("_id", StringComparison.Ordinal) ? Planted : Odd); break;
                        case CellKind.Short: row.Int(table.Key.Contains(column.Name) ? 7 : -7); break;
                        case CellKind.Boolean: row.Bool(true); break;
                        case CellKind.Real: row.Double(0.1); break;
                        case CellKind.Json: row.Json("""{"b":[1.50,1e3,-0.0,9007199254740993,9e17,1e300,0.12345678901234567890123,null,"é\u0001\ud83d\ude00"],"a":{"zz":true,"é":""},"c":"<&'+"}"""); break;
                        case CellKind.Bytes: row.Bytes(table.Key.Contains(column.Name) ? [0, 255, 10] : []); break;
                        default: row.Text($"{table.Name} é😀\u0001\"\\\n<&'+ "); break;
                    }
            });
        await tx.Execute(Statement.Built("just text", "update imports set columns = cast('\"text\"' as $json) where account_id = 77"));
        await tx.Execute(Statement.Built("just null", "update lists set filter = cast('null' as $json) where account_id = 77"));
    }

    private static async Task<(MemoryStream Archive, ArchiveSum Sum)> Write(WriteArchive backup, long? accountId)
    {
        var archive = new MemoryStream();
        var sum = await backup.Write(archive, accountId, _ => Task.CompletedTask);
        archive.Position = 0;
        return (archive, sum);
    }

    private static void AssertSame(ArchiveSum one, ArchiveSum other, params string[] except) =>
        Assert.Equal(one.Tables.Where(t => !except.Contains(t.Table)), other.Tables.Where(t => !except.Contains(t.Table)));

    private static string Unpacked(byte[] archive)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(archive), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static byte[] Packed(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
