using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Winnow.Server.Ui;

/// <summary>Light, dark or as the system says; kept in a cookie of this browser, written by the server, so no flash.</summary>
public static class Theme
{
    private const string Cookie = "winnow-theme";

    /// <summary>“light”, “dark”, or null for the system's.</summary>
    public static string? Of(HttpRequest request) => request.Cookies[Cookie] is "light" or "dark" ? request.Cookies[Cookie] : null;

    /// <summary>The form of the account menu.</summary>
    public static void MapTheme(this IEndpointRouteBuilder app) => app.MapPost("/theme", Choose);

    private static RedirectHttpResult Choose([FromForm] string theme, [FromForm] string? back, HttpContext http)
    {
        var options = new CookieOptions { MaxAge = TimeSpan.FromDays(365), HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps };
        if (theme is "light" or "dark") http.Response.Cookies.Append(Cookie, theme, options);
        else http.Response.Cookies.Delete(Cookie, options);
        return TypedResults.LocalRedirect(Url.Local(back, "/"));
    }
}
