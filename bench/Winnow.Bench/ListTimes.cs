using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>What it costs to know since when each contact is in each list: bytes a membership, the history of joins and leaves included,
/// and the time to fold changes and to sort by it.</summary>
public static class ListTimes
{
    private const int Lists = 60, Rounds = 40;

    /// <summary>Lists of all sizes, most of their members there from the start, one in twenty joined or left since, a few at a time or thousands at once.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        var random = new Random(5);
        var members = place.Get<ListMembers>();
        var lists = new List<(long Id, MemberSet Members)>();
        for (var n = 0; n < Lists; n++)
        {
            var share = Math.Pow(10, -3.5 * random.NextDouble());                // from 3 of 10,000 contacts to all
            var ids = Enumerable.Range(1, rows).Where(_ => random.NextDouble() < share).Select(i => (long)i).ToList();
            var id = await Million.List(place, []);
            await place.Db.Write(tx => members.Write(tx, Place.Account, id, new(ids), DateTimeOffset.UnixEpoch.AddDays(20_000)));
            lists.Add((id, new(ids)));
        }
        var (changes, fold) = (0L, 0d);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (id, present) in lists)
            {
                var moving = new MemberSet(Enumerable.Range(0, (int)(present.Count / 20 / Rounds) + 1).Select(_ => 1L + random.Next(rows)));
                var (joins, leaves) = (moving.Except(present), moving.Intersect(present));
                changes += moving.Count;
                foreach (var one in moving.Ids) _ = present.Contains(one) ? present.Remove(one) : present.Add(one);
                if (round % 2 == 0) await place.Db.Write(tx => members.Flip(tx, Place.Account, id, joins, leaves));
                else await place.Db.Write(tx => Deltas(tx, place, id, joins, leaves));
            }
            fold += await Figure.Seconds(() => members.FoldAll(default));
        }
        var memberships = lists.Sum(list => list.Members.Count);
        var bytes = await place.Scalar<long>("select cast(sum(length(members) + coalesce(length(joined), 0)) as bigint) from list_chunks where account_id = 1");
        var history = await place.Scalar<long>("select cast(sum(length(changes)) as bigint) from list_history where account_id = 1");
        var largest = lists.MaxBy(list => list.Members.Count).Id;
        var sort = await Figure.Seconds(() => place.Db.Read(tx => members.InOrderOfJoining(tx, Place.Account, largest)));
        if (!(await place.Db.Read(tx => members.Read(tx, Place.Account, largest))).SameAs(lists.First(list => list.Id == largest).Members)) throw new InvalidOperationException("the list has other members");
        return
        [
            Figure.Within($"bytes a membership, join time included ({memberships:N0} in {Lists} lists)", (double)bytes / memberships, 4, "bytes"),
            Figure.Within($"bytes of history a join or leave ({changes:N0})", (double)history / changes, 8, "bytes"),
            Figure.Within("folding a single join or leave", fold * 1e6 / (changes / 2d), 1_000, "us"),
            Figure.Within("order of joining of the largest list", sort * 1000, 2_000, "ms"),
        ];
    }

    private static async Task<int> Deltas(Tx tx, Place place, long listId, MemberSet joins, MemberSet leaves)
    {
        foreach (var id in joins.Ids) await place.Get<ListMembers>().Change(tx, Place.Account, id, [listId], []);
        foreach (var id in leaves.Ids) await place.Get<ListMembers>().Change(tx, Place.Account, id, [], [listId]);
        return 0;
    }
}
