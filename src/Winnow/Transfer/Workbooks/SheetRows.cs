using System.Globalization;
using System.IO.Compression;
using Winnow.Jobs;

namespace Winnow.Transfer.Workbooks;

/// <summary>Rows of a sheet that is written, one piece of it: numbers, dates and TRUE as such, texts in their cells, where no program runs them.</summary>
/// <param name="from">Where the piece before this one ended.</param>
/// <param name="buffer">Where it is put together, empty; who writes many pieces gives the same again.</param>
internal sealed class SheetRows(SheetProgress from, Utf8Text? buffer = null)
{
    private const int DateStyle = 1, MomentStyle = 2, HeadingStyle = 3, LongestText = 32_767;
    private const long Day = 86_400_000, FirstDay = -25_508 * Day, LastDay = 2_932_896 * Day;              // 1 March 1900, before which Excel counts wrong, to 9999
    private static readonly string[] Names = [.. Enumerable.Range(0, 16_384).Select(Name)];
    private readonly Utf8Text xml = buffer ?? new();
    private long row = from.Row, cut = from.Cut;

    /// <summary>The names of the columns.</summary>
    public void Heading(IReadOnlyList<string> headings)
    {
        Begin();
        for (var column = 0; column < headings.Count; column++) Text(column, headings[column], HeadingStyle);
        End();
    }

    /// <summary>Begins the next row.</summary>
    public void Begin()
    {
        xml.Add("<row r=\""u8);
        xml.Add(++row);
        xml.Add("\">"u8);
    }

    /// <summary>Ends it.</summary>
    public void End() => xml.Add("</row>"u8);

    /// <summary>XML as it is.</summary>
    public void Raw(string text) => xml.Add(text);

    /// <summary>A cell with a number.</summary>
    public void Number(int column, double number, int style = 0)
    {
        Cell(column, style);
        xml.Add("><v>"u8);
        xml.Add(number, "R");
        xml.Add("</v></c>"u8);
    }

    /// <summary>A cell with yes or no.</summary>
    public void Flag(int column, bool flag)
    {
        Cell(column, 0);
        xml.Add(flag ? " t=\"b\"><v>1</v></c>"u8 : " t=\"b\"><v>0</v></c>"u8);
    }

    /// <summary>A cell with a day or a moment; as a text where Excel's calendar does not reach.</summary>
    /// <param name="instant">Unix milliseconds, UTC.</param>
    public void Moment(int column, long instant, bool isDay)
    {
        if (instant is >= FirstDay and <= LastDay) Number(column, instant / (double)Day + 25_569, isDay ? DateStyle : MomentStyle);
        else Text(column, DateTimeOffset.FromUnixTimeMilliseconds(instant).ToString(isDay ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss.FFF", CultureInfo.InvariantCulture));
    }

    /// <summary>A cell with a text; none for an empty one.</summary>
    public void Text(int column, string text, int style = 0)
    {
        if (text.Length == 0) return;
        if (text.Length > LongestText)
        {
            text = text[..(LongestText - (char.IsHighSurrogate(text[LongestText - 1]) ? 1 : 0))];
            cut++;
        }
        Cell(column, style);
        xml.Add(" t=\"inlineStr\"><is><t xml:space=\"preserve\">"u8);
        for (var at = 0; at < text.Length; at++)
        {
            var plain = at;
            while (at < text.Length && IsPlain(text[at])) at++;
            if (at > plain) xml.Add(text.AsSpan(plain, at - plain));
            if (at < text.Length) Letter(text, ref at);
        }
        xml.Add("</t></is></c>"u8);
    }

    /// <summary>The piece as it goes into the file.</summary>
    public (byte[] Bytes, SheetProgress Progress) Pack()
    {
        var crc = new Crc32(from.Checksum);
        crc.Add(xml.Bytes);
        using var packed = new MemoryStream();
        using var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true);
        deflate.Write(xml.Bytes);
        deflate.Flush();
        var piece = packed.ToArray();                           // before the stream is closed, which would end the sheet
        return (piece, new(crc.Value, from.Unpacked + xml.Length, from.Packed + piece.Length, row, cut));
    }

    private static string Name(int column) => column < 26 ? $"{(char)('A' + column)}" : Name(column / 26 - 1) + (char)('A' + column % 26);

    private void Cell(int column, int style)
    {
        xml.Add("<c r=\""u8);
        xml.Add(Names[column]);
        xml.Add(row);
        xml.Add('"');
        if (style == 0) return;
        xml.Add(" s=\""u8);
        xml.Add(style);
        xml.Add('"');
    }

    /// <summary>One letter; what XML has no place for as Excel writes it, and what looks like that with its line escaped.</summary>
    private void Letter(string text, ref int at)
    {
        var c = text[at];
        if (c == '&') xml.Add("&amp;"u8);
        else if (c == '<') xml.Add("&lt;"u8);
        else if (c == '>') xml.Add("&gt;"u8);
        else if (c == '_' && at + 6 < text.Length && text[at + 1] == 'x' && text[at + 6] == '_' && char.IsAsciiHexDigit(text[at + 2]) && char.IsAsciiHexDigit(text[at + 3]) && char.IsAsciiHexDigit(text[at + 4]) && char.IsAsciiHexDigit(text[at + 5])) xml.Add("_x005F_"u8);
        else if (c < ' ' && c is not ('\t' or '\n')) xml.Add(string.Create(CultureInfo.InvariantCulture, $"_x{(int)c:X4}_"));
        else if (char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])) xml.Add(text.AsSpan(at++, 2));
        else xml.Add(char.IsSurrogate(c) || c is '\uFFFE' or '\uFFFF' ? "\uFFFD" : text.AsSpan(at, 1));
    }

    private static bool IsPlain(char c) => c >= ' ' && c < '\uD800' && c is not ('&' or '<' or '>' or '_');
}
