using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Server.Jobs;
using Winnow.Transfer;

namespace Winnow.Server.Transfer;

/// <summary>What is no page: taking an upload in, and the file of rejected rows.</summary>
public static class ImportEndpoints
{
    private const int MaxToken = 4_096;

    /// <summary>Maps them.</summary>
    public static void MapImports(this IEndpointRouteBuilder app)
    {
        app.MapPost("/imports/upload", Upload);
        app.MapGet("/imports/{id:long}/rejected", Rejected);
        app.MapGet("/imports/{id:long}/kept", Kept);
        app.MapPost("/imports/{id:long}/pause", (long id, CurrentAccount account, Imports imports, JobQueue jobs, Db db, TimeProvider clock) => Pause(id, true, account, imports, jobs, db, clock));
        app.MapPost("/imports/{id:long}/resume", (long id, CurrentAccount account, Imports imports, JobQueue jobs, Db db, TimeProvider clock) => Pause(id, false, account, imports, jobs, db, clock));
    }

    /// <summary>Streams the file from the request into the database, a piece at a time; nothing of it lies in memory or on the disk.
    /// The form is read by hand for that, and so is its token, which stands before the file.</summary>
    private static async Task<IResult> Upload(HttpContext http, CurrentAccount account, Imports imports, IAntiforgery antiforgery, UploadRefusals refusals, CancellationToken stop)
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
                if (!trusted) return TypedResults.BadRequest();
                var fileName = Path.GetFileName(HeaderUtilities.RemoveQuotes(name.FileNameStar.HasValue ? name.FileNameStar : name.FileName).Value ?? "");
                if (fileName.Length == 0) return Refused("Choose a file first.");
                var (id, error) = await imports.Upload(account.Id, Short(fileName), part.Body, account.UserId, stop);
                return error is null ? TypedResults.LocalRedirect($"/imports/{id}/{(http.Request.Query.ContainsKey("optOuts") ? "opt-outs" : "mapping")}") : Refused(error);
            }
            http.Request.Headers["RequestVerificationToken"] = await Text(part.Body, stop);
            trusted |= await antiforgery.IsRequestValidAsync(http);
        }
        return TypedResults.BadRequest();

        IResult Refused(string sentence) => TypedResults.LocalRedirect(refusals.Address(sentence));
    }

    private static async Task<IResult> Rejected(long id, CurrentAccount account, Imports imports, Files files) =>
        await imports.Find(account.Id, id) is { RejectedFileId: { } fileId } && await files.Find(account.Id, fileId) is { } file
            ? TypedResults.Stream(files.Open(file), "text/csv; charset=utf-8", file.Name)
            : TypedResults.NotFound();

    private static async Task<IResult> Kept(long id, CurrentAccount account, UndoImport undo, JobQueue jobs, Files files) =>
        account.May.Has(Permission.DeleteContacts) && await undo.Find(account.Id, id) is { UndoJobId: { } jobId }
            && (await jobs.Find(account.Id, jobId))?.ResultAs<UndoImportState>()?.FileId is { } fileId && await files.Find(account.Id, fileId) is { } file
            ? TypedResults.Stream(files.Open(file), "text/csv; charset=utf-8", file.Name)
            : TypedResults.NotFound();

    /// <summary>Lets the import wait after its present batch, or go on; who may stop it may do that.</summary>
    private static async Task<IResult> Pause(long id, bool pause, CurrentAccount account, Imports imports, JobQueue jobs, Db db, TimeProvider clock)
    {
        if (await imports.Find(account.Id, id) is not { JobId: { } jobId } import || await jobs.Find(account.Id, jobId) is not { } job) return TypedResults.NotFound();
        if (JobWords.MayStop(job, account)) await db.Write(async tx =>
        {
            var changed = pause ? await jobs.Pause(tx, account.Id, jobId) : await jobs.Resume(tx, account.Id, jobId);
            if (changed) await AuditLog.Add(tx, clock, account.Id, account.UserId, pause ? AuditAction.ImportPaused : AuditAction.ImportResumed, import.Name, job.Done);
        });
        return TypedResults.LocalRedirect($"/imports/{id}");
    }

    private static async Task<string> Text(Stream part, CancellationToken stop)
    {
        var bytes = new byte[MaxToken];
        return System.Text.Encoding.UTF8.GetString(bytes, 0, await part.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop));
    }

    private static string Short(string name) => name.Length <= 200 ? name : name[..200];
}
