using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Winnow.Tests;

/// <summary>A real Postfix on loopback with its own configuration, queue and port: a relay that writes real bounces.
/// Mail for each domain goes to the port given; no DNS is asked.</summary>
public sealed class Postfix : IAsyncDisposable
{
    private readonly string folder;

    private Postfix(string folder, int port) => (this.folder, Port) = (folder, port);

    /// <summary>Where it takes mail.</summary>
    public int Port { get; }

    /// <summary>Why the tests on Postfix cannot run here, or null when they can. In CI they must: nothing is left out there.</summary>
    public static string? Missing => File.Exists("/usr/sbin/postfix") && Environment.UserName == "root" || Environment.GetEnvironmentVariable("CI") is not null
        ? null : "Postfix is not installed, or this is not root";

    /// <summary>Starts it with a next hop for each domain.</summary>
    public static async Task<Postfix> Start(params (string Domain, int Port)[] transports)
    {
        var folder = Directory.CreateTempSubdirectory("winnow-postfix-").FullName;
        var postfix = new Postfix(folder, FreePort());
        foreach (var name in new[] { "conf", "spool", "data" }) Directory.CreateDirectory($"{folder}/{name}");
        await File.WriteAllTextAsync($"{folder}/conf/main.cf", MainCf(folder, transports));
        await File.WriteAllTextAsync($"{folder}/conf/master.cf", MasterCf(postfix.Port));
        await Run("chmod", "755", folder);
        await Run("chown", "postfix", $"{folder}/data");
        await Run("postfix", "-c", $"{folder}/conf", "start");
        for (var i = 0; i < 100 && !await Answers(postfix.Port); i++) await Task.Delay(100);
        return postfix;
    }

    /// <summary>What it wrote to its log, for messages of failing tests.</summary>
    public string Log => File.Exists($"{folder}/log") ? File.ReadAllText($"{folder}/log") : "";

    public async ValueTask DisposeAsync()
    {
        await Run("postfix", "-c", $"{folder}/conf", "stop");
        try { Directory.Delete(folder, true); }
        catch (IOException) { }                     // a child may still be closing its last file
    }

    public static int FreePort() => FreePorts(1)[0];

    /// <summary>Several ports that nobody listens on, each another: all are held until the last is found, as the system may hand out one twice.</summary>
    internal static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    private static string MainCf(string folder, (string Domain, int Port)[] transports) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/spool
        data_directory = {folder}/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = mx.practice.test
        mydestination =
        inet_interfaces = loopback-only
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        alternate_config_directories = {folder}/conf
        smtpd_recipient_restrictions = permit_mynetworks, reject
        transport_maps = inline:{"{"} {string.Join(", ", transports.Select(t => $"{{{t.Domain} = smtp:[127.0.0.1]:{t.Port}}}"))} {"}"}
        disable_dns_lookups = yes
        smtp_dns_support_level = disabled
        maillog_file = {folder}/log
        maillog_file_prefixes = {Path.GetDirectoryName(folder)}
        """ + "\n";

    private static string MasterCf(int port) => $"{port} inet n - n - - smtpd\n" + """
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        smtp unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd
        proxymap unix - - n - - proxymap
        showq unix n - n - - showq
        flush unix n - n 1000? 0 flush
        tlsmgr unix - - n 1000? 1 tlsmgr
        """ + "\n";

    internal static async Task<bool> Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException) { return false; }
    }

    internal static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();       // not awaited before the end: a daemon that it leaves behind keeps the stream open
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await error}");
    }
}
