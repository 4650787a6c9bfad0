using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Who joins a list and who leaves it.</summary>
internal sealed record ListMoves(long ListId, MemberSet Joins, MemberSet Leaves)
{
    /// <summary>The lowest and the highest id among them.</summary>
    public long First => Math.Min(Joins.First ?? long.MaxValue, Leaves.First ?? long.MaxValue);

    /// <inheritdoc cref="First"/>
    public long Last => Math.Max(Joins.Last ?? 0, Leaves.Last ?? 0);
}

/// <summary>Rewrites the chunks of those who join and leave, of many lists in a handful of statements; notes since when the former are in, and both in the
/// history. The caller holds the lists.</summary>
internal static class ChunkRewrite
{
    /// <summary>How many chunks a list can have in the number that names list and chunk: enough for 2^40 contacts.</summary>
    private const long Chunks = 1 << 24;
    private static readonly SqlFile Sql = SqlFile.Of("Lists/ChunkRewrite.sql");
    private static readonly BulkTable Table = new("list_chunks", "account_id", "list_id", "chunk", "count", "members", "joined");

    /// <summary>Holds the rows of lists until the commit, in the order of their ids: chunks have one writer at a time.</summary>
    public static Task Hold(Tx tx, long accountId, IEnumerable<long> lists) => tx.Query<long>(Sql["lock"], new { accountId, lists = lists.ToArray() });

    /// <summary>Rewrites. Who is in already does not join, who is not does not leave.</summary>
    /// <param name="second">When each of them did.</param>
    /// <param name="since">Since which second each who joins counts as a member.</param>
    /// <param name="few">Whether the history's last rows grow, as long as there is room, or get new ones after them.</param>
    public static async Task Write(Tx tx, long accountId, IReadOnlyList<ListMoves> moves, Func<long, long> second, Func<long, long> since, bool few)
    {
        if (moves.Count == 0) return;
        long[] lists = [.. moves.Select(m => m.ListId)], touched = [.. moves.SelectMany(m => m.Joins.ChunkNumbers.Concat(m.Leaves.ChunkNumbers)).Distinct().Order()];
        var stored = (await tx.Query<Stored>(Sql["chunks"], new { accountId, lists, chunks = touched })).ToDictionary(s => (s.ListId, s.Chunk));
        var (rows, real) = (new List<Row>(), new List<(long, List<ListHistory.Move>)>());
        foreach (var list in moves)
        {
            var (joined, left) = (new MemberSet(), new MemberSet());
            foreach (var chunk in list.Joins.ChunkNumbers.Union(list.Leaves.ChunkNumbers))
                if (Next(stored.GetValueOrDefault((list.ListId, chunk)), list, chunk, since, joined, left) is { } row) rows.Add(row);
            real.Add((list.ListId, [.. joined.By(second).Select(j => new ListHistory.Move(j.Key, false, j.Ids)).Concat(left.By(second).Select(l => new ListHistory.Move(l.Key, true, l.Ids))).OrderBy(m => m.Second)]));
        }
        long[] replaced = [.. rows.Where(r => stored.ContainsKey((r.ListId, r.Chunk))).Select(r => r.ListId * Chunks + r.Chunk)];
        if (replaced.Length > 0) await tx.Execute(Sql["drop-chunks"], new { accountId, lists, chunks = touched, which = replaced });
        await tx.Bulk(Table, rows.Where(r => r.Count > 0), (to, row) =>
        {
            to.Long(accountId);
            to.Long(row.ListId);
            to.Long(row.Chunk);
            to.Long(row.Count);
            to.Bytes(row.Members);
            to.Bytes(row.Joined);
        });
        await ListHistory.Note(tx, accountId, real, few);
    }

    /// <summary>The chunk afterwards; null when nobody joins or leaves in it.</summary>
    private static Row? Next(Stored? stored, ListMoves list, long chunk, Func<long, long> since, MemberSet joined, MemberSet left)
    {
        var present = new MemberSet();
        if (stored is not null) present.Decode(chunk, stored.Members);
        var (joining, leaving) = (list.Joins.Only(chunk).Except(present).Except(list.Leaves), list.Leaves.Only(chunk).Intersect(present));
        if (joining.Count + leaving.Count == 0) return null;
        joined.Take(joining);
        left.Take(leaving);
        var next = present.Union(joining).Except(leaving);
        var times = next.Count == 0 ? null : JoinTimes.Change(stored?.Joined, stored is null, joining.By(since), leaving.Ids);
        return new(list.ListId, chunk, next.Count, next.Encode(chunk), times);
    }

    private sealed record Stored(long ListId, long Chunk, byte[] Members, byte[]? Joined);
    private sealed record Row(long ListId, long Chunk, long Count, byte[]? Members, byte[]? Joined);
}
