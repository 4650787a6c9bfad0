using System.Globalization;
using Winnow.Accounts;
using Winnow.Contacts;

namespace Winnow.Email;

/// <summary>How a property's value stands in a mail: labels instead of stored values, dates and numbers as people of the account write them.</summary>
internal static class TokenValue
{
    /// <summary>The words for a reader; null when there is no value.</summary>
    public static string? Text(Property property, object? value, Account account) => value switch
    {
        null or "" => null,
        bool flag => (flag, account.Language) switch { (true, "nl") => "ja", (false, "nl") => "nee", (true, _) => "yes", _ => "no" },
        double number => number.ToString("#,##0.##########", Culture(account)),
        long instant when property.Type == PropertyType.Date => DateTimeOffset.FromUnixTimeMilliseconds(instant).ToString("d MMMM yyyy", Culture(account)),
        long instant => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(instant), Account.Zone(account.TimeZone)).ToString("d MMMM yyyy HH:mm", Culture(account)),
        string choices when property.IsMultiple => string.Join(", ", choices.Split(';').Select(property.OptionLabel)),
        string choice when property.Type == PropertyType.Enumeration => property.OptionLabel(choice),
        _ => (string)value,
    };

    private static CultureInfo Culture(Account account) => CultureInfo.GetCultureInfo(account.Language == "nl" ? "nl-NL" : "en-GB");
}
