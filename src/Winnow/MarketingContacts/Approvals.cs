using System.Globalization;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.MarketingContacts;

/// <summary>Contacts that were to become marketing contacts, more than the fuse lets in a day.</summary>
/// <param name="Asked">Contacts that it is about, as they were asked for.</param>
/// <param name="Decision">Approved or Refused; null: it waits.</param>
/// <param name="Why">Of a refusal.</param>
/// <param name="JobId">What sets them, once approved; null when none of them was left.</param>
public sealed record Approval(
    long Id, string Origin, string Words, string Title, long SelectionId, long Asked, string ReasonType, string? ReasonId, long? AskedBy, string? AskedByName, DateTimeOffset AskedAt,
    string? Decision, string? DecidedByName, DateTimeOffset? DecidedAt, string? Why, long? JobId)
{
    /// <summary>Whether nobody has decided yet.</summary>
    public bool Waits => Decision is null;

    internal MarketingAsk AsAsk => new(Origin, Words, Title, ReasonType, ReasonId, AskedBy);
}

/// <summary>What came of an approval.</summary>
/// <param name="Found">False: this account has none of this id.</param>
/// <param name="Changed">Nothing was done: other contacts change than the number that was shown.</param>
public sealed record ApprovalAnswer(bool Found, bool Changed = false, long? JobId = null);

/// <summary>What waits because it is more than the fuse lets: who pays approves it, which runs the ordinary job on those who are still there, or refuses it. Once: a decision stands.</summary>
public sealed class Approvals(Db db, SetMarketing set, BillingNews news, ContactStore contacts, MarketingFuse fuse, TimeProvider clock)
{
    /// <summary>Longest reason of a refusal, in characters.</summary>
    public const int WhyLength = 500;

    private static readonly SqlFile Sql = SqlFile.Beside<Approvals>();

    /// <summary>What waits, the oldest first, and then what was decided, the latest first.</summary>
    public Task<List<Approval>> All(long accountId, int take, CancellationToken stop = default) => db.Read(tx => tx.Query<Approval>(Sql["all"], new { accountId, take }), stop);

    /// <summary>One, or null when this account has none of this id.</summary>
    public Task<Approval?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(tx => tx.SingleOrNone<Approval>(Sql["find"], new { accountId, id }), stop);

    /// <summary>What an import lets wait, the latest; null when it does not.</summary>
    public Task<Approval?> OfImport(long accountId, long importId, CancellationToken stop = default) => db.Read(async tx =>
        await MarketingQueue.Of(tx, accountId, MarketingAsk.OfImport(importId)) is { } id ? await tx.SingleOrNone<Approval>(Sql["find"], new { accountId, id }) : null, stop);

    /// <summary>The fuse and the day so far.</summary>
    public Task<FuseToday> Today(long accountId, CancellationToken stop = default) => db.Read(tx => fuse.Today(tx, accountId), stop);

    /// <summary>Writes the fuse, as a person chose who pays.</summary>
    public Task ChangeFuse(long accountId, long userId, FuseSettings settings, CancellationToken stop = default) => db.Write(async tx =>
    {
        var was = (await fuse.Today(tx, accountId)).Settings;
        await MarketingFuse.Save(tx, accountId, settings);
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingRulesChanged, "", null, Words(was), Words(settings));
    }, stop);

    /// <summary>Sets those who are still there, and are no marketing contacts by now, as marketing contacts. Posted twice it starts one job.</summary>
    /// <param name="expected">How many the person saw that would change.</param>
    public Task<ApprovalAnswer> Approve(long accountId, long id, long expected, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await Hold(tx, accountId, id) is not { } approval) return new(false);
        if (!approval.Waits) return new(true, JobId: approval.JobId);
        var receipt = await set.Find(tx, accountId, approval.SelectionId);
        var changes = receipt?.Changes(toMarketing: true) ?? 0;
        if (changes != expected) return new(true, Changed: true);
        var jobId = changes == 0 ? (long?)null : (await set.Begin(tx, accountId, approval.SelectionId, receipt!.Count, changes, true, approval.AsAsk)).JobId;
        await Decide(tx, accountId, id, "Approved", userId, null, jobId);
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingApproved, approval.Title, changes);
        return new ApprovalAnswer(true, JobId: jobId);
    }, stop);

    /// <summary>Refuses it, and tells who asked. Nothing changes; a decision that was made before stands.</summary>
    /// <returns>False when this account has none of this id.</returns>
    public Task<bool> Refuse(long accountId, long id, string why, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        if (await Hold(tx, accountId, id) is not { } approval) return false;
        if (!approval.Waits) return true;
        var reason = why.Trim() is var whole && whole.Length > WhyLength ? whole[..WhyLength] : whole;
        await Decide(tx, accountId, id, "Refused", userId, reason, null);
        if (approval.AskedBy is { } asker && asker != userId)
            await news.Order(tx, accountId, asker, new(NewsKind.ApprovalRefused, null, 0, 0, null, null, 0, new(id, approval.Asked, (await Hold(tx, accountId, id))!.DecidedByName ?? "", reason)));
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.MarketingRefused, approval.Title, approval.Asked, after: reason);
        return true;
    }, stop);

    /// <summary>Tells who pays, and who asked, what waits. Safe to run twice and on several processes at once.</summary>
    public async Task Tell(CancellationToken stop)
    {
        foreach (var due in await db.Read(tx => tx.Query<Due>(Sql["due"], new { now = clock.GetUtcNow() }), stop))
            await db.Write(tx => Tell(tx, due.AccountId, due.Id), stop);
    }

    private async Task Tell(Tx tx, long accountId, long id)
    {
        if (await Hold(tx, accountId, id) is not { } approval || await tx.Execute(Sql["told"], new { accountId, id }) == 0 || !approval.Waits) return;
        var asked = new News(NewsKind.ApprovalAsked, null, (await contacts.Counts(tx, accountId)).Marketing, 0, null, null, 0, new(id, approval.Asked, approval.AskedByName ?? "", approval.Words));
        await news.Order(tx, accountId, asked);
        if (approval.AskedBy is { } asker && !(await BillingNews.Payers(tx, accountId)).Contains(asker)) await news.Order(tx, accountId, asker, asked with { Kind = NewsKind.ApprovalWaits });
    }

    private static async Task<Approval?> Hold(Tx tx, long accountId, long id)
    {
        await tx.SingleOrNone<long>(Sql["hold"], new { accountId, id });
        return await tx.SingleOrNone<Approval>(Sql["find"], new { accountId, id });
    }

    private Task Decide(Tx tx, long accountId, long id, string decision, long userId, string? why, long? jobId) =>
        tx.Execute(Sql["decide"], new { accountId, id, decision, userId, why, jobId, now = clock.GetUtcNow() });

    private static string Words(FuseSettings fuse) => fuse.IsOn ? string.Create(CultureInfo.InvariantCulture, $"{fuse.Percent} % or {fuse.Contacts} a day") : "off";

    private sealed record Due(long AccountId, long Id);
}
