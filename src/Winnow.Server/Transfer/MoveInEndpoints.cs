using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Server.Jobs;
using Winnow.Transfer.HubSpot;

namespace Winnow.Server.Transfer;

/// <summary>What is no page: the report of a run, waiting and going on, and forgetting the token.</summary>
public static class MoveInEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapMoveIns(this IEndpointRouteBuilder app)
    {
        app.MapGet("/imports/hubspot/{id:long}/report", Report);
        app.MapPost("/imports/hubspot/{id:long}/forget", Forget);
        app.MapPost("/imports/hubspot/{id:long}/pause", (long id, CurrentAccount account, MoveIns moves, JobQueue jobs, Db db, TimeProvider clock) => Pause(id, true, account, moves, jobs, db, clock));
        app.MapPost("/imports/hubspot/{id:long}/resume", (long id, CurrentAccount account, MoveIns moves, JobQueue jobs, Db db, TimeProvider clock) => Pause(id, false, account, moves, jobs, db, clock));
    }

    private static async Task<IResult> Report(long id, CurrentAccount account, MoveIns moves, JobQueue jobs, Files files) =>
        await moves.Find(account.Id, id) is { JobId: { } jobId } && (await jobs.Find(account.Id, jobId))?.ResultAs<MoveInState>()?.ReportFileId is { } fileId && await files.Find(account.Id, fileId) is { } file
            ? TypedResults.Stream(files.Open(file), "text/csv; charset=utf-8", file.Name)
            : TypedResults.NotFound();

    private static async Task<IResult> Forget(long id, CurrentAccount account, MoveIns moves)
    {
        if (await moves.Find(account.Id, id) is null) return TypedResults.NotFound();
        await moves.Forget(account.Id, id, account.UserId);
        return TypedResults.LocalRedirect("/imports/hubspot");
    }

    private static async Task<IResult> Pause(long id, bool pause, CurrentAccount account, MoveIns moves, JobQueue jobs, Db db, TimeProvider clock)
    {
        if (await moves.Find(account.Id, id) is not { JobId: { } jobId } || await jobs.Find(account.Id, jobId) is not { } job) return TypedResults.NotFound();
        if (JobWords.MayStop(job, account)) await db.Write(async tx =>
        {
            var changed = pause ? await jobs.Pause(tx, account.Id, jobId) : await jobs.Resume(tx, account.Id, jobId);
            if (changed) await AuditLog.Add(tx, clock, account.Id, account.UserId, pause ? AuditAction.ImportPaused : AuditAction.ImportResumed, job.Title, job.Done);
        });
        return TypedResults.LocalRedirect($"/imports/hubspot/{id}/progress");
    }
}
