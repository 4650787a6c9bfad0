namespace Winnow.Jobs;

/// <summary>Long work in short steps. A step and its new state commit together, so a job whose process dies goes on
/// where it was, once. What is not a database write (a mail sent) must be safe to meet again.</summary>
public interface IJob
{
    /// <summary>Runs until the work is finished, calling <see cref="JobRun.Step{TState}"/> for each piece; returns what people
    /// should read when it is done (counts, links), stored as JSON. An exception lets the job be tried again after a pause.</summary>
    Task<object?> Run(JobRun run, CancellationToken stop);
}
