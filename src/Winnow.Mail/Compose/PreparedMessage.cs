using System.Buffers;
using System.Security.Cryptography;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Compose;

/// <summary>
/// A mail encoded once and written many times: per recipient only the head and the slots are made, the rest is
/// copied. Safe to use from many threads at once.
/// The result is 7-bit (unless an address itself is not, RFC 6532), lines end in CRLF and are at most 998 octets long, no line of a body begins with a dot.
/// </summary>
public sealed class PreparedMessage
{
    private readonly byte[] fixedHead;
    private readonly SlotText subject;
    private readonly (string Name, SlotText Value)[] slotHeaders;
    private readonly BodyPiece[] body;
    private readonly string[] slots;

    internal PreparedMessage(MessageBuilder message)
    {
        var names = new List<string>();
        HeaderWriter.CheckValue(message.Subject, "Subject");
        subject = new SlotText(message.Subject, names);
        var headers = message.Headers.Select(h => (h.Name, Value: Checked(h, names))).ToList();
        slotHeaders = [.. headers.Where(h => h.Value.HasSlots)];
        body = [.. Body(message, names, out var contentType)];
        fixedHead = Head(message, headers.Where(h => !h.Value.HasSlots), contentType);
        slots = [.. names];
    }

    /// <summary>The names of the slots in the order their values are given to <see cref="Write"/>.</summary>
    public IReadOnlyList<string> Slots => slots;

    /// <summary>Writes one recipient's copy.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="head">What differs in the header.</param>
    /// <param name="values">One value per slot. In headers, line breaks become spaces; in HTML, values are escaped.</param>
    /// <exception cref="ArgumentException">Not one value per slot, or a head that holds a line break.</exception>
    public void Write(IBufferWriter<byte> into, in MessageHead head, ReadOnlySpan<string> values)
    {
        if (values.Length != slots.Length)
            throw new ArgumentException($"The mail has {slots.Length} slots but got {values.Length} values.", nameof(values));
        HeaderWriter.CheckToken(head.MessageId, "Message-ID");
        HeaderWriter.Literal(into, $"Date: {HeaderWriter.Date(head.Date)}\r\nMessage-ID: <{head.MessageId}>\r\n");
        HeaderWriter.Address(into, "To", head.To);
        HeaderWriter.Field(into, "Subject", subject.Fill(values));
        head.Unsubscribe?.Write(into);
        foreach (var (name, value) in slotHeaders) HeaderWriter.Field(into, name, value.Fill(values));
        foreach (var field in head.More ?? []) HeaderWriter.Field(into, field.Name, field.Value);
        into.Write(fixedHead);
        foreach (var piece in body) piece.Write(into, values);
    }

    /// <summary>One recipient's copy as bytes, for a single mail.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    public byte[] ToBytes(in MessageHead head, params ReadOnlySpan<string> values)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        Write(buffer, head, values);
        return buffer.WrittenSpan.ToArray();
    }

    private static SlotText Checked(HeaderField field, List<string> names)
    {
        HeaderWriter.CheckName(field.Name);
        HeaderWriter.CheckValue(field.Value, field.Name);
        return new SlotText(field.Value, names);
    }

    private static byte[] Head(MessageBuilder message, IEnumerable<(string Name, SlotText Value)> headers, string contentType)
    {
        var head = new ArrayBufferWriter<byte>();
        HeaderWriter.Address(head, "From", message.From);
        if (message.ReplyTo is { } replyTo) HeaderWriter.Address(head, "Reply-To", replyTo);
        foreach (var (name, value) in headers) HeaderWriter.Field(head, name, value.Fill([]));
        HeaderWriter.Literal(head, $"MIME-Version: 1.0\r\n{contentType}\r\n\r\n");
        return head.WrittenSpan.ToArray();
    }

    private static List<BodyPiece> Body(MessageBuilder message, List<string> names, out string contentType)
    {
        if (message.Text is null && message.Html is null) throw new ArgumentException("A mail needs a text or an HTML body.", nameof(message));
        var pieces = new List<BodyPiece>();
        if (message.Text is null || message.Html is null)
        {
            var html = message.Html is not null;
            contentType = Type(html);
            pieces.AddRange(new SlotText(message.Html ?? message.Text!, names).Encode(html));
            pieces.Add(Fixed("\r\n"));
            return pieces;
        }
        // "=_" cannot occur in quoted-printable: no body can fake the boundary (RFC 2045 §6.7).
        var boundary = "=_" + RandomNumberGenerator.GetHexString(24, lowercase: true);
        contentType = $"Content-Type: multipart/alternative; boundary=\"{boundary}\"";
        pieces.Add(Fixed($"--{boundary}\r\n{Type(html: false)}\r\n\r\n"));
        pieces.AddRange(new SlotText(message.Text, names).Encode(html: false));
        pieces.Add(Fixed($"\r\n--{boundary}\r\n{Type(html: true)}\r\n\r\n"));
        pieces.AddRange(new SlotText(message.Html, names).Encode(html: true));
        pieces.Add(Fixed($"\r\n--{boundary}--\r\n"));
        return pieces;
    }

    private static string Type(bool html) =>
        $"Content-Type: text/{(html ? "html" : "plain")}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable";

    private static BodyPiece Fixed(string ascii) => new(System.Text.Encoding.ASCII.GetBytes(ascii), -1, 0, false);
}
