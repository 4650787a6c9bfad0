using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>A stretch of time that moves with the clock: the last 30 days, this quarter. <see cref="Filter.At"/> makes it a <see cref="Span"/>.</summary>
/// <param name="From">Where it begins (included); null: it always did.</param>
/// <param name="To">Where it ends (not included); null: it never does.</param>
/// <param name="Source">The operand fields of the operation, as a JSON object.</param>
/// <param name="Shown">What it is called.</param>
public sealed record MovingSpan(Anchor? From, Anchor? To, string Source, Saying Shown) : Operand
{
    /// <summary>Where it lies at an instant.</summary>
    public Span At(DateTimeOffset now) => new(From?.At(now) ?? long.MinValue, To?.At(now) ?? long.MaxValue, now, Source);
}

/// <summary>English words to be translated, with a number ({0}) and other words ({1}, {2}) in them; or a day.</summary>
public sealed record Saying(string Text, long Number = 0, Saying? Of = null, Saying? And = null, DateTimeOffset? Day = null);

/// <summary>What a point in time is counted from.</summary>
public enum AnchorBase
{
    /// <summary>The epoch: it does not move.</summary>
    Fixed,
    /// <summary>This very millisecond.</summary>
    Now,
    /// <summary>Midnight.</summary>
    Today,
    /// <summary>The midnight at which Monday began.</summary>
    Week,
    /// <summary>The first of the month.</summary>
    Month,
    /// <summary>The first day of the quarter.</summary>
    Quarter,
    /// <summary>The first day of the year.</summary>
    Year,
}

/// <summary>A point in time told by the calendar of a time zone.</summary>
/// <param name="Months">Whole months after the base, whole days after that, milliseconds after that; below zero: before.</param>
/// <param name="IsDay">Of a property that holds days without a time: the answer is midnight UTC of the day in the zone.</param>
/// <param name="YearStart">The month in which a year begins; quarters are counted from it.</param>
public sealed record Anchor(AnchorBase Base, TimeZoneInfo Zone, int Months = 0, int Days = 0, long Ms = 0, bool IsDay = false, int YearStart = 1)
{
    /// <summary>A point that does not move.</summary>
    public static Anchor At(long instant) => new(AnchorBase.Fixed, TimeZoneInfo.Utc, Ms: instant);

    /// <summary>Where it lies at an instant, Unix milliseconds.</summary>
    public long At(DateTimeOffset now)
    {
        if (Base == AnchorBase.Fixed) return Ms;
        if (Base == AnchorBase.Now && !IsDay && Months == 0 && Days == 0) return now.ToUnixTimeMilliseconds() + Ms;
        var local = TimeZoneInfo.ConvertTime(now, Zone).DateTime;
        var moved = Start(Base == AnchorBase.Now && IsDay ? local.Date : local).AddMonths(Months).AddDays(Days);
        return IsDay ? FilterTime.Instant(moved.AddMilliseconds(Ms).Date, TimeZoneInfo.Utc) : FilterTime.Instant(moved, Zone) + Ms;
    }

    private DateTime Start(DateTime local) => Base switch
    {
        AnchorBase.Now => local,
        AnchorBase.Today => local.Date,
        AnchorBase.Week => local.Date.AddDays(-(((int)local.DayOfWeek + 6) % 7)),
        AnchorBase.Month => new(local.Year, local.Month, 1),
        AnchorBase.Quarter => new DateTime(local.Year, local.Month, 1).AddMonths(-(IntoYear(local) % 3)),
        _ => new DateTime(local.Year, local.Month, 1).AddMonths(-IntoYear(local)),
    };

    private int IntoYear(DateTime local) => (local.Month - YearStart + 12) % 12;
}

/// <summary>The stretches that HubSpot names: so many days ago or from now, this, next or last calendar unit.</summary>
public static class MovingSpans
{
    /// <summary>Most days or units that can be asked for.</summary>
    public const int Most = 36_500;

    /// <summary>The calendar units, as HubSpot names them, with their base and length in months or days.</summary>
    public static readonly IReadOnlyDictionary<string, (AnchorBase Base, int Months, int Days)> Units = new Dictionary<string, (AnchorBase, int, int)>
    {
        ["DAY"] = (AnchorBase.Today, 0, 1), ["WEEK"] = (AnchorBase.Week, 0, 7), ["MONTH"] = (AnchorBase.Month, 1, 0), ["QUARTER"] = (AnchorBase.Quarter, 3, 0), ["YEAR"] = (AnchorBase.Year, 12, 0),
    };

    /// <summary>All words they are said with.</summary>
    public static IEnumerable<string> Words => [.. Units.Keys.SelectMany(unit => new[] { This(unit), Some(unit, 1), Some(unit, 2) }), "{1}, fiscal year"];

    /// <summary>ROLLING_DATE_RANGE and ROLLING_PROPERTY_UPDATED. Days are those of the account's calendar: less than 3 days ago is from the start of the third day before today until now.</summary>
    public static MovingSpan Rolling(FilterOperator op, int days, bool convert, Property property, TimeZoneInfo zone)
    {
        var today = new Anchor(AnchorBase.Today, zone, IsDay: property.Type == PropertyType.Date);
        var source = $$"""{"numberOfDays":{{days}},"requiresTimeZoneConversion":{{(convert ? "true" : "false")}}}""";
        var shown = new Saying("{0}", days);
        return op.Name switch
        {
            "UPDATED_IN_LAST_X_DAYS" or "NOT_UPDATED_IN_LAST_X_DAYS" => new(new(AnchorBase.Today, zone, Days: -days), null, $$"""{"numberOfDays":{{days}}}""", shown),
            "IS_LESS_THAN_X_DAYS_AGO" => new(today with { Days = -days }, Now(property, zone, after: true), source, shown),
            "IS_MORE_THAN_X_DAYS_AGO" => new(null, today with { Days = -days }, source, shown),
            "IS_LESS_THAN_X_DAYS_FROM_NOW" => new(Now(property, zone, after: false), today with { Days = days + 1 }, source, shown),
            _ => new(today with { Days = days + 1 }, null, source, shown),
        };
    }

    /// <summary>CALENDAR_DATE.</summary>
    /// <param name="unit">A name of <see cref="Units"/>.</param>
    /// <param name="count">How many units, for next and last.</param>
    /// <param name="yearStart">The month in which the fiscal year begins; null for calendar years.</param>
    public static MovingSpan Calendar(FilterOperator op, string unit, int count, int? yearStart, Property property, TimeZoneInfo zone)
    {
        var (start, months, days) = Units[unit];
        var begin = new Anchor(start, zone, IsDay: property.Type == PropertyType.Date, YearStart: yearStart ?? 1);
        Anchor Shift(int by) => begin with { Months = months * by, Days = days * by };
        var fiscal = yearStart is { } month ? $$""","useFiscalYear":true,"fiscalYearStart":"{{MonthNames[month - 1]}}"}""" : ""","useFiscalYear":false}""";
        var source = $$"""{"timeUnit":"{{unit}}","timeUnitCount":{{count}}{{fiscal}}""";
        var (from, to, words) = op.Name switch
        {
            "IN_THIS_TIME_UNIT" => (begin, Shift(1), new Saying(This(unit))),
            "IN_THIS_TIME_UNIT_SO_FAR" => (begin, Now(property, zone, after: true), new Saying(This(unit))),
            "IN_NEXT_TIME_UNIT" => (Shift(1), Shift(1 + count), new Saying(Some(unit, count), count)),
            _ => (Shift(-count), begin, new Saying(Some(unit, count), count)),
        };
        return new(from, to, source, yearStart is null ? words : new("{1}, fiscal year", 0, words));
    }

    /// <summary>The months as HubSpot names them.</summary>
    internal static readonly string[] MonthNames = ["JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"];

    /// <summary>The present moment, or where it ends: of a property that holds days, today.</summary>
    private static Anchor Now(Property property, TimeZoneInfo zone, bool after) => property.Type == PropertyType.Date
        ? new(AnchorBase.Today, zone, Days: after ? 1 : 0, IsDay: true) : new(AnchorBase.Now, zone, Ms: after ? 1 : 0);

    private static string This(string unit) => unit == "DAY" ? "today" : $"this {unit.ToLowerInvariant()}";

    private static string Some(string unit, int count) => count == 1 ? $"{{0}} {unit.ToLowerInvariant()}" : $"{{0}} {unit.ToLowerInvariant()}s";
}
