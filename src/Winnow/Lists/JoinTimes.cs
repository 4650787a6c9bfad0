namespace Winnow.Lists;

/// <summary>When the members of one chunk joined, to the second. Most members of most chunks joined at one time, when the list was
/// filled: that time is stored once and they take no space. After it come groups of those who joined at other times: the distance
/// to the time before, and their low 16 bits. Who joined alone takes 3 to 5 bytes, of many at once each 1 or 2.</summary>
public static class JoinTimes
{
    /// <summary>The second of a time, since 1970; 0 is unknown.</summary>
    public static long Second(DateTimeOffset at) => at.ToUnixTimeSeconds();

    /// <summary>The time of a second; null when it is unknown.</summary>
    public static DateTimeOffset? At(long second) => second == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(second);

    /// <summary>All members joined then.</summary>
    public static byte[] All(long second)
    {
        var bytes = new List<byte>(5);
        Packed.Put(bytes, second);
        return [.. bytes];
    }

    /// <summary>The times after some members joined and some left.</summary>
    /// <param name="stored">The times before; null when nobody knows them.</param>
    /// <param name="wasEmpty">Whether the chunk had no members before.</param>
    /// <param name="joined">Who joined, by the second: ascending, of ids the low 16 bits count.</param>
    /// <param name="left">Who left: what was noted of them counts no more.</param>
    public static byte[] Change(byte[]? stored, bool wasEmpty, IReadOnlyList<(long Second, long[] Ids)> joined, IEnumerable<long> left)
    {
        var touched = new ulong[1 << MemberChunk.Bits >> 6];
        foreach (var id in joined.SelectMany(j => j.Ids).Concat(left)) touched[(ushort)id >> 6] |= 1UL << (int)(id & 63);
        var groups = joined.Select(j => (Key: j.Second, Lows: Array.ConvertAll(j.Ids, id => (ushort)id))).ToList();
        var usual = wasEmpty ? groups[0].Key : stored is null ? 0 : Usual(stored);
        var to = new List<byte>((stored?.Length ?? 8) + 16);
        Packed.Put(to, usual);
        var last = usual;
        if (stored is not null && !wasEmpty)
            foreach (var (second, lows) in Groups(stored))
                if (Array.FindAll(lows, low => (touched[low >> 6] >> (low & 63) & 1) == 0) is { Length: > 0 } stay) Put(to, ref last, second, stay);
        foreach (var (second, lows) in groups)
            if (!wasEmpty || second != usual) Put(to, ref last, second, lows);
        return [.. to];
    }

    /// <summary>The second of every member, by its low 16 bits.</summary>
    public static long[] Read(byte[]? stored)
    {
        var seconds = new long[1 << MemberChunk.Bits];
        if (stored is null) return seconds;
        Array.Fill(seconds, Usual(stored));
        foreach (var (second, lows) in Groups(stored)) foreach (var low in lows) seconds[low] = second;
        return seconds;
    }

    /// <summary>The second of one member.</summary>
    public static long Of(byte[]? stored, ushort low)
    {
        if (stored is null) return 0;
        foreach (var (second, lows) in Groups(stored)) if (Array.BinarySearch(lows, low) >= 0) return second;
        return Usual(stored);
    }

    private static long Usual(byte[] stored)
    {
        var at = 0;
        return Packed.Take(stored, ref at);
    }

    private static IEnumerable<(long Second, ushort[] Lows)> Groups(byte[] stored)
    {
        var at = 0;
        var second = Packed.Take(stored, ref at);
        while (at < stored.Length)
        {
            var head = Packed.Take(stored, ref at);
            second += Packed.Unfold(head >> 1);
            ushort[] lows;
            if ((head & 1) == 0)
            {
                lows = [(ushort)(stored[at] | stored[at + 1] << 8)];
                at += 2;
            }
            else lows = Array.ConvertAll(Packed.TakeAscending(stored, ref at), low => (ushort)low);
            yield return (second, lows);
        }
    }

    private static void Put(List<byte> to, ref long last, long second, ushort[] lows)
    {
        Packed.Put(to, Packed.Fold(second - last) << 1 | (lows.Length == 1 ? 0L : 1L));
        last = second;
        if (lows.Length > 1) Packed.PutAscending(to, Array.ConvertAll(lows, low => (long)low));
        else to.AddRange([(byte)lows[0], (byte)(lows[0] >> 8)]);
    }
}
