using System.Globalization;
using Winnow.Server.Ui;

namespace Winnow.Tests;

/// <summary>Numbers, dates and typed counts as people read and write them.</summary>
public class FormatTests
{
    private static readonly DateTimeOffset LateEvening = new(2026, 11, 14, 23, 30, 0, TimeSpan.Zero);

    private static Format For(string language, string zone) =>
        new(CultureInfo.GetCultureInfo(language), TimeZoneInfo.FindSystemTimeZoneById(zone), new StandingClock(LateEvening));

    [Fact]
    public void Numbers_are_whole_and_grouped_as_the_language_does()
    {
        Assert.Equal("12,345", For("en", "UTC").Number(12_345));
        Assert.Equal("12.345", For("nl", "UTC").Number(12_345));
    }

    [Fact]
    public void A_share_has_no_more_decimals_than_it_needs()
    {
        Assert.Equal("0.74%", For("en", "UTC").Percent(0.0074));
        Assert.Equal("0,74%", For("nl", "UTC").Percent(0.0074));
        Assert.Equal("38.2%", For("en", "UTC").Percent(0.382));
        Assert.Equal("–", For("en", "UTC").Percent(0, 0));
    }

    [Fact]
    public void A_date_is_that_of_the_accounts_time_zone()
    {
        Assert.Equal("14 Nov 2026", For("en", "UTC").Date(LateEvening));
        Assert.Equal("15 Nov 2026", For("en", "Europe/Amsterdam").Date(LateEvening));
        Assert.Equal("15 November 2026", For("en", "Europe/Amsterdam").LongDate(LateEvening));
        Assert.Equal("15 november 2026", For("nl", "Europe/Amsterdam").LongDate(LateEvening));
        Assert.Equal("2026-11-15T00:30:00+01:00", For("nl", "Europe/Amsterdam").Machine(LateEvening));
    }

    [Fact]
    public void A_moment_names_the_year_only_when_it_is_not_the_present_one()
    {
        Assert.Equal("15 Nov, 00:30", For("en", "Europe/Amsterdam").Moment(LateEvening));
        Assert.Equal("15 nov, 00:30", For("nl", "Europe/Amsterdam").Moment(LateEvening));
        Assert.Equal("14 Mar 2025, 23:30", For("en", "UTC").Moment(LateEvening.AddMonths(-20)));
        Assert.Equal("14 mrt 2025, 23:30", For("nl", "UTC").Moment(LateEvening.AddMonths(-20)));
    }

    [Theory]
    [InlineData("12345", 12345L)]
    [InlineData(" 12,345 ", 12345L)]
    [InlineData("12.345", 12345L)]
    [InlineData("12 345", 12345L)]
    [InlineData("12\u202f345", 12345L)]
    [InlineData("1,234,567", 1234567L)]
    [InlineData("7", 7L)]
    public void A_typed_count_may_be_grouped_in_any_usual_way(string text, long number) => Assert.Equal(number, TypedNumber.Read(text));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("12,34")]
    [InlineData("1,234.567")]
    [InlineData("-5")]
    [InlineData("12345 contacts")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999")]
    public void What_is_not_one_whole_number_is_refused(string? text) => Assert.Null(TypedNumber.Read(text));

    [Theory]
    [InlineData("/contacts?view=2", "/contacts?view=2")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x", "/")]
    [InlineData(null, "/")]
    public void A_way_back_never_leads_to_another_site(string? path, string wanted) => Assert.Equal(wanted, Url.Local(path, "/"));

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
