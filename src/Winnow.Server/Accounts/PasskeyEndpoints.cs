using System.Buffers.Text;
using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Server.Ui;

namespace Winnow.Server.Accounts;

/// <summary>
/// Adding, renaming, removing passkeys, and signing in with one. The browser makes and opens them by script (winnow.js);
/// what it made comes as JSON in a form's hidden field.
/// </summary>
public static class PasskeyEndpoints
{
    private const string Page = "/settings/security";
    private const int MostJson = 32 * 1024;

    /// <summary>Maps them.</summary>
    public static void MapPasskeys(this IEndpointRouteBuilder app)
    {
        app.MapPost(Page + "/passkeys/options", Options).RequireRateLimiting(AccountServices.PasswordLimit);
        app.MapPost(Page + "/passkeys", Add);
        app.MapPost(Page + "/passkeys/{id}/rename", Rename);
        app.MapPost(Page + "/passkeys/{id}/remove", Remove);
        app.MapPost("/sign-in/passkey/options", SignInOptions).RequireRateLimiting(AccountServices.PasswordLimit);
        app.MapPost("/sign-in/passkey", SignInWith).RequireRateLimiting(AccountServices.PasswordLimit);
    }

    // A passkey opens Winnow for good: who only found a browser signed in must not make one.
    private static async Task<IResult> Options([FromForm] string? password, TwoFactor twoFactor, SignInManager<User> sessions)
    {
        var user = await twoFactor.Person();
        if (!await twoFactor.Knows(user, password ?? "")) return TypedResults.StatusCode(StatusCodes.Status403Forbidden);
        var options = await sessions.MakePasskeyCreationOptionsAsync(new() { Id = user.Id.ToString(CultureInfo.InvariantCulture), Name = user.Email, DisplayName = user.Name });
        return TypedResults.Content(options, "application/json");
    }

    private static async Task<IResult> Add([FromForm] string? credential, [FromForm] string? name, TwoFactor twoFactor, Passkeys passkeys, UserManager<User> users, SignInManager<User> sessions)
    {
        var user = await twoFactor.Person();
        if (credential is { Length: > 0 and <= MostJson } && (await passkeys.Of(user.Id)).Count < Passkeys.Most && await Made(sessions, credential) is { Succeeded: true } made
            && made.UserEntity.Id == user.Id.ToString(CultureInfo.InvariantCulture))
        {
            made.Passkey.Name = Tidy(name);
            user.Note(AuditAction.PasskeyAdded);
            await users.AddOrUpdatePasskeyAsync(user, made.Passkey);
            return TypedResults.LocalRedirect(Page + "?saved=1");
        }
        return TypedResults.LocalRedirect(Page + "?passkey=refused");
    }

    private static async Task<PasskeyAttestationResult?> Made(SignInManager<User> sessions, string credential)
    {
        try { return await sessions.PerformPasskeyAttestationAsync(credential); }
        catch (InvalidOperationException) { return null; }          // nobody asked for options here, or long ago
    }

    private static async Task<IResult> Rename(string id, [FromForm] string? name, CurrentAccount current, Passkeys passkeys)
    {
        if (Read(id) is { } bytes) await passkeys.Rename(current.UserId, bytes, Tidy(name));
        return TypedResults.LocalRedirect(Page + "?saved=1");
    }

    private static async Task<IResult> Remove(string id, TwoFactor twoFactor, UserStore store, CancellationToken stop)
    {
        var user = await twoFactor.Person();
        user.Note(AuditAction.PasskeyRemoved);
        if (Read(id) is { } bytes) await store.RemovePasskeyAsync(user, bytes, stop);
        return TypedResults.LocalRedirect(Page + "?saved=1");
    }

    private static async Task<IResult> SignInOptions(SignIn signIn) => TypedResults.Content(await signIn.PasskeyOptions(), "application/json");

    private static async Task<IResult> SignInWith([FromForm] string? credential, string? back, SignIn signIn)
    {
        var to = Url.Local(back, "/");
        return credential is { Length: > 0 and <= MostJson } && await signIn.TryPasskey(credential)
            ? TypedResults.LocalRedirect(to)
            : TypedResults.LocalRedirect($"/sign-in?passkey=refused&back={Uri.EscapeDataString(to)}");
    }

    private static byte[]? Read(string id) => Base64Url.IsValid(id) ? Base64Url.DecodeFromChars(id) : null;

    private static string Tidy(string? name) => (name ?? "").Trim() is { Length: > 0 } tidy ? tidy[..Math.Min(tidy.Length, 100)] : "Passkey";
}
