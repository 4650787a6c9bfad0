namespace Winnow.Lists;

/// <summary>A delete of many contacts: what was ordered, what came of it, and how long it can be taken back. Instants are UTC.</summary>
/// <param name="SelectionId">The frozen selection, a list of kind SELECTION.</param>
/// <param name="Count">What was ordered: the number typed.</param>
/// <param name="Deleted">What was done: less when it was stopped, or when contacts were gone before.</param>
/// <param name="Restored">How many came back.</param>
/// <param name="RestorableUntil">Null: permanent.</param>
/// <param name="Source">What was selected, in words.</param>
/// <param name="UserName">Who ordered it.</param>
/// <param name="JobOutcome">Null while the delete still runs.</param>
public sealed record BulkOperation(
    long AccountId, long Id, long SelectionId, long Count, long Deleted, long Restored, DateTimeOffset? RestorableUntil, long? RestoreJobId, string? RestoreOutcome, DateTimeOffset? PurgedAt,
    long JobId, string Source, long? UserId, string? UserName, string? JobOutcome, DateTimeOffset CreatedAt)
{
    /// <summary>Whether the contacts can be brought back now.</summary>
    public bool IsRestorable(DateTimeOffset now) =>
        RestorableUntil > now && PurgedAt is null && JobOutcome is not null && Deleted > 0 && (RestoreJobId is null || RestoreOutcome is "cancelled" or "failed");

    /// <summary>Whether the contacts are coming back just now.</summary>
    public bool IsRestoring => RestoreJobId is not null && RestoreOutcome is null;
}
