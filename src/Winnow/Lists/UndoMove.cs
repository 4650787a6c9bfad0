using System.Text.Json;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Where an undo is, and at its end what came of it.</summary>
/// <param name="Joined">Whether the move put contacts into the list: then the undo takes them out.</param>
/// <param name="After">All ids up to here are done.</param>
/// <param name="Undone">Contacts that are out of the list, or in it, again.</param>
/// <param name="Already">Contacts that were so by themselves: they had left, or joined again.</param>
/// <param name="Kept">Contacts left alone, because something later decided about them.</param>
/// <param name="Deleted">Contacts that are not there any more.</param>
/// <param name="FileId">The file that names the kept and the deleted ones.</param>
/// <param name="Texts">What that file says, in the language of whoever ordered the undo, by <see cref="KeptTexts"/>; null: in English.</param>
public sealed record UndoMoveState(long OperationId, long ListId, long MovedId, bool Joined, long After, long Undone, long Already, long Kept, long Deleted, long? FileId, IReadOnlyDictionary<string, string>? Texts = null);

/// <summary>Takes a move of many contacts into a list, or out of it, back: exactly those who moved leave again, or come back with the time since when they had
/// been in. Who joined or left again since, or whom a later move of the same kind meant too, is left alone and named in a file.</summary>
public sealed class UndoMove(Db db, ContactStore contacts, ListStore lists, ListMembers members, Files files, JobQueue jobs, TimeProvider clock) : IJob
{
    private static readonly SqlFile Sql = SqlFile.Beside<UndoMove>();

    /// <summary>The move, or null when this account has none of this id.</summary>
    public Task<ListMove?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(tx => tx.SingleOrNone<ListMove>(Sql["find"], new { accountId, id }), stop);

    /// <summary>The moves that these jobs did, by job.</summary>
    public async Task<Dictionary<long, ListMove>> OfJobs(long accountId, IReadOnlyCollection<long> jobs, CancellationToken stop = default) => jobs.Count == 0 ? []
        : (await db.Read(tx => tx.Query<ListMove>(Sql["of-jobs"], new { accountId, jobs = jobs.ToArray() }), stop)).ToDictionary(move => move.JobId);

    /// <summary>Orders the undo. Posted twice it starts one job.</summary>
    /// <param name="title">The job's title.</param>
    /// <param name="texts">What the file of those who were left alone shall say; as <see cref="UndoMoveState.Texts"/>.</param>
    public Task<BulkOutcome> Confirm(long accountId, long id, string title, long userId, IReadOnlyDictionary<string, string>? texts = null, CancellationToken stop = default) => db.Write(async tx =>
    {
        await tx.SingleOrNone<long>(Sql["lock"], new { accountId, id });
        if (await tx.SingleOrNone<ListMove>(Sql["find"], new { accountId, id }) is not { } move) return new(null, Error: ListRefusal.NoMove);
        if (!move.CanBeUndone(clock.GetUtcNow())) return move.UndoJobId is { } posted ? new(posted) : new(null, Error: ListRefusal.MoveStands);
        if (await lists.Refusal(tx, accountId, move.ListId) is { } error) return new(null, Error: error);

        var state = new UndoMoveState(id, move.ListId, move.MovedId, move.Move.Joins, 0, 0, 0, 0, 0, null, texts);
        var jobId = await jobs.Enqueue<UndoMove>(tx, accountId, title, state, move.Move.Moved, userId);
        await tx.Execute(Sql["order"], new { accountId, id, jobId });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListMoveUndone, move.ListName!, move.Left);
        return new BulkOutcome(jobId);
    }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var (pace, later) = (new PacedBatches(clock), await db.Write(tx => Later(tx, run.AccountId, run.State<UndoMoveState>()), stop));
        while (await db.Read(tx => members.Page(tx, run.AccountId, run.State<UndoMoveState>().MovedId, run.State<UndoMoveState>().After, pace.Size), stop) is { Count: > 0 } ids)
            await pace.Step(run, tx => UndoBatch(tx, run, new(ids), later), stop);
        return run.State<UndoMoveState>();
    }

    private async Task<Step<UndoMoveState>> UndoBatch(Tx tx, JobRun run, MemberSet moved, LaterMoves later)
    {
        var (state, account) = (run.State<UndoMoveState>(), run.AccountId);
        if (await lists.Refusal(tx, account, state.ListId) is { } error) throw new InvalidOperationException(error);            // the list was deleted meanwhile
        var there = await ListStore.Hold(tx, account, moved);
        var present = await lists.Present(tx, account, state.ListId, there);
        var since = await Seconds(tx, account, state.MovedId, moved);
        var now = state.Joined ? await Seconds(tx, account, state.ListId, present.Intersect(there)) : [];
        var open = state.Joined ? there.Intersect(present) : there.Except(present);
        var back = new MemberSet(open.Ids.Where(id => !later.Asked.Contains(id)
            && (state.Joined ? now.GetValueOrDefault(id) == since.GetValueOrDefault(id) : later.JoinedLast.GetValueOrDefault(id) <= Math.Max(since.GetValueOrDefault(id), later.Ordered))));
        await lists.Move(tx, account, state.ListId, back, !state.Joined, state.Joined ? null : id => since.GetValueOrDefault(id));
        await tx.Execute(Sql["count-undone"], new { account, state.OperationId, count = back.Count });

        var (kept, deleted) = (open.Except(back), moved.Except(there));
        var fileId = await Note(tx, run, state, kept, deleted);
        return new(state with
        {
            After = moved.Ids.Last(), Undone = state.Undone + back.Count, Kept = state.Kept + kept.Count, Deleted = state.Deleted + deleted.Count,
            Already = state.Already + there.Count - open.Count, FileId = fileId,
        }, moved.Count);
    }

    /// <summary>What came after the move. Who joins and leaves again while the undo runs is not among it.</summary>
    private async Task<LaterMoves> Later(Tx tx, long accountId, UndoMoveState state)
    {
        await members.Fold(tx, accountId, state.ListId);                         // the history of the last seconds too
        var ordered = JoinTimes.Second((await tx.SingleOrNone<ListMove>(Sql["find"], new { accountId, id = state.OperationId }))!.CreatedAt);
        var joins = state.Joined ? [] : await ListHistory.JoinsSince(tx, accountId, state.ListId, ordered, await members.Read(tx, accountId, state.MovedId));
        var asked = new MemberSet();
        foreach (var later in await tx.Query<LaterMove>(Sql["later"], new { accountId, state.ListId, state.OperationId }))
        {
            if (later.UndoOutcome == "done") await Discount(tx, accountId, joins, later);
            else if (later.Move.Joins == state.Joined) asked = asked.Union(new((await members.Read(tx, accountId, later.SelectionId)).Ids.TakeWhile(id => id <= later.Move.After)));
        }
        return new(ordered, asked, joins.GroupBy(join => join.Contact).ToDictionary(of => of.Key, of => of.Max(join => join.Second)));
    }

    /// <summary>Who joined by a move that was undone, or by an undo, is as it was before: moves are undone from the last to the first.</summary>
    private async Task Discount(Tx tx, long accountId, List<(long Contact, long Second)> joins, LaterMove undone)
    {
        var moved = (await members.Read(tx, accountId, undone.MovedId)).Intersect(new(joins.Select(join => join.Contact).Distinct().Order()));
        var seconds = undone.Move.Joins ? await Seconds(tx, accountId, undone.MovedId, moved) : [];
        var (from, to) = (JoinTimes.Second(undone.UndoStartedAt ?? default), JoinTimes.Second(undone.UndoFinishedAt ?? default));
        joins.RemoveAll(join => moved.Contains(join.Contact) && (undone.Move.Joins ? seconds.GetValueOrDefault(join.Contact) == join.Second : join.Second >= from && join.Second <= to));
    }

    private async Task<Dictionary<long, long>> Seconds(Tx tx, long accountId, long listId, MemberSet contacts) =>
        (await members.JoinTimes(tx, accountId, listId, [.. contacts.Ids])).ToDictionary(time => time.Key, time => JoinTimes.Second(time.Value));

    /// <summary>Adds those who were left alone to the file, which the first of them makes.</summary>
    private async Task<long?> Note(Tx tx, JobRun run, UndoMoveState state, MemberSet kept, MemberSet deleted)
    {
        if (kept.Count + deleted.Count == 0) return state.FileId;
        var (fileId, texts) = (state.FileId, state.Texts);
        if (fileId is null) await files.Append(tx, run.AccountId, (fileId = await files.Create(tx, run.AccountId, texts.Say(KeptTexts.AloneFile), run.UserId)).Value, CsvText.Start(KeptTexts.AloneHeading.Select(texts.Say)));
        var people = (await contacts.Read(tx, run.AccountId, [.. kept.Ids])).ToDictionary(contact => contact.Id);
        var why = texts.Say(state.Joined ? KeptTexts.JoinedAgain : KeptTexts.LeftAgain);
        await files.Append(tx, run.AccountId, fileId.Value, CsvText.Lines(kept.Union(deleted).Ids.Select(id =>
            new[] { $"{id}", people.GetValueOrDefault(id)?.Email, people.GetValueOrDefault(id)?.DisplayName, deleted.Contains(id) ? texts.Say(KeptTexts.Deleted) : why })));
        return fileId;
    }

    /// <summary>What came after a move.</summary>
    /// <param name="Ordered">The second in which the move was ordered.</param>
    /// <param name="Asked">Whom later moves of the same kind meant, that were not undone.</param>
    /// <param name="JoinedLast">In which second those whom it took out joined last since.</param>
    private sealed record LaterMoves(long Ordered, MemberSet Asked, Dictionary<long, long> JoinedLast);

    private sealed record LaterMove(long SelectionId, long MovedId, string JobState, string? UndoOutcome, DateTimeOffset? UndoStartedAt, DateTimeOffset? UndoFinishedAt)
    {
        public MoveState Move => JsonSerializer.Deserialize<MoveState>(JobState, JobQueue.Json)!;
    }
}
