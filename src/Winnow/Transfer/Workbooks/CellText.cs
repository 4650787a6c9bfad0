using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Winnow.Transfer.Workbooks;

/// <summary>The text of a cell in UTF-8, put together from the pieces that the XML comes in. What is longer than any property takes is cut off behind that, so that
/// the row is refused for its length and a cell of any size fits.</summary>
internal sealed class CellText
{
    private const int Most = 4 * (Contacts.PropertyValue.MaxLength + 1);
    private byte[] bytes = new byte[256];

    /// <summary>Its length in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, Length);

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);

    /// <summary>Empties it.</summary>
    public void Clear() => Length = 0;

    /// <summary>Adds a piece of XML.</summary>
    /// <param name="literal">Ampersands mean themselves.</param>
    public void Add(ReadOnlySpan<byte> raw, bool literal)
    {
        while (!literal && raw.IndexOf((byte)'&') is >= 0 and var at)
        {
            Add(raw[..at]);
            var length = raw[at..].IndexOf((byte)';');
            if (length < 0) throw BadWorkbook.Damaged;
            Entity(raw.Slice(at + 1, length - 1));
            raw = raw[(at + length + 1)..];
        }
        Add(raw);
    }

    /// <summary>Adds bytes as they are.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        if (text.Length > Most - Length) text = Whole(text[..(Most - Length)]);
        if (Length + text.Length > bytes.Length) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + text.Length));
        text.CopyTo(bytes.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>Takes back what Excel writes for characters that XML does not have: _x000D_ is a carriage return.</summary>
    public void Unescape()
    {
        if (Bytes.IndexOf("_x"u8) < 0) return;
        var text = Bytes;
        var to = 0;
        for (var at = 0; at < text.Length; at++, to++)
        {
            var isEscape = text[at] == '_' && at + 7 <= text.Length && text[at + 1] == 'x' && text[at + 6] == '_'
                && Utf8Parser.TryParse(text.Slice(at + 2, 4), out uint code, out var used, 'x') && used == 4 && code < 128;
            bytes[to] = isEscape ? (byte)Convert.ToInt32(Encoding.ASCII.GetString(text.Slice(at + 2, 4)), 16) : text[at];
            if (isEscape) at += 6;
        }
        Length = to;
    }

    private void Entity(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("amp"u8)) Add("&"u8);
        else if (name.SequenceEqual("lt"u8)) Add("<"u8);
        else if (name.SequenceEqual("gt"u8)) Add(">"u8);
        else if (name.SequenceEqual("quot"u8)) Add("\""u8);
        else if (name.SequenceEqual("apos"u8)) Add("'"u8);
        else if (name.Length is > 1 and < 12 && name[0] == '#' && Scalar(Encoding.ASCII.GetString(name[1..])) is { } rune) Add(Encoding.UTF8.GetBytes(rune.ToString()));
        else throw BadWorkbook.Damaged;
    }

    private static Rune? Scalar(string digits) =>
        (digits[0] == 'x' ? uint.TryParse(digits.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) : uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out code))
            && Rune.TryCreate(code, out var rune) ? rune : null;

    /// <summary>The text without the letter that its end cuts through.</summary>
    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> text)
    {
        var length = text.Length;
        while (length > 0 && (text[length - 1] & 0xC0) == 0x80) length--;
        return text[..Math.Max(0, length - 1)];
    }
}
