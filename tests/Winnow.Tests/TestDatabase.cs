using Npgsql;

namespace Winnow.Tests;

/// <summary>A fresh database for one test, dropped at its end.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    /// <summary>Where PostgreSQL is; null when this machine has none set up.</summary>
    public static readonly string? Postgres = Environment.GetEnvironmentVariable("WINNOW_TEST_POSTGRES");

    private readonly string name;
    private readonly bool postgres;

    private TestDatabase(string name, bool postgres, string connection) => (this.name, this.postgres, Connection) = (name, postgres, connection);

    /// <summary>What Winnow is started with.</summary>
    public string Connection { get; }

    /// <summary>Makes an empty database of the kind "sqlite" or "postgres".</summary>
    public static async Task<TestDatabase> Create(string kind)
    {
        var name = $"winnow_{Guid.NewGuid():N}";
        if (kind == "sqlite") return new(name, false, $"Data Source={Path.Combine(Path.GetTempPath(), name)}.db");
        await Run($"create database {name}");
        return new(name, true, new NpgsqlConnectionStringBuilder(Postgres ?? throw new InvalidOperationException("WINNOW_TEST_POSTGRES is not set: ./test starts a PostgreSQL and sets it")) { Database = name, MaxPoolSize = 20 }.ConnectionString);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (postgres) await Run($"drop database if exists {name} with (force)");
        else foreach (var file in Directory.GetFiles(Path.GetTempPath(), $"{name}.db*")) File.Delete(file);
    }

    private static async Task Run(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Postgres!);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
