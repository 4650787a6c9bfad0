namespace Winnow.Accounts;

/// <summary>A company that uses Winnow. Every row of its data carries its id.</summary>
/// <param name="Id">Its id; 1 is the first of an installation.</param>
/// <param name="Name">The company's name, shown top right.</param>
/// <param name="TimeZone">IANA name of the time zone in which its dates are shown and its deadlines fall.</param>
/// <param name="Language">“en” or “nl”: for people who chose none themselves.</param>
/// <param name="Currency">ISO 4217 code of the money in which amounts are shown.</param>
public sealed record Account(long Id, string Name, string TimeZone, string Language, string Currency = Accounts.Currency.Default)
{
    /// <summary>The languages that the pages speak.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "nl"];

    /// <summary>The zone of a name, or UTC when this machine does not know it (its zone data may be older than the name).</summary>
    public static TimeZoneInfo Zone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>The time zones that one can choose: IANA names with a place, and UTC.</summary>
    public static IReadOnlyList<string> TimeZones { get; } =
        [.. TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id.Contains('/') && !id.StartsWith("Etc/", StringComparison.Ordinal)).Append("UTC").Order(StringComparer.Ordinal)];
}
