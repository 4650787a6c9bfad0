using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Winnow.Transfer.Workbooks;

/// <summary>A part of a zip archive; sizes in bytes.</summary>
internal sealed record ZipPart(string Name, bool IsLocked, int Method, uint Checksum, long PackedSize, long Place);

/// <summary>The parts of a zip archive (APPNOTE.TXT 6.3, zip64 included) by its list at the end. The list is read piece by piece and no further than any workbook needs,
/// asynchronously throughout: the platform's ZipArchive reads it whole and blocks.</summary>
internal sealed class ZipParts(Stream file)
{
    private const int Most = 10_000, EndSize = 22, End64Size = 56, EntrySize = 46, LocalSize = 30;
    private readonly Dictionary<string, ZipPart> parts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The part of this name; null when there is none.</summary>
    public ZipPart? Find(string? name) => name is null ? null : parts.GetValueOrDefault(name);

    /// <summary>Reads the list.</summary>
    public async Task Read(CancellationToken stop)
    {
        var (count, place) = await End(stop);
        for (var i = 0L; i < count; i++)
        {
            var entry = await Bytes(place, EntrySize, stop);
            if (U32(entry, 0) != 0x02014B50 || i >= Most) throw BadWorkbook.Damaged;
            var (name, extra) = (U16(entry, 28), U16(entry, 30));
            Add(entry, await Bytes(place + EntrySize, name + extra, stop), name);
            place += EntrySize + name + extra + U16(entry, 32);
        }
    }

    /// <summary>The part as it is unpacked.</summary>
    public async Task<Stream> Open(ZipPart part, CancellationToken stop)
    {
        var head = await Bytes(part.Place, LocalSize, stop);
        if (U32(head, 0) != 0x04034B50 || part.Method is not (0 or 8)) throw BadWorkbook.Damaged;
        var packed = new Stretch(file, part.Place + LocalSize + U16(head, 26) + U16(head, 28), part.PackedSize);
        return part.Method == 0 ? packed : new DeflateStream(packed, CompressionMode.Decompress);
    }

    /// <summary>How many parts the list has, and where it begins.</summary>
    private async Task<(long Count, long Place)> End(CancellationToken stop)
    {
        var size = (int)Math.Min(file.Length, EndSize + ushort.MaxValue);
        var tail = await Bytes(file.Length - size, size, stop);
        var at = size - EndSize;
        while (at >= 0 && U32(tail, at) != 0x06054B50) at--;
        if (at < 0) throw BadWorkbook.Damaged;
        if (U16(tail, at + 10) != ushort.MaxValue && U32(tail, at + 16) != uint.MaxValue) return (U16(tail, at + 10), U32(tail, at + 16));
        if (at < 20 || U32(tail, at - 20) != 0x07064B50) throw BadWorkbook.Damaged;
        var end = await Bytes(I64(tail, at - 12), End64Size, stop);
        return U32(end, 0) == 0x06064B50 ? (I64(end, 32), I64(end, 48)) : throw BadWorkbook.Damaged;
    }

    private void Add(byte[] entry, byte[] rest, int nameLength)
    {
        var name = Encoding.UTF8.GetString(rest, 0, nameLength).Replace('\\', '/').TrimStart('/');
        long packed = U32(entry, 20), place = U32(entry, 42);
        for (var at = nameLength; at + 4 <= rest.Length; at += 4 + U16(rest, at + 2))
        {
            if (U16(rest, at) != 1) continue;                  // zip64: what does not fit above stands here, in this order
            var value = at + 4 + (U32(entry, 24) == uint.MaxValue ? 8 : 0);
            if (packed == uint.MaxValue) (packed, value) = (I64(rest, value), value + 8);
            if (place == uint.MaxValue) place = I64(rest, value);
        }
        parts.TryAdd(name, new(name, (U16(entry, 8) & 1) == 1, U16(entry, 10), U32(entry, 16), packed, place));
    }

    private async Task<byte[]> Bytes(long place, int count, CancellationToken stop)
    {
        if (place < 0 || place + count > file.Length) throw BadWorkbook.Damaged;
        var bytes = new byte[count];
        file.Position = place;
        await file.ReadExactlyAsync(bytes, stop);
        return bytes;
    }

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));
    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
    private static long I64(byte[] bytes, int at) => at + 8 <= bytes.Length ? BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at)) : throw BadWorkbook.Damaged;

    /// <summary>A stretch of the file; others may read the file in between.</summary>
    private sealed class Stretch(Stream file, long place, long length) : ReadingStream
    {
        private long done;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var most = (int)Math.Min(buffer.Length, length - done);
            if (most <= 0) return 0;
            if (place + done > file.Length) throw BadWorkbook.Damaged;
            file.Position = place + done;
            var read = await file.ReadAsync(buffer[..most], cancellationToken);
            done += read;
            return read;
        }
    }
}
