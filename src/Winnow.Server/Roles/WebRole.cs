using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Winnow.Server.Ui;

namespace Winnow.Server.Roles;

/// <summary>The pages and what they need.</summary>
public static class WebRole
{
    private static readonly string[] Languages = ["en", "nl"];

    /// <summary>Registers pages, words, and the answers to browsers.</summary>
    public static void AddWeb(this WebApplicationBuilder builder)
    {
        builder.WebHost.UseStaticWebAssets();
        var services = builder.Services;
        services.AddRazorComponents();
        services.AddCascadingValue(provider => provider.GetRequiredService<IHttpContextAccessor>().HttpContext!);
        services.AddHttpContextAccessor();
        services.AddLocalization();
        services.AddSingleton<Ui.Routes>();
        services.AddScoped(provider => new Format(CultureInfo.CurrentCulture, TimeZoneInfo.Utc, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(TimeProvider.System);
        services.AddResponseCompression(options => options.EnableForHttps = false);
    }

    /// <summary>The way of a request, outside in, and the pages at its end.</summary>
    public static void MapWeb(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseResponseCompression();
        app.UseErrorPages();
        app.UseHtmxRedirects();
        app.UseRouting();
        app.UseRequestLocalization(Localization());
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapTheme();
        app.MapRazorComponents<App>();
    }

    private static RequestLocalizationOptions Localization()
    {
        var options = new RequestLocalizationOptions { ApplyCurrentCultureToResponseHeaders = true }
            .AddSupportedCultures(Languages).AddSupportedUICultures(Languages).SetDefaultCulture("en");
        options.RequestCultureProviders = [new AcceptLanguageHeaderRequestCultureProvider()];
        return options;
    }
}
