namespace Winnow.Lists;

/// <summary>A set of contact ids, kept in chunks of 65,536 as <see cref="MemberChunk"/> describes: 1 million members take
/// 128 KB, and set operations on a million take well under a millisecond. Not safe for use by two threads at once.</summary>
public sealed class MemberSet
{
    private readonly SortedDictionary<long, MemberChunk> chunks = [];

    /// <summary>An empty set.</summary>
    public MemberSet() { }

    /// <summary>A set of these ids, in any order, repeats allowed.</summary>
    public MemberSet(IEnumerable<long> ids)
    {
        foreach (var id in ids) Add(id);
    }

    /// <summary>The ids of one chunk, from a bit for each of its 65,536 places, which it keeps.</summary>
    internal static MemberSet Of(long chunk, ulong[] bits)
    {
        var set = new MemberSet();
        if (MemberChunk.OfBits(bits) is { Count: > 0 } members) set.chunks[chunk] = members;
        return set;
    }

    /// <summary>How many ids it holds.</summary>
    public long Count => chunks.Values.Sum(c => (long)c.Count);

    /// <summary>The lowest id; null when it is empty.</summary>
    public long? First => chunks.Count == 0 ? null : Ids.First();

    /// <summary>The highest id; null when it is empty.</summary>
    public long? Last => chunks.Count == 0 ? null : After((chunks.Keys.Last() << MemberChunk.Bits) - 1).Last();

    /// <summary>The numbers of the chunks that hold anything, ascending.</summary>
    public IEnumerable<long> ChunkNumbers => chunks.Keys;

    /// <summary>The ids, ascending.</summary>
    public IEnumerable<long> Ids => After(-1);

    /// <summary>Which chunk an id lies in.</summary>
    public static long ChunkOf(long id) => id >> MemberChunk.Bits;

    /// <summary>Whether the id is in the set.</summary>
    public bool Contains(long id) => chunks.TryGetValue(ChunkOf(id), out var chunk) && chunk.Contains((ushort)id);

    /// <summary>Puts an id in; false when it was there.</summary>
    public bool Add(long id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        if (!chunks.TryGetValue(ChunkOf(id), out var chunk)) chunks[ChunkOf(id)] = chunk = new();
        return chunk.Add((ushort)id);
    }

    /// <summary>Takes an id out; false when it was not there.</summary>
    public bool Remove(long id)
    {
        if (!chunks.TryGetValue(ChunkOf(id), out var chunk) || !chunk.Remove((ushort)id)) return false;
        if (chunk.Count == 0) chunks.Remove(ChunkOf(id));
        return true;
    }

    /// <summary>The ids greater than this one, ascending. Do not change the set meanwhile.</summary>
    public IEnumerable<long> After(long id)
    {
        var first = ChunkOf(id + 1);
        foreach (var (number, chunk) in chunks)
        {
            if (number < first) continue;
            foreach (var low in chunk.From(number == first ? (int)((id + 1) & MemberChunk.Mask) : 0)) yield return (number << MemberChunk.Bits) + low;
        }
    }

    /// <summary>The ids of either set.</summary>
    public MemberSet Union(MemberSet other) => Combine(other, chunks.Keys.Union(other.chunks.Keys), (a, b) => a | b);

    /// <summary>The ids of both sets.</summary>
    public MemberSet Intersect(MemberSet other) => Combine(other, chunks.Keys.Intersect(other.chunks.Keys), (a, b) => a & b);

    /// <summary>The ids of this set that the other lacks.</summary>
    public MemberSet Except(MemberSet other) => Combine(other, chunks.Keys, (a, b) => a & ~b);

    /// <summary>Whether both hold the same ids.</summary>
    public bool SameAs(MemberSet other) => Count == other.Count && Except(other).Count == 0;

    /// <summary>The ids of one chunk as a set of their own.</summary>
    public MemberSet Only(long chunk)
    {
        var part = new MemberSet();
        if (chunks.TryGetValue(chunk, out var found)) part.chunks[chunk] = found.Copy();
        return part;
    }

    /// <summary>The ids of some chunks as a set of their own, which shares them with this one: change neither.</summary>
    internal MemberSet Only(IEnumerable<long> numbers)
    {
        var part = new MemberSet();
        foreach (var number in numbers) if (chunks.TryGetValue(number, out var found)) part.chunks[number] = found;
        return part;
    }

    /// <summary>The ids by something that is mostly the same for all of them, each group ascending, the groups by their key.</summary>
    internal List<(long Key, long[] Ids)> By(Func<long, long> key)
    {
        var groups = new SortedDictionary<long, List<long>>();
        List<long>? last = null;
        var before = 0L;
        foreach (var id in Ids)
        {
            var now = key(id);
            if (last is null || now != before)
            {
                if (!groups.TryGetValue(now, out last)) groups[now] = last = [];
                before = now;
            }
            last.Add(id);
        }
        return [.. groups.Select(g => (g.Key, g.Value.ToArray()))];
    }

    /// <summary>Takes the chunks of another set over, which this one has none of.</summary>
    internal void Take(MemberSet other)
    {
        foreach (var (number, chunk) in other.chunks) chunks.Add(number, chunk);
    }

    /// <summary>How many members a chunk has.</summary>
    public int CountOf(long chunk) => chunks.TryGetValue(chunk, out var found) ? found.Count : 0;

    /// <summary>A chunk as it is stored, or null when it is empty.</summary>
    public byte[]? Encode(long chunk) => chunks.TryGetValue(chunk, out var found) ? found.Encode() : null;

    /// <summary>Puts a stored chunk in, in place of what the set held there.</summary>
    /// <exception cref="FormatException">The bytes are none that <see cref="Encode"/> writes.</exception>
    public void Decode(long chunk, byte[] bytes)
    {
        var read = MemberChunk.Decode(bytes);
        if (read.Count == 0) chunks.Remove(chunk);
        else chunks[chunk] = read;
    }

    private MemberSet Combine(MemberSet other, IEnumerable<long> numbers, Func<ulong, ulong, ulong> word)
    {
        var result = new MemberSet();
        foreach (var number in numbers)
            if (MemberChunk.Combine(chunks.GetValueOrDefault(number), other.chunks.GetValueOrDefault(number), word) is { Count: > 0 } chunk)
                result.chunks[number] = chunk;
        return result;
    }
}
