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
    /// <summary>More contacts were to become marketing contacts than may in a day: it waits for an approval.</summary>
    ApprovalAsked,
    /// <summary>The same, to who asked and cannot approve.</summary>
    ApprovalWaits,
    /// <summary>It was refused: to who asked.</summary>
    ApprovalRefused,
}

/// <summary>One piece of news, with the figures of the moment.</summary>
/// <param name="Day">The update date it is about.</param>
/// <param name="Counting">Marketing contacts.</param>
/// <param name="Scheduled">Those of them that stop with the next update date, or that stopped with this one.</param>
/// <param name="Was">The tier before.</param>
/// <param name="Tier">The tier now; <see cref="NewsKind.TierKept"/>: the one asked for.</param>
/// <param name="Percent">80, 90 or 100.</param>
/// <param name="Waiting">What waits for an approval, or waited.</param>
/// <param name="Rules">What rules did for the update date; put in when it is ordered.</param>
public sealed record News(NewsKind Kind, DateOnly? Day, long Counting, long Scheduled, long? Was, long? Tier, int Percent, WaitingNews? Waiting = null, IReadOnlyList<RuleDeed>? Rules = null);

/// <summary>What is told of an approval.</summary>
/// <param name="Contacts">Contacts that it is about.</param>
/// <param name="Who">Who asked; of a refusal, who refused.</param>
/// <param name="Words">Who was selected; of a refusal, why.</param>
public sealed record WaitingNews(long Id, long Contacts, string Who, string Words);

/// <summary>Tells those who may change the tier: each by a job whose end is their notification and whose step orders a letter.</summary>
public sealed class BillingNews(TimeProvider clock)
{
    /// <summary>The job that tells one person; its words are the pages', so it lives with them.</summary>
    public const string Job = "TellBilling";

    private static readonly SqlFile Sql = SqlFile.Beside<BillingNews>();

    /// <summary>Orders it, once for each person.</summary>
    public async Task Order(Tx tx, long accountId, News news)
    {
        if (news is { Kind: NewsKind.UpdateComes or NewsKind.Updated, Day: { } day } && await MarketingRules.DeedsFor(tx, accountId, day) is { Count: > 0 } deeds) news = news with { Rules = deeds };
        foreach (var person in await Payers(tx, accountId)) await Order(tx, accountId, person, news);
    }

    /// <summary>Orders it for one person.</summary>
    public Task Order(Tx tx, long accountId, long userId, News news) => JobQueue.Enqueue(tx, accountId, Job, "News of your contact tier", news, 1, userId, clock.GetUtcNow());

    /// <summary>Who may change the tier, and approve what the fuse holds back.</summary>
    public static async Task<List<long>> Payers(Tx tx, long accountId) =>
        [.. (await tx.Query<Member>(Sql["payers"], new { accountId })).Where(person => PermissionSet.Read(person.SuperAdmin, person.Permissions).Has(Permission.Billing)).Select(person => person.UserId)];

    private sealed record Member(long UserId, bool SuperAdmin, string Permissions);
}
