using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Puts a selection of any size into a static list, or takes it out, some thousand contacts a step. The selection is
/// frozen when it is ordered; who was deleted meanwhile is left out.</summary>
public sealed class MoveMembers(ListStore lists, ListMembers members, JobQueue jobs, TimeProvider clock) : IJob
{
    private const int Batch = 5_000;

    /// <summary>Where the work is.</summary>
    /// <param name="Joins">Into the list; false: out of it.</param>
    /// <param name="After">The last contact done.</param>
    /// <param name="Moved">How many joined or left so far.</param>
    public sealed record Progress(long ListId, long SelectionId, bool Joins, long After, long Moved);

    /// <summary>Orders the work.</summary>
    /// <returns>The job's id, or what is wrong.</returns>
    public async Task<(long JobId, string? Error)> Start(Tx tx, long accountId, long listId, MemberSet selection, bool joins, long? userId)
    {
        if (selection.Count == 0) return (0, "No contact is selected.");
        if (await lists.Refusal(tx, accountId, listId) is { } error) return (0, error);
        var name = (await lists.Find(tx, accountId, listId))!.Name;
        var progress = new Progress(listId, await lists.Freeze(tx, accountId, selection, userId), joins, 0, 0);
        var title = joins ? $"Add {selection.Count:N0} contacts to {name}" : $"Remove {selection.Count:N0} contacts from {name}";
        await AuditLog.Add(tx, clock, accountId, userId, joins ? AuditAction.ContactsAddedToList : AuditAction.ContactsRemovedFromList, name, selection.Count);
        return (await jobs.Enqueue<MoveMembers>(tx, accountId, title, progress, selection.Count, userId), null);
    }

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var more = true;
        while (more)
            await run.Step(async tx =>
            {
                var state = run.State<Progress>();
                var ids = await members.Page(tx, run.AccountId, state.SelectionId, state.After, Batch);
                more = ids.Count == Batch;
                var (moved, error) = await Move(tx, run.AccountId, state, new(ids));
                if (error is not null) throw new InvalidOperationException(error);      // the list was deleted or is being filled anew
                if (!more) await lists.Unfreeze(tx, run.AccountId, state.SelectionId);
                return new Step<Progress>(state with { After = ids.LastOrDefault(state.After), Moved = state.Moved + moved }, ids.Count);
            }, stop);
        var end = run.State<Progress>();
        return new { list = end.ListId, moved = end.Moved };
    }

    private Task<(long Moved, string? Error)> Move(Tx tx, long accountId, Progress state, MemberSet contacts) =>
        state.Joins ? lists.AddMembers(tx, accountId, state.ListId, contacts) : lists.RemoveMembers(tx, accountId, state.ListId, contacts);
}
