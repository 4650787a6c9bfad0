using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;
using Winnow.Accounts;
using Winnow.Server.Api;

namespace Winnow.Server.Accounts;

/// <summary>Who may use a route.</summary>
public enum Who
{
    /// <summary>Everybody, without signing in.</summary>
    Anyone,

    /// <summary>Every member of the account.</summary>
    Member,

    /// <summary>Programs: who shows the access token of a private app. No cookie counts.</summary>
    App,
}

/// <summary>One row of the table.</summary>
/// <param name="Pattern">The route as written in <c>@page</c> or <c>Map…</c>.</param>
/// <param name="Who">Who may use it.</param>
/// <param name="Needs">What a member must be allowed to; null for every member.</param>
/// <param name="Token">False where a program or another site posts: no form of ours, so no antiforgery token.</param>
/// <param name="Scope">What a private app must have been given; null for every app.</param>
/// <param name="Limit">How often one place may come, where strangers do.</param>
public sealed record RouteRule(string Pattern, Who Who, Permission? Needs = null, bool Token = true, string? Scope = null, RateLimit? Limit = null)
{
    /// <summary>A route for members who are allowed to do this.</summary>
    public RouteRule(string pattern, Permission needs, bool token = true) : this(pattern, Who.Member, needs, token) { }

    /// <summary>A route of the API, for private apps that have this scope.</summary>
    public static RouteRule Api(string pattern, string? scope = null) => new(pattern, Who.App, Token: false, Scope: scope);
}

/// <summary>
/// Every route and who may use it. What is not in the table is refused, and a test names it. Static files are for all.
/// </summary>
public sealed class Permissions : AuthorizationHandler<Permissions.InTable>
{
    /// <summary>The table. Keep it sorted by feature, one row a route.</summary>
    public static readonly RouteRule[] Table =
    [
        // the shell
        new("/", Who.Member),
        new("/error/{Code:int}", Who.Anyone),
        new("/not-found", Who.Anyone),
        new("/theme", Who.Anyone),
        new("/keys", Who.Member),
        new("/search", Who.Member),
        new("/health", Who.Anyone),                     // says ok or failing
        new("/metrics", Who.Anyone),                    // asks where from, or for a token, itself: programs have no cookie

        // accounts
        new("/setup", Who.Anyone),                      // 404 once an account exists
        new("/sign-in", Who.Anyone),
        new("/sign-in/code", Who.Anyone),               // who gave the right password
        new("/sign-in/recovery", Who.Anyone),
        new("/forgot-password", Who.Anyone),
        new("/reset-password/{Token}", Who.Anyone, Limit: RateLimit.Links),     // who has the link from a mail
        new("/sign-in/passkey", Who.Anyone),
        new("/sign-in/passkey/options", Who.Anyone),
        new("/sign-out", Who.Anyone),
        new("/sign-out/everywhere", Who.Member),
        new("/invitation/{Token}", Who.Anyone, Limit: RateLimit.Links),         // who has the link from a mail
        new("/accounts", Who.Member),
        new("/accounts/new", Who.Member),               // super admins; others do not find it
        new("/accounts/{id:long}/switch", Who.Member),  // 404 where the person does not belong
        new("/settings", Who.Member),                   // leads those who may not change it to their own profile
        new("/settings/profile", Who.Member),
        new("/settings/notifications", Who.Member),
        new("/settings/security", Who.Member),
        new("/settings/security/two-factor", Who.Member),
        new("/settings/users", Permission.Users),
        new("/settings/users/invite", Permission.Users),
        new("/settings/users/{Id:long}", Permission.Users),
        new("/settings/teams", Permission.Users),
        new("/settings/teams/new", Permission.Users),
        new("/settings/teams/{Id:long}", Permission.Users),
        new("/settings/teams/{Id:long}/rename", Permission.Users),
        new("/settings/teams/{Id:long}/delete", Permission.Users),
        new("/settings/marketing", Who.Member),                         // forms by what one may
        new("/settings/marketing/defaults", Permission.MarketingContacts),
        new("/settings/marketing/fuse", Permission.Billing),
        new("/usage/approvals", Who.Member),
        new("/usage/approvals/{Id:long}", Who.Member),
        new("/usage/approvals/{id:long}/approve", Permission.Billing),
        new("/usage/approvals/{id:long}/refuse", Permission.Billing),
        new("/settings/private-apps", Permission.Settings),
        new("/settings/private-apps/new", Permission.Settings),
        new("/settings/private-apps/{Id:long}", Permission.Settings),
        new("/settings/private-apps/{Id:long}/revoke", Permission.Settings),
        new("/settings/private-apps/{Id:long}/rotate", Permission.Settings),
        new("/settings/audit", Permission.Users),
        new("/settings/audit/export", Permission.Users),
        new("/settings/security/passkeys", Who.Member),
        new("/settings/security/passkeys/options", Who.Member),
        new("/settings/security/passkeys/{id}/rename", Who.Member),
        new("/settings/security/passkeys/{id}/remove", Who.Member),
        new("/settings/indexes", Permission.Settings),
        new("/settings/properties", Permission.EditProperties),
        new("/settings/properties/groups", Permission.EditProperties),
        new("/settings/properties/new", Permission.EditProperties),
        new("/settings/properties/{Id:long}", Permission.EditProperties),
        new("/settings/sending", Permission.Settings),
        new("/settings/sending/domains", Permission.Settings),
        new("/settings/sending/domains/{domain}/{selector}/delete", Permission.Settings),
        new("/settings/sending/domains/{domain}/{selector}/sign", Permission.Settings),
        new("/settings/sending/domains/{domain}/{selector}/stop", Permission.Settings),

        // e-mail
        new("/email", Who.Member),
        new("/email/new", Permission.EditEmail),
        new("/email/{Id:long}", Who.Member),
        new("/email/{Id:long}/audience", Who.Member),
        new("/email/{Id:long}/copy", Permission.EditEmail),
        new("/email/{Id:long}/delete", Permission.EditEmail),
        new("/email/{Id:long}/edit", Permission.EditEmail),
        new("/email/{Id:long}/recipients", Who.Member),
        new("/email/{Id:long}/send", Permission.SendEmail),
        new("/email/{Id:long}/stop", Permission.SendEmail),
        new("/email/{Id:long}/test", Permission.EditEmail),
        new("/email/{id:long}/continue", Permission.SendEmail),
        new("/email/{id:long}/preview", Who.Member),
        new("/u/{Token}", Who.Anyone, Limit: RateLimit.Unsubscribes),                  // who has the link from a mail
        new("/u/{token}", Who.Anyone, Token: false, Limit: RateLimit.Unsubscribes),    // RFC 8058: the mail program posts, without cookie and without asking

        // bounces
        new("/settings/bounces", Permission.Settings),
        new("/settings/bounces/doors", Permission.Settings),
        new("/settings/bounces/mailboxes/new", Permission.Settings),
        new("/settings/bounces/mailboxes/{Id:long}", Permission.Settings),
        new("/settings/bounces/mailboxes/{id:long}/read", Permission.Settings),
        new("/settings/bounces/mailboxes/{id:long}/remove", Permission.Settings),
        new("/settings/bounces/rules", Permission.Settings),
        new("/settings/bounces/rules/decided", Permission.Settings),
        new("/settings/bounces/unmatched", Permission.Settings),
        new("/settings/bounces/unmatched/{Id:long}", Permission.Settings),
        new("/settings/bounces/unmatched/{id:long}/raw", Permission.Settings),
        new("/settings/bounces/webhook", Permission.Settings),
        new("/settings/bounces/webhook/close", Permission.Settings),
        new("/webhooks/{provider}/{token}", Who.Anyone, Token: false, Limit: RateLimit.Reports),   // programs: what they send is signed or carries a password
        new("/email/bounce-tools/add-to-list", Permission.EditLists),
        new("/email/bounce-tools/create-list", Permission.EditLists),
        new("/email/bounce-tools/unbounce", Permission.Unbounce),
        new("/email/incidents", Who.Member),
        new("/email/incidents/{Id:long}", Who.Member),
        new("/email/incidents/{Id:long}/reverse", Permission.Unbounce),
        new("/settings/bounces/second-chances", Permission.Settings),
        new("/contacts/unbounce", Permission.Unbounce),
        new("/contacts/{Id:long}/evidence/{InboxId:long}", Who.Member),
        new("/contacts/{id:long}/evidence/{inboxId:long}/raw", Who.Member),
        new("/contacts/{Id:long}/overrule", Permission.Unbounce),
        new("/contacts/{id:long}/unbounce/undo", Permission.Unbounce),
        // contacts
        new("/contacts", Who.Member),
        new("/contacts/new", Permission.EditContacts),
        new("/contacts/{Id:long}", Who.Member),
        new("/contacts/{Id:long}/addresses", Permission.EditContacts),
        new("/contacts/{id:long}/addresses/change", Permission.EditContacts),
        new("/contacts/{Id:long}/edit", Permission.EditContacts),
        new("/contacts/{Id:long}/history/{Name}", Who.Member),
        new("/contacts/{Id:long}/lists", Who.Member),
        new("/contacts/{Id:long}/marketing", Permission.MarketingContacts),
        new("/contacts/{Id:long}/properties", Who.Member),
        new("/contacts/delete", Permission.DeleteContacts),
        new("/contacts/edit-property", Permission.EditContacts),
        new("/bulk-edits/{Id:long}/undo", Permission.EditContacts),
        new("/bulk-edits/{id:long}/kept", Permission.EditContacts),
        new("/contacts/set-marketing", Permission.MarketingContacts),
        new("/contacts/set-non-marketing", Permission.MarketingContacts),
        new("/marketing-changes/{Id:long}/undo", Permission.MarketingContacts),
        new("/usage/manage", Permission.MarketingContacts),
        new("/usage/manage/unengaged", Permission.MarketingContacts),
        new("/usage/manage/filters", Permission.MarketingContacts),
        new("/usage/manage/review", Permission.MarketingContacts),
        new("/usage/rules", Permission.MarketingContacts),
        new("/usage/rules/switch", Permission.MarketingContacts),
        new("/marketing-changes/{id:long}/kept", Permission.MarketingContacts),
        new("/contacts/filter", Who.Member),
        new("/contacts/views", Who.Member),
        new("/contacts/views/counts", Who.Member),
        new("/contacts/views/new", Who.Member),
        new("/contacts/views/{Id:long}/delete", Who.Member),
        new("/contacts/views/{Id:long}/rename", Who.Member),
        new("/contacts/views/{id:long}/save", Who.Member),
        new("/recycle-bin", Who.Member),
        new("/recycle-bin/{id:long}/restore", Permission.DeleteContacts),

        // imports
        new("/imports", Permission.Import),
        new("/imports/new", Permission.Import),
        new("/imports/upload", Permission.Import, token: false),        // looks at its token itself: the form is a stream
        new("/imports/passports", Permission.Import),
        new("/imports/passports/upload", Permission.Import, token: false),                  // likewise
        new("/imports/passports/{Id:long}", Permission.Import),
        new("/imports/passports/{Id:long}/trust", Permission.Settings),
        new("/imports/passports/signers", Permission.Settings),
        new("/imports/passports/signers/{id:long}/remove", Permission.Settings),
        new("/imports/{Id:long}", Permission.Import),
        new("/imports/{Id:long}/mapping", Permission.Import),
        new("/imports/{Id:long}/opt-outs", Permission.Import),
        new("/imports/{Id:long}/undo", Permission.Import),              // and Delete contacts, as it deletes some
        new("/imports/{id:long}/kept", Permission.Import),              // likewise
        new("/imports/{id:long}/pause", Permission.Import),             // who may stop it: who started it, and super admins
        new("/imports/{id:long}/resume", Permission.Import),
        new("/imports/{id:long}/rejected", Permission.Import),
        new("/imports/hubspot", Permission.Import),
        new("/imports/hubspot/{Id:long}", Permission.Import),           // properties, lists and the marketing status need their own permissions too
        new("/imports/hubspot/{Id:long}/progress", Permission.Import),
        new("/imports/hubspot/{id:long}/report", Permission.Import),
        new("/imports/hubspot/{id:long}/forget", Permission.Import),
        new("/imports/hubspot/{id:long}/pause", Permission.Import),     // who may stop it
        new("/imports/hubspot/{id:long}/resume", Permission.Import),

        // exports
        new("/contacts/export", Permission.Export),
        new("/email/bounce-tools/export", Permission.Export),
        new("/email/bounce-tools/passport", Permission.Export),
        new("/lists/export", Permission.Export),
        new("/email/{Id:long}/export", Permission.Export),
        new("/exports/{id:long}", Permission.Export),                   // and only for who ordered it

        // jobs
        new("/jobs", Who.Member),
        new("/jobs/{Id:long}", Who.Member),
        new("/jobs/{Id:long}/cancel", Who.Member),
        new("/notifications", Who.Member),
        new("/notifications/bell", Who.Member),
        new("/notifications/read", Who.Member),
        new("/notifications/{id:long}/read", Who.Member),
        // lists
        new("/lists", Who.Member),
        new("/lists/new", Permission.EditLists),
        new("/lists/deleted", Who.Member),
        new("/lists/folders/{Folder:long}", Who.Member),
        new("/lists/folders/new", Permission.EditLists),
        new("/lists/folders/{Id:long}/edit", Permission.EditLists),
        new("/lists/folders/{Id:long}/delete", Permission.EditLists),
        new("/lists/{Id:long}", Who.Member),
        new("/lists/{Id:long}/convert", Permission.EditLists),
        new("/lists/{id:long}/convert/cancel", Permission.EditLists),
        new("/lists/{Id:long}/copy", Permission.EditLists),
        new("/lists/{Id:long}/history", Who.Member),
        new("/lists/{Id:long}/move", Permission.EditLists),
        new("/lists/{id:long}/restore", Permission.EditLists),
        new("/lists/{Id:long}/filters", Permission.EditLists),
        new("/lists/{id:long}/fill", Permission.EditLists),
        new("/lists/{Id:long}/rename", Permission.EditLists),
        new("/lists/{Id:long}/delete", Permission.EditLists),
        new("/lists/{Id:long}/remove", Permission.EditLists),
        new("/contacts/add-to-list", Permission.EditLists),
        new("/contacts/create-list", Permission.EditLists),
        new("/list-moves/{Id:long}/undo", Permission.EditLists),
        new("/list-moves/{id:long}/kept", Permission.EditLists),

        // usage & limits
        new("/usage", Who.Member),
        new("/usage/costly", Who.Member),
        new("/usage/plan", Permission.Billing),
        new("/usage/sources", Who.Member),

        // the API: private apps, by scope
        RouteRule.Api("/account-info/v3/details"),
        RouteRule.Api("/crm/v3/owners", Scope.ReadOwners),
        RouteRule.Api("/crm/v3/owners/{ownerId:long}", Scope.ReadOwners),
        new("/oauth/v2/private-apps/get/access-token-info", Who.Anyone, Token: false, Limit: RateLimit.TokenInfo),     // asks for the token itself, in the body
    ];

    private static readonly Dictionary<string, RouteRule> ByPattern = Table.ToDictionary(row => row.Pattern);
    private static readonly (string[] Segments, RouteRule Rule)[] BySegments = [.. Table.Select(row => (row.Pattern.Split('/'), row))];

    /// <summary>Whether this person gets to a page or deed of ours: links that would be refused are not shown.</summary>
    /// <param name="path">A path as in a link, with or without a query.</param>
    public static bool Lets(PermissionSet may, string path) => RuleOf(path) is not { Needs: { } needs } || may.Has(needs);

    private static RouteRule? RuleOf(string path)
    {
        var segments = path.Split('?', '#')[0].Split('/');
        return Array.Find(BySegments, row => row.Segments.Length == segments.Length && row.Segments.Zip(segments).All(pair => Fits(pair.First, pair.Second))).Rule;
    }

    private static bool Fits(string pattern, string segment) =>
        pattern == segment || pattern.StartsWith('{') && (!pattern.Contains(":long", StringComparison.Ordinal) || long.TryParse(segment, out _));

    /// <summary>The row of an endpoint, or null.</summary>
    public static RouteRule? Of(Endpoint? endpoint) =>
        endpoint is RouteEndpoint route ? ByPattern.GetValueOrDefault("/" + route.RoutePattern.RawText?.Trim('/')) : null;

    /// <inheritdoc/>
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, InTable requirement)
    {
        if (context.Resource is not HttpContext http) return Task.CompletedTask;
        var (current, app, rule) = (http.RequestServices.GetRequiredService<CurrentAccount>(), http.RequestServices.GetRequiredService<CurrentApp>(), Of(http.GetEndpoint()));
        var allowed = (http.GetEndpoint(), rule) switch
        {
            (null, _) => current.IsSignedIn || app.IsKnown,             // no such page: members see 404, others the sign-in page
            (not RouteEndpoint, _) => current.IsSignedIn || app.IsKnown,    // a page, but not for this method: 405
            (_, null) => false,
            (_, { Who: Who.Anyone }) => true,
            (_, { Who: Who.App, Scope: var scope }) => app.Has(scope),
            (_, { Needs: { } needs }) => current.IsSignedIn && current.May.Has(needs),
            _ => current.IsSignedIn,
        };
        if (allowed) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>What the page that was refused would have needed; null when the refusal had another reason.</summary>
    public static Permission? Missing(HttpContext http) =>
        http.Features.Get<Microsoft.AspNetCore.Diagnostics.IStatusCodeReExecuteFeature>() is { Endpoint: { } refused } ? Of(refused)?.Needs : null;

    /// <summary>The one requirement of the fallback policy.</summary>
    public sealed record InTable : IAuthorizationRequirement;

    /// <summary>
    /// Refuses every request that changes something and carries no valid antiforgery token, also where the endpoint
    /// reads no form and the framework would therefore not look.
    /// </summary>
    public static async Task RequireToken(HttpContext http, RequestDelegate next)
    {
        var harmless = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        var program = ApiPaths.Holds(http.Request.Path);            // no cookie opens anything there, so nobody can be made to post
        if (harmless || program || http.GetEndpoint() is null || Of(http.GetEndpoint()) is { Token: false } || await HasToken(http)) await next(http);
        else http.Response.StatusCode = StatusCodes.Status400BadRequest;
    }

    private static async Task<bool> HasToken(HttpContext http) =>
        http.Features.Get<IAntiforgeryValidationFeature>() is { } looked
            ? looked.IsValid
            : await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http);
}
