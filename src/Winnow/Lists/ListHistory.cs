using Winnow.Data;

namespace Winnow.Lists;

/// <summary>A contact joined or left a list.</summary>
/// <param name="At">When, to the second (UTC).</param>
public sealed record ListChange(long ContactId, DateTimeOffset At, bool Joined);

/// <summary>Some changes, newest first.</summary>
/// <param name="Older">Where the next page begins; null when this is the last.</param>
public sealed record ListChanges(IReadOnlyList<ListChange> Changes, ListHistory.Place? Older);

/// <summary>The past of lists: who joined and left, for <see cref="KeptDays"/> days, and their sizes, a point a day. Changes are packed by the
/// hundreds into one row, where members are folded into their chunks: who changes a contact writes nothing more than before.
/// Filling a list (<see cref="BuildLists"/>) is no change of its members, as little as one that is taken back within seconds.</summary>
public sealed class ListHistory(Db db, TimeProvider clock)
{
    /// <summary>How long joins and leaves are kept, in days, and sizes.</summary>
    public const int KeptDays = 180, KeptDaysOfSizes = 730;
    private const int Page = 50, Grows = 2_000, Batch = 500;
    private static readonly SqlFile Sql = SqlFile.Beside<ListHistory>();
    private static readonly BulkTable Table = new("list_history", "account_id", "list_id", "id", "from_at", "to_at", "changes");

    /// <summary>A place in the history: the row, and how many of its changes from the end are over.</summary>
    public readonly record struct Place(long Row, int Skip);

    /// <summary>Who joined and left in one second.</summary>
    /// <param name="Second">Since 1970.</param>
    internal readonly record struct Move(long Second, bool Left, IReadOnlyList<long> Contacts);

    /// <summary>Notes changes of lists, which the caller holds.</summary>
    /// <param name="few">Whether they are few, and go into the last row of their list while there is room.</param>
    internal static async Task Note(Tx tx, long accountId, IReadOnlyList<(long ListId, List<Move> Moves)> lists, bool few)
    {
        var moved = lists.Where(l => l.Moves.Count > 0).ToList();
        if (moved.Count == 0) return;
        var last = (await tx.Query<Last>(Sql["last"], new { accountId, lists = moved.Select(l => l.ListId).ToArray(), room = few ? Grows : 0 })).ToDictionary(l => l.ListId);
        foreach (var (listId, moves) in moved)
            if (last.TryGetValue(listId, out var row) && row.Changes is { } before)
                await tx.Execute(Sql["grow"], new { accountId, listId, id = row.Id, to = Time(moves.Max(m => m.Second)), changes = Pack(before, moves, row.FromAt!.Value.ToUnixTimeSeconds()) });
        await tx.Bulk(Table, moved.Where(l => last.TryGetValue(l.ListId, out var row) && row.Changes is null), (row, list) =>
        {
            var (from, to) = (list.Moves.Min(m => m.Second), list.Moves.Max(m => m.Second));
            row.Long(accountId);
            row.Long(list.ListId);
            row.Long(last[list.ListId].Id + 1);
            row.Long(from * 1_000);
            row.Long(to * 1_000);
            row.Bytes(Pack([], list.Moves, from));
        });
    }

    private static byte[] Pack(byte[] before, List<Move> moves, long from)
    {
        List<byte> bytes = [.. before];
        foreach (var move in moves) Put(bytes, move, from);
        return [.. bytes];
    }

    /// <summary>A page of the changes of a list, newest first.</summary>
    /// <param name="place">Where it begins; null for the newest.</param>
    public static async Task<ListChanges> Read(Tx tx, long accountId, long listId, Place? place)
    {
        var (changes, from) = (new List<ListChange>(), place ?? new(long.MaxValue, 0));
        while (await tx.SingleOrNone<Row>(Sql["up-to"], new { accountId, listId, id = from.Row }) is { } row)
        {
            var all = Changes(row);
            var skip = row.Id == from.Row ? from.Skip : 0;
            var taken = Math.Min(Page - changes.Count, Math.Max(0, all.Count - skip));
            for (var i = 0; i < taken; i++) changes.Add(all[all.Count - 1 - skip - i]);
            from = skip + taken < all.Count ? new(row.Id, skip + taken) : new(row.Id - 1, 0);
            if (changes.Count == Page) break;
        }
        var more = await tx.SingleOrNone<Row>(Sql["up-to"], new { accountId, listId, id = from.Row }) is not null;
        return new(changes, more ? from : null);
    }

    /// <summary>Which of these contacts joined after a second, and in which second, as far as that is kept.</summary>
    internal static async Task<List<(long Contact, long Second)>> JoinsSince(Tx tx, long accountId, long listId, long second, MemberSet contacts)
    {
        var joins = new List<(long, long)>();
        foreach (var row in await tx.Query<Row>(Sql["since"], new { accountId, listId, from = Time(second) }))
            foreach (var change in Changes(row).Where(change => change.Joined && change.At.ToUnixTimeSeconds() > second && contacts.Contains(change.ContactId)))
                joins.Add((change.ContactId, change.At.ToUnixTimeSeconds()));
        return joins;
    }

    /// <summary>When somebody joined or left last, as far as that is kept; changes of the last seconds may not be in it yet.</summary>
    internal static Task<DateTimeOffset?> LastChange(Tx tx, long accountId, long listId) => tx.SingleOrNone<DateTimeOffset?>(Sql["last-change"], new { accountId, listId });

    /// <summary>The sizes of a list day by day, the oldest first; the days are UTC's.</summary>
    public static async Task<List<(DateOnly Day, long Members)>> Sizes(Tx tx, long accountId, long listId, DateOnly since) =>
        [.. (await tx.Query<(long Day, long Members)>(Sql["sizes"], new { accountId, listId, since = Number(since) })).Select(s => (DateOnly.FromDayNumber((int)(s.Day + Epoch)), s.Members))];

    /// <summary>Notes the sizes of all lists of every account as today's point. Safe to run twice and on several processes at once.</summary>
    public async Task NoteSizes(CancellationToken stop)
    {
        var day = Number(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts"]), stop))
            await db.Write(tx => tx.Execute(Sql["note-sizes"], new { accountId, day }), stop);
    }

    /// <summary>Forgets what is older than it is kept, in short transactions.</summary>
    public async Task Forget(CancellationToken stop)
    {
        var before = clock.GetUtcNow().AddDays(-KeptDays);
        var day = Number(DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)) - KeptDaysOfSizes;
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts-with-old"], new { before, day }), stop))
        {
            while (await db.Write(tx => tx.Execute(Sql["forget-changes"], new { accountId, before, limit = (long)Batch }), stop) == Batch) { }
            await db.Write(tx => tx.Execute(Sql["forget-sizes"], new { accountId, day }), stop);
        }
    }

    /// <summary>Forgets who these were: that somebody joined and left stays. The caller holds the list.</summary>
    internal static async Task Forget(Tx tx, long accountId, long listId, MemberSet gone)
    {
        foreach (var row in await tx.Query<Row>(Sql["all"], new { accountId, listId }))
            if (Without(row, gone) is { } changes) await tx.Execute(Sql["rewrite"], new { accountId, listId, row.Id, changes });
    }

    /// <summary>The changes with 0 in place of these contacts; null when none of them is in it.</summary>
    private static byte[]? Without(Row row, MemberSet gone)
    {
        var (bytes, found) = (new List<byte>(row.Changes.Length), false);
        for (var at = 0; at < row.Changes.Length;)
        {
            Packed.Put(bytes, Packed.Take(row.Changes, ref at));
            var ids = Packed.TakeAscending(row.Changes, ref at);
            found |= ids.Any(gone.Contains);
            Packed.PutAscending(bytes, [.. ids.Select(id => gone.Contains(id) ? 0 : id).Order()]);
        }
        return found ? [.. bytes] : null;
    }

    private static void Put(List<byte> to, Move move, long from)
    {
        Packed.Put(to, Packed.Fold(move.Second - from) << 1 | (move.Left ? 1L : 0L));
        Packed.PutAscending(to, move.Contacts);
    }

    private static List<ListChange> Changes(Row row)
    {
        var changes = new List<ListChange>();
        for (var at = 0; at < row.Changes.Length;)
        {
            var head = Packed.Take(row.Changes, ref at);
            var time = Time(row.FromAt.ToUnixTimeSeconds() + Packed.Unfold(head >> 1));
            foreach (var contact in Packed.TakeAscending(row.Changes, ref at)) changes.Add(new(contact, time, (head & 1) == 0));
        }
        return changes;
    }

    private static DateTimeOffset Time(long second) => DateTimeOffset.FromUnixTimeSeconds(second);

    private static readonly int Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static long Number(DateOnly day) => day.DayNumber - Epoch;

    private sealed record Row(long Id, DateTimeOffset FromAt, byte[] Changes);

    /// <summary>The last row of a list, 0 when there is none; with its changes while there is room for more.</summary>
    private sealed record Last(long ListId, long Id, DateTimeOffset? FromAt, byte[]? Changes);
}
