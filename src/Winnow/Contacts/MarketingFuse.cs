using System.Globalization;
using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>How many contacts may become marketing contacts in a day before somebody who pays must approve: the larger of both limits.</summary>
/// <param name="Percent">Of the contact tier; without one, of the marketing contacts.</param>
public sealed record FuseSettings(bool IsOn, int Percent, long Contacts)
{
    /// <summary>What holds until somebody chooses.</summary>
    /// <param name="hasTier">Without a contact tier there is no bill to surprise anybody.</param>
    public static FuseSettings Usual(bool hasTier) => new(hasTier, 10, 1_000);

    /// <summary>The largest share and number that can be chosen.</summary>
    public const int MostPercent = 100, MostContacts = 10_000_000;

    /// <summary>The limit of a day; null when there is none.</summary>
    public long? Limit(long? tier, long marketing) => IsOn ? Math.Max(Contacts, (tier ?? marketing) * Percent / 100) : null;
}

/// <summary>The fuse today.</summary>
/// <param name="Limit">Null: it is off.</param>
/// <param name="Taken">Contacts that became marketing contacts today, or were ordered to, without an approval.</param>
public sealed record FuseToday(FuseSettings Settings, long? Limit, long Taken)
{
    /// <summary>How many more may today; null: any number.</summary>
    public long? Room => Limit is { } limit ? Math.Max(0, limit - Taken) : null;

    /// <summary>Whether so many more fit in.</summary>
    public bool Lets(long contacts) => contacts <= 0 || Room is not { } room || contacts <= room;
}

/// <summary>Keeps count of who becomes a marketing contact in a day, so that no slip fills the contact tier. Whoever sets non-marketing contacts as marketing contacts takes
/// room here first; where there is none the change waits (<c>Lists.MarketingQueue</c>).</summary>
public sealed class MarketingFuse(TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<MarketingFuse>();

    /// <summary>The settings and the day so far.</summary>
    public async Task<FuseToday> Today(Tx tx, long accountId)
    {
        var (settings, facts) = await Read(tx, accountId);
        return new(settings, settings.Limit(facts.Tier, facts.Marketing), await tx.SingleOrNone<long?>(Sql["taken"], new { accountId, day = Day(facts) }) ?? 0);
    }

    /// <summary>Takes room for contacts that become marketing contacts, all or none: exact, whoever else takes some at the same time. The day's row is held until the commit.</summary>
    /// <returns>False: it is more than the day has left, and nothing was taken.</returns>
    public async Task<bool> Take(Tx tx, long accountId, long contacts)
    {
        if (contacts <= 0) return true;
        var (settings, facts) = await Read(tx, accountId);
        if (settings.Limit(facts.Tier, facts.Marketing) is not { } limit) return true;
        if (contacts > limit) return false;
        var args = new { accountId, day = Day(facts), contacts, most = limit - contacts };
        await tx.Execute(Sql["begin-day"], args);
        return await tx.Execute(Sql["take"], args) == 1;
    }

    /// <summary>Writes the settings.</summary>
    public static Task Save(Tx tx, long accountId, FuseSettings settings) => tx.Execute(Sql["save"], new { accountId, settings.IsOn, settings.Percent, settings.Contacts });

    private static async Task<(FuseSettings Settings, Facts Facts)> Read(Tx tx, long accountId)
    {
        var facts = await tx.SingleOrNone<Facts>(Sql["facts"], new { accountId }) ?? new("UTC", null, null, null, null, 0);
        return (facts.IsOn is { } isOn ? new(isOn, (int)facts.Percent!.Value, facts.Contacts!.Value) : FuseSettings.Usual(facts.Tier is not null), facts);
    }

    private string Day(Facts facts)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(facts.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        return DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime).ToString("O", CultureInfo.InvariantCulture);
    }

    private sealed record Facts(string TimeZone, long? Tier, bool? IsOn, long? Percent, long? Contacts, long Marketing);
}
