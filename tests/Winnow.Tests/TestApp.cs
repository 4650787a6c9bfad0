using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>The whole product in one process on a fresh database, with a clock that moves when told. Jobs run when told.</summary>
public sealed class TestApp : IAsyncDisposable
{
    /// <summary>The account most tests work in; <see cref="OtherAccount"/> must never see anything of it.</summary>
    public const long Account = 1, OtherAccount = 2;

    private readonly TestDatabase database;
    private readonly ServiceProvider services;

    private TestApp(TestDatabase database, object[] parts)
    {
        this.database = database;
        services = Services(database.Connection, Clock, parts);
    }

    public Clock Clock { get; } = new();
    public Db Db => Get<Db>();
    public Actor Person { get; } = Actor.Person(1);

    /// <summary>What another process on the same database is started with.</summary>
    public string Connection => database.Connection;

    /// <summary>Runs jobs on a database, by the real clock, until the process is killed.</summary>
    public static async Task Work(string connection)
    {
        await using var process = Services(connection, TimeProvider.System);
        while (true)
        {
            await process.GetRequiredService<JobRunner>().RunOpenJobs();
            await Task.Delay(20);
        }
    }

    private static ServiceProvider Services(string connection, TimeProvider clock, params object[] parts)
    {
        var services = new ServiceCollection().AddSingleton(clock).AddLogging(l => l.AddConsole().SetMinimumLevel(LogLevel.Warning));
        foreach (var part in parts) services.AddSingleton(part.GetType(), part);
        return services.AddWinnow(connection).BuildServiceProvider();
    }

    /// <summary>A fresh app on "sqlite" or "postgres".</summary>
    /// <param name="parts">What configuration would say, such as where HubSpot is.</param>
    public static async Task<TestApp> On(string kind, params object[] parts)
    {
        var app = new TestApp(await TestDatabase.Create(kind), parts);
        await app.Db.Migrate();
        return app;
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>Runs all open jobs to their end.</summary>
    public Task RunJobs() => Get<JobRunner>().RunOpenJobs();

    /// <summary>Stores contacts with these values ("email=a@b.test", "firstname=Ann"); returns their ids.</summary>
    public async Task<long[]> Add(long accountId, params string[][] contacts) => await Db.Write(async tx =>
    {
        var catalog = await Get<Properties>().Catalog(tx, accountId);
        var made = await Get<ContactStore>().New(tx, accountId, contacts.Length);
        foreach (var (contact, values) in made.Zip(contacts))
            foreach (var (name, text) in values.Select(v => (v.Split('=', 2)[0], v.Split('=', 2)[1])))
                contact[catalog.Find(name)!] = PropertyValue.Parse(catalog.Find(name)!, text) is { Error: null } parsed ? parsed.Value : throw new ArgumentException(text);
        await Get<ContactStore>().Save(tx, Person, catalog, [.. made.Select(c => ((Contact?)null, c))]);
        return made.Select(c => c.Id).ToArray();
    });

    public Task<T> Scalar<T>(string sql, object? args = null) => Db.Read(tx => tx.Single<T>(Statement.Built("test", sql), args));
    public Task Execute(string sql, object? args = null) => Db.Write(tx => tx.Execute(Statement.Built("test", sql), args));

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await database.DisposeAsync();
    }
}

/// <summary>A clock that stands still until told.</summary>
public sealed class Clock : TimeProvider
{
    private DateTimeOffset now = new(2026, 6, 30, 21, 0, 0, TimeSpan.Zero);
    public override DateTimeOffset GetUtcNow() => now;
    public void Advance(TimeSpan by) => now += by;
    public void Set(DateTimeOffset at) => now = at;
}
