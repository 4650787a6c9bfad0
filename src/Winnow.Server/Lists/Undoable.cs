using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Server.Lists;

/// <summary>A deed on many contacts that can be taken back, or was.</summary>
/// <param name="Address">Where it is taken back.</param>
/// <param name="IsOpen">Whether it can be undone now.</param>
/// <param name="JobId">The job that takes or took it back.</param>
/// <param name="Undone">For how many contacts it did.</param>
public sealed record Undoable(string Address, string Title, bool IsOpen, DateTimeOffset Until, long? JobId, bool IsRunning, long Undone)
{
    /// <summary>Those among the jobs of an account, by job.</summary>
    public static async Task<Dictionary<long, Undoable>> OfJobs(long accountId, IReadOnlyCollection<(long Id, string Kind)> jobs, UndoEdit edits, UndoMove moves, DateTimeOffset now, CancellationToken stop = default)
    {
        var all = (await edits.OfJobs(accountId, Ids(nameof(SetProperty), nameof(SetMarketing)), stop)).ToDictionary(edit => edit.Key, edit => Of(edit.Value, now));
        foreach (var (job, move) in await moves.OfJobs(accountId, Ids(nameof(MoveMembers)), stop)) all[job] = Of(move, now);
        return all;

        List<long> Ids(params string[] kinds) => [.. jobs.Where(job => kinds.Contains(job.Kind)).Select(job => job.Id)];
    }

    private static Undoable Of(BulkEdit edit, DateTimeOffset now) =>
        new(UndoEditEndpoints.Address(edit) + "/undo", edit.JobTitle, edit.CanBeUndone(now), edit.Until, edit.UndoJobId, edit.UndoOutcome is null, edit.Undone);

    /// <summary>An import.</summary>
    public static Undoable Of(FinishedImport import, DateTimeOffset now) =>
        new($"/imports/{import.Id}/undo", import.Name, import.CanBeUndone(now), import.Until, import.UndoJobId, import.UndoJobId is not null && import.UndoOutcome is null, import.Undone);

    private static Undoable Of(ListMove move, DateTimeOffset now) =>
        new($"/list-moves/{move.Id}/undo", move.JobTitle, move.CanBeUndone(now), move.Until, move.UndoJobId, move.UndoOutcome is null, move.Undone);
}
