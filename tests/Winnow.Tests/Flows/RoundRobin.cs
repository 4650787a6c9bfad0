using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Winnow.Tests;

/// <summary>A reverse proxy that knows nobody: each request goes to the next server, whoever it comes from and on whatever connection.</summary>
internal sealed class RoundRobin : IAsyncDisposable
{
    /// <summary>What belongs to one connection and is not passed on (RFC 9110 §7.6.1), and the length that comes anew.</summary>
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Proxy-Connection", "TE" };

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly int[] served;
    private WebApplication? proxy;
    private int requests;

    private RoundRobin(IReadOnlyList<Uri> servers) => (Servers, served) = (servers, new int[servers.Count]);

    private IReadOnlyList<Uri> Servers { get; }

    /// <summary>Where browsers go.</summary>
    public Uri Address => new(proxy!.Urls.First());

    /// <summary>How many requests each server has answered.</summary>
    public IReadOnlyList<int> Served => served;

    /// <summary>Begins to listen.</summary>
    public static async Task<RoundRobin> Before(params Uri[] servers)
    {
        var robin = new RoundRobin(servers);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        robin.proxy = builder.Build();
        robin.proxy.Run(robin.PassOn);
        await robin.proxy.StartAsync();
        return robin;
    }

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null) await proxy.DisposeAsync();
        http.Dispose();
    }

    private async Task PassOn(HttpContext browser)
    {
        var turn = (Interlocked.Increment(ref requests) & int.MaxValue) % Servers.Count;
        Interlocked.Increment(ref served[turn]);
        using var request = Copy(browser, Servers[turn]);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, browser.RequestAborted);
        browser.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !OfTheConnection.Contains(header.Key))) browser.Response.Headers[name] = values.ToArray();
        if (answer.StatusCode is not (System.Net.HttpStatusCode.NoContent or System.Net.HttpStatusCode.NotModified)) await answer.Content.CopyToAsync(browser.Response.Body, browser.RequestAborted);
    }

    private static HttpRequestMessage Copy(HttpContext browser, Uri server)
    {
        var from = browser.Request;
        var request = new HttpRequestMessage(new(from.Method), new Uri(server, from.Path.ToUriComponent() + from.QueryString));
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0) request.Content = new StreamContent(from.Body);
        foreach (var (name, values) in from.Headers.Where(header => !OfTheConnection.Contains(header.Key)))
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray())) request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", browser.Connection.RemoteIpAddress?.ToString());
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "http");
        return request;
    }
}
