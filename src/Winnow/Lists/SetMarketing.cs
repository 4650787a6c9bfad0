using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Whose marketing status is about to be set, frozen, and what that means for each of them.</summary>
/// <param name="FrozenAt">When the selection was frozen (UTC).</param>
/// <param name="NonMarketing">Non-marketing contacts among them.</param>
/// <param name="Scheduled">Marketing contacts that are to become non-marketing on the next update date.</param>
/// <param name="Marketing">Marketing contacts that stay so.</param>
/// <param name="Counting">Contacts of the account that count toward the tier now.</param>
/// <param name="Sample">Some of the selection.</param>
public sealed record MarketingReceipt(long SelectionId, DateTimeOffset FrozenAt, long Count, long NonMarketing, long Scheduled, long Marketing, long Counting, IReadOnlyList<Contact> Sample)
{
    /// <summary>How many will really change: the number to type.</summary>
    public long Changes(bool toMarketing) => toMarketing ? NonMarketing + Scheduled : Marketing;
}

/// <summary>Where it is, and at its end what came of it: an edit of the status (value "true" or "false") that knows one thing more of each contact.</summary>
/// <param name="Changed">To marketing: contacts that became so; to non-marketing: contacts that are to become so on the next update date.</param>
/// <param name="TakenBack">To marketing: contacts that were to become non-marketing and stay.</param>
/// <param name="Same">Contacts that were so before.</param>
/// <param name="Scheduled">To non-marketing: contacts that were to become so before.</param>
/// <param name="ReasonType">What sets them, as hs_marketable_reason_type; null: who ordered it.</param>
public sealed record MarketingState(long OperationId, long SelectionId, string Property, string? Value, long After, long Changed, long Same, long TakenBack, long Scheduled,
    string? ReasonType = null, string? ReasonId = null)
    : EditState(OperationId, SelectionId, Property, Value, After, Changed, Same, 0)
{
    /// <summary>Whether they are set as marketing contacts.</summary>
    public bool ToMarketing => Value == "true";

    /// <inheritdoc/>
    public override long Touched => Changed + TakenBack;
}

/// <summary>Sets a selection of contacts as marketing contacts, at once, or as non-marketing contacts, which is only scheduled for the next update date
/// (<see cref="MarketingStatus"/>): frozen first, confirmed by the number that will really change, then written in short transactions in the order of their ids.</summary>
public sealed class SetMarketing(Db db, ContactStore contacts, MarketingFuse fuse, MarketingQueue queue, Properties properties, FrozenSelections selections, ListMembers members, JobQueue jobs, TimeProvider clock) : IJob
{
    private const int SampleSize = 5;
    private static readonly SqlFile Sql = SqlFile.Beside<SetMarketing>();

    /// <summary>Freezes a selection as it is now.</summary>
    /// <returns>The receipt, or what is wrong with the selection, as a sentence.</returns>
    public Task<(MarketingReceipt? Receipt, string? Error)> Freeze(long accountId, SelectionQuery query, TimeZoneInfo zone, long? userId, CancellationToken stop = default) =>
        db.Write<(MarketingReceipt?, string?)>(async tx =>
        {
            var (frozen, error) = await selections.Freeze(tx, accountId, query, zone, userId);
            return frozen is null ? (null, error) : (await Receipt(tx, frozen), null);
        }, stop);

    /// <summary>The receipt of a frozen selection again, with the figures of now; null when this account has none of this id.</summary>
    public Task<MarketingReceipt?> Find(long accountId, long selectionId, CancellationToken stop = default) => db.Read(tx => Find(tx, accountId, selectionId), stop);

    /// <inheritdoc cref="Find(long, long, CancellationToken)"/>
    public async Task<MarketingReceipt?> Find(Tx tx, long accountId, long selectionId) => await selections.Find(tx, accountId, selectionId) is { } frozen ? await Receipt(tx, frozen) : null;

    /// <summary>Orders it. The selection, evaluated again, must be the frozen one, and the number typed the one that will really change now; else nothing
    /// happens. Posted twice it starts one job. The caller has seen to it that the person may set marketing contacts.</summary>
    /// <param name="query">The selection that the receipt was made of.</param>
    /// <param name="words">What was selected, in words.</param>
    /// <param name="title">The job's title.</param>
    public Task<BulkOutcome> Confirm(long accountId, long selectionId, long? typed, bool toMarketing, SelectionQuery query, TimeZoneInfo zone, string words, string title, long userId, CancellationToken stop = default) =>
        Confirm(accountId, selectionId, typed, toMarketing, tx => selections.Evaluate(tx, accountId, query, zone), words, title, userId, stop);

    /// <inheritdoc cref="Confirm(long, long, long?, bool, SelectionQuery, TimeZoneInfo, string, string, long, CancellationToken)"/>
    /// <param name="evaluate">Finds the contacts anew, in the same way as for the receipt.</param>
    public Task<BulkOutcome> Confirm(long accountId, long selectionId, long? typed, bool toMarketing, Func<Tx, Task<(MemberSet? Set, string? Error)>> evaluate, string words, string title, long userId, CancellationToken stop = default) =>
        db.Write(async tx =>
        {
            var (frozen, refused) = await selections.Confirm(tx, accountId, selectionId, null, () => evaluate(tx), unasked: long.MaxValue);
            if (frozen is null) return refused!;
            var ask = new MarketingAsk(MarketingAsk.OfSelection(selectionId), words, title, "USER_SET", Actor.Person(userId).SourceId, userId);
            if (await MarketingQueue.Of(tx, accountId, ask.Origin) is { } waits) return new(null, Approval: waits);
            var receipt = await Receipt(tx, frozen);
            var changes = receipt.Changes(toMarketing);
            if (changes == 0 || typed != changes) return new(null, WrongNumber: true);
            if (toMarketing && !await fuse.Take(tx, accountId, receipt.NonMarketing)) return await Wait(tx, accountId, ask, selectionId, changes);
            var (_, jobId) = await Begin(tx, accountId, selectionId, frozen.Set.Count, changes, toMarketing, ask);
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingSet, words, changes, after: toMarketing ? "true" : "false");
            return new BulkOutcome(jobId);
        }, stop);

    /// <summary>Puts in the job for a frozen selection, with what an undo needs. The caller has decided, and notes it on record.</summary>
    /// <param name="count">Contacts of the selection.</param>
    /// <param name="changes">Those that change.</param>
    public async Task<(long OperationId, long JobId)> Begin(Tx tx, long accountId, long selectionId, long count, long changes, bool toMarketing, MarketingAsk ask)
    {
        var operationId = await Ids.Next(tx, accountId, "bulk_operation");
        var state = new MarketingState(operationId, selectionId, MarketingStatus.Property.Name, toMarketing ? "true" : "false", 0, 0, 0, 0, 0, ask.ReasonType, ask.ReasonId);
        var jobId = await jobs.Enqueue<SetMarketing>(tx, accountId, ask.Title, state, count, ask.AskedBy);
        await tx.Execute(Sql["order"], new { accountId, operationId, selectionId, count = changes, jobId, ask.Words, ask.AskedBy, now = clock.GetUtcNow() });
        return (operationId, jobId);
    }

    private async Task<BulkOutcome> Wait(Tx tx, long accountId, MarketingAsk ask, long selectionId, long changes)
    {
        var approval = await queue.Wait(tx, accountId, ask, selectionId, changes);
        await AuditLog.Add(tx, clock, accountId, ask.AskedBy, AuditAction.MarketingAsked, ask.Words, changes);
        return new(null, Approval: approval);
    }

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var (pace, likely) = (new PacedBatches(clock), (Contact?)null);
        while (await db.Read(tx => members.Page(tx, run.AccountId, run.State<MarketingState>().SelectionId, run.State<MarketingState>().After, pace.Size), stop) is { Count: > 0 } ids)
            await pace.Step(run, async tx =>
            {
                (var step, likely) = await Batch(tx, run, ids, likely);
                return step;
            }, stop);
        return run.State<MarketingState>();
    }

    private async Task<(Step<MarketingState> Step, Contact? Likely)> Batch(Tx tx, JobRun run, List<long> ids, Contact? likely)
    {
        var (state, catalog) = (run.State<MarketingState>(), await properties.Catalog(tx, run.AccountId));
        var were = await contacts.SetSame(tx, new("CRM_UI", $"bulk:{state.OperationId}", run.UserId), run.AccountId, catalog, ids, MarketingStatus.Properties, contact =>
        {
            if (state.ToMarketing) MarketingStatus.Set(contact, state.ReasonType ?? "USER_SET", state.ReasonType is null && run.UserId is { } user ? Actor.Person(user).SourceId : state.ReasonId);
            else MarketingStatus.SetNon(contact);
        }, likely);
        long non = were.Where(w => !w.Before.IsMarketing).Sum(w => w.Count), scheduled = were.Where(w => MarketingStatus.IsScheduled(w.Before)).Sum(w => w.Count), marketing = were.Sum(w => w.Count) - non - scheduled;
        var next = state.ToMarketing
            ? state with { After = ids[^1], Changed = state.Changed + non, TakenBack = state.TakenBack + scheduled, Same = state.Same + marketing }
            : state with { After = ids[^1], Changed = state.Changed + marketing, Scheduled = state.Scheduled + scheduled, Same = state.Same + non };
        return (new(next, ids.Count), were.OrderByDescending(w => w.Count).FirstOrDefault().Before);
    }

    private async Task<MarketingReceipt> Receipt(Tx tx, FrozenSelection frozen)
    {
        var (non, scheduled, marketing) = (0L, 0L, 0L);
        foreach (var chunk in frozen.Set.ChunkNumbers)
            foreach (var part in await tx.Query<Part>(Sql["statuses"], new { frozen.AccountId, ids = frozen.Set.Only(chunk).Ids.ToArray() }))
                if (!part.Marketing) non += part.Contacts;
                else if (part.Scheduled) scheduled += part.Contacts;
                else marketing += part.Contacts;
        var counting = (await contacts.Counts(tx, frozen.AccountId)).Marketing;
        return new(frozen.Id, frozen.At, frozen.Set.Count, non, scheduled, marketing, counting, await contacts.Read(tx, frozen.AccountId, [.. frozen.Set.After(0).Take(SampleSize)]));
    }

    private sealed record Part(bool Marketing, bool Scheduled, long Contacts);
}
