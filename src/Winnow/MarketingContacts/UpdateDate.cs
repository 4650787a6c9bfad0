using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.MarketingContacts;

/// <summary>Where an update is, and at its end what came of it.</summary>
/// <param name="Day">The update date, yyyy-mm-dd in the account's time zone.</param>
/// <param name="Began">Its first instant (UTC): who was scheduled before it becomes non-marketing.</param>
/// <param name="After">All contacts up to this id are done.</param>
/// <param name="Spanned">Of those up to this id, only those are left that somebody touched since the date began.</param>
/// <param name="AfterOperation">Of the recycle bin, those of all operations before this one, and of this one those up to <paramref name="AfterInBin"/>.</param>
/// <param name="Flipped">Contacts that became non-marketing.</param>
/// <param name="InBin">Those of the recycle bin that come back as non-marketing if they are restored.</param>
/// <param name="Counting">Marketing contacts at the end; null before it.</param>
/// <param name="Rules">What rules did for it, as the letter says; null before the end.</param>
public sealed record UpdateState(DateOnly Day, DateTimeOffset Began, long After = 0, long Spanned = 0, long AfterOperation = 0, long AfterInBin = 0, long Flipped = 0, long InBin = 0, long? Counting = null, IReadOnlyList<RuleDeed>? Rules = null);

/// <summary>An update date that came.</summary>
/// <param name="OnDate">yyyy-mm-dd in the account's time zone.</param>
/// <param name="Counting">Marketing contacts afterwards; null while it runs.</param>
public sealed record MarketingUpdate(string OnDate, DateTimeOffset Began, long JobId, long Flipped, long? Counting, DateTimeOffset? FinishedAt)
{
    /// <summary>The date.</summary>
    public DateOnly Day => MarketingPlans.Day(OnDate);
}

/// <summary>On the update date every contact that was scheduled before it becomes non-marketing, once: the account's plan goes on to the next date in the transaction
/// that puts in the job, and a contact leaves the schedule in the transaction that counts it.</summary>
public sealed class UpdateDate(Db db, MarketingPlans plans, ContactStore contacts, Properties properties, BillingNews news, JobQueue jobs, TimeProvider clock) : IJob
{
    private static readonly SqlFile Sql = SqlFile.Beside<UpdateDate>();
    private static readonly Property UntilRenewal = BuiltInProperties.Of("hs_marketable_until_renewal");

    /// <summary>Starts the updates whose date has come, of every account. Safe to run twice and on several processes at once.</summary>
    public async Task StartDue(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        foreach (var account in await db.Read(tx => tx.Query<Waiting>(Sql["accounts"]), stop))
            if (account.Plan is not { } plan || MarketingPlans.IsDue(plan, MarketingPlan.DayOf(now, Account.Zone(account.TimeZone))))
                await db.Write(tx => Start(tx, account.AccountId), stop);
    }

    /// <summary>The latest update dates that came, the last first.</summary>
    public Task<List<MarketingUpdate>> Latest(long accountId, int take, CancellationToken stop = default) => db.Read(tx => tx.Query<MarketingUpdate>(Sql["latest"], new { accountId, take }), stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var (pace, likely) = (new PacedBatches(clock), (Contact?)null);
        while (await NextSpan(run, pace, stop) is { Last: { } last }) await pace.Step(run, tx => Span(tx, run, last), stop);
        while (await Next(run, "scheduled", pace, stop) is { Count: > 0 } found)
            await pace.Step(run, async tx =>
            {
                (var step, likely) = await Batch(tx, run, found, likely);
                return step;
            }, stop);
        while (await Next(run, "in-bin", pace, stop) is { Count: > 0 } found) await pace.Step(run, tx => InBin(tx, run, found), stop);
        if (run.State<UpdateState>().Counting is null) await run.Step(tx => Finish(tx, run), stop);
        return run.State<UpdateState>();
    }

    private Task<List<Scheduled>> Next(JobRun run, string which, PacedBatches pace, CancellationToken stop)
    {
        var state = run.State<UpdateState>();
        return db.Read(tx => tx.Query<Scheduled>(Sql[which], new { run.AccountId, state.After, state.AfterOperation, state.AfterInBin, began = state.Began, size = pace.Size }), stop);
    }

    private Task<Piece> NextSpan(JobRun run, PacedBatches pace, CancellationToken stop) =>
        db.Read(tx => tx.Single<Piece>(Sql["span"], new { run.AccountId, run.State<UpdateState>().Spanned, size = pace.Size }), stop);

    private async Task Start(Tx tx, long accountId)
    {
        var (plan, zone) = (await plans.Hold(tx, accountId), await MarketingPlans.Zone(tx, accountId));
        var day = plan.NextUpdate;
        if (day > MarketingPlan.DayOf(clock.GetUtcNow(), zone) || await tx.Single<long>(Sql["open"], new { accountId }) > 0) return;     // the one before first
        var began = MarketingPlan.Begins(day, zone);
        var scheduled = (await contacts.Counts(tx, accountId)).Scheduled;
        var jobId = await jobs.Enqueue<UpdateDate>(tx, accountId, "Update of marketing contacts", new UpdateState(day, began), scheduled, null);
        await tx.Execute(Sql["begin"], new { accountId, day = MarketingPlans.Text(day), began, jobId });
        await MarketingPlans.Put(tx, accountId, plan with { UpdatedOn = day, Warned = 0, ToldDays = null });
    }

    /// <summary>Those whom nobody touched since the date began, by what the database knows: nearly all, unless a list looks at them.</summary>
    private async Task<Step<UpdateState>> Span(Tx tx, JobRun run, long last)
    {
        var state = run.State<UpdateState>();
        var flipped = await contacts.SetSpan(tx, Actor(state.Day), run.AccountId, await properties.Catalog(tx, run.AccountId), state.Spanned, last, state.Began,
            MarketingStatus.Updated, MarketingStatus.Update, WhoIsScheduled(run.AccountId));
        if (flipped is null) return new(state with { Spanned = long.MaxValue }, 0);
        await tx.Execute(Sql["flipped"], new { run.AccountId, day = MarketingPlans.Text(state.Day), count = (long)flipped });
        return new(state with { Spanned = last, Flipped = state.Flipped + flipped.Value }, flipped.Value);
    }

    private static Contact WhoIsScheduled(long accountId)
    {
        var contact = Contact.New(accountId, 0);
        MarketingStatus.Set(contact, "", null);
        MarketingStatus.SetNon(contact);
        return contact;
    }

    private async Task<(Step<UpdateState> Step, Contact? Likely)> Batch(Tx tx, JobRun run, List<Scheduled> found, Contact? likely)
    {
        var state = run.State<UpdateState>();
        var due = await Due(tx, run.AccountId, found, state.Began);
        var were = await contacts.SetSame(tx, Actor(state.Day), run.AccountId, await properties.Catalog(tx, run.AccountId), [.. due.Select(d => d.Id)],
            MarketingStatus.Updated, MarketingStatus.Update, likely);
        var flipped = were.Where(w => MarketingStatus.IsScheduled(w.Before)).Sum(w => (long)w.Count);
        await tx.Execute(Sql["flipped"], new { run.AccountId, day = MarketingPlans.Text(state.Day), count = flipped });
        return (new(state with { After = found[^1].Id, Flipped = state.Flipped + flipped }, flipped), were.OrderByDescending(w => w.Count).FirstOrDefault().Before);
    }

    /// <summary>Without those whom somebody scheduled after the date had begun: they count until the next one.</summary>
    private static async Task<List<Scheduled>> Due(Tx tx, long accountId, List<Scheduled> found, DateTimeOffset began)
    {
        long[] touched = [.. found.Where(f => f.Touched).Select(f => f.Id)];
        if (touched.Length == 0) return found;
        var changed = await tx.Query<Change>(Sql["changes-since"], new { accountId, ids = touched, began });
        var late = changed.Where(c => CustomValues.Read(c.Changes).ContainsKey(UntilRenewal.Id)).Select(c => c.ContactId).ToHashSet();
        return [.. found.Where(f => !f.Made && !late.Contains(f.Id))];
    }

    private async Task<Step<UpdateState>> InBin(Tx tx, JobRun run, List<Scheduled> found)
    {
        var (state, due) = (run.State<UpdateState>(), await Due(tx, run.AccountId, found, run.State<UpdateState>().Began));
        var before = WhoIsScheduled(run.AccountId);
        var after = before.Copy();
        MarketingStatus.Update(after);
        foreach (var operation in due.GroupBy(d => d.OperationId))
        {
            var (source, sourceId) = (Actor(state.Day).Source, Actor(state.Day).SourceId);
            var args = new { run.AccountId, operationId = operation.Key, ids = operation.Select(d => d.Id).ToArray(), now = clock.GetUtcNow(), source, sourceId, changes = Json(after), before = Json(before) };
            await tx.Execute(Sql["note-in-bin"], args);
            await tx.Execute(Sql["flip-in-bin"], args);
        }
        return new(state with { AfterOperation = found[^1].OperationId, AfterInBin = found[^1].Id, InBin = state.InBin + due.Count }, 0);

        static string Json(Contact contact) => CustomValues.Json(MarketingStatus.Updated.Select(p => KeyValuePair.Create(p.Id, contact[p])));
    }

    /// <summary>The end, once: a lower tier that was asked for holds from a renewal on, and who pays is told.</summary>
    private async Task<Step<UpdateState>> Finish(Tx tx, JobRun run)
    {
        var state = run.State<UpdateState>();
        var plan = await plans.Hold(tx, run.AccountId);
        var counting = (await contacts.Counts(tx, run.AccountId)).Marketing;
        if (plan.LowerTo is { } lower && plan.RenewsOn(state.Day))
        {
            var fits = counting <= lower;
            await news.Order(tx, run.AccountId, new(fits ? NewsKind.TierLowered : NewsKind.TierKept, state.Day, counting, 0, plan.Tier, lower, 0));
            plan = await plans.Change(tx, run.AccountId, plan, fits ? TierReason.Lowered : TierReason.Kept, fits ? lower : plan.Tier!.Value, counting);
            await MarketingPlans.Put(tx, run.AccountId, plan);
        }
        if (state.Flipped > 0) await news.Order(tx, run.AccountId, new(NewsKind.Updated, state.Day, counting, state.Flipped, null, plan.Tier, 0));
        await tx.Execute(Sql["finish"], new { run.AccountId, day = MarketingPlans.Text(state.Day), counting, now = clock.GetUtcNow() });
        return new(state with { Counting = counting, Rules = await MarketingRules.DeedsFor(tx, run.AccountId, state.Day) }, 0, state.Flipped);
    }

    private static Actor Actor(DateOnly day) => new(ActorSource, MarketingPlans.Text(day));

    /// <summary>What stands in the history of a contact whom an update date changed.</summary>
    public const string ActorSource = "MARKETING_UPDATE";

    private sealed record Waiting(long AccountId, string TimeZone, string? Period, string? BoughtOn, string? UpdatedOn)
    {
        public MarketingPlan? Plan => Period is null ? null : MarketingPlans.Read(Period, BoughtOn!, UpdatedOn!);
    }

    private sealed record Piece(long? Last);

    /// <param name="Touched">Changed in any way since the date began.</param>
    /// <param name="Made">Or made since then.</param>
    private sealed record Scheduled(long OperationId, long Id, bool Touched, bool Made);

    private sealed record Change(long ContactId, string Changes);
}
