using System.Globalization;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.MarketingContacts;

/// <summary>Why the tier became another. Stored by name.</summary>
public enum TierReason
{
    /// <summary>A person chose it.</summary>
    Chosen,
    /// <summary>It was exceeded.</summary>
    Raised,
    /// <summary>It had been asked for, and the contract renewed.</summary>
    Lowered,
    /// <summary>A lower one had been asked for, but there were too many marketing contacts: it stayed.</summary>
    Kept,
}

/// <summary>A change of the tier, or one that could not be.</summary>
/// <param name="Was">The tier before; null: none was chosen.</param>
/// <param name="Counting">Marketing contacts at that moment, or the most there had been.</param>
public sealed record TierChange(DateTimeOffset At, TierReason Reason, long? Was, long? Tier, long Counting, long? UserId);

/// <summary>Contract of an account: plan, tier and prices. The one writer of all three.</summary>
public sealed class MarketingPlans(Db db, ContactStore contacts, TimeProvider clock)
{
    /// <summary>Most steps that a contract can have.</summary>
    public const int MostTiers = 50;

    private static readonly SqlFile Sql = SqlFile.Beside<MarketingPlans>();

    /// <summary>The account's plan; the usual one until somebody chose.</summary>
    public Task<MarketingPlan> Of(long accountId, CancellationToken stop = default) => db.Read(tx => Of(tx, accountId), stop);

    /// <inheritdoc cref="Of(long, CancellationToken)"/>
    public async Task<MarketingPlan> Of(Tx tx, long accountId) => (await tx.SingleOrNone<Row>(Sql["find"], new { accountId }))?.Plan ?? await New(tx, accountId);

    /// <summary>The account's plan, held until the commit; made when there was none.</summary>
    public async Task<MarketingPlan> Hold(Tx tx, long accountId)
    {
        if ((await tx.SingleOrNone<Row>(Sql["hold"], new { accountId }))?.Plan is { } plan) return plan;
        plan = await New(tx, accountId);
        await Put(tx, accountId, plan);
        return plan;
    }

    /// <summary>The steps of the account's contract.</summary>
    public static async Task<Tiers> TiersOf(Tx tx, long accountId) => Tiers.Of(await tx.Query<Tier>(Sql["tiers"], new { accountId }));

    /// <summary>The account's time zone.</summary>
    public static async Task<TimeZoneInfo> Zone(Tx tx, long accountId) => Account.Zone((await tx.SingleOrNone<Made>(Sql["account"], new { accountId }))?.TimeZone ?? "UTC");

    /// <summary>What became of the tier, the latest first.</summary>
    public Task<List<TierChange>> Changes(long accountId, int take, CancellationToken stop = default) => db.Read(tx => tx.Query<TierChange>(Sql["changes"], new { accountId, take }), stop);

    /// <summary>Writes what a person chose. A lower tier than the present one is not chosen but asked for (<see cref="AskLower"/>).</summary>
    /// <param name="tiers">The steps of the contract, with their prices; null: as they are.</param>
    /// <param name="tier">The present tier: the first choice, or a larger one.</param>
    /// <returns>What is wrong, of <see cref="Refusals"/>; or null.</returns>
    public Task<string?> Choose(long accountId, PlanPeriod period, DateOnly boughtOn, long? tier, IReadOnlyList<Tier>? tiers, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var plan = await Hold(tx, accountId);
        var today = MarketingPlan.DayOf(clock.GetUtcNow(), await Zone(tx, accountId));
        if (boughtOn > today) return Future;
        if (tiers is not null && Wrong(tiers) is { } wrong) return wrong;
        var steps = tiers is null ? await TiersOf(tx, accountId) : Tiers.Of(tiers);
        if (tier is { } wished && steps.All.All(step => step.Contacts != wished)) return NoStep;
        var counting = (await contacts.Counts(tx, accountId)).Marketing;
        if (tier < plan.Tier) return AskInstead;
        if (tier is null && plan.Tier is not null) return AskInstead;
        if (tier < counting && steps.All[^1].Contacts != tier) return TooSmall;

        if (tiers is not null)
        {
            await tx.Execute(Sql["forget-tiers"], new { accountId });
            foreach (var step in tiers) await tx.Execute(Sql["add-tier"], new { accountId, step.Contacts, step.Price });
        }
        var moved = (period, boughtOn) != (plan.Period, plan.BoughtOn);
        var chosen = plan with { Period = period, BoughtOn = boughtOn, UpdatedOn = moved && plan.UpdatedOn < today && !IsDue(plan, today) ? today : plan.UpdatedOn, ToldDays = moved ? null : plan.ToldDays };
        if (tier != plan.Tier) chosen = await Change(tx, accountId, chosen, TierReason.Chosen, tier!.Value, counting, userId);
        await Put(tx, accountId, chosen);
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingPlanChanged, "", null, Words(plan), Words(chosen));
        return null;
    }, stop);

    /// <summary>Asks for a lower tier with the next renewal, or takes that back (null).</summary>
    /// <returns>What is wrong, of <see cref="Refusals"/>; or null.</returns>
    public Task<string?> AskLower(long accountId, long? tier, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var plan = await Hold(tx, accountId);
        if (tier is not null && (tier >= plan.Tier || plan.Tier is null)) return NotLower;
        if (tier is { } wished && (await TiersOf(tx, accountId)).All.All(step => step.Contacts != wished)) return NoStep;
        if (tier == plan.LowerTo) return null;
        await Put(tx, accountId, plan with { LowerTo = tier });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingPlanChanged, "", null, Words(plan), Words(plan with { LowerTo = tier }));
        return null;
    }, stop);

    /// <summary>What <see cref="Choose"/> and <see cref="AskLower"/> answer, for translation, and which field it is about.</summary>
    public static readonly IReadOnlyDictionary<string, string> Refusals = new Dictionary<string, string>
    {
        [Future] = "BoughtOn", [NoStep] = "Tier", [AskInstead] = "Tier", [TooSmall] = "Tier", [NotLower] = "LowerTo",
        [Twice] = "Tiers", [Many] = "Tiers", [Price] = "Tiers", [None] = "Tiers",
    };

    private const string Future = "Choose a day that has come: the day on which the contract began, or last renewed.", NoStep = "Choose one of the tiers of the table.",
        AskInstead = "A tier is not lowered at once. Ask for the lower one with the next renewal.", TooSmall = "There are more marketing contacts than this tier holds. Choose a larger one.",
        NotLower = "Choose a tier below the present one.", Twice = "Each tier can be in the table once.", Many = "Give at most 50 tiers.", Price = "Give a price of 0 or more.", None = "Give tiers of 1 contact or more.";

    internal static Task Put(Tx tx, long accountId, MarketingPlan plan) => tx.Execute(Sql["put"], new
    {
        accountId, period = plan.Period.ToString(), boughtOn = Text(plan.BoughtOn), updatedOn = Text(plan.UpdatedOn), plan.Tier, plan.Warned, plan.ToldDays, plan.LowerTo,
    });

    /// <summary>Notes a change of the tier; from then on the most that were counted is the present count. The caller puts the plan.</summary>
    internal async Task<MarketingPlan> Change(Tx tx, long accountId, MarketingPlan plan, TierReason reason, long tier, long counting, long? userId = null)
    {
        var id = await Ids.Next(tx, accountId, "tier_change");
        await tx.Execute(Sql["changed"], new { accountId, id, reason = reason.ToString(), was = plan.Tier, tier, counting, userId, now = clock.GetUtcNow() });
        if (reason != TierReason.Kept) await tx.Execute(Sql["forget-peak"], new { accountId });
        return plan with { Tier = tier, Warned = 0, LowerTo = null };
    }

    internal static string Text(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    internal static DateOnly Day(string text) => DateOnly.ParseExact(text, "O", CultureInfo.InvariantCulture);

    internal static bool IsDue(MarketingPlan plan, DateOnly today) => plan.NextUpdate <= today;

    private async Task<MarketingPlan> New(Tx tx, long accountId)
    {
        var made = await tx.SingleOrNone<Made>(Sql["account"], new { accountId });
        var (zone, today) = (Account.Zone(made?.TimeZone ?? "UTC"), clock.GetUtcNow());
        return MarketingPlan.Usual(MarketingPlan.DayOf(made?.CreatedAt ?? today, zone), MarketingPlan.DayOf(today, zone));
    }

    private static string? Wrong(IReadOnlyList<Tier> tiers) =>
        tiers.Count > MostTiers ? Many
        : tiers.Any(t => t.Contacts < 1) ? None
        : tiers.Any(t => t.Price < 0) ? Price
        : tiers.DistinctBy(t => t.Contacts).Count() < tiers.Count ? Twice : null;

    private static string Words(MarketingPlan plan) => string.Create(CultureInfo.InvariantCulture,
        $"{plan.Period}, {plan.BoughtOn:O}, tier {plan.Tier?.ToString(CultureInfo.InvariantCulture) ?? "-"}{(plan.LowerTo is { } lower ? $", asked for {lower}" : "")}");

    /// <summary>A plan as it is stored.</summary>
    internal static MarketingPlan Read(string period, string boughtOn, string updatedOn, long? tier = null, long warned = 0, long? toldDays = null, long? lowerTo = null) =>
        new(Enum.Parse<PlanPeriod>(period), Day(boughtOn), Day(updatedOn), tier, (int)warned, (int?)toldDays, lowerTo);

    private sealed record Row(string Period, string BoughtOn, string UpdatedOn, long? Tier, long Warned, long? ToldDays, long? LowerTo)
    {
        public MarketingPlan Plan => Read(Period, BoughtOn, UpdatedOn, Tier, Warned, ToldDays, LowerTo);
    }

    private sealed record Made(string TimeZone, DateTimeOffset CreatedAt);
}
