using System.Globalization;
using System.Text;

namespace Winnow.Jobs;

/// <summary>Text put together as UTF-8 in one buffer that grows and is used again: a cell of a file costs neither a string of its own nor a second copy.</summary>
internal sealed class Utf8Text
{
    private byte[] buffer = new byte[1 << 16];

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes; good until something is added.</summary>
    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, Length);

    /// <summary>Begins anew in the same buffer.</summary>
    public void Clear() => Length = 0;

    /// <summary>Adds one ASCII character.</summary>
    public void Add(char ascii)
    {
        Room(1);
        buffer[Length++] = (byte)ascii;
    }

    /// <summary>Adds text that is UTF-8 already.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        Room(utf8.Length);
        utf8.CopyTo(buffer.AsSpan(Length));
        Length += utf8.Length;
    }

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        Room(text.Length * 3);
        Length += Encoding.UTF8.GetBytes(text, buffer.AsSpan(Length));
    }

    /// <summary>Adds a number or a moment as this format writes it, the same in every culture.</summary>
    public void Add<T>(T value, ReadOnlySpan<char> format = default) where T : IUtf8SpanFormattable
    {
        int written;
        for (var room = 32; ; room *= 2)
        {
            Room(room);
            if (value.TryFormat(buffer.AsSpan(Length), out written, format, CultureInfo.InvariantCulture)) break;
        }
        Length += written;
    }

    /// <summary>Replaces one byte that was written.</summary>
    public void Set(int at, char ascii) => buffer[at] = (byte)ascii;

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);

    private void Room(int size)
    {
        if (buffer.Length - Length < size) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, Length + size));
    }
}
