using System.Net;
using System.Security.Cryptography;
using System.Text;
using Winnow.Vitals;

namespace Winnow.Server.Vitals;

/// <summary>What programs ask that watch over the server. Neither is a page, needs an account, or says anything of one.</summary>
public static class VitalsEndpoints
{
    private static readonly string[] MarksOfProxies = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    /// <summary>An endpoint that also answers before the first account is made.</summary>
    public sealed record WithoutAccount;

    /// <summary>Maps them.</summary>
    public static void MapVitals(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health", Health).WithMetadata(new WithoutAccount());
        app.MapGet("/metrics", Figures).WithMetadata(new WithoutAccount());
    }

    /// <summary>Anyone may ask, and hears one word.</summary>
    private static async Task<IResult> Health(VitalSigns signs, CancellationToken stop) => await signs.AreGood(stop)
        ? TypedResults.Text("ok\n")
        : TypedResults.Text("failing\n", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> Figures(HttpContext http, Metrics metrics, IConfiguration configuration, CancellationToken stop)
    {
        if (MayAsk(http.Connection.RemoteIpAddress, http.Request.Headers, configuration["Metrics:Token"])) return TypedResults.Text(await metrics.Read(stop), PrometheusText.ContentType);
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return TypedResults.Text("Ask from this machine, or with the token that the setting Metrics:Token holds.\n", statusCode: StatusCodes.Status401Unauthorized);
    }

    /// <summary>Whoever has the token, and programs on this machine; what came through a proxy on this machine did not begin here.</summary>
    public static bool MayAsk(IPAddress? from, IHeaderDictionary headers, string? token) =>
        from is not null && IPAddress.IsLoopback(from) && !MarksOfProxies.Any(headers.ContainsKey)
        || token is { Length: > 0 } && headers.Authorization.ToString() is var given && given.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && Same(given["Bearer ".Length..].Trim(), token);

    // Hashed first, so that neither the length nor the first wrong letter shows in the time it takes.
    private static bool Same(string given, string token) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
