using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Winnow.Server.Ui;

/// <summary>
/// Single keys can be switched off (WCAG 2.1.4: whoever speaks to the computer triggers them by accident); kept in a
/// cookie of this browser.
/// </summary>
public static class Keys
{
    private const string Cookie = "winnow-keys";

    /// <summary>The map, as the help shows it: keys and a word of <see cref="Words"/>.</summary>
    public static readonly (string Press, string Word)[] Map =
    [
        ("Ctrl K", "Search in everything"),
        ("/", "Search on this page"),
        ("j · k", "Into the table: next row, previous row"),
        ("↓ · ↑", "In the table or a menu: next, previous"),
        ("x · Space", "Tick the row"),
        ("Shift x", "Tick all up to this row"),
        ("Ctrl a", "In the table: tick the page; again: all"),
        ("Enter", "Open"),
        ("f", "Add a filter"),
        ("Ctrl z · Ctrl Shift z", "In a filter: undo, redo"),
        ("Ctrl Enter", "In a filter: add a condition to the group"),
        ("Ctrl Shift ↑ · ↓", "In a filter: move the condition, also to another group"),
        ("Esc", "Close, then clear the selection"),
        ("?", "This help"),
    ];

    /// <summary>True when this browser wants none.</summary>
    public static bool AreOff(HttpRequest request) => request.Cookies[Cookie] == "off";

    /// <summary>The form of the help.</summary>
    public static void MapKeys(this IEndpointRouteBuilder app) => app.MapPost("/keys", Choose);

    private static RedirectHttpResult Choose([FromForm] string? off, [FromForm] string? back, HttpContext http)
    {
        var options = new CookieOptions { MaxAge = TimeSpan.FromDays(365), HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps };
        if (off is null) http.Response.Cookies.Delete(Cookie, options);
        else http.Response.Cookies.Append(Cookie, "off", options);
        return TypedResults.LocalRedirect(Url.Local(back, "/"));
    }
}
