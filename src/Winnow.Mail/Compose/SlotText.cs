using System.Buffers;
using System.Net;

namespace Winnow.Mail.Compose;

/// <summary>A text cut at its slots <c>{{name}}</c>. A brace pair that never closes, or closes on another line, is text.</summary>
internal sealed class SlotText
{
    // literal, slot, literal, slot ...: Slot is -1 for a literal
    private readonly List<(string Literal, int Slot)> pieces = [];

    public SlotText(string text, List<string> slots)
    {
        var position = 0;
        while (text.IndexOf("{{", position, StringComparison.Ordinal) is >= 0 and var open)
        {
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) break;
            var name = text[(open + 2)..close].Trim();
            if (name.Contains('\n', StringComparison.Ordinal) || name.Contains("{{", StringComparison.Ordinal))
            {
                Literal(text[position..(open + 2)]);
                position = open + 2;
                continue;
            }
            Literal(text[position..open]);
            pieces.Add(("", Index(slots, name)));
            position = close + 2;
        }
        Literal(text[position..]);
    }

    public bool HasSlots => pieces.Exists(p => p.Slot >= 0);

    /// <summary>The text with the values in, for a header: values cannot break the line.</summary>
    public string Fill(ReadOnlySpan<string> values)
    {
        if (pieces is [(var only, -1)]) return only;
        var parts = new string[pieces.Count];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = pieces[i].Slot < 0 ? pieces[i].Literal : HeaderWriter.Tame(values[pieces[i].Slot]);
        return string.Concat(parts);
    }

    /// <summary>The text as a quoted-printable body with the literals encoded once.</summary>
    public IEnumerable<BodyPiece> Encode(bool html)
    {
        var column = 0;
        foreach (var (literal, slot) in pieces)
        {
            if (slot >= 0)
            {
                yield return new BodyPiece(null, slot, column, html);
                column = 0; // the slot ends with a soft break
                continue;
            }
            var encoded = new ArrayBufferWriter<byte>(literal.Length * 2);
            column = QuotedPrintable.Write(encoded, literal, column);
            yield return new BodyPiece(encoded.WrittenSpan.ToArray(), -1, 0, html);
        }
    }

    private void Literal(string text)
    {
        if (text.Length > 0) pieces.Add((text, -1));
    }

    private static int Index(List<string> slots, string name)
    {
        var index = slots.IndexOf(name);
        if (index >= 0) return index;
        slots.Add(name);
        return slots.Count - 1;
    }
}

/// <summary>Bytes that are the same for all, or a slot that begins at a known column.</summary>
internal readonly record struct BodyPiece(byte[]? Bytes, int Slot, int Column, bool Html)
{
    public void Write(IBufferWriter<byte> into, ReadOnlySpan<string> values)
    {
        if (Bytes is not null) { into.Write(Bytes); return; }
        var value = values[Slot];
        QuotedPrintable.Write(into, Html ? WebUtility.HtmlEncode(value) : value, Column);
        into.Write(QuotedPrintable.SoftBreak);
    }
}
