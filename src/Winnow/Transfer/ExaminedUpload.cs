using System.Buffers;
using System.Text;
using Winnow.Transfer.Workbooks;

namespace Winnow.Transfer;

/// <summary>Looks at an upload while it streams by: which encoding it has, how many lines, and whether it is a text at all.
/// Every byte is looked at, so a file that is UTF-8 in its first megabyte and Windows-1252 in its last is not misread.</summary>
#pragma warning disable CA1710 // it is an upload first, and a stream to whoever stores it
internal sealed class ExaminedUpload(Stream inner) : ReadingStream
{
    private static readonly byte[] Zip = [0x50, 0x4B, 0x03, 0x04];
    private readonly byte[] tail = new byte[4];                 // the beginning of a letter whose end is in the next bytes
    private int tailLength;
    private bool begun, hasUtf8, hasOthers;
    private string? utf16;

    /// <summary>Whether it is packed as a zip archive, as workbooks are; then nothing else is known of it.</summary>
    public bool IsPacked { get; private set; }

    /// <summary>Whether some of its letters are UTF-8 and others are not, once the whole file went by.</summary>
    public bool IsMixed => utf16 is null && hasUtf8 && (hasOthers || tailLength > 0);

    /// <summary>Why this cannot be imported, as a sentence; null while nothing speaks against it.</summary>
    public string? Refusal { get; private set; }

    /// <summary>How many line ends went by: a first guess at the number of rows.</summary>
    public long Lines { get; private set; }

    /// <summary>Length of the byte order mark in bytes.</summary>
    public int Bom { get; private set; }

    /// <summary>The encoding, once the whole file went by.</summary>
    public string EncodingName => utf16 ?? (hasOthers || tailLength > 0 ? "windows-1252" : "utf-8");

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Refusal is not null) return 0;
        // the first look needs enough bytes to judge by, whatever the network delivers at a time
        var read = begun ? await inner.ReadAsync(buffer, cancellationToken)
            : await inner.ReadAtLeastAsync(buffer, Math.Min(buffer.Length, 4096), throwOnEndOfStream: false, cancellationToken);
        if (!begun) Begin(buffer.Span[..read]);
        begun = true;
        if (Refusal is not null) return 0;
        Pass(buffer.Span[..read]);
        return read;
    }

    private void Begin(ReadOnlySpan<byte> start)
    {
        if (IsPacked = start.StartsWith(Zip)) return;
        foreach (var (magic, fault) in UploadFaults.Beginnings)
            if (start.StartsWith(magic)) { Refusal = fault; return; }
        (utf16, Bom) = start switch
        {
            [0xFF, 0xFE, ..] => ("utf-16le", 2),
            [0xFE, 0xFF, ..] => ("utf-16be", 2),
            [0xEF, 0xBB, 0xBF, ..] => (null, 3),
            _ => (WithoutMark(start), 0),
        };
        if (utf16 is null && IsBinary(start)) Refusal = UploadFaults.NoText;
    }

    /// <summary>UTF-16 without its mark: nearly every other byte is zero, on one side.</summary>
    private static string? WithoutMark(ReadOnlySpan<byte> start)
    {
        var (even, odd) = (0, 0);
        for (var i = 0; i < start.Length; i++)
            if (start[i] == 0) { if (i % 2 == 0) even++; else odd++; }
        return start.Length < 4 ? null : odd > start.Length * 0.4 && even < start.Length / 50 ? "utf-16le" : even > start.Length * 0.4 && odd < start.Length / 50 ? "utf-16be" : null;
    }

    /// <summary>A stray zero byte happens in exports; one control character in thirty does not.</summary>
    private static bool IsBinary(ReadOnlySpan<byte> start)
    {
        var controls = 0;
        foreach (var b in start) if (b < 32 && b is not (9 or 10 or 13)) controls++;
        return controls * 30 > start.Length;
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        if (IsPacked) return;
        Lines += System.MemoryExtensions.Count(bytes, (byte)'\n');
        if (utf16 is not null || hasUtf8 && hasOthers) return;
        while (tailLength > 0 && bytes.Length > 0)
        {
            tail[tailLength++] = bytes[0];
            bytes = bytes[1..];
            if (Rune.DecodeFromUtf8(tail.AsSpan(0, tailLength), out _, out _) is not OperationStatus.NeedMoreData and var done) (hasUtf8, hasOthers, tailLength) = (hasUtf8 || done == OperationStatus.Done, hasOthers || done != OperationStatus.Done, 0);
        }
        while (bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var at)
        {
            bytes = bytes[at..];
            var done = Rune.DecodeFromUtf8(bytes, out _, out var length);
            if (done == OperationStatus.NeedMoreData)
            {
                bytes.CopyTo(tail);
                tailLength = bytes.Length;
                return;
            }
            (hasUtf8, hasOthers) = (hasUtf8 || done == OperationStatus.Done, hasOthers || done != OperationStatus.Done);
            bytes = bytes[length..];
        }
    }
}
