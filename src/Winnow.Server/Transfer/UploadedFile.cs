using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Winnow.Transfer;

namespace Winnow.Server.Transfer;

/// <summary>Reads a form with a file by hand, so that the file streams from the request to where it is kept, a piece at a time; nothing of it lies in memory or on the disk.
/// The form's token is therefore read by hand too; it stands before the file.</summary>
internal static class UploadedFile
{
    private const int MaxToken = 4_096;

    /// <summary>Hands the file to <paramref name="take"/>, once the token is found right.</summary>
    /// <param name="take">Gets the name of the file, empty when none was chosen, and its content.</param>
    public static async Task<IResult> Read(HttpContext http, IAntiforgery antiforgery, Func<string, Stream, Task<IResult>> take, CancellationToken stop)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = Imports.MaxBytes + (1 << 20);
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary) return TypedResults.BadRequest();
        var parts = new MultipartReader(boundary, http.Request.Body);
        var trusted = false;
        while (await parts.ReadNextSectionAsync(stop) is { } part)
        {
            var name = ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) ? disposition : null;
            if (HeaderUtilities.RemoveQuotes(name?.Name ?? default) == "File" && name is not null)
            {
                var fileName = Path.GetFileName(HeaderUtilities.RemoveQuotes(name.FileNameStar.HasValue ? name.FileNameStar : name.FileName).Value ?? "");
                return trusted ? await take(Short(fileName), part.Body) : TypedResults.BadRequest();
            }
            http.Request.Headers["RequestVerificationToken"] = await Text(part.Body, stop);
            trusted |= await antiforgery.IsRequestValidAsync(http);
        }
        return TypedResults.BadRequest();
    }

    private static async Task<string> Text(Stream part, CancellationToken stop)
    {
        var bytes = new byte[MaxToken];
        return System.Text.Encoding.UTF8.GetString(bytes, 0, await part.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop));
    }

    private static string Short(string name) => name.Length <= 200 ? name : name[..200];
}
