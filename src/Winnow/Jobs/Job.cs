using System.Text.Json;

namespace Winnow.Jobs;

/// <summary>A job as people see it. Instants are UTC; <c>Done</c> and <c>Total</c> count items (contacts, rows, mails).</summary>
/// <param name="Outcome">Null while open; then done, failed or cancelled.</param>
/// <param name="Result">JSON that the job left for its page.</param>
/// <param name="PausedAt">Since when nobody works on it, because somebody asked for that; null: it goes on.</param>
/// <param name="PausedMs">How long it was paused before, in milliseconds.</param>
public sealed record Job(
    long AccountId, long Id, string Kind, string Title, long Done, long Total, string? Result, string? Outcome, string? Error,
    bool CancelAsked, long? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt,
    DateTimeOffset? PausedAt = null, long PausedMs = 0)
{
    /// <summary>Whether it still waits or runs.</summary>
    public bool IsOpen => Outcome is null;

    /// <summary>Whether it waits until somebody lets it go on.</summary>
    public bool IsPaused => IsOpen && PausedAt is not null && !CancelAsked;

    /// <summary>How long it was worked on, pauses left out; null before it began.</summary>
    public TimeSpan? Worked(DateTimeOffset now) => StartedAt is { } started ? (FinishedAt ?? PausedAt ?? now) - started - TimeSpan.FromMilliseconds(PausedMs) : null;

    /// <summary>The result as the job's own type, or the default when there is none.</summary>
    public T? ResultAs<T>() => Result is null ? default : JsonSerializer.Deserialize<T>(Result, JobQueue.Json);
}

/// <summary>The job was taken over by another process because its lease ran out; this run must end without a word.</summary>
public sealed class LeaseLostException : Exception;

/// <summary>The job cannot be done, however often it is tried; the sentence says why and what to do instead.</summary>
public sealed class JobFailedException(string why) : Exception(why);

/// <summary>The world is not ready for the job (a relay is down): it is tried again after a pause, and that counts as no failure.</summary>
public sealed class JobPostponedException(string why, TimeSpan pause) : Exception(why)
{
    /// <summary>How long to wait.</summary>
    public TimeSpan Pause { get; } = pause;
}

/// <summary>Someone asked to pause the job: it goes on where it is when somebody lets it.</summary>
public sealed class JobPausedException : Exception;

/// <summary>Someone asked to stop the job.</summary>
public sealed class JobCancelledException : Exception;
