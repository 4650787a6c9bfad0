using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Email.Bounces;

/// <summary>Where the collecting is: contacts up to <paramref name="After"/> were looked at, <paramref name="Joined"/> were new in the list.</summary>
public sealed record CollectState(long ListId, string[] Reasons, long From, long Until, long After, long Joined);

/// <summary>What people read when it is done.</summary>
public sealed record CollectResult(long ListId, long Found, long Joined);

/// <summary>Puts hard bounced contacts into a static list, some thousands at a time.</summary>
public sealed class CollectHardBounced(ListStore lists) : IJob
{
    private const int Batch = 2000;
    private static readonly SqlFile Sql = SqlFile.Beside<CollectHardBounced>();

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        for (var more = true; more;) await run.Step<CollectState>(async tx =>
        {
            var state = run.State<CollectState>();
            var ids = await tx.Query<long>(Sql["next"], new { run.AccountId, state.Reasons, state.From, state.Until, state.After, hard = BouncePolicy.HardReasons.ToArray(), Batch });
            more = ids.Count == Batch;
            if (ids.Count == 0) return new(state, 0, run.Done);
            var (joined, error) = await lists.AddMembers(tx, run.AccountId, state.ListId, new(ids));
            if (error is not null) throw new InvalidOperationException(error);
            return new(state with { After = ids[^1], Joined = state.Joined + joined }, ids.Count);
        }, stop);
        var end = run.State<CollectState>();
        return new CollectResult(end.ListId, run.Done, end.Joined);
    }
}
