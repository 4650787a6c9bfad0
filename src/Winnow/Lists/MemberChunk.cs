using System.Buffers.Binary;
using System.Numerics;

namespace Winnow.Lists;

/// <summary>Up to 65,536 members: fewer than 4,096 as their sorted low 16 bits, else as a bitmap. Stored little endian, 2 bytes a
/// member or 8,192 bytes for the bitmap, so the length alone tells which it is.</summary>
internal sealed class MemberChunk
{
    public const int Bits = 16, Mask = (1 << Bits) - 1;
    private const int Dense = 4096, Words = (1 << Bits) / 64, BitmapBytes = Words * 8;

    private ushort[] few = [];
    private ulong[]? bits;

    public int Count { get; private set; }

    public bool Contains(ushort low) => bits is null ? Array.BinarySearch(few, 0, Count, low) >= 0 : (bits[low >> 6] >> (low & 63) & 1) != 0;

    public bool Add(ushort low)
    {
        if (bits is not null) return Set(low);
        var at = Count > 0 && few[Count - 1] < low ? ~Count : Array.BinarySearch(few, 0, Count, low);
        if (at >= 0) return false;
        if (Count + 1 >= Dense)
        {
            bits = ToBits(this);
            return Set(low);
        }
        if (Count == few.Length) Array.Resize(ref few, Math.Max(4, Count * 2));
        Array.Copy(few, ~at, few, ~at + 1, Count - ~at);
        few[~at] = low;
        Count++;
        return true;
    }

    public bool Remove(ushort low)
    {
        if (!Contains(low)) return false;
        if (bits is not null) bits[low >> 6] &= ~(1UL << (low & 63));
        else
        {
            var at = Array.BinarySearch(few, 0, Count, low);
            Array.Copy(few, at + 1, few, at, Count - at - 1);
        }
        Count--;
        if (bits is not null && Count < Dense) ToFew();
        return true;
    }

    /// <summary>The members from this one on, ascending.</summary>
    public IEnumerable<int> From(int low)
    {
        if (bits is null)
        {
            var at = Array.BinarySearch(few, 0, Count, (ushort)low);
            for (var i = at < 0 ? ~at : at; i < Count; i++) yield return few[i];
            yield break;
        }
        for (var word = low >> 6; word < Words; word++)
            for (var rest = word == low >> 6 ? bits[word] & (ulong.MaxValue << (low & 63)) : bits[word]; rest != 0; rest &= rest - 1)
                yield return (word << 6) + BitOperations.TrailingZeroCount(rest);
    }

    public MemberChunk Copy() => new() { few = [.. few], bits = bits is null ? null : [.. bits], Count = Count };

    /// <summary>Both chunks word by word; an absent one is empty.</summary>
    public static MemberChunk Combine(MemberChunk? one, MemberChunk? other, Func<ulong, ulong, ulong> word)
    {
        var (a, b) = (ToBits(one), ToBits(other));
        for (var i = 0; i < Words; i++) a[i] = word(a[i], b[i]);
        return OfBits(a);
    }

    public byte[] Encode()
    {
        var bytes = new byte[bits is null ? Count * 2 : BitmapBytes];
        if (bits is null) for (var i = 0; i < Count; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * 2), few[i]);
        else for (var i = 0; i < Words; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), bits[i]);
        return bytes;
    }

    public static MemberChunk Decode(byte[] bytes)
    {
        if (bytes.Length == BitmapBytes)
        {
            var words = new ulong[Words];
            for (var i = 0; i < Words; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i * 8));
            return OfBits(words);
        }
        if (bytes.Length > BitmapBytes || bytes.Length % 2 != 0) throw new FormatException($"{bytes.Length} bytes are no chunk of list members");
        var few = new ushort[bytes.Length / 2];
        for (var i = 0; i < few.Length; i++) few[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * 2));
        for (var i = 1; i < few.Length; i++) if (few[i - 1] >= few[i]) throw new FormatException("The members of a chunk are not in order");
        return new() { few = few, Count = few.Length };
    }

    public static MemberChunk OfBits(ulong[] words)
    {
        var count = 0;
        foreach (var word in words) count += BitOperations.PopCount(word);
        var chunk = new MemberChunk { bits = words, Count = count };
        if (chunk.Count < Dense) chunk.ToFew();
        return chunk;
    }

    private static ulong[] ToBits(MemberChunk? chunk)
    {
        var words = new ulong[Words];
        if (chunk?.bits is { } present) present.CopyTo(words, 0);
        else if (chunk is not null) foreach (var low in chunk.few.AsSpan(0, chunk.Count)) words[low >> 6] |= 1UL << (low & 63);
        return words;
    }

    private bool Set(ushort low)
    {
        ref var word = ref bits![low >> 6];
        var before = word;
        word |= 1UL << (low & 63);
        if (word == before) return false;
        Count++;
        return true;
    }

    private void ToFew()
    {
        few = [.. From(0).Select(low => (ushort)low)];
        bits = null;
    }
}
