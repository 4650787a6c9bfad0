using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Email.Bounces;
using Winnow.Server.Ui;

namespace Winnow.Server.Email.Bounces;

/// <summary>What people fill in for both bounce tools. All reasons are ticked until the form was touched.</summary>
public sealed class HardBounceForm
{
    /// <summary>The ticked reasons.</summary>
    public string[]? Reason { get; set; }

    /// <summary>all, a number of days, or dates.</summary>
    public string? Period { get; set; }

    /// <summary>The first day, in the account's time zone: 2026-11-01.</summary>
    public string? From { get; set; }

    /// <summary>The last day, included.</summary>
    public string? Until { get; set; }

    /// <summary>The ticked reasons, or all six on a form nobody touched.</summary>
    public IReadOnlyList<string> Reasons => Reason ?? (Period is null ? AllReasons : []);

    /// <summary>The six, in the order of the dialog.</summary>
    public static readonly string[] AllReasons = ["UNKNOWN_USER", "MAILBOX_FULL", "POLICY", "SPAM", "CONTENT", "OTHER"];

    /// <summary>The periods that one can choose.</summary>
    public static (string Value, string Text)[] Periods(IStringLocalizer<Words> words) =>
    [
        ("all", words["All time"]), ("30", words["Last {0} days", 30]), ("90", words["Last {0} days", 90]), ("180", words["Last {0} days", 180]), ("365", words["Last {0} days", 365]), ("dates", words["Choose dates"]),
    ];

    /// <summary>What to collect. Days begin at midnight in the account's time zone; a date that cannot be read is a fault beside its field.</summary>
    public HardBounceChoice Read(FormErrors errors, IStringLocalizer<Words> words, TimeZoneInfo zone, DateTimeOffset now)
    {
        string[] known = [.. Reasons.Intersect(AllReasons)];
        errors.AddIf(known.Length == 0, "Reason", words["Tick at least one reason."]);
        if (int.TryParse(Period, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 36500) return new(known, now - TimeSpan.FromDays(days));
        if (Period != "dates") return new(known);
        var (from, until) = (Day(From), Day(Until));
        errors.AddIf(from is null && !string.IsNullOrEmpty(From), "From", words["Write the date as in 2026-11-30."]);
        errors.AddIf(until is null && !string.IsNullOrEmpty(Until), "Until", words["Write the date as in 2026-11-30."]);
        errors.AddIf(from > until, "Until", words["The last day is before the first."]);
        errors.AddIf(string.IsNullOrEmpty(From) && string.IsNullOrEmpty(Until), "From", words["Choose a first or a last day."]);
        return new(known, Midnight(from, zone), Midnight(until?.AddDays(1), zone));
    }

    private static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and < 9000 ? day : null;

    private static DateTimeOffset? Midnight(DateOnly? day, TimeZoneInfo zone)
    {
        if (day is not { } date) return null;
        var local = date.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(30);             // clocks that jump forward at midnight
        return new(local, zone.GetUtcOffset(local));
    }
}
