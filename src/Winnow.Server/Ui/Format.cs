using System.Globalization;

namespace Winnow.Server.Ui;

/// <summary>
/// Numbers and moments as a person reads them: grouped whole counts, dates in the account's time zone and language.
/// Injected into every page as <c>F</c>. Forms: DESIGN “Words”: 1 December 2026 in sentences, 14 Nov 2026 in tables,
/// 14 Nov, 09:14 on timelines.
/// </summary>
/// <param name="culture">The reader's language and country.</param>
/// <param name="zone">The account's time zone.</param>
/// <param name="clock">Tells which year is the present one, which timelines leave out.</param>
public sealed class Format(CultureInfo culture, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>12,345 or 12.345; never rounded, never “12k”.</summary>
    public string Number(long value) => Grouped(value, culture);

    /// <inheritdoc cref="Number(long)"/>
    public static string Grouped(long value, CultureInfo culture) => value.ToString("N0", culture);

    /// <summary>0.74% or 0,74%: <paramref name="share"/> is a fraction of 1, shown with two decimals below 10%, else one.</summary>
    public string Percent(double share) =>
        (share * 100).ToString(Math.Abs(share) < 0.1 ? "0.##" : "0.#", culture) + "%";

    /// <summary>The share of <paramref name="part"/> in <paramref name="whole"/>, or a dash when there is no whole.</summary>
    public string Percent(long part, long whole) => whole == 0 ? "–" : Percent((double)part / whole);

    /// <summary>1 December 2026: in sentences.</summary>
    public string LongDate(DateTimeOffset moment) => Local(moment).ToString("d MMMM yyyy", culture);

    /// <inheritdoc cref="LongDate(DateTimeOffset)"/>
    public string LongDate(DateOnly day) => day.ToString("d MMMM yyyy", culture);

    /// <summary>1 December: in sentences and legends about days to come.</summary>
    public string ShortDate(DateOnly day) => day.ToString("d MMMM", culture);

    /// <summary>€450, € 1.250,50 or CHF 12: hundredths of a currency (ISO 4217); decimals only where there are any.</summary>
    public string Money(long hundredths, string currency)
    {
        var sign = currency switch { "EUR" => "€", "USD" => "$", "GBP" => "£", _ => currency };
        var amount = (Math.Abs(hundredths) / 100m).ToString(hundredths % 100 == 0 ? "N0" : "N2", culture);
        return $"{(hundredths < 0 ? "−" : "")}{sign}{(sign.Length > 1 || culture.TwoLetterISOLanguageName != "en" ? "\u00a0" : "")}{amount}";
    }

    /// <summary>14 Nov 2026: in tables.</summary>
    public string Date(DateTimeOffset moment) => ShortMonth(Local(moment), "yyyy");

    /// <summary>14 Nov 2026 for a day without a time (midnight UTC in Unix milliseconds): the same day in every time zone.</summary>
    public string Day(long midnight) => ShortMonth(DateTimeOffset.FromUnixTimeMilliseconds(midnight), "yyyy");

    /// <inheritdoc cref="Day(long)"/>
    public string Day(DateOnly day) => ShortMonth(new(day, TimeOnly.MinValue, TimeSpan.Zero), "yyyy");

    /// <summary>1 Dec: on badges, of a day that is near.</summary>
    public string NearDay(DateOnly day) => ShortMonth(new(day, TimeOnly.MinValue, TimeSpan.Zero), "");

    /// <summary>14 Nov, 09:14: on timelines; with the year when it is not the present one.</summary>
    public string Moment(DateTimeOffset moment)
    {
        var local = Local(moment);
        var thisYear = local.Year == Local(clock.GetUtcNow()).Year;
        return $"{ShortMonth(local, thisYear ? "" : "yyyy")}, {local.ToString("HH:mm", culture)}";
    }

    /// <summary>09:14.</summary>
    public string Time(DateTimeOffset moment) => Local(moment).ToString("HH:mm", culture);

    /// <summary>2026-11-14T09:14:02+01:00: what the <c>datetime</c> attribute says.</summary>
    public string Machine(DateTimeOffset moment) => Local(moment).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>1.2 kB, 3.4 MB: file sizes, in powers of 1,000.</summary>
    public string Bytes(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => (bytes / 1e3).ToString("0.#", culture) + " kB",
        < 1_000_000_000 => (bytes / 1e6).ToString("0.#", culture) + " MB",
        _ => (bytes / 1e9).ToString("0.#", culture) + " GB",
    };

    private DateTimeOffset Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, zone);

    // Three letters without the full stop that some cultures put after an abbreviated month.
    private string ShortMonth(DateTimeOffset local, string year) =>
        $"{local.Day} {local.ToString("MMM", culture).TrimEnd('.')} {local.ToString(year.Length > 0 ? year : "''", culture)}".TrimEnd();
}
