using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.MarketingContacts;

/// <summary>Where an update is, and at its end what came of it.</summary>
/// <param name="Day">The update date, yyyy-mm-dd in the account's time zone.</param>
/// <param name="Began">Its first instant (UTC): who was scheduled before it becomes non-marketing.</param>
/// <param name="After">All ids up to here are done.</param>
/// <param name="Flipped">Contacts that became non-marketing.</param>
/// <param name="InBin">Those of the recycle bin that come back as non-marketing if they are restored.</param>
/// <param name="Counting">Marketing contacts at the end; null before it.</param>
public sealed record UpdateState(DateOnly Day, DateTimeOffset Began, long After, long Flipped, long InBin, long? Counting);

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
        while (await db.Read(tx => tx.Query<Scheduled>(Sql["scheduled"], new { run.AccountId, run.State<UpdateState>().After, began = run.State<UpdateState>().Began, size = pace.Size }), stop) is { Count: > 0 } found)
            await pace.Step(run, async tx =>
            {
                (var step, likely) = await Batch(tx, run, found, likely);
                return step;
            }, stop);
        while (await db.Read(tx => tx.Query<Deleted>(Sql["in-bin"], new { run.AccountId, began = run.State<UpdateState>().Began, size = pace.Size }), stop) is { Count: > 0 } deleted)
            await pace.Step(run, tx => InBin(tx, run, deleted), stop);
        if (run.State<UpdateState>().Counting is null) await run.Step(tx => Finish(tx, run), stop);
        return run.State<UpdateState>();
    }

    private async Task Start(Tx tx, long accountId)
    {
        var (plan, zone) = (await plans.Hold(tx, accountId), await MarketingPlans.Zone(tx, accountId));
        var day = plan.NextUpdate;
        if (day > MarketingPlan.DayOf(clock.GetUtcNow(), zone) || await tx.Single<long>(Sql["open"], new { accountId }) > 0) return;     // the one before first
        var began = MarketingPlan.Begins(day, zone);
        var scheduled = (await contacts.Counts(tx, accountId)).Scheduled;
        var jobId = await jobs.Enqueue<UpdateDate>(tx, accountId, "Update of marketing contacts", new UpdateState(day, began, 0, 0, 0, null), scheduled, null);
        await tx.Execute(Sql["begin"], new { accountId, day = MarketingPlans.Text(day), began, jobId });
        await MarketingPlans.Put(tx, accountId, plan with { UpdatedOn = day, Warned = 0, ToldDays = null });
    }

    private async Task<(Step<UpdateState> Step, Contact? Likely)> Batch(Tx tx, JobRun run, List<Scheduled> found, Contact? likely)
    {
        var state = run.State<UpdateState>();
        var late = await ScheduledSince(tx, run.AccountId, [.. found.Where(f => f.Touched).Select(f => f.Id)], state.Began);
        var were = await contacts.SetSame(tx, Actor(state.Day), run.AccountId, await properties.Catalog(tx, run.AccountId), [.. found.Select(f => f.Id).Where(id => !late.Contains(id))],
            MarketingStatus.Updated, MarketingStatus.Update, likely);
        var flipped = were.Where(w => MarketingStatus.IsScheduled(w.Before)).Sum(w => (long)w.Count);
        await tx.Execute(Sql["flipped"], new { run.AccountId, day = MarketingPlans.Text(state.Day), count = flipped });
        return (new(state with { After = found[^1].Id, Flipped = state.Flipped + flipped }, flipped), were.OrderByDescending(w => w.Count).FirstOrDefault().Before);
    }

    /// <summary>Those whom somebody scheduled after the date had begun: they count until the next one.</summary>
    private static async Task<HashSet<long>> ScheduledSince(Tx tx, long accountId, long[] ids, DateTimeOffset began)
    {
        if (ids.Length == 0) return [];
        var made = await tx.Query<long>(Sql["made-since"], new { accountId, ids, began });
        var changed = await tx.Query<Change>(Sql["changes-since"], new { accountId, ids, began });
        return [.. made, .. changed.Where(c => CustomValues.Read(c.Changes).ContainsKey(UntilRenewal.Id)).Select(c => c.ContactId)];
    }

    private async Task<Step<UpdateState>> InBin(Tx tx, JobRun run, List<Deleted> deleted)
    {
        var state = run.State<UpdateState>();
        var (before, after) = (Contact.New(run.AccountId, 0), Contact.New(run.AccountId, 0));
        foreach (var contact in new[] { before, after }) MarketingStatus.Set(contact, "", null);
        foreach (var contact in new[] { before, after }) MarketingStatus.SetNon(contact);
        MarketingStatus.Update(after);
        foreach (var operation in deleted.GroupBy(d => d.OperationId))
        {
            var (source, sourceId) = (Actor(state.Day).Source, Actor(state.Day).SourceId);
            var args = new { run.AccountId, operationId = operation.Key, ids = operation.Select(d => d.Id).ToArray(), now = clock.GetUtcNow(), source, sourceId, changes = Json(after), before = Json(before) };
            await tx.Execute(Sql["note-in-bin"], args);
            await tx.Execute(Sql["flip-in-bin"], args);
        }
        return new(state with { InBin = state.InBin + deleted.Count }, 0);

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
        return new(state with { Counting = counting }, 0, state.Flipped);
    }

    private static Actor Actor(DateOnly day) => new(ActorSource, MarketingPlans.Text(day));

    /// <summary>What stands in the history of a contact whom an update date changed.</summary>
    public const string ActorSource = "MARKETING_UPDATE";

    private sealed record Waiting(long AccountId, string TimeZone, string? Period, string? BoughtOn, string? UpdatedOn)
    {
        public MarketingPlan? Plan => Period is null ? null : new(Enum.Parse<PlanPeriod>(Period), MarketingPlans.Day(BoughtOn!), MarketingPlans.Day(UpdatedOn!));
    }

    private sealed record Scheduled(long Id, bool Touched);
    private sealed record Change(long ContactId, string Changes);
    private sealed record Deleted(long OperationId, long Id);
}
