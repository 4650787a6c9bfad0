using Winnow.Accounts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.MarketingContacts;

/// <summary>What people who pay are told. Stored by name.</summary>
public enum NewsKind
{
    /// <summary>The update date comes in a week or a day.</summary>
    UpdateComes,
    /// <summary>It came.</summary>
    Updated,
    /// <summary>80, 90 or 100 % of the tier are taken.</summary>
    TierNear,
    /// <summary>The tier was exceeded, and is a larger one now.</summary>
    TierRaised,
    /// <summary>A lower tier that was asked for holds now.</summary>
    TierLowered,
    /// <summary>A lower tier that was asked for cannot hold: there are too many marketing contacts.</summary>
    TierKept,
}

/// <summary>One piece of news, with the figures of the moment.</summary>
/// <param name="Day">The update date it is about.</param>
/// <param name="Counting">Marketing contacts.</param>
/// <param name="Scheduled">Those of them that stop with the next update date, or that stopped with this one.</param>
/// <param name="Was">The tier before.</param>
/// <param name="Tier">The tier now; <see cref="NewsKind.TierKept"/>: the one asked for.</param>
/// <param name="Percent">80, 90 or 100.</param>
public sealed record News(NewsKind Kind, DateOnly? Day, long Counting, long Scheduled, long? Was, long? Tier, int Percent);

/// <summary>Tells those who may change the tier: each by a job whose end is their notification and whose step orders a letter.</summary>
public sealed class BillingNews(TimeProvider clock)
{
    /// <summary>The job that tells one person; its words are the pages', so it lives with them.</summary>
    public const string Job = "TellBilling";

    private static readonly SqlFile Sql = SqlFile.Beside<BillingNews>();

    /// <summary>Orders it, once for each person.</summary>
    public async Task Order(Tx tx, long accountId, News news)
    {
        foreach (var person in await tx.Query<Member>(Sql["payers"], new { accountId }))
            if (PermissionSet.Read(person.SuperAdmin, person.Permissions).Has(Permission.Billing))
                await JobQueue.Enqueue(tx, accountId, Job, "News of your contact tier", news, 1, person.UserId, clock.GetUtcNow());
    }

    private sealed record Member(long UserId, bool SuperAdmin, string Permissions);
}
