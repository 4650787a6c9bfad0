using Winnow.Filters;

namespace Winnow.MarketingContacts;

/// <summary>How an account's contract renews. Stored by name.</summary>
public enum PlanPeriod
{
    /// <summary>Every month, on the day of the month on which it was bought: that is the update date.</summary>
    Month,
    /// <summary>Every year. The update date is the 1st of each month, or the renewal date where that comes earlier.</summary>
    Year,
}

/// <summary>What an account pays for, and when its marketing contacts are counted anew (DOMAIN §5.1, rules 4, 7 and 8). Days are those of the account's time zone.</summary>
/// <param name="BoughtOn">The day from which renewals are counted.</param>
/// <param name="UpdatedOn">The next update date is the first one after this day.</param>
/// <param name="Tier">Marketing contacts it pays for; null: not chosen, nobody is warned and nothing is raised.</param>
/// <param name="Warned">Percent of the tier that people were last told of: 0, 80, 90 or 100.</param>
/// <param name="ToldDays">Days before the next update date of which people were told: 7 or 1.</param>
/// <param name="LowerTo">The tier that was asked for with the next renewal.</param>
public sealed record MarketingPlan(PlanPeriod Period, DateOnly BoughtOn, DateOnly UpdatedOn, long? Tier = null, int Warned = 0, int? ToldDays = null, long? LowerTo = null)
{
    /// <summary>The plan of an account for which nobody chose one: the 1st of each month, no tier.</summary>
    /// <param name="made">The day on which the account was made.</param>
    public static MarketingPlan Usual(DateOnly made, DateOnly today) => new(PlanPeriod.Year, made, today);

    /// <summary>The next update date.</summary>
    public DateOnly NextUpdate => UpdateAfter(UpdatedOn);

    /// <summary>The next renewal: from then on a lower tier can hold.</summary>
    public DateOnly NextRenewal => RenewalAfter(UpdatedOn);

    /// <summary>The first update date after a day.</summary>
    public DateOnly UpdateAfter(DateOnly day)
    {
        var renewal = RenewalAfter(day);
        if (Period == PlanPeriod.Month) return renewal;
        var first = new DateOnly(day.Year, day.Month, 1).AddMonths(1);
        return first < renewal ? first : renewal;
    }

    /// <summary>The first renewal after a day. One bought on the 31st renews on the last day of a shorter month; of a leap day's, on 28 February.</summary>
    public DateOnly RenewalAfter(DateOnly day)
    {
        var months = (day.Year - BoughtOn.Year) * 12 + day.Month - BoughtOn.Month;
        var step = Period == PlanPeriod.Month ? 1 : 12;
        var n = Math.Max(1, months / step);                          // the renewal in this month or year, or the one before the first
        while (BoughtOn.AddMonths(n * step) <= day) n++;
        return BoughtOn.AddMonths(n * step);
    }

    /// <summary>Whether the contract renews on a day.</summary>
    public bool RenewsOn(DateOnly day) => RenewalAfter(day.AddDays(-1)) == day;

    /// <summary>The first instant (UTC) of a day: where clocks jump over midnight, the first there is.</summary>
    public static DateTimeOffset Begins(DateOnly day, TimeZoneInfo zone) => DateTimeOffset.FromUnixTimeMilliseconds(FilterTime.Instant(day.ToDateTime(TimeOnly.MinValue), zone));

    /// <summary>The day that an instant falls on.</summary>
    public static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
}
