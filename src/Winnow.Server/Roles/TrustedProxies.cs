using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Winnow.Server.Roles;

/// <summary>
/// Proxies in front of this server, by the setting <c>Web:TrustedProxies</c>: addresses or networks (<c>10.0.0.2, 192.168.7.0/24</c>).
/// What they say of the browser's address and of https is believed (X-Forwarded-For, X-Forwarded-Proto), from nobody else: else anyone
/// could try passwords from as many addresses as they like. Without the setting the headers are not read at all.
/// </summary>
public static class TrustedProxies
{
    /// <summary>Reads the headers, when there is somebody to believe.</summary>
    public static void UseTrustedProxies(this WebApplication app)
    {
        var trusted = (app.Configuration["Web:TrustedProxies"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (trusted.Length == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var text in trusted)
            if (IPAddress.TryParse(text, out var address)) options.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(text, out var network)) options.KnownIPNetworks.Add(network);
            else throw new InvalidOperationException($"Web:TrustedProxies holds '{text}', which is no address (10.0.0.2) and no network (10.0.0.0/24)");
        app.UseForwardedHeaders(options);
    }
}
