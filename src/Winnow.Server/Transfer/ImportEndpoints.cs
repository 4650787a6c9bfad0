using Microsoft.AspNetCore.Antiforgery;
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
    /// <summary>Maps them.</summary>
    public static void MapImports(this IEndpointRouteBuilder app)
    {
        app.MapPost("/imports/upload", Upload);
        app.MapGet("/imports/{id:long}/rejected", Rejected);
        app.MapGet("/imports/{id:long}/kept", Kept);
        app.MapPost("/imports/{id:long}/pause", (long id, CurrentAccount account, Imports imports, JobQueue jobs, Db db, TimeProvider clock) => Pause(id, true, account, imports, jobs, db, clock));
        app.MapPost("/imports/{id:long}/resume", (long id, CurrentAccount account, Imports imports, JobQueue jobs, Db db, TimeProvider clock) => Pause(id, false, account, imports, jobs, db, clock));
    }

    /// <summary>What a person says when no file was chosen.</summary>
    public const string NoFile = "Choose a file first.";

    private static Task<IResult> Upload(HttpContext http, CurrentAccount account, Imports imports, IAntiforgery antiforgery, UploadRefusals refusals, CancellationToken stop) => UploadedFile.Read(http, antiforgery, async (name, content) =>
    {
        var (id, error) = name.Length == 0 ? (null, NoFile) : await imports.Upload(account.Id, name, content, account.UserId, stop);
        return TypedResults.LocalRedirect(error is null ? $"/imports/{id}/{(http.Request.Query.ContainsKey("optOuts") ? "opt-outs" : "mapping")}" : refusals.Address(error));
    }, stop);

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
}
