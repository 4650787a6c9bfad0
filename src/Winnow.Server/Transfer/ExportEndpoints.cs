using Winnow.Accounts;
using Winnow.Jobs;
using Winnow.Transfer;

namespace Winnow.Server.Transfer;

/// <summary>What is no page: the file of an export.</summary>
public static class ExportEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapExports(this IEndpointRouteBuilder app) => app.MapGet("/exports/{id:long}", Download);

    private static async Task<IResult> Download(long id, CurrentAccount account, ExportFiles exports, Files files, HttpContext http)
    {
        if (await exports.Download(account.Id, id, account.UserId, http.RequestAborted) is not { } file) return TypedResults.NotFound();
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Stream(files.Open(file), TypeOf(Path.GetExtension(file.Name)), file.Name);
    }

    private static string TypeOf(string extension) => extension.ToLowerInvariant() switch
    {
        ".xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ExportPassportPage.Extension => "application/octet-stream",
        _ => "text/csv; charset=utf-8",
    };
}
