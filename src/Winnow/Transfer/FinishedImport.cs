using System.Text.Json;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Transfer;

/// <summary>An import that was started: what came of it, and whether it can be taken back. Instants are UTC.</summary>
/// <param name="SeenId">The selection of the contacts that it was about.</param>
/// <param name="JobKind">Which import: an opt-out list is not taken back.</param>
/// <param name="JobState">How far it came, as JSON.</param>
/// <param name="UndoJobId">The job that takes or took it back.</param>
/// <param name="Undone">How many contacts that job deleted or gave values back.</param>
public sealed record FinishedImport(
    long AccountId, long Id, string Name, string FileName, long? SeenId, long? ListId, long JobId, string JobKind, string? JobOutcome, string JobState,
    DateTimeOffset JobCreatedAt, DateTimeOffset? JobFinishedAt, long? UndoJobId, string? UndoOutcome, long Undone)
{
    /// <summary>How long an import can be undone, in days.</summary>
    public const int UndoableDays = BulkEdit.UndoableDays;

    /// <summary>What was done: also of an import that was stopped or failed.</summary>
    public ImportState Done => JsonSerializer.Deserialize<ImportState>(JobState, JobQueue.Json)!;

    /// <summary>Whether contacts were imported, and not opt-outs.</summary>
    public bool IsOfContacts => JobKind == nameof(ImportContacts);

    /// <summary>How many contacts an undo would look at: those that the import made or changed and no undo gave back yet.</summary>
    public long Left => Done.Created + Done.Updated - Undone;

    /// <summary>Until when it can be undone.</summary>
    public DateTimeOffset Until => JobCreatedAt.AddDays(UndoableDays);

    /// <summary>Whether it can be undone now: once, unless the undo was stopped or failed.</summary>
    public bool CanBeUndone(DateTimeOffset now) => IsOfContacts && JobOutcome is not null && Left > 0 && Until > now && (UndoJobId is null || UndoOutcome is "cancelled" or "failed");
}
