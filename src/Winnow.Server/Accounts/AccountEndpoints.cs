using Winnow.Accounts;

namespace Winnow.Server.Accounts;

/// <summary>What is no page: signing out, going to another account.</summary>
public static class AccountEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", SignOut);
        app.MapPost("/sign-out/everywhere", SignOutEverywhere);
        app.MapPasskeys();
        app.MapPost("/accounts/{id:long}/switch", Switch);
    }

    private static async Task<IResult> SignOut(SignIn signIn)
    {
        await signIn.End();
        return TypedResults.LocalRedirect("/sign-in");
    }

    // An account that the person does not belong to is not there.
    private static async Task<IResult> Switch(long id, HttpContext http, CurrentAccount current, AccountStore accounts, CancellationToken stop)
    {
        if (await accounts.Person(id, current.UserId, stop) is null) return TypedResults.NotFound();
        await Sessions.GoTo(http, id);
        await accounts.SignedIn(id, current.UserId, stop);
        return TypedResults.LocalRedirect("/");
    }

    private static async Task<IResult> SignOutEverywhere(SignIn signIn, TwoFactor twoFactor)
    {
        await signIn.EndEverywhere(await twoFactor.Person());
        return TypedResults.LocalRedirect("/sign-in");
    }
}
