namespace Winnow.Lists;

/// <summary>Numbers as few bytes as they need: seven bits a byte, the lowest first, the high bit set on all but the last.</summary>
internal static class Packed
{
    public static void Put(List<byte> to, long value)
    {
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) to.Add((byte)(rest | 0x80));
        to.Add((byte)rest);
    }

    public static long Take(ReadOnlySpan<byte> from, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = from[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return (long)value;
        }
    }

    /// <summary>Ids in ascending order: how many, the first, then the distance of each to the one before.</summary>
    public static void PutAscending(List<byte> to, IReadOnlyList<long> ids)
    {
        Put(to, ids.Count);
        var before = 0L;
        foreach (var id in ids)
        {
            Put(to, id - before);
            before = id;
        }
    }

    public static long[] TakeAscending(ReadOnlySpan<byte> from, ref int at)
    {
        var ids = new long[Take(from, ref at)];
        var before = 0L;
        for (var i = 0; i < ids.Length; i++) ids[i] = before += Take(from, ref at);
        return ids;
    }

    /// <summary>A difference that may be negative, as a number that is not: 0, -1, 1, -2 become 0, 1, 2, 3.</summary>
    public static long Fold(long difference) => (difference << 1) ^ (difference >> 63);

    public static long Unfold(long folded) => (long)((ulong)folded >> 1) ^ -(folded & 1);
}
