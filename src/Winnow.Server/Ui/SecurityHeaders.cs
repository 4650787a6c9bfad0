namespace Winnow.Server.Ui;

/// <summary>
/// What a browser may do with our pages: run and show only what this server sends, in no frame of others, and tell
/// other sites nothing of the address. There is no inline script or style anywhere, so none is allowed.
/// </summary>
public static class SecurityHeaders
{
    private static readonly (string Name, string Value)[] OfDocuments =
    [
        ("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ];

    /// <summary>Puts the headers on every answer; those that only a document obeys not on style sheets, scripts and fonts, where they
    /// would be two kilobytes of the first visit. Pages with people's data are not kept by caches.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        foreach (var (name, value) in OfDocuments) headers[name] = value;
        http.Response.OnStarting(() =>
        {
            if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
            if (IsPart(http.Response.ContentType)) foreach (var (name, _) in OfDocuments) headers.Remove(name);
            return Task.CompletedTask;
        });
        return next(http);
    });

    private static bool IsPart(string? type) =>
        type is not null && (type.StartsWith("text/css", StringComparison.Ordinal) || type.StartsWith("text/javascript", StringComparison.Ordinal) || type.StartsWith("font/", StringComparison.Ordinal));
}
