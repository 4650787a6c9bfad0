using Winnow.Data;

namespace Winnow.Server.Roles;

/// <summary>Puts the product together: configuration, database, roles.</summary>
public static class WinnowServer
{
    /// <summary>
    /// A server ready to run, its database up to date. <c>--database</c> names it: a PostgreSQL connection string, or
    /// <c>Data Source=file</c>; without, an SQLite file below the folder the server lies in.
    /// </summary>
    public static async Task<WebApplication> Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = typeof(WinnowServer).Assembly.GetName().Name });
        builder.Services.AddWinnow(builder.Configuration["database"] ?? $"Data Source={Path.Combine(builder.Environment.ContentRootPath, "data", "winnow.db")}");
        builder.AddWeb();
        var app = builder.Build();
        await app.Services.GetRequiredService<Db>().Migrate();
        app.MapWeb();
        return app;
    }
}
