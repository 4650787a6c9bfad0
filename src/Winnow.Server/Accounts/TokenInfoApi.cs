using Winnow.Server.Api;

namespace Winnow.Server.Accounts;

/// <summary>What a token of a private app may do. The token in the body is what lets in: HubSpot's clients send no header with it.</summary>
public static class TokenInfoApi
{
    /// <summary>Maps it.</summary>
    public static void MapTokenInfo(this IEndpointRouteBuilder api) => api.MapPost("/oauth/v2/private-apps/get/access-token-info", Info);

    private static async Task<IResult> Info(HttpContext http, IncomingTokens tokens, CancellationToken stop)
    {
        if (await ApiRoutes.Body<Question>(http) is not { TokenKey: { } token }) return Refused("Send the access token in the body as JSON: {\"tokenKey\": \"TOKEN\"}.", StatusCodes.Status401Unauthorized, "INVALID_AUTHENTICATION");
        var (app, tooMany) = await tokens.Find(token, http.Connection.RemoteIpAddress, stop);
        if (tooMany) return Refused("Too many access tokens that are not valid came from this address. Wait a minute.", StatusCodes.Status429TooManyRequests, "RATE_LIMITS");
        if (app is null) return Refused("The access token is not valid: it is incomplete, or was rotated or revoked.", StatusCodes.Status401Unauthorized, "INVALID_AUTHENTICATION");
        return ApiRoutes.Ok(new { userId = app.CreatedBy, hubId = app.AccountId, appId = app.Id, scopes = app.ScopeNames });

        IResult Refused(string message, int status, string category) => TypedResults.Json(new ApiError(message, http.TraceIdentifier, category), ApiError.Json, statusCode: status);
    }

    private sealed record Question(string? TokenKey);
}
