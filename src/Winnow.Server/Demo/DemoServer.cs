using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using Winnow.Server.Roles;

namespace Winnow.Server.Demo;

/// <summary>
/// <c>demo</c>: the whole product in one process on one SQLite file, with a sample account and a relay to practise with.
/// Options: <c>--fresh</c> starts over, <c>--data folder</c> (default ./data), <c>--urls</c> (default a free port from 5080 on).
/// </summary>
public static class DemoServer
{
    private const int FirstPort = 5080;

    /// <summary>A demo ready to run; its address and password are printed when it listens.</summary>
    public static async Task<WebApplication> Build(string[] args)
    {
        var options = new ConfigurationBuilder().AddCommandLine([.. args.Where(a => a != "--fresh")]).Build();
        var data = new DemoData(Path.GetFullPath(options["data"] ?? "data"));
        if (args.Contains("--fresh") || !data.IsComplete) data.Delete();
        var url = options["urls"] ?? $"http://127.0.0.1:{FreePort()}";

        MailRole? bounces = null;
        var relay = new PracticeRelay(0, () => bounces!.Endpoint, TimeProvider.System);
        var app = await WinnowServer.Build([
            "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Warning", "--roles=web,worker,mail", "--Mail:Listen=127.0.0.1:0", "--Mail:Name=mx.winnow.test",
            $"--urls={url}", $"--database=Data Source={data.Database}", .. args.Where(a => a != "--fresh")]);
        bounces = app.Services.GetRequiredService<MailRole>();
        app.Lifetime.ApplicationStopped.Register(() => _ = relay.DisposeAsync().AsTask());

        var sample = ActivatorUtilities.CreateInstance<SampleAccount>(app.Services);
        if (!data.IsComplete)
        {
            Console.WriteLine("Making the sample account ...");
            var password = NewPassword();
            await sample.Make(password);
            data.Complete(password);
        }
        await sample.UseRelay(relay.Endpoint, url);
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(Welcome(app.Urls.First(), data, relay.Endpoint, bounces.Endpoint)));
        return app;
    }

    private static string Welcome(string url, DemoData data, IPEndPoint relay, IPEndPoint bounces) => $"""

          Winnow is running:  {url}
          Sign in with        {SampleAccount.Email}
          Password            {data.Password}

          The account has {SampleAccount.Contacts:N0} contacts, a list and a draft ready to send. Mail goes to a practice relay
          on {relay}: nothing leaves this machine. For some addresses it refuses, or sends bounces,
          complaints and automatic replies back to {bounces}.

          Data: {data.Folder}   Start over: --fresh   Stop: Ctrl+C

        """;

    // Four groups of four letters and digits that cannot be taken for one another: 80 bits.
    private static string NewPassword() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 4)));

    private static int FreePort()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(e => e.Port).ToHashSet();
        return Enumerable.Range(FirstPort, 100).First(port => !taken.Contains(port));
    }
}

/// <summary>What a demo keeps between runs: the database, and the password of its user. A start that was cut short leaves no
/// password behind, and the next one begins anew.</summary>
/// <param name="Folder">Where.</param>
internal sealed record DemoData(string Folder)
{
    public string Database => Path.Combine(Folder, "demo.db");

    public bool IsComplete => File.Exists(PasswordFile) && File.Exists(Database);

    public string Password => File.ReadAllText(PasswordFile).Trim();

    private string PasswordFile => Path.Combine(Folder, "demo-password.txt");

    public void Complete(string password) => File.WriteAllText(PasswordFile, password + Environment.NewLine);

    public void Delete()
    {
        Directory.CreateDirectory(Folder);
        File.Delete(PasswordFile);
        foreach (var file in Directory.GetFiles(Folder, "demo.db*")) File.Delete(file);
    }
}
