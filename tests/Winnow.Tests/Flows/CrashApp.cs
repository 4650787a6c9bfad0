using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>The product's classes on a database that a server in another process works on: they order work and look at what came of it.
/// Five accounts, one for each story, so that all counts are exact.</summary>
internal sealed class CrashApp : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private CrashApp(TestDatabase database)
    {
        Database = database;
        services = new ServiceCollection().AddLogging().AddWinnow(database.Connection).BuildServiceProvider();
    }

    public TestDatabase Database { get; }
    public Db Db => Get<Db>();

    public static async Task<CrashApp> On(string kind)
    {
        var app = new CrashApp(await TestDatabase.Create(kind));
        await app.Db.Migrate();
        for (var account = 1L; account <= 5; account++)
            await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (@account, 'Fernhill', 'UTC', 'en', @secret, 0)",
                new { account, secret = Enumerable.Repeat((byte)account, 32).ToArray() });
        return app;
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>Stores marketing contacts with these addresses; returns their ids.</summary>
    public async Task<List<long>> Add(long accountId, IEnumerable<string> addresses)
    {
        var ids = new List<long>();
        foreach (var batch in addresses.Chunk(5_000)) await Db.Write(async tx =>
        {
            var made = await Get<ContactStore>().New(tx, accountId, batch.Length);
            foreach (var (contact, address) in made.Zip(batch))
            {
                contact[BuiltInProperties.Of("email")] = address;
                contact[BuiltInProperties.Of("city")] = "Delft";
                contact[ContactColumn.Of("marketing")] = true;
            }
            await Get<ContactStore>().Save(tx, Actor.Person(1), await Get<Properties>().Catalog(tx, accountId), [.. made.Select(c => ((Contact?)null, c))]);
            ids.AddRange(made.Select(c => c.Id));
        });
        return ids;
    }

    public Task<T> Scalar<T>(string sql, object? args = null) => Db.Read(tx => tx.Single<T>(Statement.Built("test", sql), args));
    public Task<List<T>> Rows<T>(string sql, object? args = null) => Db.Read(tx => tx.Query<T>(Statement.Built("test", sql), args));
    public Task Execute(string sql, object? args = null) => Db.Write(tx => tx.Execute(Statement.Built("test", sql), args));

    /// <summary>The job, which must not have failed.</summary>
    public async Task<Job> Job(long accountId, long id)
    {
        var job = (await Get<JobQueue>().Find(accountId, id))!;
        Assert.True(job.Outcome is null or "done", $"{job.Title}: {job.Outcome} {job.Error}");
        return job;
    }

    public async Task<bool> IsInTheMiddle(long accountId, long jobId) => await Job(accountId, jobId) is { IsOpen: true, Done: > 0 };

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await Database.DisposeAsync();
    }
}
