namespace Winnow.Server.Ui;

/// <summary>The paths that have a page, read once from the endpoints themselves.</summary>
public sealed class Routes(EndpointDataSource endpoints)
{
    private readonly Lazy<HashSet<string>> patterns = new(() =>
        endpoints.Endpoints.OfType<RouteEndpoint>().Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/')).ToHashSet());

    /// <summary>True when a page or endpoint answers at exactly this pattern.</summary>
    public bool Has(string pattern) => patterns.Value.Contains(pattern);
}
