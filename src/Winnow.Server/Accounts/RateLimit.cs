using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Winnow.Accounts;
using Winnow.Server.Api;

namespace Winnow.Server.Accounts;

/// <summary>How often something may be done. Each process counts for itself.</summary>
/// <param name="Name">What clients and the code call it.</param>
/// <param name="Permits">So often,</param>
/// <param name="Window">within this time.</param>
public sealed record RateLimit(string Name, int Permits, TimeSpan Window)
{
    /// <summary>The table of limits. The table of permissions says which routes have one by place; apps have theirs everywhere.</summary>
    public static readonly RateLimit
        Passwords = new("password", 20, TimeSpan.FromMinutes(1)),                       // by place: forms that take a password
        Links = new("link", 60, TimeSpan.FromMinutes(1)),                               // by place: invitations, new passwords
        Unsubscribes = new("unsubscribe", 600, TimeSpan.FromMinutes(1)),                // by place: one mail provider presses for many people
        Reports = new("report", 6_000, TimeSpan.FromMinutes(1)),                        // by place: providers tell of each mail, and call again after a 429
        TokenInfo = new("token-info", 60, TimeSpan.FromMinutes(1)),                     // by place: asks what a token may do
        FailedTokens = new("failed-token", 60, TimeSpan.FromMinutes(1)),                // by place: tokens that are not valid
        Apps = new("TEN_SECONDLY_ROLLING", 100, TimeSpan.FromSeconds(10));              // by private app, as HubSpot

    /// <summary>Counts a place (<see cref="SignInPlace.Network"/>).</summary>
    public RateLimitPartition<string> PerPlace(string place) =>
        RateLimitPartition.GetFixedWindowLimiter($"{Name} {place}", _ => new() { PermitLimit = Permits, Window = Window });

    /// <summary>Registers the limits that follow from the table of permissions, and the answer when one is reached.</summary>
    public static void Register(RateLimiterOptions limits)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.AddPolicy(AccountServices.PasswordLimit, http => HttpMethods.IsPost(http.Request.Method) ? Passwords.PerPlace(Place(http)) : RateLimitPartition.GetNoLimiter(""));
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(ByRoute);
        limits.OnRejected = async (rejected, _) => await Refuse(rejected);
    }

    /// <summary>Tells a program what is left of its limit, in HubSpot's headers (DOMAIN §8.7).</summary>
    public static Task Tell(HttpContext http, RequestDelegate next)
    {
        if (http.RequestServices.GetRequiredService<CurrentApp>().IsKnown) TellApp(http);
        return next(http);
    }

    private static RateLimitPartition<string> ByRoute(HttpContext http) =>
        http.RequestServices.GetRequiredService<CurrentApp>() is { IsKnown: true } app ? Apps.PerApp($"{app.AccountId}/{app.App.Id}")
        : Permissions.Of(http.GetEndpoint())?.Limit is { } limit ? limit.PerPlace(Place(http))
        : RateLimitPartition.GetNoLimiter("");

    private RateLimitPartition<string> PerApp(string app) =>
        RateLimitPartition.GetSlidingWindowLimiter($"{Name} {app}", _ => new() { PermitLimit = Permits, Window = Window, SegmentsPerWindow = 10 });

    private static string Place(HttpContext http) => SignInPlace.Network(http.Connection.RemoteIpAddress);

    private static async ValueTask Refuse(OnRejectedContext rejected)
    {
        var http = rejected.HttpContext;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var said) ? said : Apps.Window;
        http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (!http.RequestServices.GetRequiredService<CurrentApp>().IsKnown) return;     // the page of errors says it, or ApiError
        TellApp(http);
        await ApiError.Write(http, StatusCodes.Status429TooManyRequests, "You have reached your ten_secondly_rolling limit.", policy: Apps.Name);
    }

    private static void TellApp(HttpContext http)
    {
        var left = http.RequestServices.GetRequiredService<Microsoft.Extensions.Options.IOptions<RateLimiterOptions>>().Value.GlobalLimiter?.GetStatistics(http)?.CurrentAvailablePermits ?? 0;
        http.Response.Headers["X-HubSpot-RateLimit-Max"] = Apps.Permits.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-HubSpot-RateLimit-Remaining"] = left.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = ((int)Apps.Window.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
    }
}
