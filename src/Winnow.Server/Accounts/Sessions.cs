using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>What a session cookie holds (account, person, stamp), and who that is with each request.</summary>
public sealed class Sessions(AccountStore accounts) : IUserClaimsPrincipalFactory<User>
{
    private const string AccountClaim = "account", StampClaim = "AspNet.Identity.SecurityStamp";

    /// <summary>Makes the session of a person who signed in, in the account that was joined first.</summary>
    public async Task<ClaimsPrincipal> CreateAsync(User user)
    {
        var identity = new ClaimsIdentity(IdentityConstants.ApplicationScheme);
        identity.AddClaim(new(ClaimTypes.NameIdentifier, user.Id.ToString(CultureInfo.InvariantCulture)));
        identity.AddClaim(new(StampClaim, user.SecurityStamp));
        if (await accounts.AccountOf(user.Id) is { } account) identity.AddClaim(new(AccountClaim, account.ToString(CultureInfo.InvariantCulture)));
        return new(identity);
    }

    /// <summary>
    /// Fills <see cref="CurrentAccount"/>. Read from the database each time: who was removed or changed the password is
    /// out with the next click, on every server.
    /// </summary>
    public static async Task Recognise(HttpContext http, RequestDelegate next)
    {
        AuditLog.ComesFrom(http.Connection.RemoteIpAddress?.ToString());
        if (IdOf(http.User, AccountClaim) is { } account && IdOf(http.User, ClaimTypes.NameIdentifier) is { } user)
        {
            var person = await http.RequestServices.GetRequiredService<AccountStore>().Person(account, user, http.RequestAborted);
            if (person is not null && person.SecurityStamp == http.User.FindFirstValue(StampClaim))
                http.RequestServices.GetRequiredService<CurrentAccount>().Set(person);
            else await Forget(http);
        }
        await next(http);
    }

    /// <summary>Puts on record who came in; a session that is only renewed is none that begins.</summary>
    public static async Task Record(CookieSignedInContext context)
    {
        var accounts = context.HttpContext.RequestServices.GetRequiredService<AccountStore>();
        if (context.Principal is not { } who || context.HttpContext.RequestServices.GetRequiredService<CurrentAccount>().IsSignedIn) return;
        if (IdOf(who, AccountClaim) is { } account && IdOf(who, ClaimTypes.NameIdentifier) is { } user) await accounts.SignedIn(account, user, context.HttpContext.RequestAborted);
    }

    /// <summary>Goes on with the same session in another account, which the caller has checked.</summary>
    public static async Task GoTo(HttpContext http, long accountId)
    {
        var session = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        var identity = new ClaimsIdentity(http.User.Claims.Where(claim => claim.Type != AccountClaim), IdentityConstants.ApplicationScheme);
        identity.AddClaim(new(AccountClaim, accountId.ToString(CultureInfo.InvariantCulture)));
        await http.SignInAsync(IdentityConstants.ApplicationScheme, new(identity), session.Properties ?? new());
    }

    /// <summary>A browser is led to the sign-in page; a part asked for by htmx must lead the whole page there.</summary>
    public static Task AskToSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        if (!Htmx.WantsFragment(context.Request))
        {
            context.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        }
        var page = context.Request.Headers["HX-Current-URL"].ToString() is { Length: > 0 } url && Uri.TryCreate(url, UriKind.Absolute, out var current) ? current.PathAndQuery : "/";
        context.Response.Headers["HX-Redirect"] = "/sign-in?back=" + Uri.EscapeDataString(page);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static Task Forget(HttpContext http)
    {
        http.User = new();                              // refused as a stranger, who is asked to sign in
        return http.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    private static long? IdOf(ClaimsPrincipal person, string claim) =>
        long.TryParse(person.FindFirstValue(claim), CultureInfo.InvariantCulture, out var id) ? id : null;
}
