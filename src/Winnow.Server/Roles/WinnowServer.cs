using Winnow.Data;

namespace Winnow.Server.Roles;

/// <summary>Puts the product together: configuration, database, roles.</summary>
public static class WinnowServer
{
    /// <summary>
    /// A server ready to run, its database up to date. <c>--database</c> names it: a PostgreSQL connection string, or
    /// <c>Data Source=file</c>; without, data/winnow.db below the folder it was started in.
    /// </summary>
    public static async Task<WebApplication> Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(WinnowServer).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,     // pages' files lie beside the server, whatever folder it was started from
        });
        builder.Services.AddWinnow(builder.Configuration["database"] ?? $"Data Source={Path.GetFullPath(Path.Combine("data", "winnow.db"))}");
        builder.AddWeb();
        var app = builder.Build();
        await app.Services.GetRequiredService<Db>().Migrate();
        app.MapWeb();
        return app;
    }
}
