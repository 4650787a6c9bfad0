using System.Text.Json;
using System.Text.Json.Nodes;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Reads the time points of HubSpot's grammar: fixed ones (timeType DATE) and ones that move with the clock (INDEXED).</summary>
internal static class TimePoints
{
    private static readonly string[] Bases = ["this moment", "today", "the start of this week", "the start of this month", "the start of this quarter", "the start of this year"];
    private static readonly (string Field, int Months, int Days, long Ms)[] Offsets =
        [("years", 12, 0, 0), ("quarters", 3, 0, 0), ("months", 1, 0, 0), ("weeks", 0, 7, 0), ("days", 0, 1, 0), ("hours", 0, 0, 3_600_000), ("minutes", 0, 0, 60_000), ("seconds", 0, 0, 1000), ("milliseconds", 0, 0, 1)];

    private const int Furthest = 12 * 1000;

    /// <summary>All words that moving points are said with.</summary>
    public static IEnumerable<string> Words => Bases.Concat(Offsets.SelectMany(o => new[] { 1, 2 }.SelectMany(n => new[] { Shift(o.Field, n, "before"), Shift(o.Field, n, "after") }))).Append("{1} and {2}");

    /// <summary>Reads <c>{timePoint, endpointBehavior}</c>; a day without an hour is the whole day.</summary>
    public static (Operand? Operand, string? Error) Point(JsonElement operation, string name, Property property)
    {
        var (point, error) = Moment(operation, "timePoint", property);
        if (point is null) return (null, error);
        var inclusive = FilterTime.Word(operation, "endpointBehavior", "EXCLUSIVE") == "INCLUSIVE";
        var source = new JsonObject { ["timePoint"] = point.Source, ["endpointBehavior"] = Behavior(inclusive), ["propertyParser"] = "VALUE", ["type"] = "TIME_POINT" }.ToJsonString();
        var (from, to) = name == "IS_BEFORE" ? (null, inclusive ? point.End : point.Start) : (inclusive ? point.Start : point.End, (Anchor?)null);
        return (point.Moves ? new MovingSpan(from, to, source, point.Shown) : new Span(from?.Ms ?? long.MinValue, to?.Ms ?? long.MaxValue, point.Shown.Day!.Value, source), null);
    }

    /// <summary>Reads <c>{lowerBoundTimePoint, upperBoundTimePoint, lowerBoundEndpointBehavior, upperBoundEndpointBehavior}</c>.</summary>
    public static (Operand? Operand, string? Error) Ranged(JsonElement operation, Property property)
    {
        var (lower, error) = Moment(operation, "lowerBoundTimePoint", property);
        if (lower is null) return (null, error);
        (var upper, error) = Moment(operation, "upperBoundTimePoint", property);
        if (upper is null) return (null, error);
        var (withLower, withUpper) = (FilterTime.Word(operation, "lowerBoundEndpointBehavior", "INCLUSIVE") == "INCLUSIVE", FilterTime.Word(operation, "upperBoundEndpointBehavior", "INCLUSIVE") == "INCLUSIVE");
        var source = new JsonObject
        {
            ["lowerBoundTimePoint"] = lower.Source, ["upperBoundTimePoint"] = upper.Source, ["lowerBoundEndpointBehavior"] = Behavior(withLower),
            ["upperBoundEndpointBehavior"] = Behavior(withUpper), ["propertyParser"] = "VALUE", ["type"] = "TIME_RANGED",
        }.ToJsonString();
        var (from, to) = (withLower ? lower.Start : lower.End, withUpper ? upper.End : upper.Start);
        if (lower.Moves || upper.Moves) return (new MovingSpan(from, to, source, new("{1} and {2}", 0, lower.Shown, upper.Shown)), null);
        return from.Ms <= to.Ms ? (new Span(from.Ms, to.Ms, lower.Shown.Day!.Value, source, upper.Shown.Day), null) : (null, "lowerBoundTimePoint: must not be after upperBoundTimePoint");
    }

    private static string Behavior(bool inclusive) => inclusive ? "INCLUSIVE" : "EXCLUSIVE";

    /// <summary>An instant or a whole day, from (included) to (not included).</summary>
    private sealed record Stretch(Anchor Start, Anchor End, Saying Shown, JsonNode? Source)
    {
        public bool Moves => Shown.Day is null;
    }

    private static (Stretch? Moment, string? Error) Moment(JsonElement operation, string field, Property property)
    {
        if (FilterTime.Word(operation, "propertyParser", "VALUE") != "VALUE") return (null, "propertyParser: only VALUE is supported");
        if (!operation.TryGetProperty(field, out var point) || point.ValueKind != JsonValueKind.Object) return (null, $"{field}: give a time point");
        var zone = point.TryGetProperty("zoneId", out var id) && id.ValueKind == JsonValueKind.String && TimeZoneInfo.TryFindSystemTimeZoneById(id.GetString()!, out var found) ? found : null;
        if (zone is null) return (null, $"{field}.zoneId: give a time zone such as Europe/Amsterdam");
        return FilterTime.Word(point, "timeType", "") switch
        {
            "DATE" => Day(point, field, property.Type == PropertyType.Date ? TimeZoneInfo.Utc : zone),
            "INDEXED" => Indexed(point, field, property.Type == PropertyType.Date, zone),
            _ => (null, $"{field}.timeType: use DATE or INDEXED"),
        };
    }

    private static (Stretch?, string?) Day(JsonElement point, string field, TimeZoneInfo zone)
    {
        if (FilterTime.Part(point, "year") is not (>= 1 and <= 9998 and var year) || FilterTime.Part(point, "month") is not (>= 1 and <= 12 and var month)
            || FilterTime.Part(point, "day") is not (>= 1 and var day) || day > DateTime.DaysInMonth(year, month)) return (null, $"{field}: year, month and day are no date");
        if (Time(point) is not { } time) return (null, $"{field}: hour, minute, second and millisecond are no time");
        var date = new DateTime(year, month, day);
        var start = FilterTime.Instant(date.Add(time.OfDay), zone);
        return (new(Anchor.At(start), Anchor.At(time.IsDay ? FilterTime.Instant(date.AddDays(1), zone) : start + 1), new("", Day: new(date, TimeSpan.Zero)), JsonNode.Parse(point.GetRawText())), null);
    }

    private static (Stretch?, string?) Indexed(JsonElement point, string field, bool isDay, TimeZoneInfo zone)
    {
        if (!point.TryGetProperty("indexReference", out var reference) || reference.ValueKind != JsonValueKind.Object) return (null, $"{field}.indexReference: give a reference such as TODAY");
        var name = FilterTime.Word(reference, "referenceType", "");
        if (!Enum.TryParse<AnchorBase>(name.Replace("FISCAL_", ""), ignoreCase: true, out var start) || start == AnchorBase.Fixed || name.Any(char.IsDigit))
            return (null, $"{field}.indexReference.referenceType: use NOW, TODAY, WEEK, MONTH, QUARTER, YEAR, FISCAL_QUARTER or FISCAL_YEAR");
        var unknown = reference.EnumerateObject().Where(part => part.Name is not ("referenceType" or "hour" or "minute" or "second" or "millisecond") && part.Value.ValueKind != JsonValueKind.Null).Select(part => part.Name).FirstOrDefault();
        if (unknown is not null) return (null, $"{field}.indexReference.{unknown}: is not supported; leave it out");
        if (Time(reference) is not { } time) return (null, $"{field}.indexReference: hour, minute, second and millisecond are no time");
        var anchor = new Anchor(start, zone, Ms: (long)time.OfDay.TotalMilliseconds, IsDay: isDay);
        var shown = new Saying(Bases[(int)start - 1]);
        if (point.TryGetProperty("offset", out var offset) && offset.ValueKind == JsonValueKind.Object)
            foreach (var part in offset.EnumerateObject().Where(part => part.Value.ValueKind != JsonValueKind.Null))
            {
                if (Offsets.FirstOrDefault(o => o.Field == part.Name) is not { Field: not null } unit || FilterTime.Number(offset, part.Name) is not (>= -MovingSpans.Most and <= MovingSpans.Most and var n))
                    return (null, $"{field}.offset.{part.Name}: give whole numbers of {string.Join(", ", Offsets.Select(o => o.Field))} up to {MovingSpans.Most}");
                if (n == 0) continue;
                anchor = anchor with { Months = anchor.Months + (unit.Months * n), Days = anchor.Days + (unit.Days * n), Ms = anchor.Ms + (unit.Ms * n) };
                shown = new(Shift(unit.Field, Math.Abs(n), n < 0 ? "before" : "after"), Math.Abs(n), shown);
            }
        if (Math.Abs((long)anchor.Months) > Furthest) return (null, $"{field}.offset: is further away than a thousand years");
        var instant = (start == AnchorBase.Now && !isDay) || !time.IsDay;
        return (new(anchor, instant && !isDay ? anchor with { Ms = anchor.Ms + 1 } : anchor with { Days = anchor.Days + 1 }, shown, JsonNode.Parse(point.GetRawText())), null);
    }

    /// <summary>A whole number of units from now, or null when there is no such unit; days and longer are counted from midnight.</summary>
    public static (Anchor At, Saying Shown)? FromNow(string unit, int n, TimeZoneInfo zone)
    {
        if (Offsets.FirstOrDefault(o => o.Field == unit) is not { Field: not null } step) return null;
        var (start, shown) = step.Ms == 0 ? (AnchorBase.Today, Bases[1]) : (AnchorBase.Now, Bases[0]);
        return Math.Abs(step.Months * (long)n) > Furthest ? null
            : (new(start, zone, step.Months * n, step.Days * n, step.Ms * n), n == 0 ? new(shown) : new(Shift(unit, Math.Abs(n), n < 0 ? "before" : "after"), Math.Abs(n), new(shown)));
    }

    private static (TimeSpan OfDay, bool IsDay)? Time(JsonElement point)
    {
        var (hour, minute, second, ms) = (FilterTime.Part(point, "hour"), FilterTime.Part(point, "minute") ?? 0, FilterTime.Part(point, "second") ?? 0, FilterTime.Part(point, "millisecond") ?? 0);
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59 || ms is < 0 or > 999) return null;
        return hour is { } h ? (new(0, h, minute, second, ms), false) : (TimeSpan.Zero, true);
    }

    private static string Shift(string unit, int n, string word) => $"{{0}} {(n == 1 ? unit[..^1] : unit)} {word} {{1}}";
}
