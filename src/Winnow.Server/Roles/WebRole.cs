using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.ResponseCompression;
using Winnow.Accounts;
using Winnow.Server.Accounts;
using Winnow.Server.Api;
using Winnow.Server.Contacts;
using Winnow.Server.Email;
using Winnow.Server.Email.Bounces;
using Winnow.Server.Email.Bounces.Doors;
using Winnow.Server.Email.Sending;
using Winnow.Server.Jobs;
using Winnow.Server.Lists;
using Winnow.Server.MarketingContacts;
using Winnow.Server.Search;
using Winnow.Server.Transfer;
using Winnow.Server.Ui;
using Winnow.Server.Vitals;

namespace Winnow.Server.Roles;

/// <summary>The pages and what they need.</summary>
public static class WebRole
{
    /// <summary>Registers pages, words, accounts, and the answers to browsers.</summary>
    public static void AddWeb(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseStaticWebAssets();           // also when the built server is started from another folder
        // The keys lie in the database as they are (DataProtectionKeys says why): no news at each start.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var services = builder.Services;
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.Configure<FormOptions>(options => options.ValueCountLimit = 16_384);        // a filter of 250 conditions has some thousand fields
        services.AddAntiforgery(options => options.Cookie.Name = "winnow-form");
        services.AddAccounts();
        services.AddApi();
        services.AddSingleton<UploadRefusals>();
        services.AddSingleton<Ui.Routes>();
        services.AddScoped<SearchHits>().AddScoped<FilterLooks>().AddScoped<NextUpdateDay>();
        services.AddSingleton<Metrics>();
        services.AddScoped(provider => new Format(CultureInfo.CurrentCulture, provider.GetRequiredService<CurrentAccount>().TimeZone, provider.GetRequiredService<TimeProvider>()));
        services.AddResponseCompression();              // over plain HTTP only: compressed secrets over TLS can be guessed (BREACH)
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Optimal);
    }

    /// <summary>The way of a request, outside in, and the pages at its end.</summary>
    public static void MapWeb(this WebApplication app)
    {
        app.Services.GetRequiredService<Metrics>();     // it counts from the first request on
        app.UseTrustedProxies();
        app.UseSecurityHeaders();
        app.UseResponseCompression();
        app.UseErrorPages();
        app.UseHtmxRedirects();
        app.UseRouting();
        app.UseAuthentication();
        app.Use(Sessions.Recognise);
        app.UseRequestLocalization(Localization());
        app.Use(FirstRun.Guide);
        app.UseAuthorization();
        app.UseRateLimiter();
        app.Use(RateLimit.Tell);
        app.UseAntiforgery();
        app.Use(Permissions.RequireToken);
        app.MapStaticAssets().AllowAnonymous();
        app.MapTheme();
        app.MapKeys();
        app.MapAccounts();
        app.MapBounces();
        app.MapDoors();
        app.MapContacts();
        app.MapViews();
        app.MapNotifications();
        app.MapDeletes();
        app.MapUndoEdits();
        app.MapExports();
        app.MapLists();
        app.MapMarketing();
        app.MapImports();
        app.MapPassports();
        app.MapMoveIns();
        app.MapEmail();
        app.MapDomains();
        app.MapVitals();
        app.MapApi();
        app.MapRazorComponents<App>();
    }

    private static RequestLocalizationOptions Localization()
    {
        string[] languages = [.. Account.Languages];
        var options = new RequestLocalizationOptions { ApplyCurrentCultureToResponseHeaders = true }
            .AddSupportedCultures(languages).AddSupportedUICultures(languages).SetDefaultCulture("en");
        options.RequestCultureProviders = [new CustomRequestCultureProvider(OfPerson), new AcceptLanguageHeaderRequestCultureProvider()];
        return options;
    }

    private static Task<ProviderCultureResult?> OfPerson(HttpContext http) =>
        Task.FromResult(http.RequestServices.GetRequiredService<CurrentAccount>().Language is { } language ? new ProviderCultureResult(language) : null);
}
