namespace Winnow.Transfer.HubSpot;

/// <summary>Where HubSpot's API is: a matter of the installation's configuration (<c>HubSpot:BaseUrl</c>), never of a request, so that nobody can lead the server elsewhere.</summary>
public sealed record HubSpotSettings(Uri BaseUrl)
{
    /// <summary>HubSpot itself.</summary>
    public static readonly HubSpotSettings Usual = new(new Uri("https://api.hubapi.com"));

    /// <summary>Searches keep this apart: HubSpot takes five a second and names no limit in their answers. A stand-in on this machine has none.</summary>
    public TimeSpan BetweenSearches => BaseUrl.IsLoopback ? TimeSpan.Zero : TimeSpan.FromMilliseconds(210);

    /// <summary>As configured; without, HubSpot itself.</summary>
    /// <exception cref="ArgumentException">It is no address, or the token would go over the net in clear.</exception>
    public static HubSpotSettings Of(string? url) =>
        string.IsNullOrWhiteSpace(url) ? Usual
        : Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address is { Scheme: "http", IsLoopback: true }) ? new(address)
        : throw new ArgumentException($"HubSpot:BaseUrl is '{url}'; it must be an address that begins with https://");
}
