using Microsoft.AspNetCore.Identity;
using Winnow.Accounts;
using Winnow.Server.Api;
using Winnow.Server.Ui;
using Winnow.Server.Vitals;

namespace Winnow.Server.Accounts;

/// <summary>The first account and its first user, made on the first-run page; afterwards that page is gone.</summary>
public sealed class FirstRun(AccountStore accounts, UserManager<User> users, SignInManager<User> sessions)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/setup";

    /// <summary>Makes both and signs the person in.</summary>
    /// <returns>What is wrong with the password, in the words of Identity; null when there was an account already; empty when done.</returns>
    public async Task<IReadOnlyList<IdentityError>?> Create(NewAccount wish, string name, string email, string password)
    {
        var user = new User { Name = name, Email = email, EmailKey = users.NormalizeEmail(email)!, SecurityStamp = Guid.NewGuid().ToString("N") };
        var faults = await PasswordWords.Faults(users, user, password);
        if (faults.Count > 0) return faults;
        user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        if (await accounts.CreateFirst(wish, user) is null) return null;
        await sessions.SignInAsync(user, isPersistent: false);
        return [];
    }

    /// <summary>Leads every page to the first-run page while there is no account, and hides that page once there is one.</summary>
    public static async Task Guide(HttpContext http, RequestDelegate next)
    {
        var atSetup = http.Request.Path == Path;
        if (Permissions.Of(http.GetEndpoint()) is null && http.GetEndpoint() is not null || http.GetEndpoint()?.Metadata.GetMetadata<VitalsEndpoints.WithoutAccount>() is not null) await next(http);      // files, programs that watch
        else if (ApiPaths.Holds(http.Request.Path)) await next(http);           // a program is refused, and led nowhere
        else if (await http.RequestServices.GetRequiredService<AccountStore>().Any(http.RequestAborted) == !atSetup) await next(http);
        else if (atSetup) http.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (HttpMethods.IsGet(http.Request.Method) && !ErrorPages.IsShowing(http)) http.Response.Redirect(Path);
        else await next(http);
    }
}
