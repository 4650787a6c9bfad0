using Winnow.Accounts;
using Winnow.Email.Sending;

namespace Winnow.Server.Email.Sending;

/// <summary>What is no page: telling a key to sign or to stop, and deleting one.</summary>
public static class DomainEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapDomains(this IEndpointRouteBuilder app)
    {
        app.MapPost("/settings/sending/domains/{domain}/{selector}/sign", async (string domain, string selector, CurrentAccount account, DkimKeys keys) => Back(await keys.SignWith(account.Id, domain, selector, account.UserId)));
        app.MapPost("/settings/sending/domains/{domain}/{selector}/stop", async (string domain, string selector, CurrentAccount account, DkimKeys keys) => Back(await keys.StopSigning(account.Id, domain, selector, account.UserId)));
        app.MapPost("/settings/sending/domains/{domain}/{selector}/delete", async (string domain, string selector, CurrentAccount account, DkimKeys keys) => Back(await keys.Delete(account.Id, domain, selector, account.UserId)));
    }

    private static IResult Back(bool done) => done ? TypedResults.LocalRedirect("/settings/sending/domains?saved=1") : TypedResults.NotFound();
}
