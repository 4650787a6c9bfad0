using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Winnow.Tests;

public sealed class DataProtectionKeysTests
{
    private const int Servers = 6;

    [Theory, Databases]
    public async Task Servers_that_start_together_on_an_empty_database_end_with_one_key(string database)
    {
        await using var app = await TestApp.On(database);
        var services = Enumerable.Range(0, Servers).Select(_ => new ServiceCollection().AddLogging().AddWinnow(app.Connection).BuildServiceProvider()).ToList();
        using var together = new Barrier(Servers);

        var rings = await Task.WhenAll(services.Select(server => Task.Factory.StartNew(() =>
        {
            var ring = server.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
            together.SignalAndWait();
            return (Ring: ring, Sealed: ring.Protect("kept"));
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal(1, await app.Scalar<long>("select count(*) from data_protection_keys"));
        Assert.All(rings, ring => Assert.All(rings, other => Assert.Equal("kept", ring.Ring.Unprotect(other.Sealed))));
        foreach (var server in services) await server.DisposeAsync();
    }
}
