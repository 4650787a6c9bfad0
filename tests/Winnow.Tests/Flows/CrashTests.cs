namespace Winnow.Tests;

/// <summary>The real server is killed in the middle of everything it does, and started again. Two kills: one while contacts are
/// imported, an e-mail is sent and bounces come in, one while contacts are deleted
/// and become non-marketing. Then two processes share what is left.</summary>
public sealed class CrashTests
{
    [Theory, Databases]
    public async Task Killed_in_the_middle_it_loses_nothing_and_does_nothing_twice(string database)
    {
        await using var app = await CrashApp.On(database);
        await using var send = new CrashedSend(app);
        var port = Postfix.FreePort();
        var (import, bounces, delete, update) = (new CrashedImport(app), new CrashedBounces(app, port), new CrashedDelete(app), new CrashedUpdate(app));
        await Task.WhenAll(import.Prepare(), send.Prepare(), bounces.Prepare(), delete.Prepare(), update.Prepare());
        await using var servers = new Servers(app.Database, port);

        servers.Start("worker,mail");
        bounces.Begin();
        await send.Begin();
        await servers.Until("mails go out and reports come in", () => send.Taken >= CrashedSend.HeldAfter && bounces.Acknowledged >= CrashedBounces.HeldAfter);
        await import.Begin();
        await servers.Until("rows are imported", import.IsInTheMiddle);
        send.Open();
        bounces.Open();
        await servers.Until("all three are in full swing", () => send.Taken > CrashedSend.HeldAfter + 6 && bounces.Acknowledged > CrashedBounces.HeldAfter + 3);
        await servers.Kill();
        Assert.True(await import.IsInTheMiddle() && await send.IsInTheMiddle(), "The kill came too late to tell anything");

        await update.Begin();
        servers.Start("worker,mail");
        await delete.Begin();
        await servers.Until("contacts are deleted", delete.IsInTheMiddle);
        await servers.Until("contacts become non-marketing", update.IsInTheMiddle);
        await servers.Kill();
        Assert.True(await delete.IsInTheMiddle() && await update.IsInTheMiddle(), "The kill came too late to tell anything");

        servers.Start("worker,mail");
        servers.Start("worker");
        await servers.Until("the import has ended", import.HasEnded);
        await servers.Until("the e-mail is sent", send.HasEnded);
        await servers.Until("all reports are judged", bounces.HasEnded);
        await servers.Until("the delete has ended", delete.HasEnded);
        await servers.Until("the update has ended", update.HasEnded);
        await import.Check();
        await send.Check();
        await bounces.Check();
        await delete.Check();
        await update.Check();
    }

    /// <summary>The processes that work on one database now.</summary>
    private sealed class Servers(TestDatabase database, int mailPort) : IAsyncDisposable
    {
        private readonly List<ServerProcess> running = [];

        public void Start(string roles) => running.Add(ServerProcess.Start(database, roles, mailPort));

        public async Task Kill()
        {
            await Task.WhenAll(running.Select(server => server.Kill()));
            await DisposeAsync();
        }

        public Task Until(string what, Func<Task<bool>> condition) => Winnow.Tests.Until.Holds(what, condition, () => string.Join("\n\n", running.Select(server => server.Log)));

        public Task Until(string what, Func<bool> condition) => Until(what, () => Task.FromResult(condition()));

        public async ValueTask DisposeAsync()
        {
            foreach (var server in running) await server.DisposeAsync();
            running.Clear();
        }
    }
}
