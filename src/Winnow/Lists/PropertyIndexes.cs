using System.Data.Common;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>A property as the page of indexes shows it.</summary>
/// <param name="Uses">How often it was asked for lately.</param>
/// <param name="Bytes">The size of its index; null when it has none, or the database (SQLite) does not tell.</param>
/// <param name="IsBeing">An index is being made or dropped just now.</param>
/// <param name="Problem">Why it could not be made last time.</param>
public sealed record IndexedProperty(Property Property, long Uses, DateTimeOffset? LastUsedAt, bool Pinned, DateTimeOffset? MadeAt, long? Bytes, bool IsBeing, string? Problem);

/// <summary>Indexes on properties that live in the JSON of own values, one for an account and property, holding just what <see cref="FilterSql"/> asks.
/// They are made where filters ask often (<see cref="IndexAdvice"/>) or an administrator pins one, and dropped when nobody asks any more.</summary>
public sealed class PropertyIndexes(Db db, Properties properties, PropertyUses uses, TimeProvider clock)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    private static readonly SqlFile Sql = SqlFile.Beside<PropertyIndexes>();

    /// <summary>The index of a property; null when it has a column of its own.</summary>
    public static TableIndex? Of(long accountId, Property property) => FilterSql.Index(property) is { } index
        ? new($"contacts_p_{accountId}_{property.Id}", $"contacts (account_id, {index.Expression}{(index.Expression == "id" ? "" : ", id")}) where account_id = {accountId} and {index.Value} is not null", index.Value) : null;

    /// <summary>What the account's filters ask for, and the indexes it has: pinned ones first, then the most asked.</summary>
    public async Task<List<IndexedProperty>> All(Tx tx, long accountId)
    {
        var catalog = await properties.Catalog(tx, accountId);
        var all = new List<IndexedProperty>();
        foreach (var row in await tx.Query<Row>(Sql["of-account"], new { accountId, since = uses.Today - IndexRules.Default.Days }))
            if (catalog.Find(row.PropertyId) is { } property && Of(accountId, property) is { } index)
                all.Add(new(property, row.Uses, row.LastUsedAt, row.Pinned, row.MadeAt, row.MadeAt is null ? null : await index.Size(tx), row.LeaseUntil > clock.GetUtcNow(), row.Problem));
        return all;
    }

    /// <summary>Keeps an index, or lets it go when nobody asks for it. A pinned one that is not there is made soon.</summary>
    /// <returns>False when there is no such property, or as many are pinned as an account may have.</returns>
    public Task<bool> Pin(long accountId, long propertyId, bool pinned, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        if ((await properties.Catalog(tx, accountId)).Find(propertyId) is not { ArchivedAt: null } property || Of(accountId, property) is null) return false;
        await tx.Execute(Sql["add"], new { accountId, propertyId });
        var others = await tx.Query<long>(Sql["pinned"], new { accountId });
        if (pinned && others.Contains(propertyId) || !pinned && !others.Contains(propertyId)) return true;
        if (pinned && others.Count >= IndexRules.Default.PerAccount) return false;
        await tx.Execute(Sql["pin"], new { accountId, propertyId, pinned });
        await AuditLog.Add(tx, clock, accountId, userId, pinned ? AuditAction.IndexPinned : AuditAction.IndexUnpinned, property.Label);
        return true;
    }, stop);

    /// <summary>Drops an index by hand: it is not made again by itself for some time.</summary>
    public async Task DropByHand(long accountId, long propertyId, long userId, CancellationToken stop = default)
    {
        var property = await db.Write(async tx =>
        {
            if ((await properties.Catalog(tx, accountId)).Find(propertyId) is not { } found || Of(accountId, found) is null) return null;
            if (await tx.Execute(Sql["let-go"], new { accountId, propertyId, now = clock.GetUtcNow() }) == 0) return null;
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.IndexDropped, found.Label);
            return found;
        }, stop);
        if (property is not null) await Drop(accountId, property, stop);
    }

    /// <summary>Looks at what was asked and makes and drops indexes accordingly, one after the other.</summary>
    public async Task Advise(CancellationToken stop)
    {
        await Tidy(stop);
        var candidates = await Candidates(stop);
        var (drop, make) = IndexAdvice.Decide(candidates, IndexRules.Default, db.WritersWaitForIndexes, clock.GetUtcNow());
        foreach (var one in drop) if (await Find(one, stop) is { } property) await Drop(one.AccountId, property, stop);
        foreach (var one in make) if (await Find(one, stop) is { } property) await Make(one.AccountId, property, stop);
    }

    /// <summary>After a crash the database may have another index than is written down: half made ones go, whole ones are known again.</summary>
    private async Task Tidy(CancellationToken stop)
    {
        foreach (var row in await db.Read(tx => tx.Query<Known>(Sql["known"], new { now = clock.GetUtcNow() }), stop))
        {
            if ((await db.Read(tx => properties.Catalog(tx, row.AccountId), stop)).Find(row.PropertyId) is not { } property || Of(row.AccountId, property) is not { } index) continue;
            var valid = await db.Read(index.IsValid, stop);
            if (valid == false || valid is null && row.MadeAt is not null) await Drop(row.AccountId, property, stop);
            if (valid == true && row.MadeAt is null) await Make(row.AccountId, property, stop);
        }
    }

    private async Task<List<IndexCandidate>> Candidates(CancellationToken stop)
    {
        var rows = await db.Read(tx => tx.Query<Candidate>(Sql["candidates"], new { since = uses.Today - IndexRules.Default.Days }), stop);
        var candidates = new List<IndexCandidate>();
        foreach (var account in rows.GroupBy(r => r.AccountId))
        {
            var catalog = await db.Read(tx => properties.Catalog(tx, account.Key), stop);
            candidates.AddRange(account.Select(r => new IndexCandidate(r.AccountId, r.PropertyId, r.Uses, r.DaysUsed, r.LastUsedAt, r.Contacts,
                catalog.Find(r.PropertyId) is { ArchivedAt: null }, r.Pinned, r.MadeAt, r.DroppedAt)));
        }
        return candidates;
    }

    private async Task<Property?> Find(IndexCandidate one, CancellationToken stop) => (await db.Read(tx => properties.Catalog(tx, one.AccountId), stop)).Find(one.PropertyId);

    private Task Make(long accountId, Property property, CancellationToken stop) => Alone(accountId, property, async index =>
    {
        string? problem = null;
        try { await index.Make(db, stop); }
        catch (DbException e) { problem = e.Message; }                          // a full disk, say: tried again the next time
        await db.Write(tx => tx.Execute(Sql["made"], new { accountId, propertyId = property.Id, made = problem is null ? clock.GetUtcNow() : (DateTimeOffset?)null, problem }), stop);
    }, stop);

    private Task Drop(long accountId, Property property, CancellationToken stop) => Alone(accountId, property, async index =>
    {
        await index.Drop(db, stop);
        await db.Write(tx => tx.Execute(Sql["dropped"], new { accountId, propertyId = property.Id }), stop);
    }, stop);

    /// <summary>One process at a time, for as long as it takes: the lease is renewed, and after a crash it runs out.</summary>
    private async Task Alone(long accountId, Property property, Func<TableIndex, Task> work, CancellationToken stop)
    {
        var row = new { accountId, propertyId = property.Id };
        await db.Write(tx => tx.Execute(Sql["add"], row), stop);
        if (!await Take(free: clock.GetUtcNow())) return;
        var done = work(Of(accountId, property)!);
        while (await Task.WhenAny(done, Task.Delay(Lease / 5, stop)) != done && !stop.IsCancellationRequested)
            if (!db.WritersWaitForIndexes) await Take(free: DateTimeOffset.MaxValue);
        await done;

        Task<bool> Take(DateTimeOffset free) => db.Write(async tx => await tx.Execute(Sql["take"], new { row.accountId, row.propertyId, free, until = clock.GetUtcNow() + Lease }) == 1, stop);
    }

    private sealed record Known(long AccountId, long PropertyId, DateTimeOffset? MadeAt);
    private sealed record Row(long PropertyId, long Uses, DateTimeOffset? LastUsedAt, bool Pinned, DateTimeOffset? MadeAt, DateTimeOffset LeaseUntil, string? Problem);
    private sealed record Candidate(long AccountId, long PropertyId, long Uses, long DaysUsed, DateTimeOffset? LastUsedAt, long Contacts, bool Pinned, DateTimeOffset? MadeAt, DateTimeOffset? DroppedAt);
}
