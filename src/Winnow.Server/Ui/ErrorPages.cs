using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Winnow.Server.Api;

namespace Winnow.Server.Ui;

/// <summary>Shows a page for refusals and failures, with the right status, whatever the request was.</summary>
public static class ErrorPages
{
    /// <summary>
    /// The request goes through the pipeline a second time with the path of the error page. It is then a GET: the
    /// form that may have been the trouble is not read again.
    /// </summary>
    public static void UseErrorPages(this IApplicationBuilder app)
    {
        app.UseExceptionHandler("/error/500", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/error/{0}", createScopeForStatusCodePages: true);
        app.Use((http, next) =>
        {
            if (IsShowing(http))
            {
                http.Request.Method = HttpMethods.Get;
                http.Features.Set<IAntiforgeryValidationFeature>(null);
            }
            return next(http);
        });
        app.Use(ApiError.Answer);                       // programs get JSON instead
        app.Use(RefuseUnreadable);
    }

    /// <summary>A number in the address that is none (<c>?page=x</c>) is a mistake of whoever wrote the link, not of ours: 400, not 500.
    /// So is a NUL, which PostgreSQL takes in no text.</summary>
    private static async Task RefuseUnreadable(HttpContext http, RequestDelegate next)
    {
        if (http.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true) http.Response.StatusCode = StatusCodes.Status400BadRequest;
        else try { await next(http); }
        catch (InvalidOperationException e) when (e.Message.StartsWith("Cannot parse the value '", StringComparison.Ordinal) && !http.Response.HasStarted)
        {
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    /// <summary>True while the request goes round the second time, for the error page.</summary>
    public static bool IsShowing(HttpContext http) =>
        http.Features.Get<IStatusCodeReExecuteFeature>() is not null || http.Features.Get<IExceptionHandlerFeature>() is not null;
}
