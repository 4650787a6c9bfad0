using System.Text.Json;
using System.Text.Json.Nodes;
using Winnow.Contacts;

namespace Winnow.Filters;

/// <summary>Turns the date operands of HubSpot's grammar into a stretch of time. A day of a date-time property is a day in the
/// account's time zone when <c>requiresTimeZoneConversion</c> is set, else a day of UTC; dates without a time are always UTC days.</summary>
internal static class FilterTime
{
    private const long MaxTimestamp = 253_370_764_800_000;       // the year 9999: a day later can still be written

    /// <summary>Reads <c>{timestamp, requiresTimeZoneConversion}</c>.</summary>
    public static (Span? Span, string? Error) DateTime(JsonElement operation, string name, Property property, TimeZoneInfo zone)
    {
        if (!operation.TryGetProperty("timestamp", out var field) || Milliseconds(field) is not { } timestamp)
            return (null, "timestamp: give Unix milliseconds, such as 1782777600000");
        var convert = operation.TryGetProperty("requiresTimeZoneConversion", out var flag) && flag.ValueKind == JsonValueKind.True;
        return (Day(timestamp, convert, name, property, zone), null);
    }

    /// <summary>The stretch for a UTC day (or instant), read in the zone when asked to.</summary>
    public static Span Day(long timestamp, bool convert, string name, Property property, TimeZoneInfo zone)
    {
        var source = new JsonObject { ["timestamp"] = timestamp, ["requiresTimeZoneConversion"] = convert }.ToJsonString();
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(timestamp);
        var local = convert && property.Type == PropertyType.DateTime ? zone : TimeZoneInfo.Utc;
        var (start, end) = (Instant(moment.UtcDateTime.Date, local), Instant(moment.UtcDateTime.Date.AddDays(1), local));
        return name switch
        {
            "IS_BEFORE" => new(long.MinValue, timestamp, moment, source),
            "IS_AFTER" => new(timestamp + 1, long.MaxValue, moment, source),
            "IS_BEFORE_DATE" => new(long.MinValue, start, moment, source),
            "IS_AFTER_DATE" => new(end, long.MaxValue, moment, source),
            _ => new(start, end, moment, source),
        };
    }

    /// <summary>Reads <c>{lowerBound, upperBound, requiresTimeZoneConversion}</c>: from the first day through the last.</summary>
    public static (Span? Span, string? Error) RangedDate(JsonElement operation, Property property, TimeZoneInfo zone)
    {
        if (!operation.TryGetProperty("lowerBound", out var lower) || Milliseconds(lower) is not { } from) return (null, "lowerBound: give Unix milliseconds, such as 1782777600000");
        if (!operation.TryGetProperty("upperBound", out var upper) || Milliseconds(upper) is not { } to) return (null, "upperBound: give Unix milliseconds, such as 1782777600000");
        var convert = operation.TryGetProperty("requiresTimeZoneConversion", out var flag) && flag.ValueKind == JsonValueKind.True;
        return from <= to ? (Days(from, to, convert, property, zone), null) : (null, "lowerBound: must not be after upperBound");
    }

    /// <summary>The stretch from one day through another.</summary>
    public static Span Days(long from, long to, bool convert, Property property, TimeZoneInfo zone)
    {
        var (first, last) = (Day(from, convert, "IS_EQUAL_TO", property, zone), Day(to, convert, "IS_EQUAL_TO", property, zone));
        var source = new JsonObject { ["lowerBound"] = from, ["upperBound"] = to, ["requiresTimeZoneConversion"] = convert }.ToJsonString();
        return new(first.From, last.To, first.Day, source, last.Day);
    }

    /// <summary>Reads <c>{timePoint, endpointBehavior}</c> with a point of timeType DATE; without an hour the point is the whole day.</summary>
    public static (Span? Span, string? Error) TimePoint(JsonElement operation, string name, Property property)
    {
        var (point, error) = Point(operation, "timePoint", property);
        if (error is not null || point is null) return (null, error);
        var inclusive = Word(operation, "endpointBehavior", "EXCLUSIVE") == "INCLUSIVE";
        var source = new JsonObject { ["timePoint"] = point.Source, ["endpointBehavior"] = Behavior(inclusive), ["propertyParser"] = "VALUE", ["type"] = "TIME_POINT" }.ToJsonString();
        return (name == "IS_BEFORE" ? new(long.MinValue, inclusive ? point.End : point.Start, point.Shown, source)
            : new(inclusive ? point.Start : point.End, long.MaxValue, point.Shown, source), null);
    }

    /// <summary>Reads <c>{lowerBoundTimePoint, upperBoundTimePoint, lowerBoundEndpointBehavior, upperBoundEndpointBehavior}</c>.</summary>
    public static (Span? Span, string? Error) TimeRanged(JsonElement operation, Property property)
    {
        var (lower, error) = Point(operation, "lowerBoundTimePoint", property);
        if (lower is null) return (null, error);
        (var upper, error) = Point(operation, "upperBoundTimePoint", property);
        if (upper is null) return (null, error);
        var (withLower, withUpper) = (Word(operation, "lowerBoundEndpointBehavior", "INCLUSIVE") == "INCLUSIVE", Word(operation, "upperBoundEndpointBehavior", "INCLUSIVE") == "INCLUSIVE");
        var source = new JsonObject
        {
            ["lowerBoundTimePoint"] = lower.Source, ["upperBoundTimePoint"] = upper.Source, ["lowerBoundEndpointBehavior"] = Behavior(withLower),
            ["upperBoundEndpointBehavior"] = Behavior(withUpper), ["propertyParser"] = "VALUE", ["type"] = "TIME_RANGED",
        }.ToJsonString();
        var (from, to) = (withLower ? lower.Start : lower.End, withUpper ? upper.End : upper.Start);
        return from <= to ? (new(from, to, lower.Shown, source, upper.Shown), null) : (null, "lowerBoundTimePoint: must not be after upperBoundTimePoint");
    }

    private static string Behavior(bool inclusive) => inclusive ? "INCLUSIVE" : "EXCLUSIVE";

    /// <summary>An instant or a whole day, from (included) to (not included).</summary>
    private sealed record Moment(long Start, long End, DateTimeOffset Shown, JsonNode? Source);

    private static (Moment? Moment, string? Error) Point(JsonElement operation, string field, Property property)
    {
        if (Word(operation, "propertyParser", "VALUE") != "VALUE") return (null, "propertyParser: only VALUE is supported");
        if (!operation.TryGetProperty(field, out var point) || point.ValueKind != JsonValueKind.Object) return (null, $"{field}: give a time point");
        if (Word(point, "timeType", "") != "DATE") return (null, $"{field}.timeType: only DATE is supported; dates relative to today come later");
        if (Part(point, "year") is not (>= 1 and <= 9998 and var year) || Part(point, "month") is not (>= 1 and <= 12 and var month)
            || Part(point, "day") is not (>= 1 and var day) || day > System.DateTime.DaysInMonth(year, month)) return (null, $"{field}: year, month and day are no date");
        var zone = point.TryGetProperty("zoneId", out var id) && id.ValueKind == JsonValueKind.String && TimeZoneInfo.TryFindSystemTimeZoneById(id.GetString()!, out var found) ? found : null;
        if (zone is null) return (null, $"{field}.zoneId: give a time zone such as Europe/Amsterdam");
        if (property.Type == PropertyType.Date) zone = TimeZoneInfo.Utc;

        var (hour, minute, second, ms) = (Part(point, "hour"), Part(point, "minute") ?? 0, Part(point, "second") ?? 0, Part(point, "millisecond") ?? 0);
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59 || ms is < 0 or > 999) return (null, $"{field}: hour, minute, second and millisecond are no time");
        var date = new System.DateTime(year, month, day);
        var start = Instant(hour is { } h ? date.Add(new(0, h, minute, second, ms)) : date, zone);
        return (new(start, hour is null ? Instant(date.AddDays(1), zone) : start + 1, new(date, TimeSpan.Zero), JsonNode.Parse(point.GetRawText())), null);
    }

    /// <summary>The first instant of a local time: in the hour that comes twice the earlier one, in the hour that is missing the time after it.</summary>
    private static long Instant(System.DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(System.DateTime.SpecifyKind(local, DateTimeKind.Utc)).Subtract(offset).ToUnixTimeMilliseconds();
    }

    private static long? Milliseconds(JsonElement field) =>
        (field.ValueKind == JsonValueKind.Number && field.TryGetInt64(out var ms)) || (field.ValueKind == JsonValueKind.String && long.TryParse(field.GetString(), out ms))
            ? Math.Abs(ms) <= MaxTimestamp && ms > -62_000_000_000_000 ? ms : null : null;

    private static string Word(JsonElement parent, string name, string otherwise) =>
        parent.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String ? field.GetString()!.ToUpperInvariant() : otherwise;

    /// <summary>HubSpot writes some parts as numbers and some as text.</summary>
    private static int? Part(JsonElement parent, string name) =>
        !parent.TryGetProperty(name, out var field) || field.ValueKind == JsonValueKind.Null ? null
        : field.ValueKind == JsonValueKind.Number && field.TryGetInt32(out var number) ? number
        : field.ValueKind == JsonValueKind.String && int.TryParse(field.GetString(), out number) ? number : -1;
}
