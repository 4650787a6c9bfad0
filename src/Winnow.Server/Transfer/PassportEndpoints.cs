using Microsoft.AspNetCore.Antiforgery;
using Winnow.Accounts;
using Winnow.Transfer.Passports;

namespace Winnow.Server.Transfer;

/// <summary>What is no page: taking a passport in, and trusting a signer no more.</summary>
public static class PassportEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapPassports(this IEndpointRouteBuilder app)
    {
        app.MapPost("/imports/passports/upload", Upload);
        app.MapPost("/imports/passports/signers/{id:long}/remove", Remove);
    }

    private static Task<IResult> Upload(HttpContext http, CurrentAccount account, UploadedPassports passports, IAntiforgery antiforgery, UploadRefusals refusals, CancellationToken stop) => UploadedFile.Read(http, antiforgery, async (name, content) =>
    {
        var (id, error) = name.Length == 0 ? (null, ImportEndpoints.NoFile) : await passports.Upload(account.Id, name, content, account.UserId, stop);
        return TypedResults.LocalRedirect(error is null ? $"/imports/passports/{id}" : refusals.Address(error, "/imports/passports"));
    }, stop);

    private static async Task<IResult> Remove(long id, CurrentAccount account, PassportSigners signers) =>
        await signers.Remove(account.Id, id, account.UserId) ? TypedResults.LocalRedirect("/imports/passports/signers") : TypedResults.NotFound();
}
