using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.MarketingContacts;

/// <summary>How many marketing contacts, not scheduled yet, cost though they are hardly worth mailing.</summary>
public sealed record IdleCounts(long HardBounced, long Unsubscribed, long Complained, long Unopened);

/// <summary>Who would stop being marketing contacts, frozen, with the figures before and after.</summary>
/// <param name="Parts">Each group, and how many of it would change.</param>
/// <param name="Changes">Contacts that would change: those of all groups, each once.</param>
/// <param name="Scheduled">Those of the groups that are scheduled already.</param>
/// <param name="NonMarketing">Those that are non-marketing already.</param>
/// <param name="Bill">The figures and the money, with these gone after the update date.</param>
/// <param name="Sample">Some of those who would change.</param>
public sealed record StoppingReview(
    FrozenSelection Frozen, IReadOnlyList<(StoppingGroup Group, long Contacts)> Parts, long Changes, long Scheduled, long NonMarketing, Bill Bill, IReadOnlyList<Contact> Sample)
{
    /// <summary>How often somebody of those who change is in a further group.</summary>
    public long Repeated => Parts.Sum(p => p.Contacts) - Changes;
}

/// <summary>Finds the contacts of groups that shall stop being marketing contacts: sets of ids, of which each is looked for once and all figures are made.</summary>
public sealed class StoppingContacts(Db db, FrozenSelections selections, ContactStore contacts, MarketingPlans plans)
{
    private const int SampleSize = 5;
    private static readonly SqlFile Sql = SqlFile.Beside<StoppingContacts>();

    /// <summary>Counts the marketing contacts that are not scheduled yet, by why one would not keep them.</summary>
    /// <param name="mails">Marketing e-mails of which none was opened or clicked.</param>
    public Task<IdleCounts> Idle(long accountId, long mails, CancellationToken stop = default) => db.Read(tx => tx.Single<IdleCounts>(Sql["idle"], new { accountId, mails }), stop);

    /// <summary>Everyone of the groups, whatever they are now; or what is wrong with one of them, as a sentence.</summary>
    public async Task<(MemberSet? Set, string? Error)> Everyone(Tx tx, long accountId, IReadOnlyList<StoppingGroup> groups, TimeZoneInfo zone)
    {
        var all = new MemberSet();
        foreach (var group in groups)
        {
            var (set, error) = await Of(tx, accountId, group, zone);
            if (set is null) return (null, error);
            all = all.Union(set);
        }
        return (all, null);
    }

    /// <summary>Freezes everyone of the groups, and says what setting them as non-marketing contacts would do.</summary>
    public Task<(StoppingReview? Review, string? Error)> Freeze(long accountId, IReadOnlyList<StoppingGroup> groups, TimeZoneInfo zone, long? userId, CancellationToken stop = default) =>
        db.Write<(StoppingReview?, string?)>(async tx =>
        {
            var (all, parts, staying) = (new MemberSet(), new List<(StoppingGroup, long)>(), await Staying(tx, accountId));
            foreach (var group in groups)
            {
                var (set, wrong) = await Of(tx, accountId, group, zone);
                if (set is null) return (null, wrong);
                parts.Add((group, set.Intersect(staying).Count));
                all = all.Union(set);
            }
            var (frozen, error) = await selections.Freeze(tx, accountId, all, userId);
            if (frozen is null) return (null, error);
            var (changing, scheduled) = (all.Intersect(staying), all.Intersect(new(await tx.Query<long>(Sql["scheduled"], new { accountId }))));
            var bill = await Bill.Of(tx, accountId, plans, contacts) with { Leaving = changing.Count };
            return (new(frozen, parts, changing.Count, scheduled.Count, all.Count - changing.Count - scheduled.Count, bill, await contacts.Read(tx, accountId, [.. changing.Ids.Take(SampleSize)])), null);
        }, stop);

    /// <summary>Everyone of a group, whatever they are now; or what is wrong with it, as a sentence.</summary>
    internal async Task<(MemberSet? Set, string? Error)> Of(Tx tx, long accountId, StoppingGroup group, TimeZoneInfo zone) =>
        group.Kind == StoppingKind.List && await ListRanks.Unusable(tx, accountId, group.Number) is { } unusable ? (null, unusable) : await selections.Evaluate(tx, accountId, group.Query, zone);

    /// <summary>The marketing contacts that are not scheduled.</summary>
    internal static async Task<MemberSet> Staying(Tx tx, long accountId) => new(await tx.Query<long>(Sql["staying"], new { accountId }));
}
