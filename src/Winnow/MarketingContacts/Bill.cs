using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.MarketingContacts;

/// <summary>What an account pays now, and what it would pay if something were done: the bill simulator. Amounts are hundredths of the account's currency, a month; null where a price is
/// unknown.</summary>
/// <param name="Plan">The contract.</param>
/// <param name="Steps">Its steps and their prices.</param>
/// <param name="Counts">The contacts now.</param>
/// <param name="Becoming">Non-marketing contacts, or new ones, that would become marketing contacts at once.</param>
/// <param name="TakenBack">Scheduled ones that would stay after all.</param>
/// <param name="Leaving">Marketing contacts that would be scheduled.</param>
public sealed record Bill(MarketingPlan Plan, Tiers Steps, ContactCounts Counts, long Becoming = 0, long TakenBack = 0, long Leaving = 0)
{
    /// <summary>Reads what is needed of an account; add with <c>with</c> what would be done.</summary>
    public static async Task<Bill> Of(Tx tx, long accountId, MarketingPlans plans, ContactStore contacts) =>
        new(await plans.Of(tx, accountId), await MarketingPlans.TiersOf(tx, accountId), await contacts.Counts(tx, accountId));

    /// <summary>Marketing contacts at once.</summary>
    public long AtOnce => Counts.Marketing + Becoming;

    /// <summary>Marketing contacts after the next update date.</summary>
    public long AfterUpdate => AtOnce - Counts.Scheduled + TakenBack - Leaving;

    /// <summary>The tier that holds at once: raised when it is exceeded; null when none was chosen.</summary>
    public long? TierAtOnce => Plan.Tier is { } tier ? Steps.Raised(tier, AtOnce) : null;

    /// <summary>The smallest tier that would do after the next update date; it holds only when it is asked for, from a renewal on.</summary>
    public long FittingTier => Steps.Fitting(AfterUpdate).Contacts;

    /// <summary>What a month costs now.</summary>
    public long? Price => Plan.Tier is { } tier ? Steps.Price(tier) : null;

    /// <summary>What a month costs at once.</summary>
    public long? PriceAtOnce => TierAtOnce is { } tier ? Steps.Price(tier) : null;

    /// <summary>What a month would cost less on <see cref="FittingTier"/>; 0 when that is no smaller one.</summary>
    public long? Saved => TierAtOnce is { } tier ? (FittingTier < tier ? Steps.Saved(tier, FittingTier) : 0) : null;

    /// <summary>Whether the tier would be raised at once.</summary>
    public bool Raises => TierAtOnce > Plan.Tier;

    /// <summary>Whether the tier would be full or exceeded at once (DOMAIN §5.4: from the last place on).</summary>
    public bool Fills => Plan.Tier is { } tier && Becoming > 0 && AtOnce >= tier;

    /// <summary>What so many marketing contacts cost a month, by the average price of a place in the present tier: for "they cost but cannot be mailed".</summary>
    public long? Share(long contacts) => Plan.Tier is { } tier and > 0 && Price is { } price ? (long)Math.Round((decimal)price * contacts / tier) : null;
}
