using Winnow.Accounts;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Server.Lists;

/// <summary>What is no page: the files of what an undo left alone.</summary>
public static class UndoEditEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapUndoEdits(this IEndpointRouteBuilder app)
    {
        app.MapGet("/bulk-edits/{id:long}/kept", (long id, CurrentAccount account, UndoEdit undo, JobQueue jobs, Files files) => Kept(id, false, account, undo, jobs, files));
        app.MapGet("/list-moves/{id:long}/kept", OfMove);
        app.MapGet("/marketing-changes/{id:long}/kept", (long id, CurrentAccount account, UndoEdit undo, JobQueue jobs, Files files) => Kept(id, true, account, undo, jobs, files));
    }

    /// <summary>Where an edit has its pages: other people may take back a marketing status than a property.</summary>
    public static string Address(BulkEdit edit) => edit.IsOfMarketing ? $"/marketing-changes/{edit.Id}" : $"/bulk-edits/{edit.Id}";

    private static async Task<IResult> Kept(long id, bool marketing, CurrentAccount account, UndoEdit undo, JobQueue jobs, Files files) =>
        await undo.Find(account.Id, id) is { UndoJobId: { } jobId } edit && edit.IsOfMarketing == marketing
            ? await Send(files, account, (await jobs.Find(account.Id, jobId))?.ResultAs<UndoState>()?.FileId) : TypedResults.NotFound();

    private static async Task<IResult> OfMove(long id, CurrentAccount account, UndoMove undo, JobQueue jobs, Files files) =>
        await undo.Find(account.Id, id) is { UndoJobId: { } jobId } ? await Send(files, account, (await jobs.Find(account.Id, jobId))?.ResultAs<UndoMoveState>()?.FileId) : TypedResults.NotFound();

    private static async Task<IResult> Send(Files files, CurrentAccount account, long? fileId) =>
        fileId is { } id && await files.Find(account.Id, id) is { } file ? TypedResults.Stream(files.Open(file), "text/csv; charset=utf-8", file.Name) : TypedResults.NotFound();
}
