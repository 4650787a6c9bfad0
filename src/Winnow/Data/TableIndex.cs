using Dapper;
using Npgsql;

namespace Winnow.Data;

/// <summary>An index that is made and dropped while the product runs. PostgreSQL does it beside its writers, outside of any transaction; SQLite, which
/// has one writer, keeps the others waiting until it is done.</summary>
/// <param name="Name">Letters, digits and underscores.</param>
/// <param name="On">Table, columns and condition: <c>contacts (account_id, id) where …</c>.</param>
/// <param name="Sparse">An expression of which most rows have none: PostgreSQL is told to find out how many, or it would take the index for useless.</param>
public sealed record TableIndex(string Name, string On, string Sparse)
{
    private string Table => On.Split(' ')[0];

    private const int Hours = 4 * 60 * 60;
    private static readonly Statement Validity = new("is the index valid", d => d == Dialect.Postgres
        ? "select cast(i.indisvalid as int) from pg_class c join pg_index i on i.indexrelid = c.oid where c.relname = @Name and c.relnamespace = current_schema()::regnamespace"
        : "select 1 from sqlite_master where type = 'index' and name = @Name");
    private static readonly Statement Bytes = new("size of the index", d => d == Dialect.Postgres
        ? "select pg_relation_size(cast(@Name as regclass))"
        : "select cast(null as bigint)");

    /// <summary>Makes it where it is not there; what a crash left half made is thrown away first.</summary>
    public Task Make(Db db, CancellationToken stop) => db.Outside(async (connection, dialect) =>
    {
        var valid = await connection.QuerySingleOrDefaultAsync<long?>(new(Validity.For(dialect), this, cancellationToken: stop));
        var beside = connection is NpgsqlConnection ? "concurrently " : "";
        if (valid == 0) await connection.ExecuteAsync(new($"drop index concurrently if exists {Name}", commandTimeout: Hours, cancellationToken: stop));
        if (valid != 1) await connection.ExecuteAsync(new($"create index {beside}{Name} on {dialect.Spell(On)}", commandTimeout: Hours, cancellationToken: stop));
        if (connection is not NpgsqlConnection) return;
        await connection.ExecuteAsync(new($"create statistics if not exists {Name} on {Sparse} from {Table}", commandTimeout: Hours, cancellationToken: stop));
        await connection.ExecuteAsync(new($"analyze {Table}", commandTimeout: Hours, cancellationToken: stop));
    }, stop);

    /// <summary>Drops it where it is there.</summary>
    public Task Drop(Db db, CancellationToken stop) => db.Outside(async (connection, _) =>
    {
        if (connection is NpgsqlConnection) await connection.ExecuteAsync(new($"drop statistics if exists {Name}", commandTimeout: Hours, cancellationToken: stop));
        await connection.ExecuteAsync(new($"drop index {(connection is NpgsqlConnection ? "concurrently " : "")}if exists {Name}", commandTimeout: Hours, cancellationToken: stop));
    }, stop);

    /// <summary>Whether it is there and complete; false when a crash left it half made, null when there is none.</summary>
    public async Task<bool?> IsValid(Tx tx) => await tx.SingleOrNone<long?>(Validity, this) is { } valid ? valid == 1 : null;

    /// <summary>Its size in bytes; null when there is none, or the database does not tell.</summary>
    public async Task<long?> Size(Tx tx) => await IsValid(tx) is null ? null : await tx.Single<long?>(Bytes, this);
}
