using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Winnow.Mail.Smtp;

namespace Winnow.Tests;

/// <summary>A person at a terminal: says bytes, expects replies.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly TcpClient tcp = new() { NoDelay = true };
    private Stream stream = Stream.Null;

    public static async Task<RawClient> Connect(IPEndPoint endpoint, string greeting = "220")
    {
        var client = new RawClient();
        await client.tcp.ConnectAsync(endpoint);
        client.stream = client.tcp.GetStream();
        if (greeting.Length > 0) await client.Expect(greeting);
        return client;
    }

    /// <summary>Past the greeting and EHLO.</summary>
    public static async Task<RawClient> Greeted(IPEndPoint endpoint)
    {
        var client = await Connect(endpoint);
        await client.Say("EHLO client.test", "250");
        return client;
    }

    /// <summary>Past MAIL, RCPT and DATA.</summary>
    public static async Task<RawClient> InData(IPEndPoint endpoint)
    {
        var client = await Greeted(endpoint);
        await client.Say("MAIL FROM:<>", "250");
        await client.Say("RCPT TO:<b@bounces.test>", "250");
        await client.Say("DATA", "354");
        return client;
    }

    public Task Send(string line) => SendRaw(line + "\r\n");

    public async Task SendRaw(string bytes) => await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));

    public async Task<string> Say(string line, string expected)
    {
        await Send(line);
        return await Expect(expected);
    }

    /// <summary>The next whole reply, which must begin so.</summary>
    public async Task<string> Expect(string beginning)
    {
        var reply = await Read();
        Assert.StartsWith(beginning, reply, StringComparison.Ordinal);
        return reply;
    }

    public async Task ExpectClosed()
    {
        using var wait = new CancellationTokenSource(Patience);
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1], wait.Token));
        }
        catch (IOException)
        {
            // Reset instead of closed: closed all the same.
        }
    }

    public async Task Encrypt()
    {
        var tls = new SslStream(stream, false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync("localhost");
        stream = tls;
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        tcp.Dispose();
    }

    private async Task<string> Read()
    {
        using var wait = new CancellationTokenSource(Patience);
        var reply = new StringBuilder();
        while (true)
        {
            var line = new StringBuilder();
            var one = new byte[1];
            while (line.Length == 0 || line[^1] != '\n')
            {
                if (await stream.ReadAsync(one, wait.Token) == 0) return reply.Append(line).Append("(closed)").ToString();
                line.Append((char)one[0]);
            }
            reply.Append(line);
            if (line.Length < 4 || line[3] != '-') return reply.ToString();
        }
    }
}

/// <summary>A server that does for each connection exactly what the test wrote down.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<ServerSide, Task> script;
    private readonly Task loop;

    private ScriptedServer(Func<ServerSide, Task> script)
    {
        this.script = script;
        listener.Start();
        loop = Serve();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Connections { get; private set; }

    public static ScriptedServer Start(Func<ServerSide, Task> script) => new(script);

    public SmtpRelay Relay(SmtpTls tls = SmtpTls.None) => new("127.0.0.1", Port)
    {
        Tls = tls,
        LocalName = "client.test",
        Timeouts = new SmtpTimeouts
        {
            Connect = TimeSpan.FromSeconds(5),
            Command = TimeSpan.FromSeconds(2),
            DataStart = TimeSpan.FromSeconds(2),
            DataBlock = TimeSpan.FromSeconds(2),
            DataEnd = TimeSpan.FromSeconds(2),
            DataEndWhenCancelled = TimeSpan.FromMilliseconds(300),
        },
    };

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await loop;
    }

    private async Task Serve()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
            Connections++;
            _ = Run(client);
        }
    }

    private async Task Run(TcpClient client)
    {
        using (client)
        {
            try
            {
                await script(new ServerSide(client));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The client hung up; the test looks at what the client says became of it.
            }
        }
    }
}

/// <summary>The server's end of one scripted conversation.</summary>
internal sealed class ServerSide(TcpClient client)
{
    public Stream Stream { get; set; } = client.GetStream();

    public List<string> Heard { get; } = [];

    public async Task Say(string lines) => await Stream.WriteAsync(Encoding.Latin1.GetBytes(lines.ReplaceLineEndings("\r\n") + "\r\n"));

    public async Task<string> Hear()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length == 0 || line[^1] != '\n')
        {
            if (await Stream.ReadAsync(one) == 0) throw new EndOfStreamException();
            line.Append((char)one[0]);
        }
        Heard.Add(line.ToString().TrimEnd('\r', '\n'));
        return Heard[^1];
    }

    /// <summary>Answers each next line in turn.</summary>
    public async Task Answer(params string[] replies)
    {
        foreach (var reply in replies)
        {
            await Hear();
            await Say(reply);
        }
    }

    public async Task<string> HearMessage()
    {
        var text = new StringBuilder();
        while (await Hear() is var line && line != ".") text.Append(line).Append("\r\n");
        return text.ToString();
    }

    /// <summary>Greeting and EHLO with these extensions.</summary>
    public async Task Open(params string[] extensions)
    {
        await Say("220 scripted.test ESMTP");
        await Hear();
        await Say(string.Join('\n', extensions.Prepend("scripted.test").Select((line, i) => (i == extensions.Length ? "250 " : "250-") + line)));
    }

    /// <summary>Cuts the line with a reset, as a machine that lost power and came back does.</summary>
    public void Reset()
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
    }
}

internal static class SmtpParts
{
    public static SmtpMessage Message(string to = "ann@live.test", string text = "Hello") =>
        new("b@bounces.test", to, Encoding.UTF8.GetBytes($"Subject: test\r\n\r\n{text}\r\n"));

    /// <summary>A listener on a free port that keeps what it gets.</summary>
    public static (SmtpListener Listener, MailDrop Drop) Listen(SmtpLimits? limits = null, Func<SmtpHost, SmtpHost>? change = null)
    {
        var drop = new MailDrop();
        var host = new SmtpHost
        {
            Name = "mx.test",
            AcceptRecipient = (_, recipient, _) => new(recipient.StartsWith("nobody", StringComparison.Ordinal) ? SmtpReplies.NoSuchMailbox : SmtpReplies.RecipientOk),
            Store = drop.Store,
            Failed = drop.Failures.Enqueue,
            Limits = limits ?? new SmtpLimits(),
        };
        return (SmtpListener.Start(new IPEndPoint(IPAddress.Loopback, 0), change?.Invoke(host) ?? host), drop);
    }

    public static SmtpRelay Relay(this SmtpListener listener, SmtpTls tls = SmtpTls.None) =>
        new("localhost", listener.Endpoint.Port) { Tls = tls, LocalName = "client.test" };

    public static X509Certificate2 SelfMade(string name = "localhost")
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}

/// <summary>Where a test's listener puts its mail.</summary>
internal sealed class MailDrop
{
    public System.Collections.Concurrent.ConcurrentQueue<(SmtpEnvelope Envelope, string Text)> Mails { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<Exception> Failures { get; } = new();

    public ValueTask<SmtpReply> Store(SmtpEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        Mails.Enqueue((envelope, Encoding.Latin1.GetString(content.Span)));
        return new(SmtpReplies.Stored);
    }
}
