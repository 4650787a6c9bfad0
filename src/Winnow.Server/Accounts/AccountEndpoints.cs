namespace Winnow.Server.Accounts;

/// <summary>What is no page: signing out.</summary>
public static class AccountEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", SignOut);
        app.MapPost("/sign-out/everywhere", SignOutEverywhere);
        app.MapPasskeys();
    }

    private static async Task<IResult> SignOut(SignIn signIn)
    {
        await signIn.End();
        return TypedResults.LocalRedirect("/sign-in");
    }

    private static async Task<IResult> SignOutEverywhere(SignIn signIn, TwoFactor twoFactor)
    {
        await signIn.EndEverywhere(await twoFactor.Person());
        return TypedResults.LocalRedirect("/sign-in");
    }
}
