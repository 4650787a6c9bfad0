namespace Winnow.Server.Api;

/// <summary>
/// Where programs talk to Winnow. Below these paths there are no pages: cookies open nothing, tokens do, and every
/// answer, refusals and failures included, is JSON in HubSpot's form.
/// </summary>
public static class ApiPaths
{
    /// <summary>The largest body of a request, in bytes.</summary>
    public const long MaxBody = 1_000_000;

    private static readonly PathString[] Prefixes = ["/account-info/v3", "/crm/v3", "/oauth/v2"];

    /// <summary>Whether the path belongs to the API, whether or not it has a route.</summary>
    public static bool Holds(PathString path) => Array.Exists(Prefixes, prefix => path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase));
}
