using System.Net;
using Winnow.Data;
using Winnow.Server.Demo;

namespace Winnow.Tests;

/// <summary>Two processes with pages on one PostgreSQL, and a proxy in front that sends each request to the next one: no session sticks to
/// a server, so nothing that a person needs may live in one.</summary>
public sealed class TwoServersTests
{
    [Fact]
    public async Task The_story_is_the_same_when_every_request_goes_to_the_other_of_two_servers()
    {
        Assert.SkipWhen(TestDatabase.Postgres is null && Environment.GetEnvironmentVariable("CI") is null, "WINNOW_TEST_POSTGRES is not set");
        await using var database = await TestDatabase.Create("postgres");
        await using var db = Db.Open(database.Connection);
        var mail = Postfix.FreePort();
        await using var first = WebServer.Start(database, "web,worker,mail", mail);
        await using var second = WebServer.Start(database, "web,worker", mail);
        await Until.Holds("both servers answer", async () => await first.Answers() && await second.Answers(), () => $"{first.Log}\n\n{second.Log}");
        await using var proxy = await RoundRobin.Before(first.Address, second.Address);
        await using var relay = new PracticeRelay(0, () => new(IPAddress.Loopback, mail), TimeProvider.System);
        await using var chromium = await Chromium.Start();

        try { await new BrowserStory(db, await chromium.Page(proxy.Address), look: null, BrowserStory.Words.English).Tell(relay.Endpoint.Port); }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException) { throw new InvalidOperationException($"{e.Message}\n\n{first.Log}\n\n{second.Log}", e); }

        Assert.All(proxy.Served, requests => Assert.InRange(requests, 50, int.MaxValue));
        Assert.InRange(proxy.Served[0] - proxy.Served[1], -1, 1);
        await GuessesCountTogether(proxy.Address);
    }

    /// <summary>Wrong passwords are counted in the database: two servers are not twice as many tries.</summary>
    private static async Task GuessesCountTogether(Uri address)
    {
        using var guesser = new HttpClient(new SocketsHttpHandler { CookieContainer = new(), AllowAutoRedirect = false }) { BaseAddress = address };
        for (var guess = 1; guess <= 5; guess++) Assert.Equal(HttpStatusCode.OK, (await SignIn($"a wrong horse {guess}")).StatusCode);
        for (var turn = 1; turn <= 2; turn++) Assert.Equal(HttpStatusCode.OK, (await SignIn("correct horse")).StatusCode);

        Task<HttpResponseMessage> SignIn(string password) => WebApp.Post(guesser, "/sign-in", new() { ["Email"] = "noor@fernhill.example", ["Password"] = password });
    }

    /// <summary>A server process with pages, which believes the proxy where a browser is.</summary>
    private sealed class WebServer(ServerProcess process, Uri address) : IAsyncDisposable
    {
        private readonly HttpClient http = new();

        public Uri Address => address;
        public string Log => process.Log;

        public static WebServer Start(TestDatabase database, string roles, int mailPort)
        {
            var address = new Uri($"http://127.0.0.1:{Postfix.FreePort()}");
            return new(ServerProcess.Start(database, roles, mailPort, "--urls", address.ToString(), "--Web:TrustedProxies", "127.0.0.1"), address);
        }

        public async Task<bool> Answers()
        {
            try { return (await http.GetAsync(new Uri(address, "/health"))).IsSuccessStatusCode; }
            catch (HttpRequestException) { return false; }
        }

        public ValueTask DisposeAsync()
        {
            http.Dispose();
            return process.DisposeAsync();
        }
    }
}
