using System.Text.Json.Serialization;
using Winnow.Contacts;

namespace Winnow.MarketingContacts;

/// <summary>A rule by which contacts become non-marketing on the update date, without anybody asking.</summary>
/// <param name="Number">Days of Unengaged, the list's id of List; else 0.</param>
/// <param name="OnSince">Null: switched off.</param>
/// <param name="RanAt">When it last looked.</param>
/// <param name="ListName">What the list is called; null for others, and when it was deleted.</param>
public sealed record MarketingRule(long AccountId, long Id, string Kind, long Number, DateTimeOffset? OnSince, DateTimeOffset? RanAt, string? ListName)
{
    /// <summary>What a rule can be about, besides a list.</summary>
    public static readonly IReadOnlyList<StoppingKind> Kinds = [StoppingKind.HardBounced, StoppingKind.Unsubscribed, StoppingKind.Complained, StoppingKind.Unengaged];

    /// <summary>So long before an update date every rule looks once more.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromMinutes(15);

    /// <summary>Who fits it.</summary>
    public StoppingGroup Group => new(Enum.Parse<StoppingKind>(Kind), Number);

    /// <summary>Whether it must look now: on each day of the account once, and once more shortly before the next update date begins.</summary>
    public static bool IsDue(DateTimeOffset? ranAt, DateTimeOffset now, TimeZoneInfo zone, DateOnly nextUpdate)
    {
        if (ranAt is not { } ran || MarketingPlan.DayOf(ran, zone) < MarketingPlan.DayOf(now, zone)) return true;
        var begins = MarketingPlan.Begins(nextUpdate, zone);
        return now < begins && now >= begins - Before && ran < begins - Before;
    }
}

/// <summary>A time that a rule scheduled somebody.</summary>
/// <param name="Contacts">How many it chose.</param>
/// <param name="TakenBack">How many of them an undo gave back.</param>
public sealed record RuleRun(long RuleId, DateTimeOffset At, long Contacts, long TakenBack, long JobId, string Kind, long Number, string? ListName);

/// <summary>What one rule did in the time before an update date.</summary>
/// <param name="ListName">The name of its list.</param>
public sealed record RuleDeed(string Kind, long Number, string? ListName, long Contacts)
{
    /// <summary>Who fits the rule.</summary>
    [JsonIgnore]
    public StoppingGroup Group => new(Enum.Parse<StoppingKind>(Kind), Number);
}

/// <summary>What a rule would do now.</summary>
/// <param name="Changes">Contacts that it would schedule.</param>
/// <param name="Fitting">Everyone who fits it, whatever they are.</param>
/// <param name="Sample">Some of those whom it would schedule.</param>
public sealed record RulePreview(long Changes, long Fitting, Bill Bill, IReadOnlyList<Contact> Sample);
