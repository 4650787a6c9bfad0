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
    public static (Operand? Operand, string? Error) DateTime(JsonElement operation, string name, Property property, TimeZoneInfo zone)
    {
        if (Milliseconds(operation, "timestamp") is not { } timestamp)
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
    public static (Operand? Operand, string? Error) RangedDate(JsonElement operation, Property property, TimeZoneInfo zone)
    {
        if (Milliseconds(operation, "lowerBound") is not { } from) return (null, "lowerBound: give Unix milliseconds, such as 1782777600000");
        if (Milliseconds(operation, "upperBound") is not { } to) return (null, "upperBound: give Unix milliseconds, such as 1782777600000");
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

    /// <summary>Reads <c>{numberOfDays, requiresTimeZoneConversion}</c>.</summary>
    public static (Operand? Operand, string? Error) Rolling(JsonElement operation, FilterOperator op, Property property, TimeZoneInfo zone) =>
        Part(operation, "numberOfDays") is >= 0 and <= MovingSpans.Most and var days
            ? (MovingSpans.Rolling(op, days, operation.TryGetProperty("requiresTimeZoneConversion", out var flag) && flag.ValueKind == JsonValueKind.True, property, zone), null)
            : (null, $"numberOfDays: give a whole number from 0 to {MovingSpans.Most}");

    /// <summary>Reads <c>{timeUnit, timeUnitCount, useFiscalYear, fiscalYearStart}</c>.</summary>
    public static (Operand? Operand, string? Error) Calendar(JsonElement operation, FilterOperator op, Property property, TimeZoneInfo zone)
    {
        var unit = Word(operation, "timeUnit", "");
        if (!MovingSpans.Units.ContainsKey(unit)) return (null, $"timeUnit: use one of {string.Join(", ", MovingSpans.Units.Keys)}");
        if ((Part(operation, "timeUnitCount") ?? 1) is not (>= 1 and <= 1000 and var count)) return (null, "timeUnitCount: give a whole number from 1 to 1000");
        var fiscal = operation.TryGetProperty("useFiscalYear", out var flag) && flag.ValueKind == JsonValueKind.True;
        var month = Array.IndexOf(MovingSpans.MonthNames, Word(operation, "fiscalYearStart", "JANUARY")) + 1;
        return fiscal && month == 0 ? (null, "fiscalYearStart: give the name of a month, such as APRIL") : (MovingSpans.Calendar(op, unit, count, fiscal ? month : null, property, zone), null);
    }

    /// <summary>The first instant of a local time: in the hour that comes twice the earlier one, in the hour that is missing the time after it.</summary>
    internal static long Instant(System.DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(System.DateTime.SpecifyKind(local, DateTimeKind.Utc)).Subtract(offset).ToUnixTimeMilliseconds();
    }

    /// <summary>Unix milliseconds in a field, or null.</summary>
    internal static long? Milliseconds(JsonElement parent, string name) => parent.TryGetProperty(name, out var field) ? Milliseconds(field) : null;

    private static long? Milliseconds(JsonElement field) =>
        (field.ValueKind == JsonValueKind.Number && field.TryGetInt64(out var ms)) || (field.ValueKind == JsonValueKind.String && long.TryParse(field.GetString(), out ms))
            ? Math.Abs(ms) <= MaxTimestamp && ms > -62_000_000_000_000 ? ms : null : null;

    internal static string Word(JsonElement parent, string name, string otherwise) =>
        parent.TryGetProperty(name, out var field) && field.ValueKind == JsonValueKind.String ? field.GetString()!.ToUpperInvariant() : otherwise;

    /// <summary>HubSpot writes some parts as numbers and some as text; -1 when it is neither, or below zero.</summary>
    internal static int? Part(JsonElement parent, string name) =>
        !parent.TryGetProperty(name, out var field) || field.ValueKind == JsonValueKind.Null ? null : Number(parent, name) is >= 0 and var number ? number : -1;

    /// <summary>A whole number written as a number or as text, or null.</summary>
    internal static int? Number(JsonElement parent, string name) =>
        !parent.TryGetProperty(name, out var field) ? null
        : field.ValueKind == JsonValueKind.Number && field.TryGetInt32(out var number) ? number
        : field.ValueKind == JsonValueKind.String && int.TryParse(field.GetString(), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out number) ? number : null;
}
