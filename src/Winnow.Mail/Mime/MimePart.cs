using System.Buffers;

namespace Winnow.Mail.Mime;

/// <summary>A message or a part of one (RFC 2045 §2.4 "entity"): header, body and, when it is composed, its parts.</summary>
public sealed class MimePart
{
    private readonly MimeReader.Reading reading;
    private readonly int depth;
    private List<MimePart>? parts;
    private string? text;

    internal MimePart(Headers headers, ReadOnlyMemory<byte> body, ContentType type, MimeReader.Reading reading, int depth)
    {
        (Headers, Body, ContentType, this.reading, this.depth) = (headers, body, type, reading, depth);
    }

    /// <summary>The header fields.</summary>
    public Headers Headers { get; }

    /// <summary>The body as it came, transfer encoding still on, line ends as LF.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The type; <c>text/plain</c> where none is given.</summary>
    public ContentType ContentType { get; }

    /// <summary>The parts of a multipart, or the one message inside a <c>message/rfc822</c> or <c>message/global</c>; empty for a leaf. They are read when they are asked for.</summary>
    public IReadOnlyList<MimePart> Parts => parts ??= reading.Below(this, depth);

    /// <summary>The body without its transfer encoding.</summary>
    public ReadOnlyMemory<byte> Decode() => TransferEncoding.Decode(Body, Headers["Content-Transfer-Encoding"]);

    /// <summary>The decoded body as text, at most <see cref="MimeLimits.TextBytes"/> of it, line ends as LF.</summary>
    public string Text() => text ??= Decoded();

    /// <summary>The same text in a buffer of the shared pool, which is to be given back; for text of which only a piece is kept.</summary>
    internal (char[] Buffer, int Length) RentText()
    {
        var bytes = Decode();
        if (bytes.Length > reading.Limits.TextBytes) bytes = bytes[..reading.Limits.TextBytes];
        if (text is not null || bytes.Span.Contains((byte)'\r')) return Rented(Text());
        var encoding = Charsets.For(bytes.Span, ContentType["charset"]);
        var buffer = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(bytes.Length));
        return (buffer, encoding.GetChars(bytes.Span, buffer));
    }

    /// <summary>A text in a buffer of the shared pool.</summary>
    internal static (char[] Buffer, int Length) Rented(string text)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        text.CopyTo(buffer);
        return (buffer, text.Length);
    }

    /// <summary>
    /// This part and all below it, depth first, but not into messages carried as attachments: what is said there
    /// was said on another day, to somebody else.
    /// </summary>
    public IEnumerable<MimePart> Own()
    {
        yield return this;
        if (ContentType.IsAny("message")) yield break;
        foreach (var part in Parts)
            foreach (var own in part.Own())
                yield return own;
    }

    /// <summary>The first own part of one of these types, or null.</summary>
    public MimePart? First(params ReadOnlySpan<string> types)
    {
        foreach (var type in types)
            if (ContentType.Is(type)) return this;
        if (ContentType.IsAny("message")) return null;
        foreach (var part in Parts)
            if (part.First(types) is { } found) return found;
        return null;
    }

    /// <summary>The text a person would read: all own text/plain parts, or failing those the text/html ones without their tags, or failing those the body.</summary>
    public string ReadableText()
    {
        var parts = Readable();
        return parts is [var only] ? only.Plain() : string.Join('\n', parts.Select(p => p.Plain()));
    }

    /// <summary>The parts of that text.</summary>
    internal List<MimePart> Readable()
    {
        if (Parts.Count == 0) return [this]; // or a multipart whose delimiters are missing
        var plain = Own().Where(p => p.ContentType.Is("text/plain") && !IsAttachment(p)).ToList();
        return plain.Count > 0 ? plain : [.. Own().Where(p => p.ContentType.Is("text/html"))];
    }

    private string Plain() => ContentType.Is("text/html") ? HtmlText.Strip(Text()) : Text();

    private string Decoded()
    {
        var bytes = Decode();
        if (bytes.Length > reading.Limits.TextBytes) bytes = bytes[..reading.Limits.TextBytes];
        return LineEnds.ToLf(Charsets.Decode(bytes.Span, ContentType["charset"]));
    }

    private static bool IsAttachment(MimePart part) =>
        part.Headers["Content-Disposition"] is { } field && ContentType.Read(field).Is("attachment");
}
