using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.MarketingContacts;

/// <summary>The figures of a day in the account's time zone; of today as they last were.</summary>
/// <param name="OnDate">yyyy-mm-dd.</param>
public sealed record MarketingDay(string OnDate, long Contacts, long Marketing, long Scheduled, long? Tier)
{
    /// <summary>The day.</summary>
    public DateOnly Day => MarketingPlans.Day(OnDate);
}

/// <summary>Looks after the tiers: raises one that was exceeded, also when it was for a moment only, and tells who pays that it is nearly taken or that the update date comes.</summary>
public sealed class WatchTiers(Db db, MarketingPlans plans, ContactStore contacts, BillingNews news, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<WatchTiers>();

    /// <summary>Days before the update date on which people are told of it, the latest last.</summary>
    public static readonly IReadOnlyList<int> TellDays = [7, 1];

    /// <summary>Looks at every account. Safe to run twice and on several processes at once.</summary>
    public async Task Run(CancellationToken stop)
    {
        foreach (var figures in await db.Read(tx => tx.Query<Figures>(Sql["figures"]), stop))
            if (figures.Raises || Warns(figures.Plan, figures.Marketing) || Tells(figures.Plan, figures.Today(clock)) is not null)
                await db.Write(tx => Look(tx, figures.AccountId), stop);
    }

    /// <summary>Notes the figures of today, of every account.</summary>
    public async Task NoteDays(CancellationToken stop)
    {
        foreach (var figures in await db.Read(tx => tx.Query<Figures>(Sql["figures"]), stop))
            await db.Write(tx => Note(tx, figures.AccountId, new(MarketingPlans.Text(figures.Today(clock)), figures.Contacts, figures.Marketing, figures.Scheduled, figures.Tier)), stop);
    }

    /// <summary>Notes the figures of a day; those noted before are replaced.</summary>
    public static Task Note(Tx tx, long accountId, MarketingDay day) => tx.Execute(Sql["note-day"], new { accountId, day.OnDate, day.Contacts, day.Marketing, day.Scheduled, day.Tier });

    /// <summary>The figures of days, from one on; days on which nothing ran are missing.</summary>
    public Task<List<MarketingDay>> Days(long accountId, DateOnly from, CancellationToken stop = default) =>
        db.Read(tx => tx.Query<MarketingDay>(Sql["days"], new { accountId, from = MarketingPlans.Text(from) }), stop);

    private async Task Look(Tx tx, long accountId)
    {
        var was = await plans.Hold(tx, accountId);                                                 // and only then the count, as all who write both do
        var plan = was;
        var peak = await tx.Single<long>(Sql["peak"], new { accountId });
        var counts = await contacts.Counts(tx, accountId);
        if (plan.Tier is { } tier && (await MarketingPlans.TiersOf(tx, accountId)).Raised(tier, peak) is var raised && raised > tier)
        {
            var lowerTo = plan.LowerTo;                                                            // still asked for
            plan = await plans.Change(tx, accountId, plan, TierReason.Raised, raised, peak) with { LowerTo = lowerTo };
            await news.Order(tx, accountId, new(NewsKind.TierRaised, null, peak, counts.Scheduled, tier, raised, 0));
        }
        if (Warns(plan, counts.Marketing))
        {
            plan = plan with { Warned = Tiers.Warning(counts.Marketing, plan.Tier!.Value) };
            await news.Order(tx, accountId, new(NewsKind.TierNear, plan.NextUpdate, counts.Marketing, counts.Scheduled, null, plan.Tier, plan.Warned));
        }
        if (Tells(plan, MarketingPlan.DayOf(clock.GetUtcNow(), await MarketingPlans.Zone(tx, accountId))) is { } days)
        {
            plan = plan with { ToldDays = days };
            if (plan.Tier is not null || counts.Scheduled > 0)
                await news.Order(tx, accountId, new(NewsKind.UpdateComes, plan.NextUpdate, counts.Marketing, counts.Scheduled, null, plan.Tier, 0));
        }
        if (plan != was) await MarketingPlans.Put(tx, accountId, plan);
    }

    private static bool Warns(MarketingPlan plan, long marketing) => plan.Tier is { } tier && Tiers.Warning(marketing, tier) > plan.Warned;

    /// <summary>Of how many days before the update date people must be told today; null when they need not, or were.</summary>
    private static int? Tells(MarketingPlan plan, DateOnly today)
    {
        var left = plan.NextUpdate.DayNumber - today.DayNumber;
        var due = TellDays.LastOrDefault(days => left <= days && left > 0);
        return due > 0 && (plan.ToldDays is not { } told || told > due) ? due : null;
    }

    private sealed record Figures(long AccountId, string TimeZone, string Period, string BoughtOn, string UpdatedOn, long? Tier, long Warned, long? ToldDays, long Contacts, long Marketing, long Scheduled, long Peak, long? Largest)
    {
        public MarketingPlan Plan => MarketingPlans.Read(Period, BoughtOn, UpdatedOn, Tier, Warned, ToldDays);

        /// <summary>Whether the tier was exceeded and there is a larger one.</summary>
        public bool Raises => Peak > Tier && Tier < (Largest ?? Tiers.Usual.All[^1].Contacts);

        public DateOnly Today(TimeProvider clock) => MarketingPlan.DayOf(clock.GetUtcNow(), Account.Zone(TimeZone));
    }
}
