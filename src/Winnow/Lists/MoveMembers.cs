using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Who is about to be put into a static list or taken out of it, frozen.</summary>
/// <param name="FrozenAt">When the selection was frozen (UTC).</param>
/// <param name="Inside">How many of them are in the list; 0 while none is chosen.</param>
/// <param name="Sample">Some of them.</param>
public sealed record MoveReceipt(long SelectionId, DateTimeOffset FrozenAt, long Count, long Inside, IReadOnlyList<Contact> Sample);

/// <summary>Where a move is, and at its end what came of it.</summary>
/// <param name="Joins">Into the list; false: out of it.</param>
/// <param name="After">All ids up to here are done.</param>
/// <param name="Moved">How many joined or left.</param>
/// <param name="OperationId">0 of one that an earlier version ordered: nothing of it can be undone.</param>
/// <param name="MovedId">The selection that holds those who joined or left.</param>
/// <param name="Same">How many were in the list, or out of it, before.</param>
public sealed record MoveState(long ListId, long SelectionId, bool Joins, long After, long Moved, long OperationId = 0, long MovedId = 0, long Same = 0);

/// <summary>Puts a selection of any size into a static list, or takes it out: frozen first, then moved in short transactions in the order of the ids.
/// Who really moved is kept, with the time since when they are or were in the list, so that <see cref="UndoMove"/> gives back exactly that.</summary>
public sealed class MoveMembers(Db db, ContactStore contacts, ListStore lists, ListMembers members, FrozenSelections selections, JobQueue jobs, TimeProvider clock) : IJob
{
    private const int SampleSize = 5;
    private static readonly SqlFile Sql = SqlFile.Beside<MoveMembers>();

    /// <summary>Freezes a selection as it is now.</summary>
    /// <param name="listId">The list, when it is known already.</param>
    /// <returns>The receipt, or what is wrong with the selection, as a sentence.</returns>
    public Task<(MoveReceipt? Receipt, string? Error)> Freeze(long accountId, SelectionQuery query, long? listId, TimeZoneInfo zone, long? userId, CancellationToken stop = default) =>
        db.Write<(MoveReceipt?, string?)>(async tx =>
        {
            var (frozen, error) = await selections.Freeze(tx, accountId, query, zone, userId);
            return frozen is null ? (null, error) : (await Receipt(tx, frozen, listId), null);
        }, stop);

    /// <summary>The receipt of a frozen selection again, with the figures of now; null when this account has none of this id.</summary>
    public Task<MoveReceipt?> Find(long accountId, long selectionId, long? listId, CancellationToken stop = default) => db.Read(async tx =>
        await selections.Find(tx, accountId, selectionId) is { } frozen ? await Receipt(tx, frozen, listId) : null, stop);

    /// <summary>Orders the move. The selection, evaluated again, must be the frozen one; else nothing happens. Posted twice it starts one job.</summary>
    /// <param name="query">The selection that the receipt was made of.</param>
    /// <param name="words">What was selected, in words.</param>
    /// <param name="title">The job's title.</param>
    public Task<BulkOutcome> Confirm(long accountId, long selectionId, long listId, bool joins, SelectionQuery query, TimeZoneInfo zone, string words, string title, long userId, CancellationToken stop = default) =>
        Confirm(accountId, selectionId, _ => Task.FromResult<(long, string?)>((listId, null)), joins, query, zone, words, title, userId, stop);

    /// <summary>Orders that a new static list is made of the selection; as <see cref="Confirm(long, long, long, bool, SelectionQuery, TimeZoneInfo, string, string, long, CancellationToken)"/>.</summary>
    /// <param name="name">The name of the list.</param>
    public Task<BulkOutcome> ConfirmNew(long accountId, long selectionId, string name, SelectionQuery query, TimeZoneInfo zone, string words, string title, long userId, CancellationToken stop = default) =>
        Confirm(accountId, selectionId, async tx => await lists.Create(tx, accountId, name, ListKind.Manual, null, zone, userId) is var (made, refused) && made is not null ? (made.Id, null) : (0, refused), true, query, zone, words, title, userId, stop);

    private Task<BulkOutcome> Confirm(long accountId, long selectionId, Func<Tx, Task<(long Id, string? Error)>> list, bool joins, SelectionQuery query, TimeZoneInfo zone, string words, string title, long userId, CancellationToken stop) =>
        db.Write(async tx =>
        {
            var (frozen, refused) = await selections.Confirm(tx, accountId, selectionId, null, query, zone, unasked: long.MaxValue);
            if (frozen is null) return refused!;
            var (listId, error) = await list(tx);
            if ((error ?? await lists.Refusal(tx, accountId, listId)) is { } wrong) return new(null, Error: wrong);

            var (operationId, movedId) = (await Ids.Next(tx, accountId, "bulk_operation"), await lists.Freeze(tx, accountId, new(), userId));
            var jobId = await jobs.Enqueue<MoveMembers>(tx, accountId, title, new MoveState(listId, selectionId, joins, 0, 0, operationId, movedId), frozen.Set.Count, userId);
            await tx.Execute(Sql["order"], new { accountId, operationId, selectionId, listId, movedId, count = frozen.Set.Count, jobId, words, userId, now = clock.GetUtcNow() });
            var name = (await lists.Find(tx, accountId, listId))!.Name;
            await AuditLog.Add(tx, clock, accountId, userId, joins ? AuditAction.ContactsAddedToList : AuditAction.ContactsRemovedFromList, name, frozen.Set.Count);
            return new BulkOutcome(jobId);
        }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var pace = new PacedBatches(clock);
        while (await db.Read(tx => members.Page(tx, run.AccountId, run.State<MoveState>().SelectionId, run.State<MoveState>().After, pace.Size), stop) is { Count: > 0 } ids)
            await pace.Step(run, tx => MoveBatch(tx, run, ids), stop);
        return run.State<MoveState>();
    }

    private async Task<Step<MoveState>> MoveBatch(Tx tx, JobRun run, List<long> ids)
    {
        var state = run.State<MoveState>();
        if (await lists.Refusal(tx, run.AccountId, state.ListId) is { } error) throw new InvalidOperationException(error);      // the list was deleted or is being filled anew
        var there = await ListStore.Hold(tx, run.AccountId, new(ids));
        var moved = await lists.Move(tx, run.AccountId, state.ListId, there, state.Joins);
        if (state.MovedId > 0) await members.Flip(tx, run.AccountId, state.MovedId, moved.Members, new(), 0, moved.Since);
        return new(state with { After = ids[^1], Moved = state.Moved + moved.Members.Count, Same = state.Same + there.Count - moved.Members.Count }, ids.Count);
    }

    private async Task<MoveReceipt> Receipt(Tx tx, FrozenSelection frozen, long? listId)
    {
        var inside = listId is { } list ? frozen.Set.Intersect(await members.Read(tx, frozen.AccountId, list)).Count : 0;
        return new(frozen.Id, frozen.At, frozen.Set.Count, inside, await contacts.Read(tx, frozen.AccountId, [.. frozen.Set.After(0).Take(SampleSize)]));
    }
}
