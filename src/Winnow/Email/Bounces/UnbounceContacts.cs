using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Email.Bounces;

/// <summary>Whose bounces are to be lifted; exactly one is given.</summary>
/// <param name="Query">Contacts that were ticked, or all of a view or list.</param>
/// <param name="Choice">Those on whose record a bounce for one of these reasons came in this time, …</param>
/// <param name="Rule">… decided by this rule; null for any.</param>
/// <param name="IncidentId">Those on whose record an incident put a bounce.</param>
public sealed record UnbounceWish(SelectionQuery? Query = null, HardBounceChoice? Choice = null, string? Rule = null, long? IncidentId = null);

/// <summary>What an unbounce means for a contact.</summary>
public enum UnbounceCase
{
    /// <summary>It may be mailed again.</summary>
    Lifts,
    /// <summary>There is no bounce to lift: none came, or it was lifted before.</summary>
    NotBounced,
    /// <summary>Somebody at the address reported a mail as spam; nobody here can change that.</summary>
    Complained,
    /// <summary>The person unsubscribed; that is theirs.</summary>
    OptedOut,
    /// <summary>Something else came since the incident.</summary>
    ChangedSince,
}

/// <summary>What would happen to exactly these contacts.</summary>
/// <param name="Cases">How many of each case.</param>
/// <param name="LeftToday">How many more may be unbounced today; null without a limit.</param>
public sealed record UnbounceReceipt(long SelectionId, DateTimeOffset FrozenAt, long Count, IReadOnlyDictionary<UnbounceCase, long> Cases, long? LeftToday, IReadOnlyList<Contact> Sample);

/// <summary>Where an unbounce of many is, and at its end what came of it.</summary>
/// <param name="After">All ids up to here are done.</param>
/// <param name="OverLimit">Contacts left for another day.</param>
/// <param name="Note">Why, in the words of who ordered it.</param>
public sealed record UnbounceState(long OperationId, long SelectionId, long? IncidentId, long After, long Lifted, long NotBounced, long Complained, long OptedOut, long ChangedSince, long OverLimit, string? Note = null);

/// <summary>A rule that put bounces on record.</summary>
public sealed record RuleCount(string Rule, long Contacts);

/// <summary>Lifts the bounces of many contacts, as a person's word against the rules that put them there (<see cref="Overrulings"/>): frozen first, confirmed by their number when they are more than a page, then lifted in short
/// transactions in the order of their ids. The reason stays on the record, and a new bounce suppresses again.</summary>
public sealed class UnbounceContacts(
    Db db, ContactStore contacts, AddressChanges addresses, FrozenSelections selections, ListMembers members, SecondChancesStore chances, DayBudget budget, JobQueue jobs, TimeProvider clock) : IJob
{
    /// <summary>Up to this many contacts, a page of the table, nobody has to type the number.</summary>
    public const int Page = SetProperty.Page;
    internal const string Budget = "unbounce";
    private const int SampleSize = 5, MostRules = 200;
    private static readonly SqlFile Sql = SqlFile.Beside<UnbounceContacts>();

    /// <summary>The case of an address.</summary>
    /// <param name="changed">For an incident: whether the bounce on record is another one.</param>
    public static UnbounceCase Judge(bool bounced, bool complained, bool optedOut, bool changed = false) => (bounced, complained, optedOut, changed) switch
    {
        (_, true, _, _) => UnbounceCase.Complained,
        (_, _, true, _) => UnbounceCase.OptedOut,
        (false, _, _, _) => UnbounceCase.NotBounced,
        (_, _, _, true) => UnbounceCase.ChangedSince,
        _ => UnbounceCase.Lifts,
    };

    /// <summary>Rules that put bounces on record which are not lifted, the most frequent first.</summary>
    public Task<List<RuleCount>> Rules(long accountId, CancellationToken stop = default) => db.Read(tx => tx.Query<RuleCount>(Sql["rules"], new { accountId, MostRules }), stop);

    /// <summary>Freezes the contacts as they are now.</summary>
    /// <returns>The receipt, or what is wrong, as a sentence.</returns>
    public Task<(UnbounceReceipt? Receipt, string? Error)> Freeze(long accountId, UnbounceWish wish, TimeZoneInfo zone, long userId, CancellationToken stop = default) => db.Write<(UnbounceReceipt?, string?)>(async tx =>
    {
        var (set, error) = await Evaluate(tx, accountId, wish, zone);
        if (set is null) return (null, error);
        (var frozen, error) = await selections.Freeze(tx, accountId, set, userId);
        return frozen is null ? (null, error) : (await Receipt(tx, frozen), null);
    }, stop);

    /// <summary>The receipt of a frozen selection again, or null when this account has none of this id.</summary>
    public Task<UnbounceReceipt?> Find(long accountId, long selectionId, CancellationToken stop = default) => db.Read(async tx =>
        await selections.Find(tx, accountId, selectionId) is { } frozen ? await Receipt(tx, frozen) : null, stop);

    /// <summary>Orders it. The wish, evaluated again, must mean the frozen contacts; else nothing happens. Posted twice it starts one job.</summary>
    /// <param name="typed">The number typed; null only when a <see cref="Page"/> holds them all.</param>
    /// <param name="words">What was selected, in words.</param>
    /// <param name="title">The job's title.</param>
    /// <param name="note">Why, in the person's words; it stands with each unbounce.</param>
    public Task<BulkOutcome> Confirm(long accountId, long selectionId, long? typed, UnbounceWish wish, TimeZoneInfo zone, string words, string title, long userId, string? note = null, CancellationToken stop = default) => db.Write(async tx =>
    {
        var (frozen, refused) = await selections.Confirm(tx, accountId, selectionId, typed, () => Evaluate(tx, accountId, wish, zone), Page);
        if (frozen is null) return refused!;
        var operationId = await Ids.Next(tx, accountId, "bulk_operation");
        var jobId = await jobs.Enqueue<UnbounceContacts>(tx, accountId, title, new UnbounceState(operationId, selectionId, wish.IncidentId, 0, 0, 0, 0, 0, 0, 0, Overrulings.Note(note)), frozen.Set.Count, userId);
        await tx.Execute(Sql["order"], new { accountId, operationId, selectionId, count = frozen.Set.Count, jobId, words, userId, now = clock.GetUtcNow() });
        await AuditLog.Add(tx, clock, accountId, userId, wish.IncidentId is null ? AuditAction.ContactUnbounced : AuditAction.IncidentReversed, words, frozen.Set.Count, null, Overrulings.Note(note));
        return new BulkOutcome(jobId);
    }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var pace = new PacedBatches(clock);
        while (await db.Read(tx => members.Page(tx, run.AccountId, run.State<UnbounceState>().SelectionId, run.State<UnbounceState>().After, pace.Size), stop) is { Count: > 0 } ids)
            await pace.Take(() => run.Step(tx => Batch(tx, run, ids), stop));
        return run.State<UnbounceState>();
    }

    private async Task<Step<UnbounceState>> Batch(Tx tx, JobRun run, List<long> ids)
    {
        var (state, counts, over, now) = (run.State<UnbounceState>(), new Dictionary<UnbounceCase, long>(), 0L, clock.GetUtcNow());
        // what an incident did is taken back whole; the day's limit is for what people decide of single addresses
        var left = state.IncidentId is null && (await chances.Read(tx, run.AccountId)).UnbouncesADay is { } most ? await budget.Hold(tx, run.AccountId, Budget, most) : long.MaxValue;
        var keys = (await contacts.Read(tx, run.AccountId, ids)).Select(c => c.EmailKey).OfType<string>().ToArray();
        var caused = state.IncidentId is { } incident ? (await tx.Query<long>(Sql["reports-of"], new { run.AccountId, incident, keys })).ToHashSet() : null;
        var lifted = await addresses.Change(tx, run.AccountId, new("CRM_UI", $"bulk:{state.OperationId}", run.UserId), keys, address =>
        {
            var found = Judge(address.HasHardBounce, address.ComplainedAt is not null, address.OptedOutAt is not null, caused?.Contains(address.HardBounceInboxId ?? 0) == false);
            counts[found] = counts.GetValueOrDefault(found) + 1;
            if (found != UnbounceCase.Lifts || left == 0 && ++over > 0) return address;
            left--;
            return address.Lifted(now, run.UserId);
        });
        if (left < long.MaxValue / 2) await budget.Use(tx, run.AccountId, Budget, lifted.Count);
        if (lifted.Count > 0)
        {
            var lifts = lifted.Select(a => a.EmailKey).ToArray();
            await tx.Execute(Sql["revive"], new { run.AccountId, lifts });
            // an incident is a provider's bad hour: lifting what it did says nothing against the rules that read it
            var isSaid = state.IncidentId is null;
            if (isSaid) await tx.Execute(Sql["overrule"], new { run.AccountId, lifts });
            await tx.Execute(Sql["events"], new { run.AccountId, first = await Ids.Next(tx, run.AccountId, "email_event", lifts.Length), now, lifts, state.Note, isSaid, run.UserId });
        }
        return new(Added(state, counts, lifted.Count, over, keys.Length) with { After = ids[^1] }, ids.Count);
    }

    private static UnbounceState Added(UnbounceState state, Dictionary<UnbounceCase, long> counts, long lifted, long over, long withAddress) => state with
    {
        Lifted = state.Lifted + lifted, OverLimit = state.OverLimit + over,
        Complained = state.Complained + counts.GetValueOrDefault(UnbounceCase.Complained), OptedOut = state.OptedOut + counts.GetValueOrDefault(UnbounceCase.OptedOut),
        ChangedSince = state.ChangedSince + counts.GetValueOrDefault(UnbounceCase.ChangedSince),
        NotBounced = state.NotBounced + counts.GetValueOrDefault(UnbounceCase.NotBounced) + withAddress - counts.Values.Sum(),       // of the last nothing is known at all
    };

    private async Task<(MemberSet? Set, string? Error)> Evaluate(Tx tx, long accountId, UnbounceWish wish, TimeZoneInfo zone)
    {
        if (wish.Query is { } query) return await selections.Evaluate(tx, accountId, query, zone);
        if (wish.IncidentId is { } incident) return (new(await tx.Query<long>(Sql["of-incident"], new { accountId, incident })), null);
        var choice = wish.Choice ?? throw new ArgumentException("Nobody is meant.", nameof(wish));
        return (new(await tx.Query<long>(Sql["by-reason"], new
        {
            accountId, reasons = choice.Reasons.ToArray(), rule = wish.Rule ?? "",
            from = choice.From?.ToUnixTimeMilliseconds() ?? long.MinValue, until = choice.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue,
        })), null);
    }

    private async Task<UnbounceReceipt> Receipt(Tx tx, FrozenSelection frozen)
    {
        var cases = new Dictionary<UnbounceCase, long>();
        foreach (var chunk in frozen.Set.ChunkNumbers)
            foreach (var group in await tx.Query<Facts>(Sql["facts"], new { frozen.AccountId, ids = frozen.Set.Only(chunk).Ids.ToArray() }))
            {
                var found = Judge(group.Bounced, group.Complained, group.OptedOut);
                cases[found] = cases.GetValueOrDefault(found) + group.Contacts;
            }
        var most = (await chances.Read(tx, frozen.AccountId)).UnbouncesADay;
        return new(frozen.Id, frozen.At, frozen.Set.Count, cases, most is { } limit ? await budget.Left(tx, frozen.AccountId, Budget, limit) : null,
            await contacts.Read(tx, frozen.AccountId, [.. frozen.Set.After(0).Take(SampleSize)]));
    }

    private sealed record Facts(bool Bounced, bool Complained, bool OptedOut, long Contacts);
}
