using System.Text;

namespace Winnow.Transfer;

/// <summary>Looks at an upload while it streams by: which encoding it has, how many lines, and whether it is a text at all.
/// Every byte is looked at, so a file that is UTF-8 in its first megabyte and Windows-1252 in its last is not misread.</summary>
#pragma warning disable CA1710 // it is an upload first, and a stream to whoever stores it
public sealed class ExaminedUpload(Stream inner) : Stream
{
    private static readonly (byte[] Start, string Kind)[] NoText =
    [
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive or an Excel workbook"),
        ([0x50, 0x4B, 0x05, 0x06], "an empty zip archive"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel workbook"),
        ([0x42, 0x5A, 0x68], "a bzip2 archive"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "an xz archive"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a zstd archive"),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive"),
        ([0x52, 0x61, 0x72, 0x21], "a rar archive"),
        ([0x25, 0x50, 0x44, 0x46], "a PDF"),
        ([0x89, 0x50, 0x4E, 0x47], "a picture"),
        ([0xFF, 0xD8, 0xFF], "a picture"),
        ([0x7F, 0x45, 0x4C, 0x46], "a program"),
    ];

    private readonly Decoder strictUtf8 = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
    private readonly char[] scratch = new char[Encoding.UTF8.GetMaxCharCount(64 * 1024)];
    private bool begun, validUtf8 = true;
    private string? utf16;

    /// <summary>Why this cannot be imported, as a sentence; null while nothing speaks against it.</summary>
    public string? Refusal { get; private set; }

    /// <summary>How many line ends went by: a first guess at the number of rows.</summary>
    public long Lines { get; private set; }

    /// <summary>Length of the byte order mark in bytes.</summary>
    public int Bom { get; private set; }

    /// <summary>The encoding, once the whole file went by.</summary>
    public string EncodingName => utf16 ?? (validUtf8 && EndsWhole() ? "utf-8" : "windows-1252");

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
        foreach (var (magic, kind) in NoText)
            if (start.StartsWith(magic)) { Refusal = $"This is {kind}, not a CSV file. Save it as CSV and upload that."; return; }
        (utf16, Bom) = start switch
        {
            [0xFF, 0xFE, ..] => ("utf-16le", 2),
            [0xFE, 0xFF, ..] => ("utf-16be", 2),
            [0xEF, 0xBB, 0xBF, ..] => (null, 3),
            _ => (WithoutMark(start), 0),
        };
        if (utf16 is null && IsBinary(start)) Refusal = "This is not a text file. Upload a CSV file.";
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
        Lines += System.MemoryExtensions.Count(bytes, (byte)'\n');
        if (!validUtf8 || utf16 is not null) return;
        try
        {
            for (var at = 0; at < bytes.Length; at += 64 * 1024) strictUtf8.GetChars(bytes[at..Math.Min(bytes.Length, at + 64 * 1024)], scratch, flush: false);
        }
        catch (DecoderFallbackException) { validUtf8 = false; }
    }

    private bool EndsWhole()
    {
        try { strictUtf8.GetChars([], scratch, flush: true); return true; }
        catch (DecoderFallbackException) { return validUtf8 = false; }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    /// <inheritdoc/>
    public override bool CanRead => true;
    /// <inheritdoc/>
    public override bool CanSeek => false;
    /// <inheritdoc/>
    public override bool CanWrite => false;
    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();
    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    /// <inheritdoc/>
    public override void Flush() { }
    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");
    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
