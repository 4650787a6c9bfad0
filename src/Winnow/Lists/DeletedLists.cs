using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>A list that was deleted and can come back.</summary>
/// <param name="Members">How many are in a static list; of an active one null, as they are looked for when it comes back.</param>
/// <param name="DeletedBy">Who deleted it; null when nobody knows.</param>
public sealed record DeletedList(long Id, string Name, ListKind Kind, DateTimeOffset DeletedAt, string? DeletedBy, long? Members)
{
    /// <summary>Until when it can come back.</summary>
    public DateTimeOffset RestorableUntil => DeletedAt.AddDays(DeletedLists.RestorableDays);
}

/// <summary>Lists that were deleted: for <see cref="RestorableDays"/> days they can come back, then their members are forgotten.
/// A static list comes back as it was, without contacts that were deleted meanwhile; an active one looks for its members anew.</summary>
public sealed class DeletedLists(Db db, ListMembers members, Properties properties, JobQueue jobs, TimeProvider clock)
{
    /// <summary>How long a deleted list can come back, in days.</summary>
    public const int RestorableDays = 90;
    private static readonly SqlFile Sql = SqlFile.Beside<DeletedLists>();

    /// <summary>Those that can come back, the one deleted last first.</summary>
    public async Task<List<DeletedList>> All(Tx tx, long accountId)
    {
        var rows = await tx.Query<Row>(Sql["all"], new { accountId, since = Since });
        var sizes = rows.Count == 0 ? [] : await members.Counts(tx, accountId);
        return [.. rows.Select(row => new DeletedList(row.Id, row.Name, row.Kind, row.DeletedAt, row.DeletedBy, row.Kind == ListKind.Dynamic || row.State != ListState.Complete ? null : sizes.GetValueOrDefault(row.Id)))];
    }

    /// <summary>The name of a list that was deleted, whenever that was; null when there was none of this id, or it is there.</summary>
    public static Task<string?> Name(Tx tx, long accountId, long id) => tx.SingleOrNone<string>(Sql["name"], new { accountId, id });

    /// <summary>Brings a list back. When its name is taken by now, it gets another one.</summary>
    /// <param name="suffix">What is put behind such a name: "restored".</param>
    /// <returns>Whether it is there again, or what is wrong with its filter.</returns>
    public async Task<(bool Restored, string? Error)> Restore(Tx tx, long accountId, long id, string suffix, long? userId)
    {
        await ListGate.Alone(tx, accountId);
        await Ids.Next(tx, accountId, "list", 0);                   // holds the counter, as who gives a name does
        if (await tx.SingleOrNone<Row>(Sql["find"], new { accountId, id, since = Since }) is not { } list) return (false, null);
        if (await WhyNot(tx, accountId, list) is { } error) return (false, error);
        var name = await ListStore.FreeName(tx, accountId, list.Name, suffix);
        var anew = list.Kind == ListKind.Dynamic || list.State != ListState.Complete;
        if (anew) await members.Clear(tx, accountId, id);
        await tx.Execute(Sql["restore"], new { accountId, id, name, nameKey = ListStore.Key(name), state = anew ? "PROCESSING" : "COMPLETE", now = clock.GetUtcNow() });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListRestored, name);
        if (anew) await BuildLists.Start(tx, jobs, accountId, name, userId);
        return (true, null);
    }

    /// <summary>What is wrong with the filter of a deleted list, so that it cannot come back; null when nothing is, or there is no such list.</summary>
    public async Task<string?> WhyNot(Tx tx, long accountId, long id) =>
        await tx.SingleOrNone<Row>(Sql["look"], new { accountId, id, since = Since }) is { } list ? await WhyNot(tx, accountId, list) : null;

    private async Task<string?> WhyNot(Tx tx, long accountId, Row list)
    {
        if (list.Kind != ListKind.Dynamic && list.State == ListState.Complete) return null;           // nobody asks its filter any more
        var catalog = await properties.Catalog(tx, accountId);
        return FilterJson.Read(list.Filter ?? "", catalog, ListStore.Zone(list.TimeZone)) is ({ } filter, _)
            ? ListStore.Archived(filter, catalog) ?? await ListRanks.Refusal(tx, accountId, list.Id, list.Name, filter, catalog)
            : ListRefusal.Say(ListRefusal.Unreadable, list.Name);
    }

    /// <summary>Forgets the members and the past of lists that can no longer come back. Safe to run on several processes at once.</summary>
    public async Task Purge(CancellationToken stop)
    {
        foreach (var (accountId, id) in await db.Read(tx => tx.Query<(long, long)>(Sql["due"], new { before = Since }), stop))
            await db.Write(async tx =>
            {
                await members.Clear(tx, accountId, id);
                await tx.Execute(Sql["forget-history"], new { accountId, id });
                await tx.Execute(Sql["forget-sizes"], new { accountId, id });
                await tx.Execute(Sql["purged"], new { accountId, id, now = clock.GetUtcNow() });
            }, stop);
    }

    private DateTimeOffset Since => clock.GetUtcNow().AddDays(-RestorableDays);

    private sealed record Row(long Id, string Name, ListKind Kind, ListState State, string? Filter, string TimeZone, DateTimeOffset DeletedAt, string? DeletedBy);
}
