using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Winnow.Accounts;
using Winnow.Server.Accounts;

namespace Winnow.Server.Api;

/// <summary>The API: HubSpot's paths and JSON, let in by the token of a private app.</summary>
public static class ApiRoutes
{
    /// <summary>Registers what lets programs in.</summary>
    public static void AddApi(this IServiceCollection services)
    {
        services.AddScoped<CurrentApp>().AddSingleton<IncomingTokens>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, BearerTokens>(BearerTokens.Scheme, null);
    }

    /// <summary>Maps every route of the API; each has its row in <see cref="Permissions.Table"/>.</summary>
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("").WithMetadata(new RequestSizeLimitAttribute(ApiPaths.MaxBody));
        api.MapAccountInfo();
        api.MapOwners();
        api.MapTokenInfo();
    }

    /// <summary>The answer to a question.</summary>
    public static IResult Ok<T>(T answer) => TypedResults.Json(answer, ApiError.Json);

    /// <summary>A moment as HubSpot writes it: UTC, milliseconds, Z.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The JSON that came with the request; null when there is none that can be read.</summary>
    public static async Task<T?> Body<T>(HttpContext http) where T : class
    {
        if (!http.Request.HasJsonContentType()) return null;
        try { return await http.Request.ReadFromJsonAsync<T>(ApiError.Json, http.RequestAborted); }
        catch (JsonException) { return null; }
    }
}
