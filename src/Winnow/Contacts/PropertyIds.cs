using System.Collections;

namespace Winnow.Contacts;

/// <summary>A small set of property ids in ascending order. Five thousand changes of one kind share one.</summary>
internal sealed class PropertyIds(long[] sorted) : IReadOnlySet<long>
{
    [ThreadStatic] private static PropertyIds? latest;

    /// <summary>The set of these ids, in any order, each once or more; the same object as last time when they are the same.</summary>
    public static PropertyIds Of(Span<long> ids)
    {
        ids.Sort();
        var count = 0;
        for (var i = 0; i < ids.Length; i++) if (count == 0 || ids[i] != ids[count - 1]) ids[count++] = ids[i];
        ids = ids[..count];
        return latest is { } same && ids.SequenceEqual(same.Sorted) ? same : latest = new(ids.ToArray());
    }

    private ReadOnlySpan<long> Sorted => sorted;

    /// <inheritdoc/>
    public int Count => sorted.Length;

    /// <inheritdoc/>
    public bool Contains(long item) => Array.BinarySearch(sorted, item) >= 0;

    /// <inheritdoc/>
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)sorted).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => sorted.GetEnumerator();

    /// <inheritdoc/>
    public bool Overlaps(IEnumerable<long> other) => other.Any(Contains);

    /// <inheritdoc/>
    public bool IsSupersetOf(IEnumerable<long> other) => other.All(Contains);

    /// <inheritdoc/>
    public bool IsProperSupersetOf(IEnumerable<long> other) => other.ToHashSet() is var set && set.Count < Count && IsSupersetOf(set);

    /// <inheritdoc/>
    public bool IsSubsetOf(IEnumerable<long> other) => other.ToHashSet().IsSupersetOf(sorted);

    /// <inheritdoc/>
    public bool IsProperSubsetOf(IEnumerable<long> other) => other.ToHashSet().IsProperSupersetOf(sorted);

    /// <inheritdoc/>
    public bool SetEquals(IEnumerable<long> other) => other.ToHashSet().SetEquals(sorted);
}
