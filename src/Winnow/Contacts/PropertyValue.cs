using System.Globalization;

namespace Winnow.Contacts;

/// <summary>Reads what people and files write into a property, and writes values as HubSpot's API does (strings).</summary>
public static class PropertyValue
{
    /// <summary>Longest text kept, in characters; HubSpot's limit.</summary>
    public const int MaxLength = 65_536;

    private static readonly string[] Dates = ["yyyy-MM-dd", "d-M-yyyy", "d/M/yyyy", "d.M.yyyy", "yyyy/MM/dd"];
    private static readonly string[] Yes = ["true", "yes", "1", "ja", "y", "x", "waar"], No = ["false", "no", "0", "nee", "n", "onwaar"];

    private const string TooLong = "{0} is longer than 65,536 characters.", NoNumber = "{0} must be a number; \"{1}\" is none.", NoFlag = "{0} must be yes or no (true or false); \"{1}\" is neither.",
        NoDate = "{0} must be a date such as 2026-11-22 or 22-11-2026; \"{1}\" is none.", NoMoment = "{0} must be a date and time such as 2026-11-22T09:14:00Z; \"{1}\" is none.", NoOption = "{0} must be one of {1}; \"{2}\" is not.";

    /// <summary>All that is said against a value, for translation; {0} is the label of the property.</summary>
    public static readonly IReadOnlyList<string> Refusals = [TooLong, NoNumber, NoFlag, NoDate, NoMoment, NoOption];

    /// <summary>The typed value of a text; empty text is no value (null).</summary>
    /// <returns>The value, or what is wrong with it as a sentence.</returns>
    public static (object? Value, string? Error) Parse(Property property, string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text)) return (null, null);
        if (text.Length > MaxLength) return (null, Say(TooLong, property));
        return property.Type switch
        {
            PropertyType.String => (text.Replace("\0", "", StringComparison.Ordinal), null),
            PropertyType.Number => Number(property, text),
            PropertyType.Bool => Flag(property, text),
            PropertyType.Date => Day(property, text),
            PropertyType.DateTime => Instant(property, text),
            _ => property.IsMultiple ? Choices(property, text) : Choice(property, text),
        };
    }

    /// <summary>The value as the API writes it: "true", "3", "2026-11-22", "2026-11-22T09:14:00.000Z"; null stays null.</summary>
    public static string? Text(Property property, object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        long instant when property.Type == PropertyType.Date => DateTimeOffset.FromUnixTimeMilliseconds(instant).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        long instant => DateTimeOffset.FromUnixTimeMilliseconds(instant).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    private static (object?, string?) Number(Property property, string text)
    {
        // 12.5, 1,234.5 and the Dutch 1.234,5: the last separator is the decimal one unless it groups by three
        var comma = text.LastIndexOf(',');
        var plain = comma < 0 ? text
            : comma > text.LastIndexOf('.') && (text.Length - comma - 1 != 3 || text.Contains('.', StringComparison.Ordinal))
                ? text.Replace(".", "", StringComparison.Ordinal).Replace(',', '.') : text.Replace(",", "", StringComparison.Ordinal);
        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? (number, null) : (null, Say(NoNumber, property, Short(text)));
    }

    private static (object?, string?) Flag(Property property, string text) =>
        Yes.Contains(text, StringComparer.OrdinalIgnoreCase) ? (true, null)
        : No.Contains(text, StringComparer.OrdinalIgnoreCase) ? (false, null)
        : (null, Say(NoFlag, property, Short(text)));

    private static (object?, string?) Day(Property property, string text)
    {
        if (DateOnly.TryParseExact(text, Dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return (new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds(), null);
        var (instant, _) = Instant(property, text);
        return instant is long ms ? (ms - (ms % 86_400_000 + 86_400_000) % 86_400_000, null)
            : (null, Say(NoDate, property, Short(text)));
    }

    private static (object?, string?) Instant(Property property, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var ms) && Math.Abs(ms) is > 99_999_999 and < 253_402_300_800_000 ? (ms, null)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? (instant.ToUnixTimeMilliseconds(), null)
            : (null, Say(NoMoment, property, Short(text)));

    private static (object?, string?) Choice(Property property, string text) =>
        property.Options.FirstOrDefault(o => o.Value == text || o.Label.Equals(text, StringComparison.OrdinalIgnoreCase) || o.Value.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } option
            ? (option.Value, null)
            : (null, Say(NoOption, property, string.Join(", ", property.Options.Take(12).Select(o => o.Label)), Short(text)));

    private static (object?, string?) Choices(Property property, string text)
    {
        var found = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => Choice(property, part)).ToList();
        return found.FirstOrDefault(f => f.Item2 is not null) is { Item2: { } error } ? (null, error)
            : (string.Join(';', found.Select(f => (string)f.Item1!).Distinct()), null);
    }

    private static string Say(string text, Property property, params string[] names) => string.Format(CultureInfo.InvariantCulture, text, [property.Label, .. names]);

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
