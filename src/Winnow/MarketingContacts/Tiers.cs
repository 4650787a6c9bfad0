namespace Winnow.MarketingContacts;

/// <summary>A step of the contract.</summary>
/// <param name="Contacts">Up to this many marketing contacts.</param>
/// <param name="Price">A month, in hundredths of the account's currency; null where nobody filled it in.</param>
public sealed record Tier(long Contacts, long? Price = null);

/// <summary>The steps of an account's contract, from the smallest.</summary>
public sealed record Tiers(IReadOnlyList<Tier> All)
{
    /// <summary>The steps until somebody writes those of the contract. Prices are each account's own.</summary>
    public static readonly Tiers Usual = new([.. new long[] { 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000 }.Select(n => new Tier(n))]);

    /// <summary>Steps from the smallest, each once.</summary>
    public static Tiers Of(IEnumerable<Tier> tiers) => tiers.OrderBy(t => t.Contacts).ToList() is { Count: > 0 } all ? new(all) : Usual;

    /// <summary>The smallest step that so many marketing contacts fit in; beyond the last the last.</summary>
    public Tier Fitting(long marketing) => All.FirstOrDefault(t => marketing <= t.Contacts) ?? All[^1];

    /// <summary>What a tier costs a month, in hundredths; null when unknown. A tier that is no step of the contract any more costs what the next larger does.</summary>
    public long? Price(long tier) => Fitting(tier).Price;

    /// <summary>The tier that holds when so many were counted: exceeded by one it goes to the next step that fits, and never down.</summary>
    public long Raised(long tier, long peak) => peak <= tier ? tier : Math.Max(tier, Fitting(peak).Contacts);

    /// <summary>What a month costs on a tier rather than on another, in hundredths; null when a price is unknown.</summary>
    public long? Saved(long from, long to) => Price(from) - Price(to);

    /// <summary>The share of the tier, in percent, that people are told of: 0, 80, 90 or 100.</summary>
    public static int Warning(long marketing, long tier) => Levels.LastOrDefault(level => marketing * 100 >= tier * level);

    private static readonly int[] Levels = [80, 90, 100];
}
