using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Winnow.Accounts;
using Winnow.Server.Accounts;

namespace Winnow.Server.Api;

/// <summary>Lets a program in by <c>Authorization: Bearer …</c> (RFC 6750 section 2.1), on routes of the API and nowhere else.</summary>
public sealed class BearerTokens(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IncomingTokens tokens, CurrentApp current)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public new const string Scheme = "Bearer";

    private const string
        Missing = "Authentication credentials not found. Send the access token of a private app (Settings > Private apps) in the header: Authorization: Bearer TOKEN.",
        InUrl = "Access tokens are not taken from the URL, where logs and histories keep them. Send the token in the header Authorization: Bearer TOKEN, and rotate the one that stood in the URL.",
        Unknown = "The access token is not valid: it is incomplete, or was rotated or revoked. Settings > Private apps makes a new one.",
        TooMany = "Too many access tokens that are not valid came from this address. Wait a minute.";

    private static readonly string[] NamesInUrls = ["hapikey", "access_token", "tokenKey"];

    private int status = StatusCodes.Status401Unauthorized;
    private string refusal = Missing;

    /// <summary>Looks for the token; the request goes on as a stranger's where there is none that is valid.</summary>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (NamesInUrls.Any(Request.Query.ContainsKey)) return Refuse(InUrl);
        if (Read(Request.Headers.Authorization) is not { } text) return AuthenticateResult.NoResult();
        var (app, tooMany) = await tokens.Find(text, Context.Connection.RemoteIpAddress, Context.RequestAborted);
        if (app is null) return Refuse(tooMany ? TooMany : Unknown, tooMany ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized);
        current.Set(app);
        return AuthenticateResult.Success(new(new(new System.Security.Claims.ClaimsIdentity(Scheme)), Scheme));
    }

    /// <summary>401, or 429 where too many were tried.</summary>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await HandleAuthenticateOnceSafeAsync();
        if (status == StatusCodes.Status401Unauthorized) Response.Headers.WWWAuthenticate = refusal == Unknown ? "Bearer realm=\"Winnow\", error=\"invalid_token\"" : "Bearer realm=\"Winnow\"";
        else Response.Headers.RetryAfter = "60";
        await ApiError.Write(Context, status, refusal);
    }

    /// <summary>403, with the scope that is lacking.</summary>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var scope = Permissions.Of(Context.GetEndpoint())?.Scope;
        return ApiError.Write(Context, StatusCodes.Status403Forbidden, "This app hasn't been granted all required scopes to make this call. Add them in Settings > Private apps.",
            [new("One or more of the following scopes are required.", new Dictionary<string, IReadOnlyList<string>> { ["requiredGranularScopes"] = scope is null ? [] : [scope] })], "MISSING_SCOPES");
    }

    private AuthenticateResult Refuse(string why, int with = StatusCodes.Status401Unauthorized)
    {
        (refusal, status) = (why, with);
        return AuthenticateResult.Fail(why);
    }

    private static string? Read(string? header) =>
        header is not null && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && header["Bearer ".Length..].Trim() is { Length: > 0 } token ? token : null;
}
