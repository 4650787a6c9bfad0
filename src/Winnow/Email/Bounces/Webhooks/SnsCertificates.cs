using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Winnow.Email.Bounces.Webhooks;

/// <summary>Amazon's signing certificates: fetched over HTTPS from a host of Amazon's and nowhere else, once, with limits.</summary>
public sealed partial class SnsCertificates(ILogger<SnsCertificates> log) : IDisposable
{
    private const int MostBytes = 64 * 1024, MostKept = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, X509Certificate2> known = new();

    /// <summary>By what it asks; tests lead it to a server of their own.</summary>
    public HttpMessageHandler Way { get; set; } = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience };

    /// <summary>The address when it is one of Amazon SNS over HTTPS, else null.</summary>
    public static Uri? IsAmazons(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url is { IsDefaultPort: true, UserInfo: "" } && Host().IsMatch(url.Host) ? url : null;

    /// <summary>The key of a certificate that is valid now, or null.</summary>
    internal async ValueTask<RSA?> KeyAt(Uri where, DateTimeOffset now, CancellationToken stop)
    {
        if (!known.TryGetValue(where.AbsoluteUri, out var certificate))
        {
            if (await Fetch(where, stop) is not { } pem || Read(pem) is not { } read) return null;
            if (known.Count >= MostKept) known.Clear();
            certificate = known.GetOrAdd(where.AbsoluteUri, read);
        }
        return now >= certificate.NotBefore && now <= certificate.NotAfter ? certificate.GetRSAPublicKey() : null;
    }

    /// <summary>Says yes to Amazon's question whether it may send.</summary>
    internal async Task<bool> Confirm(Uri where, CancellationToken stop) => await Fetch(where, stop) is not null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Way.Dispose();
        foreach (var certificate in known.Values) certificate.Dispose();
    }

    private async Task<string?> Fetch(Uri where, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            using var http = new HttpClient(Way, disposeHandler: false) { MaxResponseContentBufferSize = MostBytes };
            using var answer = await http.GetAsync(where, patience.Token);
            return answer.IsSuccessStatusCode ? Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(patience.Token)) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            log.LogWarning(e, "Amazon SNS at {Host} could not be asked; it will call again", where.Host);
            return null;
        }
    }

    private static X509Certificate2? Read(string pem)
    {
        try { return X509Certificate2.CreateFromPem(pem); }
        catch (CryptographicException) { return null; }
    }

    [GeneratedRegex(@"^sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
