using Winnow.Contacts;

namespace Winnow.MarketingContacts;

/// <summary>The figures of a month, or of an update date to come.</summary>
/// <param name="Day">The day on which they were so: the last of a month, today, or an update date.</param>
/// <param name="Staying">Marketing contacts that go on counting.</param>
/// <param name="Scheduled">Marketing contacts that stop with the next update date.</param>
/// <param name="NonMarketing">Contacts that do not count.</param>
/// <param name="Tier">The tier that held; null: none was chosen.</param>
/// <param name="IsAhead">It is to come: what the schedule of now makes of it if nothing else happens.</param>
public sealed record MarketingMonth(DateOnly Day, long Staying, long Scheduled, long NonMarketing, long? Tier, bool IsAhead)
{
    /// <summary>Contacts that count.</summary>
    public long Marketing => Staying + Scheduled;

    /// <summary>All contacts.</summary>
    public long All => Marketing + NonMarketing;
}

/// <summary>The figures over time, one of each month, and of the next update dates.</summary>
public static class MarketingMonths
{
    /// <summary>So many months are shown, the present one with them.</summary>
    public const int Months = 12;

    /// <summary>So many update dates to come.</summary>
    public const int Ahead = 2;

    /// <summary>The first day whose figures are needed: one month more, for months on whose days nothing ran.</summary>
    public static DateOnly From(DateOnly today) => new DateOnly(today.Year, today.Month, 1).AddMonths(-Months);

    /// <summary>The oldest first. Months before the first noted day are left out; a day that is missing takes the one before.</summary>
    /// <param name="days">In their order, from <see cref="From"/> on.</param>
    public static IReadOnlyList<MarketingMonth> Of(IReadOnlyList<MarketingDay> days, ContactCounts now, MarketingPlan plan, DateOnly today)
    {
        var months = new List<MarketingMonth>();
        for (var end = From(today).AddMonths(2).AddDays(-1); end < today; end = end.AddDays(1).AddMonths(1).AddDays(-1))
            if (days.LastOrDefault(day => day.Day <= end) is { } was)
                months.Add(new(end, was.Marketing - was.Scheduled, was.Scheduled, was.Contacts - was.Marketing, was.Tier, false));
        months.Add(new(today, now.Staying, now.Scheduled, now.NonMarketing, plan.Tier, false));
        var (date, tier) = (plan.NextUpdate, plan.Tier);
        for (var i = 0; i < Ahead; i++, date = plan.UpdateAfter(date))
        {
            if (plan.LowerTo is { } lower && plan.RenewsOn(date) && now.Staying <= lower) tier = lower;
            months.Add(new(date, now.Staying, 0, now.NonMarketing + now.Scheduled, tier, true));
        }
        return months;
    }
}
