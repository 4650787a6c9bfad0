namespace Winnow.Server.Ui;

/// <summary>The three places where a request by htmx is answered in another way than one by the browser.</summary>
public static class Htmx
{
    /// <summary>True when a part of a page was asked for. Going back in history asks for the whole one.</summary>
    public static bool WantsFragment(HttpRequest request) =>
        request.Headers.ContainsKey("HX-Request")
        && !request.Headers.ContainsKey("HX-Boosted")
        && !request.Headers.ContainsKey("HX-History-Restore-Request");

    /// <summary>Lets a page that asked for a part of itself load whole: what it waited for has ended, and its head says so too.</summary>
    public static void ShowWholePage(HttpContext http)
    {
        if (WantsFragment(http.Request)) http.Response.Headers["HX-Refresh"] = "true";
    }

    /// <summary>
    /// Turns a redirect that answers a form into HX-Redirect: the browser's XMLHttpRequest would follow a 302 by
    /// itself and htmx would put the whole next page into the place of the form.
    /// </summary>
    public static IApplicationBuilder UseHtmxRedirects(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        http.Response.Headers.Append("Vary", "HX-Request");
        if (WantsFragment(http.Request)) http.Response.OnStarting(() => TurnRedirect(http));
        return next(http);
    });

    private static Task TurnRedirect(HttpContext http)
    {
        if (http.Response.StatusCode is not (301 or 302 or 303) || http.Response.Headers.Location.Count == 0) return Task.CompletedTask;
        http.Response.Headers["HX-Redirect"] = http.Response.Headers.Location;
        http.Response.Headers.Remove("Location");
        http.Response.StatusCode = StatusCodes.Status200OK;     // not 204: the page may still write, which nobody reads
        return Task.CompletedTask;
    }
}
