using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.MarketingContacts;
using Winnow.Server.Jobs;
using Winnow.Server.MarketingContacts;
using Winnow.Server.Transfer;
using Winnow.Transfer;
using Winnow.Transfer.HubSpot;

namespace Winnow.Server.Roles;

/// <summary>Puts the product together: configuration, database, roles.</summary>
public static class WinnowServer
{
    private static readonly string[] AllRoles = ["web", "worker", "mail"];

    /// <summary>
    /// A server ready to run, its database up to date.
    /// <list type="bullet">
    /// <item><c>--roles web,worker,mail</c>: what this process does; all three when not said.</item>
    /// <item><c>--database</c> (or the setting <c>Winnow:Database</c>): a PostgreSQL connection string, or
    /// <c>Data Source=file</c>; without, the SQLite file data/winnow.db below the folder it was started in.</item>
    /// <item><c>--HubSpot:BaseUrl</c>: where the API of HubSpot is, for moving in; HubSpot itself when not said.</item>
    /// <item><c>--Mail:Listen</c>: where the mail role listens; see <see cref="MailRole"/>.</item>
    /// </list>
    /// </summary>
    public static async Task<WebApplication> Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(WinnowServer).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,     // pages' files lie beside the server, whatever folder it was started from
        });
        builder.Services.AddSingleton(HubSpotSettings.Of(builder.Configuration["HubSpot:BaseUrl"]));
        builder.Services.AddWinnow(builder.Configuration["database"] ?? builder.Configuration["Winnow:Database"] ?? $"Data Source={Path.GetFullPath(Path.Combine("data", "winnow.db"))}");
        builder.Services.AddLocalization();
        builder.Services.AddSingleton<TellExport>().AddKeyedSingleton<IJob>(ExportFiles.MailJob, (s, _) => s.GetRequiredService<TellExport>());
        builder.Services.AddSingleton<Reports>().AddSingleton<ExportReport>().AddKeyedSingleton<IJob>(ExportFiles.ReportJob, (s, _) => s.GetRequiredService<ExportReport>());
        builder.Services.AddSingleton<TellBilling>().AddKeyedSingleton<IJob>(BillingNews.Job, (s, _) => s.GetRequiredService<TellBilling>());
        builder.Services.AddSingleton<TellByMail>().AddKeyedSingleton<IJob>(Notifications.MailJob, (s, _) => s.GetRequiredService<TellByMail>());
        var roles = Roles(builder.Configuration["roles"]);
        if (roles.Contains("web")) builder.AddWeb();
        else builder.Services.AddSingleton<IServer, NoServer>();
        if (roles.Contains("worker")) builder.Services.AddHostedService(s => s.GetRequiredService<JobRunner>()).AddHostedService(s => s.GetRequiredService<Recurring>());
        if (roles.Contains("mail")) builder.Services.AddSingleton<MailRole>().AddHostedService(s => s.GetRequiredService<MailRole>());
        var app = builder.Build();
        await app.Services.GetRequiredService<Db>().Migrate();
        if (roles.Contains("web")) app.MapWeb();
        return app;
    }

    private static string[] Roles(string? wish)
    {
        var roles = wish?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? AllRoles;
        return roles.Length > 0 && roles.All(AllRoles.Contains) ? roles
            : throw new ArgumentException($"--roles is '{wish}'; it takes one or more of {string.Join(",", AllRoles)}");
    }

    /// <summary>A process without the web role opens no web port.</summary>
    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();
        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public void Dispose() { }
    }
}
