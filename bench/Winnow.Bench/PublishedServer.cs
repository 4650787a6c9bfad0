using System.Diagnostics;

namespace Winnow.Bench;

/// <summary>The pages as they are published, files packed by Brotli, in a process of their own.</summary>
public sealed class PublishedServer : IAsyncDisposable
{
    private readonly Process process;
    private readonly DirectoryInfo folder;

    private PublishedServer(Process process, DirectoryInfo folder, string address) => (this.process, this.folder, Address) = (process, folder, address);

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Publishes and starts it on a place's database.</summary>
    public static async Task<PublishedServer> Start(Place place)
    {
        var folder = Directory.CreateTempSubdirectory("winnow-published-");
        await Place.Run("dotnet", "publish", Path.Combine(Source(), "src", "Winnow.Server"), "-c", "Release", "-o", folder.FullName, "-v", "q");
        var address = $"http://127.0.0.1:{Place.FreePort()}";
        var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(folder.FullName, "Winnow.Server.dll"), "--urls", address, "--roles", "web", "--database", place.Connection, "--Logging:LogLevel:Default=Warning"]) { WorkingDirectory = folder.FullName })!;
        var server = new PublishedServer(process, folder, address);
        using var http = new HttpClient();
        for (var wait = 0; wait < 600 && !await server.Answers(http); wait++) await Task.Delay(100);
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(true);
    }

    private async Task<bool> Answers(HttpClient http)
    {
        if (process.HasExited) throw new InvalidOperationException($"The published server ended with {process.ExitCode}.");
        try { return (await http.GetAsync($"{Address}/health")).IsSuccessStatusCode; }
        catch (HttpRequestException) { return false; }
    }

    private static string Source()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Winnow.slnx"))) return at.FullName;
        throw new InvalidOperationException("The sources are not above the bench: run it by dotnet run --project bench/Winnow.Bench.");
    }
}
