namespace Winnow.Tests;

/// <summary>The real server is killed in the middle of everything it does, and started again. Two kills: one while contacts are
/// imported, an e-mail is sent and bounces come in, one while contacts are deleted.</summary>
public sealed class CrashTests
{
    [Theory, Databases]
    public async Task Killed_in_the_middle_it_loses_nothing_and_does_nothing_twice(string database)
    {
        await using var app = await CrashApp.On(database);
        var port = Postfix.FreePort();
        var bounces = new CrashedBounces(app, port);
        await bounces.Prepare();
        var server = ServerProcess.Start(app.Database, "worker,mail", port);
        try
        {
            bounces.Begin();
            await Until.Holds("bounces come in", () => bounces.Acknowledged >= CrashedBounces.HeldAfter, () => server.Log);
            bounces.Open();
            await Until.Holds("bounces come in", () => bounces.Acknowledged >= CrashedBounces.HeldAfter + 6, () => server.Log);
            await server.Kill();
            server = ServerProcess.Start(app.Database, "worker,mail", port);
            await Until.Holds("all reports are judged", bounces.HasEnded, () => server.Log);
            await bounces.Check();
        }
        finally { await server.DisposeAsync(); }
    }
}
