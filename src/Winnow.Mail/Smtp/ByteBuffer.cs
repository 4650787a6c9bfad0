using System.Buffers;
using System.Text;

namespace Winnow.Mail.Smtp;

/// <summary>A growing run of bytes on a pooled array: what one write or one received message is gathered in.</summary>
internal sealed class ByteBuffer(int capacity) : IDisposable
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    /// <summary>Bytes held in memory, filled or not.</summary>
    public int Capacity => bytes.Length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Room(more.Length));
        Length += more.Length;
    }

    public void Append(byte one)
    {
        Room(1)[0] = one;
        Length++;
    }

    public void AppendText(ReadOnlySpan<char> text) =>
        Length += Encoding.UTF8.GetBytes(text, Room(Encoding.UTF8.GetMaxByteCount(text.Length)));

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        Length = 0;
    }

    private Span<byte> Room(int wanted)
    {
        if (bytes.Length - Length < wanted)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(bytes.Length * 2, Length + wanted)));
            Written.Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = larger;
        }
        return bytes.AsSpan(Length);
    }
}
