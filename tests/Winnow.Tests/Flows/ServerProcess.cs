using System.Collections.Concurrent;
using System.Diagnostics;

namespace Winnow.Tests;

/// <summary>The real server in a process of its own, so that it can be killed as a power cut would kill it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> said = new();

    private ServerProcess(Process process) => this.process = process;

    /// <summary>What it wrote, for messages of failing tests.</summary>
    public string Log => string.Join('\n', said.TakeLast(40));

    /// <summary>Starts it on a database with these roles; the mail role listens on this port.</summary>
    public static ServerProcess Start(TestDatabase database, string roles, int mailPort = 0, params string[] settings)
    {
        var process = new Process
        {
            StartInfo = new("dotnet", [
                Path.Combine(AppContext.BaseDirectory, "Winnow.Server.dll"), "--roles", roles, "--database", database.Connection, "--Mail:Listen", $"127.0.0.1:{mailPort}", "--Mail:Name", "mx.winnow.test", .. settings])
            {
                RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
            },
        };
        var server = new ServerProcess(process);
        process.OutputDataReceived += (_, line) => server.Heard(line.Data);
        process.ErrorDataReceived += (_, line) => server.Heard(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed, connections break.</summary>
    public async Task Kill()
    {
        Assert.False(process.HasExited, $"The server ended by itself:\n{Log}");
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is not null) said.Enqueue(line);
    }
}
