using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>How many contacts to take in one transaction, so that nobody who writes a contact waits long for it: ten thousand where
/// the machine is fast enough, fewer where it is not.</summary>
internal sealed class PacedBatches(TimeProvider clock)
{
    /// <summary>The most contacts in one transaction.</summary>
    public const int Most = 10_000;
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(250), Short = TimeSpan.FromMilliseconds(125);

    /// <summary>How many to take now.</summary>
    public int Size { get; private set; } = 5_000;

    /// <summary>Does one step of a job that tells nobody outside before its end, and sets the size of the next by how long it took.</summary>
    public Task Step<TState>(JobRun run, Func<Tx, Task<Step<TState>>> work, CancellationToken stop) where TState : notnull => Take(() => run.Step(async tx =>
    {
        await tx.CommitSoon();
        return await work(tx);
    }, stop));

    /// <summary>Does one transaction and sets the size of the next by how long it took.</summary>
    public async Task Take(Func<Task> transaction)
    {
        var began = clock.GetTimestamp();
        await transaction();
        var took = clock.GetElapsedTime(began);
        if (took > Long) Size = Math.Max(100, Size / 2);
        else if (took < Short) Size = Math.Min(Most, Size * 2);
    }
}
