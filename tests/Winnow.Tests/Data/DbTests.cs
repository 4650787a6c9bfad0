using Winnow.Data;

namespace Winnow.Tests;

public sealed class DbTests
{
    [Theory, Databases]
    public async Task Two_processes_may_start_at_once(string database)
    {
        await using var fresh = await TestDatabase.Create(database);
        await using var one = Db.Open(fresh.Connection);
        await using var other = Db.Open(fresh.Connection);
        await Task.WhenAll(Task.Run(() => one.Migrate()), Task.Run(() => other.Migrate()));
        Assert.Equal(0, await other.Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from contacts"))));
    }

    [Theory, Databases]
    public async Task The_columns_in_code_are_the_columns_of_the_table(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Db.Read(async tx =>
        {
            await using var rows = await tx.Reader(Statement.Built("test", "select * from contacts"));
            Assert.Equal(Winnow.Contacts.ContactColumn.Names.Order(), Enumerable.Range(0, rows.FieldCount).Select(rows.GetName).Order());
            return 0;
        });
    }

    [Theory, Databases]
    public async Task Ids_are_dense_per_account_and_kind(string database)
    {
        await using var app = await TestApp.On(database);
        Assert.Equal(1, await app.Db.Write(tx => Ids.Next(tx, 1, "contact", 10)));
        Assert.Equal(11, await app.Db.Write(tx => Ids.Next(tx, 1, "contact")));
        Assert.Equal(1, await app.Db.Write(tx => Ids.Next(tx, 2, "contact")));
    }

    [Fact]
    public async Task Whoever_only_reads_an_SQLite_file_cannot_write_to_it()
    {
        await using var app = await TestApp.On("sqlite");
        var refused = await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => app.Db.Read(tx => Ids.Next(tx, 1, "contact")));
        Assert.Contains("readonly", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await app.Db.Write(tx => Ids.Next(tx, 1, "contact")));
    }

    [Fact]
    public async Task PostgreSQL_compiles_no_statement_unless_the_connection_string_asks_for_it()
    {
        Assert.SkipWhen(TestDatabase.Postgres is null, "WINNOW_TEST_POSTGRES is not set");
        await using var fresh = await TestDatabase.Create("postgres");
        Assert.Equal(("off", "on", "on"), (await Jit(""), await Jit(";Options=-c jit=on"), await Jit(";Options=")));

        async Task<string> Jit(string more)
        {
            await using var db = Db.Open(fresh.Connection + more);
            return await db.Read(tx => tx.Single<string>(Statement.Built("test", "select current_setting('jit')")));
        }
    }
}
