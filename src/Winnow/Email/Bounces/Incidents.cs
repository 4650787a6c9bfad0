using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>A burst of blocks. Instants are UTC.</summary>
/// <param name="GroupedBy">provider or text: what its blocks have in common.</param>
/// <param name="Provider">Of the block that opened it; null when it has blocks of several.</param>
/// <param name="Sample">The words of the block that opened it.</param>
/// <param name="Texts">How many different texts its blocks have.</param>
/// <param name="Contacts">How many people it is about.</param>
/// <param name="OnRecord">On how many addresses it put a bounce that stands there now.</param>
public sealed record Incident(
    long Id, string GroupedBy, string? Provider, string Sample, DateTimeOffset FirstAt, DateTimeOffset LastAt, DateTimeOffset OpenedAt, long Texts, long Contacts, long OnRecord)
{
    /// <summary>Whether the next block that fits still belongs to it.</summary>
    public bool Lasts(DateTimeOffset now) => now <= LastAt + IncidentRules.Quiet;
}

/// <summary>A person behind an incident.</summary>
/// <param name="OnRecord">Whether the incident put a bounce on the address that stands there now.</param>
public sealed record IncidentPerson(long InboxId, long ContactId, string EmailKey, DateTimeOffset At, string? Decisive, bool OnRecord);

/// <summary>Groups blocks into incidents. A block is noted in the transaction that judges its report, after that took the account's counter
/// of events: of two processes the second sees the block of the first, so no burst is missed and none is opened twice.</summary>
public sealed class Incidents(Db db, TellIncident tell, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<Incidents>();

    /// <summary>Whether an incident that this block would belong to lasts.</summary>
    public async Task<bool> Lasts(Tx tx, long accountId, Block block) => await Open(tx, accountId, block, clock.GetUtcNow()) is not null;

    /// <summary>Notes a block; the one that completes a burst opens an incident.</summary>
    /// <param name="path">Which e-mail and contact it is about.</param>
    /// <returns>Whether it belongs to an incident.</returns>
    public async Task<bool> Note(Tx tx, MailToken path, long inboxId, Block block)
    {
        var at = await tx.Single<DateTimeOffset>(Sql["came-at"], new { path.AccountId, inboxId });
        await tx.Execute(Sql["note"], new { path.AccountId, inboxId, at, block.Provider, block.Words, block.EmailKey, path.ContactId });
        var incident = await Open(tx, path.AccountId, block, at) ?? await Begin(tx, path, block, at);
        if (incident is not { } id) return false;
        await tx.Execute(Sql["join"], new { path.AccountId, inboxId, id });
        await tx.Execute(Sql["stretch"], new { path.AccountId, id, at });
        return true;
    }

    /// <summary>A page of them, the latest first.</summary>
    public Task<List<Incident>> Page(long accountId, int skip, int take, CancellationToken stop = default) => db.Read(tx => tx.Query<Incident>(Sql["page"], new { accountId, skip, take }), stop);

    /// <summary>One of them, or null when this account has none of this id.</summary>
    public Task<Incident?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(tx => tx.SingleOrNone<Incident>(Sql["find"], new { accountId, id }), stop);

    /// <summary>How many last.</summary>
    public Task<long> CountLasting(long accountId, CancellationToken stop = default) =>
        db.Read(tx => tx.Single<long>(Sql["count-lasting"], new { accountId, since = clock.GetUtcNow() - IncidentRules.Quiet }), stop);

    /// <summary>The people behind one, in the order of their reports, after this report (0 to begin).</summary>
    public Task<List<IncidentPerson>> People(long accountId, long id, long after, int limit, CancellationToken stop = default) =>
        db.Read(tx => tx.Query<IncidentPerson>(Sql["people"], new { accountId, id, after, limit }), stop);

    /// <summary>Forgets blocks that became no incident.</summary>
    public async Task Forget(CancellationToken stop)
    {
        var before = clock.GetUtcNow().AddDays(-1);
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts-with-single"], new { before }), stop))
            await db.Write(tx => tx.Execute(Sql["forget"], new { accountId, before }), stop);
    }

    private static Task<long?> Open(Tx tx, long accountId, Block block, DateTimeOffset at) => tx.SingleOrNone<long?>(Sql["open"], new
    {
        accountId, block.Provider, block.Words, from = at - IncidentRules.Quiet, until = at + IncidentRules.Window,
    });

    private async Task<long?> Begin(Tx tx, MailToken path, Block block, DateTimeOffset at)
    {
        foreach (var (by, key, people, near, gather) in new[]
        {
            ("text", block.Words, IncidentRules.PeopleOfOneText, Sql["near-by-text"], Sql["gather-by-text"]),
            ("provider", block.Provider, IncidentRules.PeopleOfOneProvider, Sql["near-by-provider"], Sql["gather-by-provider"]),
        })
        {
            if (key.Length == 0) continue;
            var span = new { path.AccountId, key, from = at - IncidentRules.Window, until = at + IncidentRules.Window };
            if (!IncidentRules.IsBurst((await tx.Query<Near>(near, span)).Select(n => (n.At, n.EmailKey)), at, people)) continue;
            var id = await Ids.Next(tx, path.AccountId, "incident");
            await tx.Execute(Sql["open-new"], new { path.AccountId, id, by, key, block.Provider, block.Sample, at, now = clock.GetUtcNow() });
            await tx.Execute(gather, new { span.AccountId, span.key, span.from, span.until, id });
            await tx.Execute(Sql["span"], new { path.AccountId, id });
            await tell.Order(tx, path, id, by == "provider" ? block.Provider : block.Sample);
            return id;
        }
        return null;
    }

    private sealed record Near(DateTimeOffset At, string EmailKey);
}
