using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Winnow.Accounts;

namespace Winnow.Server.Accounts;

/// <summary>Who may use a route.</summary>
public enum Who
{
    /// <summary>Everybody, without signing in.</summary>
    Anyone,

    /// <summary>Every member of the account.</summary>
    Member,
}

/// <summary>One row of the table.</summary>
/// <param name="Pattern">The route as written in <c>@page</c> or <c>Map…</c>.</param>
/// <param name="Who">Who may use it.</param>
/// <param name="Token">False where a program or another site posts: no form of ours, so no antiforgery token.</param>
public sealed record Permission(string Pattern, Who Who, bool Token = true);

/// <summary>
/// Every route and who may use it. What is not in the table is refused, and a test names it. Static files are for all.
/// </summary>
public sealed class Permissions : AuthorizationHandler<Permissions.InTable>
{
    /// <summary>The table. Keep it sorted by feature, one row a route.</summary>
    public static readonly Permission[] Table =
    [
        // the shell
        new("/", Who.Member),
        new("/error/{Code:int}", Who.Anyone),
        new("/not-found", Who.Anyone),
        new("/theme", Who.Anyone),
        new("/keys", Who.Member),
        new("/search", Who.Member),

        // accounts
        new("/setup", Who.Anyone),                      // 404 once an account exists
        new("/sign-in", Who.Anyone),
        new("/sign-out", Who.Anyone),
        new("/settings", Who.Member),
        new("/settings/profile", Who.Member),
        new("/settings/properties", Who.Member),
        new("/settings/properties/new", Who.Member),
        new("/settings/properties/{Id:long}", Who.Member),
        new("/settings/sending", Who.Member),
        new("/settings/sending/domains", Who.Member),
        new("/settings/sending/domains/{domain}/{selector}/delete", Who.Member),
        new("/settings/sending/domains/{domain}/{selector}/sign", Who.Member),
        new("/settings/sending/domains/{domain}/{selector}/stop", Who.Member),

        // e-mail
        new("/email", Who.Member),
        new("/email/new", Who.Member),
        new("/email/{Id:long}", Who.Member),
        new("/email/{Id:long}/audience", Who.Member),
        new("/email/{Id:long}/copy", Who.Member),
        new("/email/{Id:long}/delete", Who.Member),
        new("/email/{Id:long}/edit", Who.Member),
        new("/email/{Id:long}/recipients", Who.Member),
        new("/email/{Id:long}/send", Who.Member),
        new("/email/{Id:long}/stop", Who.Member),
        new("/email/{Id:long}/test", Who.Member),
        new("/email/{id:long}/continue", Who.Member),
        new("/email/{id:long}/preview", Who.Member),
        new("/u/{Token}", Who.Anyone),                  // who has the link from a mail
        new("/u/{token}", Who.Anyone, Token: false),    // RFC 8058: the mail program posts, without cookie and without asking

        // bounces
        new("/email/bounce-tools/add-to-list", Who.Member),
        new("/email/bounce-tools/create-list", Who.Member),
        new("/contacts/{Id:long}/evidence/{InboxId:long}", Who.Member),
        new("/contacts/{id:long}/evidence/{inboxId:long}/raw", Who.Member),
        new("/contacts/{id:long}/unbounce", Who.Member),
        new("/contacts/{id:long}/unbounce/undo", Who.Member),
        // contacts
        new("/contacts", Who.Member),
        new("/contacts/new", Who.Member),
        new("/contacts/{Id:long}", Who.Member),
        new("/contacts/{Id:long}/addresses", Who.Member),
        new("/contacts/{id:long}/addresses/change", Who.Member),
        new("/contacts/{Id:long}/edit", Who.Member),
        new("/contacts/{Id:long}/history/{Name}", Who.Member),
        new("/contacts/{Id:long}/marketing", Who.Member),
        new("/contacts/{Id:long}/properties", Who.Member),
        new("/contacts/delete", Who.Member),
        new("/contacts/filter", Who.Member),
        new("/contacts/views", Who.Member),
        new("/contacts/views/counts", Who.Member),
        new("/contacts/views/new", Who.Member),
        new("/contacts/views/{Id:long}/delete", Who.Member),
        new("/contacts/views/{Id:long}/rename", Who.Member),
        new("/contacts/views/{id:long}/save", Who.Member),
        new("/recycle-bin", Who.Member),
        new("/recycle-bin/{id:long}/restore", Who.Member),

        // imports
        new("/imports", Who.Member),
        new("/imports/new", Who.Member),
        new("/imports/upload", Who.Member, Token: false),        // looks at its token itself: the form is a stream
        new("/imports/{Id:long}", Who.Member),
        new("/imports/{Id:long}/mapping", Who.Member),
        new("/imports/{id:long}/rejected", Who.Member),

        // jobs
        new("/jobs", Who.Member),
        new("/jobs/{Id:long}", Who.Member),
        new("/jobs/{id:long}/cancel", Who.Member),
        new("/notifications", Who.Member),
        new("/notifications/bell", Who.Member),
        new("/notifications/read", Who.Member),
        new("/notifications/{id:long}/read", Who.Member),
        // lists
        new("/lists", Who.Member),
        new("/lists/new", Who.Member),
        new("/lists/{Id:long}", Who.Member),
        new("/lists/{Id:long}/filters", Who.Member),
        new("/lists/{Id:long}/rename", Who.Member),
        new("/lists/{Id:long}/delete", Who.Member),
        new("/lists/{Id:long}/remove", Who.Member),
        new("/contacts/add-to-list", Who.Member),
    ];

    private static readonly Dictionary<string, Permission> ByPattern = Table.ToDictionary(row => row.Pattern);

    /// <summary>The row of an endpoint, or null.</summary>
    public static Permission? Of(Endpoint? endpoint) =>
        endpoint is RouteEndpoint route ? ByPattern.GetValueOrDefault("/" + route.RoutePattern.RawText?.Trim('/')) : null;

    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, InTable requirement)
    {
        if (context.Resource is not HttpContext http) return Task.CompletedTask;
        var signedIn = http.RequestServices.GetRequiredService<CurrentAccount>().IsSignedIn;
        var allowed = (http.GetEndpoint(), Of(http.GetEndpoint())) switch
        {
            (null, _) => signedIn,                      // no such page: members see 404, others the sign-in page
            (_, null) => false,
            (_, { Who: Who.Anyone }) => true,
            _ => signedIn,
        };
        if (allowed) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>The one requirement of the fallback policy.</summary>
    public sealed record InTable : IAuthorizationRequirement;

    /// <summary>
    /// Refuses every request that changes something and carries no valid antiforgery token, also where the endpoint
    /// reads no form and the framework would therefore not look.
    /// </summary>
    public static async Task RequireToken(HttpContext http, RequestDelegate next)
    {
        var harmless = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (harmless || http.GetEndpoint() is null || Of(http.GetEndpoint()) is { Token: false } || await HasToken(http)) await next(http);
        else http.Response.StatusCode = StatusCodes.Status400BadRequest;
    }

    private static async Task<bool> HasToken(HttpContext http) =>
        http.Features.Get<IAntiforgeryValidationFeature>() is { } looked
            ? looked.IsValid
            : await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http);
}
