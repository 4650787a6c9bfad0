using Winnow.Accounts;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Server.Lists;

/// <summary>What is no page: the file of values that an undo kept.</summary>
public static class UndoEditEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapUndoEdits(this IEndpointRouteBuilder app)
    {
        app.MapGet("/bulk-edits/{id:long}/kept", (long id, CurrentAccount account, UndoEdit undo, JobQueue jobs, Files files) => Kept(id, false, account, undo, jobs, files));
        app.MapGet("/marketing-changes/{id:long}/kept", (long id, CurrentAccount account, UndoEdit undo, JobQueue jobs, Files files) => Kept(id, true, account, undo, jobs, files));
    }

    /// <summary>Where an edit has its pages: other people may take back a marketing status than a property.</summary>
    public static string Address(BulkEdit edit) => edit.IsOfMarketing ? $"/marketing-changes/{edit.Id}" : $"/bulk-edits/{edit.Id}";

    private static async Task<IResult> Kept(long id, bool marketing, CurrentAccount account, UndoEdit undo, JobQueue jobs, Files files) =>
        await undo.Find(account.Id, id) is { UndoJobId: { } jobId } edit && edit.IsOfMarketing == marketing && (await jobs.Find(account.Id, jobId))?.ResultAs<UndoState>() is { FileId: { } fileId } && await files.Find(account.Id, fileId) is { } file
            ? TypedResults.Stream(files.Open(file), "text/csv; charset=utf-8", file.Name)
            : TypedResults.NotFound();
}
