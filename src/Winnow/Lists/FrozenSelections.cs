using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Lists;

/// <summary>A selection as it was at one moment.</summary>
/// <param name="At">When it was frozen (UTC).</param>
public sealed record FrozenSelection(long AccountId, long Id, DateTimeOffset At, MemberSet Set);

/// <summary>What became of an order on many contacts: a job, or a reason why nothing happens.</summary>
/// <param name="JobId">The job; null when nothing happens.</param>
/// <param name="WrongNumber">The number typed is not the number of contacts.</param>
/// <param name="Changed">The selection is another one by now: how many joined and left. Only the receipt that was shown can be confirmed; make a new one.</param>
/// <param name="Error">Anything else, as a sentence.</param>
/// <param name="Approval">It is more than may be done without an approval, and waits for this one.</param>
public sealed record BulkOutcome(long? JobId, bool WrongNumber = false, (long Joined, long Left)? Changed = null, string? Error = null, long? Approval = null);

/// <summary>A bulk deed is on exactly the contacts that its receipt showed: they are frozen as a list of kind SELECTION, and the order
/// is refused when the same search and filter take others by then.</summary>
public sealed class FrozenSelections(ContactIndex index, Properties properties, ListStore lists, ListMembers members, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<FrozenSelections>();

    /// <summary>Freezes a selection as it is now.</summary>
    /// <returns>The selection, or what is wrong with it, as a sentence.</returns>
    public async Task<(FrozenSelection? Frozen, string? Error)> Freeze(Tx tx, long accountId, SelectionQuery query, TimeZoneInfo zone, long? userId)
    {
        var (set, error) = await Evaluate(tx, accountId, query, zone);
        return set is null ? (null, error) : await Freeze(tx, accountId, set, userId);
    }

    /// <summary>Freezes contacts that were found in another way.</summary>
    public async Task<(FrozenSelection? Frozen, string? Error)> Freeze(Tx tx, long accountId, MemberSet set, long? userId)
    {
        if (set.Count == 0) return (null, ListRefusal.Nobody);
        return (new(accountId, await lists.Freeze(tx, accountId, set, userId), clock.GetUtcNow(), set), null);
    }

    /// <summary>A frozen selection again, or null when this account has none of this id.</summary>
    public async Task<FrozenSelection?> Find(Tx tx, long accountId, long id) =>
        await tx.SingleOrNone<Frozen>(Sql["find"], new { accountId, id }) is { } frozen ? new(accountId, id, frozen.CreatedAt, await members.Read(tx, accountId, id)) : null;

    /// <summary>Checks an order and holds the selection until the commit, so that one posted twice starts one job. The caller writes the
    /// row of bulk_operations in the same transaction.</summary>
    /// <param name="typed">The number typed, which must be that of the selection.</param>
    /// <param name="query">What the selection was made of.</param>
    /// <param name="unasked">Up to so many contacts nobody has to type the number.</param>
    /// <returns>The selection, or the outcome of the order when there is nothing to begin.</returns>
    public Task<(FrozenSelection? Frozen, BulkOutcome? Refused)> Confirm(Tx tx, long accountId, long id, long? typed, SelectionQuery query, TimeZoneInfo zone, long unasked = 0) =>
        Confirm(tx, accountId, id, typed, () => Evaluate(tx, accountId, query, zone), unasked);

    /// <inheritdoc cref="Confirm(Tx, long, long, long?, SelectionQuery, TimeZoneInfo, long)"/>
    /// <param name="evaluate">Finds the contacts anew, in the same way as for the receipt.</param>
    public async Task<(FrozenSelection? Frozen, BulkOutcome? Refused)> Confirm(Tx tx, long accountId, long id, long? typed, Func<Task<(MemberSet? Set, string? Error)>> evaluate, long unasked = 0)
    {
        await members.Lock(tx, accountId, id);
        if (await Find(tx, accountId, id) is not { } frozen) return (null, new(null, Error: ListRefusal.TooOld));
        if (await tx.SingleOrNone<long?>(Sql["job-of"], new { accountId, id }) is { } running) return (null, new(running));
        if (typed != frozen.Set.Count && !(typed is null && frozen.Set.Count <= unasked)) return (null, new(null, WrongNumber: true));
        var (now, error) = await evaluate();
        if (now is null) return (null, new(null, Error: error));
        return now.SameAs(frozen.Set) ? (frozen, null) : (null, new(null, Changed: (now.Except(frozen.Set).Count, frozen.Set.Except(now).Count)));
    }

    /// <summary>The contacts that a selection means now, or what is wrong with it, as a sentence.</summary>
    public async Task<(MemberSet? Set, string? Error)> Evaluate(Tx tx, long accountId, SelectionQuery query, TimeZoneInfo zone)
    {
        var (view, error) = await index.View(tx, accountId, query, await properties.Catalog(tx, accountId), zone);
        return view is null ? (null, error) : (await index.Freeze(tx, view), null);
    }

    private sealed record Frozen(DateTimeOffset CreatedAt);
}
