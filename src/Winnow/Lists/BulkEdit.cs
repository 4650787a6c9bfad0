using System.Text.Json;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>An edit of many contacts: what was ordered, what came of it, and whether it can be taken back. Instants are UTC.</summary>
/// <param name="Kind">edit, or marketing: the marketing status was set.</param>
/// <param name="JobId">The job that did it, with its title and outcome; no outcome: it still runs.</param>
/// <param name="JobState">How far it came, as JSON.</param>
/// <param name="Source">What was selected, in words.</param>
/// <param name="UndoJobId">The job that takes or took it back.</param>
/// <param name="Undone">How many contacts have their old value back.</param>
public sealed record BulkEdit(
    long AccountId, long Id, string Kind, long SelectionId, long JobId, string JobTitle, string? JobOutcome, string JobState, string Source,
    long? UndoJobId, string? UndoOutcome, long Undone, DateTimeOffset CreatedAt)
{
    /// <summary>How long an edit can be undone, in days; as long as a delete.</summary>
    public const int UndoableDays = DeleteContacts.RestorableDays;

    /// <summary>What was done: also of an edit that was stopped or failed.</summary>
    public EditState Edit => IsOfMarketing ? JsonSerializer.Deserialize<MarketingState>(JobState, JobQueue.Json)! : JsonSerializer.Deserialize<EditState>(JobState, JobQueue.Json)!;

    /// <summary>Whether the marketing status was set, for which other people may be allowed than for a property.</summary>
    public bool IsOfMarketing => Kind == "marketing";

    /// <summary>How many contacts an undo would look at: those that the edit changed and no undo gave back yet.</summary>
    public long Left => Edit.Touched - Undone;

    /// <summary>Until when it can be undone.</summary>
    public DateTimeOffset Until => CreatedAt.AddDays(UndoableDays);

    /// <summary>Whether it can be undone now: once, unless the undo was stopped or failed.</summary>
    public bool CanBeUndone(DateTimeOffset now) => JobOutcome is not null && Left > 0 && Until > now && (UndoJobId is null || UndoOutcome is "cancelled" or "failed");
}
