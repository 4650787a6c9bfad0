using System.Globalization;
using Winnow.Contacts;
using Winnow.MarketingContacts;

namespace Winnow.Tests;

/// <summary>When the next update date is, and which tier holds: no database, no clock.</summary>
public sealed class MarketingPlanTests
{
    [Theory]
    [InlineData(PlanPeriod.Month, "2026-04-15", "2026-04-15", "2026-05-15")]       // bought on 15 April: 15 May (rule 4)
    [InlineData(PlanPeriod.Month, "2026-04-15", "2026-05-14", "2026-05-15")]
    [InlineData(PlanPeriod.Month, "2026-04-15", "2026-05-15", "2026-06-15")]
    [InlineData(PlanPeriod.Month, "2026-01-31", "2026-01-31", "2026-02-28")]       // the end of a shorter month, and back to the 31st
    [InlineData(PlanPeriod.Month, "2026-01-31", "2026-02-28", "2026-03-31")]
    [InlineData(PlanPeriod.Month, "2024-01-31", "2024-02-01", "2024-02-29")]
    [InlineData(PlanPeriod.Month, "2026-12-31", "2026-12-31", "2027-01-31")]
    [InlineData(PlanPeriod.Month, "2026-04-15", "2026-01-01", "2026-05-15")]       // never before the first renewal
    [InlineData(PlanPeriod.Year, "2026-03-14", "2026-11-22", "2026-12-01")]        // yearly: the 1st of the next month
    [InlineData(PlanPeriod.Year, "2026-03-14", "2027-03-01", "2027-03-14")]        // or the renewal, where that comes earlier
    [InlineData(PlanPeriod.Year, "2026-03-14", "2027-03-14", "2027-04-01")]
    [InlineData(PlanPeriod.Year, "2024-02-29", "2025-02-01", "2025-02-28")]        // a leap day's
    [InlineData(PlanPeriod.Year, "2024-02-29", "2028-02-01", "2028-02-29")]
    [InlineData(PlanPeriod.Year, "2026-03-01", "2027-02-02", "2027-03-01")]        // both on one day: one date
    public void The_next_update_date_follows_the_plan(PlanPeriod period, string bought, string after, string next) =>
        Assert.Equal(DateOnly.Parse(next, CultureInfo.InvariantCulture), new MarketingPlan(period, DateOnly.Parse(bought, CultureInfo.InvariantCulture), DateOnly.Parse(after, CultureInfo.InvariantCulture)).NextUpdate);

    [Theory]
    [InlineData("Europe/Amsterdam", "2026-11-01", "2026-10-31T23:00:00Z")]
    [InlineData("Europe/Amsterdam", "2026-07-01", "2026-06-30T22:00:00Z")]
    [InlineData("America/St_Johns", "2026-12-01", "2026-12-01T03:30:00Z")]
    [InlineData("Pacific/Auckland", "2026-12-01", "2026-11-30T11:00:00Z")]
    [InlineData("Asia/Kathmandu", "2026-12-01", "2026-11-30T18:15:00Z")]
    [InlineData("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z")]           // clocks jump from midnight to one: the day begins at one
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z")]           // and the hour after midnight comes twice: at the first
    public void A_day_begins_by_the_clocks_of_the_account(string zone, string day, string instant) =>
        Assert.Equal(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture), MarketingPlan.Begins(DateOnly.Parse(day, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Fact]
    public void Over_ten_years_each_plan_has_its_dates_in_order_and_none_twice()
    {
        foreach (var period in Enum.GetValues<PlanPeriod>())
            for (var bought = new DateOnly(2024, 1, 1); bought < new DateOnly(2025, 1, 1); bought = bought.AddDays(1))
            {
                var (plan, day, dates) = (new MarketingPlan(period, bought, bought), bought, 0);
                for (var next = plan.UpdateAfter(day); next < bought.AddYears(10); next = plan.UpdateAfter(day))
                {
                    Assert.True(next > day);
                    Assert.Equal(next, plan.UpdateAfter(next.AddDays(-1)));
                    (day, dates) = (next, dates + 1);
                }
                Assert.Equal(period == PlanPeriod.Month || bought.Day == 1 ? 119 : 129, dates);              // 120 firsts and 9 renewals, or 119 renewals
            }
    }

    [Fact]
    public void A_tier_is_raised_when_it_is_exceeded_by_one_and_never_lowered()
    {
        var tiers = Tiers.Of([new(5_000, 20_000), new(1_000, 5_000), new(2_000, 9_000)]);
        Assert.Equal(1_000, tiers.Raised(1_000, 1_000));
        Assert.Equal(2_000, tiers.Raised(1_000, 1_001));
        Assert.Equal(5_000, tiers.Raised(1_000, 4_000));
        Assert.Equal(5_000, tiers.Raised(5_000, 3));
        Assert.Equal(5_000, tiers.Raised(1_000, 9_999));                               // there is no larger one
        Assert.Equal(7_000, tiers.Raised(7_000, 7_500));
        Assert.Equal((9_000, 11_000L), (tiers.Price(1_500), tiers.Saved(5_000, 2_000)));
        Assert.Null(Tiers.Usual.Saved(5_000, 2_000));                                  // nobody filled in prices
        Assert.Equal([0, 0, 80, 80, 90, 90, 100], new long[] { 0, 799, 800, 899, 900, 999, 1_000 }.Select(n => Tiers.Warning(n, 1_000)));
    }

    [Fact]
    public void The_bill_tells_beforehand_what_a_deed_costs_or_saves()
    {
        var now = new Bill(new(PlanPeriod.Year, new(2026, 3, 14), new(2026, 11, 1), 35_000), Tiers.Of([new(25_000, 45_000), new(35_000, 90_000), new(50_000, 120_000)]), new(48_902, 31_204, 2_288));
        Assert.Equal((28_916L, 35_000L, 0L, (long?)90_000, false), (now.AfterUpdate, now.FittingTier, now.Saved!.Value, now.Price, now.Fills));
        var fewer = now with { Leaving = 6_214 };
        Assert.Equal((31_204L, 22_702L, 25_000L, (long?)45_000, (long?)35_000), (fewer.AtOnce, fewer.AfterUpdate, fewer.FittingTier, fewer.Saved, fewer.TierAtOnce));
        var more = now with { Becoming = 5_000, TakenBack = 288 };
        Assert.Equal((36_204L, 34_204L, (long?)50_000, (long?)120_000, true, true), (more.AtOnce, more.AfterUpdate, more.TierAtOnce, more.PriceAtOnce, more.Raises, more.Fills));
        Assert.Equal((true, false), ((now with { Becoming = 3_796 }).Fills, (now with { Becoming = 3_796 }).Raises));
        Assert.Equal(9_021L, now.Share(3_508));
        Assert.Null((now with { Plan = now.Plan with { Tier = null } }).Saved);
    }

    /// <summary>Rules 2, 3, 5, 6 and 7 of DOMAIN §5.1: all moves from all states.</summary>
    [Theory]
    [InlineData(MarketingStanding.NonMarketing, MarketingMove.Set, MarketingStanding.Marketing)]
    [InlineData(MarketingStanding.Marketing, MarketingMove.Set, MarketingStanding.Marketing)]
    [InlineData(MarketingStanding.Scheduled, MarketingMove.Set, MarketingStanding.Marketing)]
    [InlineData(MarketingStanding.NonMarketing, MarketingMove.SetNon, MarketingStanding.NonMarketing)]
    [InlineData(MarketingStanding.Marketing, MarketingMove.SetNon, MarketingStanding.Scheduled)]
    [InlineData(MarketingStanding.Scheduled, MarketingMove.SetNon, MarketingStanding.Scheduled)]
    [InlineData(MarketingStanding.NonMarketing, MarketingMove.UpdateDate, MarketingStanding.NonMarketing)]
    [InlineData(MarketingStanding.Marketing, MarketingMove.UpdateDate, MarketingStanding.Marketing)]
    [InlineData(MarketingStanding.Scheduled, MarketingMove.UpdateDate, MarketingStanding.NonMarketing)]
    public void A_contact_moves_as_the_table_says_and_keeps_what_first_set_it(MarketingStanding from, MarketingMove move, MarketingStanding to)
    {
        var contact = Contact.New(1, 1);
        if (from != MarketingStanding.NonMarketing) MarketingStatus.Set(contact, "CONTACT_IMPORT", "7");
        if (from == MarketingStanding.Scheduled) MarketingStatus.SetNon(contact);
        Assert.Equal(from, MarketingStatus.Of(contact));
        if (move == MarketingMove.Set) MarketingStatus.Set(contact, "USER_SET", "userId:1");
        else if (move == MarketingMove.SetNon) MarketingStatus.SetNon(contact);
        else MarketingStatus.Update(contact);
        Assert.Equal(to, MarketingStatus.Of(contact));
        Assert.Equal(to != MarketingStanding.NonMarketing, contact.IsMarketing);
        var reason = contact[BuiltInProperties.Of("hs_marketable_reason_type")];
        Assert.Equal(from == MarketingStanding.NonMarketing ? (move == MarketingMove.Set ? "USER_SET" : null) : "CONTACT_IMPORT", reason);
    }
}
