using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Winnow.Tests;

/// <summary>Stands where Amazon SNS stands: an HTTPS server that all names of Amazon's lead to, with a certificate to sign messages by.</summary>
internal sealed class PracticeSns : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly RSA key;

    private PracticeSns(WebApplication server, RSA key, SocketsHttpHandler way) => (this.server, this.key, Way) = (server, key, way);

    public SocketsHttpHandler Way { get; }

    /// <summary>The subscriptions that were confirmed.</summary>
    public ConcurrentBag<string> Confirmed { get; } = [];

    /// <summary>How often each path was asked for.</summary>
    public ConcurrentDictionary<string, int> Asked { get; } = new();

    public static async Task<PracticeSns> Start()
    {
        var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=sns.eu-west-1.amazonaws.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => { l.Protocols = HttpProtocols.Http1; l.UseHttps(X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null)); }));
        var server = builder.Build();
        PracticeSns? made = null;
        server.MapGet("/{**path}", (HttpContext http) =>
        {
            var path = http.Request.Path.Value!;
            made!.Asked.AddOrUpdate(path, 1, (_, n) => n + 1);
            if (path == "/a.pem") return Results.Text(certificate.ExportCertificatePem());
            if (path != "/confirm") return Results.NotFound();
            made.Confirmed.Add(http.Request.QueryString.Value!);
            return Results.Ok();
        });
        await server.StartAsync();
        var port = new Uri(server.Urls.First()).Port;
        return made = new(server, key, new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, port, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
    }

    /// <summary>A signed message of the topic.</summary>
    public string Message(string type, string topic, string message, string certificate = "https://sns.eu-west-1.amazonaws.com/a.pem", DateTimeOffset? at = null, string version = "1")
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Type"] = type, ["MessageId"] = Guid.NewGuid().ToString(), ["TopicArn"] = topic, ["Message"] = message,
            ["Timestamp"] = (at ?? TimeProvider.System.GetUtcNow()).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        };
        if (type != "Notification") (fields["Token"], fields["SubscribeURL"]) = ("t", "https://sns.eu-west-1.amazonaws.com/confirm?Token=t");
        var text = string.Concat(fields.Select(f => $"{f.Key}\n{f.Value}\n"));
        fields["Signature"] = Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), version == "2" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1));
        (fields["SignatureVersion"], fields["SigningCertURL"]) = (version, certificate);
        return JsonSerializer.Serialize(fields);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        key.Dispose();
    }
}
