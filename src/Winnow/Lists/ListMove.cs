using System.Text.Json;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>A move of many contacts into a static list or out of it: what was ordered, what came of it, and whether it can be taken back. Instants are UTC.</summary>
/// <param name="MovedId">The selection that holds those who really joined or left.</param>
/// <param name="JobState">How far it came, as JSON.</param>
/// <param name="Source">What was selected, in words.</param>
/// <param name="UndoJobId">The job that takes or took it back.</param>
/// <param name="Undone">How many contacts are out of the list, or in it, again.</param>
/// <param name="ListName">Null when the list was deleted: then nothing can be undone.</param>
public sealed record ListMove(
    long AccountId, long Id, long ListId, string? ListName, long MovedId, long JobId, string JobTitle, string? JobOutcome, string JobState, string Source,
    long? UndoJobId, string? UndoOutcome, long Undone, DateTimeOffset CreatedAt)
{
    /// <summary>What was done: also of a move that was stopped or failed.</summary>
    public MoveState Move => JsonSerializer.Deserialize<MoveState>(JobState, JobQueue.Json)!;

    /// <summary>How many contacts an undo would look at: those that moved and no undo gave back yet.</summary>
    public long Left => Move.Moved - Undone;

    /// <summary>Until when it can be undone; as long as an edit.</summary>
    public DateTimeOffset Until => CreatedAt.AddDays(BulkEdit.UndoableDays);

    /// <summary>Whether it can be undone now: once, unless the undo was stopped or failed.</summary>
    public bool CanBeUndone(DateTimeOffset now) => ListName is not null && JobOutcome is not null && Left > 0 && Until > now && (UndoJobId is null || UndoOutcome is "cancelled" or "failed");
}
