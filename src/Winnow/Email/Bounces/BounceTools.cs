using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Email.Bounces;

/// <summary>Which hard bounced contacts a bounce tool is asked for.</summary>
/// <param name="Reasons">Values of <i>Email hard bounce reason</i>.</param>
/// <param name="From">Only bounces of marketing e-mails sent at this time or later (UTC); null for all time.</param>
/// <param name="Until">… and before this time; null for no end.</param>
public sealed record HardBounceChoice(IReadOnlyList<string> Reasons, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>How many contacts hard bounced in a time, for each reason.</summary>
/// <param name="ByReason">Those that a tool would take, by reason; every reason is there.</param>
/// <param name="Unbounced">Those of the chosen reasons that were unbounced since and are left out.</param>
public sealed record HardBounceCounts(IReadOnlyDictionary<string, long> ByReason, long Unbounced)
{
    /// <summary>How many a choice of reasons comes to.</summary>
    public long Of(IEnumerable<string> reasons) => reasons.Distinct().Sum(r => ByReason.GetValueOrDefault(r));
}

/// <summary>Collects hard bounced contacts in a static list, in the background. Contacts unbounced since, and addresses whose contact
/// is gone, are left out.</summary>
public sealed class BounceTools(Db db, JobQueue jobs, ListStore lists, TimeProvider clock)
{
    /// <summary>What the user reads when nobody fits.</summary>
    public const string Nobody = "No contact of this account hard bounced for these reasons on emails sent in this time.";

    private static readonly SqlFile Sql = SqlFile.Beside<BounceTools>();

    /// <summary>Counts for the time of the choice, all six reasons apart.</summary>
    public Task<HardBounceCounts> Count(long accountId, HardBounceChoice choice, CancellationToken stop = default) => db.Read(tx => Count(tx, accountId, choice), stop);

    /// <summary>Makes a static list and fills it by a job.</summary>
    /// <returns>The job that fills it, or what is wrong.</returns>
    public Task<(long JobId, string? Error)> CreateList(long accountId, long userId, string name, HardBounceChoice choice, CancellationToken stop = default) => db.Write(async tx =>
    {
        var count = (await Count(tx, accountId, choice)).Of(choice.Reasons);
        if (count == 0) return (0, Nobody);
        var (list, error) = await lists.Create(tx, accountId, name, ListKind.Manual, null, TimeZoneInfo.Utc, userId);
        return list is null ? (0, error) : (await Collect(tx, accountId, userId, list, choice, count), (string?)null);
    }, stop);

    /// <summary>Puts them into a static list that exists, by a job.</summary>
    /// <returns>The job, or what is wrong.</returns>
    public Task<(long JobId, string? Error)> AddToList(long accountId, long userId, long listId, HardBounceChoice choice, CancellationToken stop = default) => db.Write(async tx =>
    {
        var count = (await Count(tx, accountId, choice)).Of(choice.Reasons);
        return await lists.Find(tx, accountId, listId) switch
        {
            null or { Kind: ListKind.Selection } => (0, "This list does not exist any more. Choose another one."),
            { IsActive: true } => (0, "This is an active list: its filter decides who is in it. Choose a static list."),
            _ when count == 0 => (0, Nobody),
            var list => (await Collect(tx, accountId, userId, list, choice, count), (string?)null),
        };
    }, stop);

    private static Task<HardBounceCounts> Count(Tx tx, long accountId, HardBounceChoice choice) => CountIn(tx, new
    {
        accountId, from = From(choice), until = Until(choice), hard = BouncePolicy.HardReasons.ToArray(),
    }, choice);

    private static async Task<HardBounceCounts> CountIn(Tx tx, object args, HardBounceChoice choice)
    {
        var rows = await tx.Query<ReasonCount>(Sql["count"], args);
        return new(Contacts.BuiltInProperties.HardBounceReasons.ToDictionary(r => r.Value, r => rows.Where(row => row.Reason == r.Value).Sum(row => row.Bounced)),
            rows.Where(row => choice.Reasons.Contains(row.Reason)).Sum(row => row.Unbounced));
    }

    private async Task<long> Collect(Tx tx, long accountId, long userId, ContactList list, HardBounceChoice choice, long count)
    {
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ContactsAddedToList, list.Name, count);
        return await jobs.Enqueue<CollectHardBounced>(tx, accountId, $"Collect hard bounced contacts in {list.Name}", new CollectState(list.Id, choice.Reasons.ToArray(), From(choice), Until(choice), 0, 0), count, userId);
    }

    private static long From(HardBounceChoice choice) => choice.From?.ToUnixTimeMilliseconds() ?? long.MinValue;

    private static long Until(HardBounceChoice choice) => choice.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue;

    private sealed record ReasonCount(string Reason, long Bounced, long Unbounced);
}
