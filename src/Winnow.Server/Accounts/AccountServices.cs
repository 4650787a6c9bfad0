using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Winnow.Accounts;
using Winnow.Server.Api;

namespace Winnow.Server.Accounts;

/// <summary>Signing in and permissions, as the web role registers them.</summary>
public static class AccountServices
{
    /// <summary>The rate limit of the pages that take a password.</summary>
    public const string PasswordLimit = "password";

    /// <summary>Registers Identity over our own store, the session cookie, the table of permissions, the rate limit.</summary>
    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddIdentityCore<User>(Rules).AddUserStore<UserStore>().AddSignInManager()
            .AddTokenProvider<OneTimeCodes>(TokenOptions.DefaultAuthenticatorProvider);
        services.ConfigureOptions<RememberedBrowsers>();
        // found by the browser without an address, and opened by finger, face or PIN: so a passkey is two factors by itself
        services.Configure<IdentityPasskeyOptions>(passkeys => (passkeys.ResidentKeyRequirement, passkeys.UserVerificationRequirement) = ("required", "required"));
        services.AddScoped<ILookupNormalizer, LowerCase>();
        services.AddScoped<IUserClaimsPrincipalFactory<User>, Sessions>();
        services.AddSingleton<SecurityLetters>().AddSingleton<TellPerson>(s => s.GetRequiredService<SecurityLetters>().Tell);
        services.AddScoped<CurrentAccount>().AddScoped<SignIn>().AddScoped<FirstRun>().AddScoped<TwoFactor>().AddScoped<ForgottenPassword>().AddScoped<Invitations>().AddScoped<SignInPlace>();
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.ConfigureApplicationCookie(cookie =>
        {
            cookie.Cookie.Name = "winnow";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = TimeSpan.FromDays(14);
            cookie.ForwardDefaultSelector = http => ApiPaths.Holds(http.Request.Path) ? BearerTokens.Scheme : null;     // programs show a token, never a cookie
            cookie.LoginPath = "/sign-in";
            cookie.ReturnUrlParameter = "back";
            cookie.Events.OnValidatePrincipal = _ => Task.CompletedTask;       // Sessions looks at the stamp with each request
            cookie.Events.OnRedirectToLogin = Sessions.AskToSignIn;
            cookie.Events.OnSignedIn = Sessions.Record;
            cookie.Events.OnRedirectToAccessDenied = context => { context.Response.StatusCode = StatusCodes.Status403Forbidden; return Task.CompletedTask; };
        });
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.TwoFactorUserIdScheme, cookie => cookie.Cookie.Name = "winnow-code");
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.TwoFactorRememberMeScheme, cookie =>
        {
            cookie.Cookie.Name = "winnow-browser";
            cookie.ExpireTimeSpan = RememberedBrowsers.Days;
            cookie.SlidingExpiration = false;
        });
        services.AddSingleton<IAuthorizationHandler, Permissions>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new([new Permissions.InTable()], []));
        services.AddRateLimiter(RateLimit.Register);
    }

    // Length is what makes a password hard to guess; kinds of characters only make it hard to remember.
    private static void Rules(IdentityOptions identity)
    {
        identity.Password = new() { RequiredLength = 10, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false, RequiredUniqueChars = 4 };
        identity.Lockout = new() { AllowedForNewUsers = true, MaxFailedAccessAttempts = SignIn.Tries, DefaultLockoutTimeSpan = SignIn.Pause };
        identity.User = new() { RequireUniqueEmail = true, AllowedUserNameCharacters = "" };
    }
}
