using System.Text;
using Winnow.Mail.Mime;

namespace Winnow.Transfer;

/// <summary>How the text of a CSV file is written: found out from the file, shown to the person who uploads it.</summary>
/// <param name="Encoding">utf-8, utf-16le, utf-16be or one with a byte a character: one of <see cref="Encodings"/>.</param>
/// <param name="Delimiter">What separates the cells: comma, semicolon, tab, bar or another character.</param>
/// <param name="Bom">The length of the byte order mark in bytes; rows begin behind it.</param>
/// <param name="Quote">What stands around a cell that holds a separator or a line end; inside it stands doubled.</param>
public sealed record CsvFormat(string Encoding, char Delimiter, int Bom, char Quote = '"')
{
    /// <summary>The quote of a file that has none: no character at all.</summary>
    public const char NoQuote = '\uFFFF';
    private const string Delimiters = ",;\t|^~";

    /// <summary>The encodings that a person may choose, and what people call them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Encodings = new Dictionary<string, string>
    {
        ["utf-8"] = "UTF-8", ["utf-16le"] = "UTF-16", ["utf-16be"] = "UTF-16 (big endian)", ["windows-1252"] = "Windows-1252", ["windows-1250"] = "Windows-1250",
        ["windows-1251"] = "Windows-1251", ["iso-8859-15"] = "ISO-8859-15", ["macintosh"] = "Mac OS Roman",
    };

    /// <summary>Bytes to characters.</summary>
    public Decoder Decoder() => Text.GetDecoder();

    /// <summary>How many bytes of the file these characters came from. Exact because UTF-8 is only claimed for a file that is
    /// valid UTF-8 throughout (<see cref="ExaminedUpload"/>), and the others have one or two bytes a character.</summary>
    public long Bytes(ReadOnlySpan<char> text) => Encoding switch
    {
        "utf-8" => System.Text.Encoding.UTF8.GetByteCount(text),
        "utf-16le" or "utf-16be" => text.Length * 2L,
        _ => text.Length,
    };

    /// <summary>The separator that stands most often in the first line outside quotes; a comma when there is none.</summary>
    public static char DelimiterOf(ReadOnlySpan<char> text)
    {
        var counts = new int[Delimiters.Length];
        var quoted = false;
        foreach (var c in text)
        {
            if (c == '"') quoted = !quoted;
            else if (!quoted && c is '\r' or '\n') break;
            else if (!quoted && Delimiters.IndexOf(c, StringComparison.Ordinal) is >= 0 and var i) counts[i]++;
        }
        return Delimiters[Array.IndexOf(counts, counts.Max())];
    }

    /// <summary>The quote of a file with this first line: the single one when its cells, more than one, all stand in it; else the double one.</summary>
    public static char QuoteOf(ReadOnlySpan<char> text, char delimiter)
    {
        var end = text.IndexOfAny('\r', '\n');
        var cells = (end < 0 ? text : text[..end]).ToString().Split(delimiter, StringSplitOptions.RemoveEmptyEntries);
        return cells.Length > 1 && cells.All(cell => cell is ['\'', .., '\'']) ? '\'' : '"';
    }

    private Encoding Text => Encoding switch
    {
        "utf-16le" => System.Text.Encoding.Unicode,
        "utf-16be" => System.Text.Encoding.BigEndianUnicode,
        "utf-8" => System.Text.Encoding.UTF8,
        _ => Charsets.Find(Encoding)!,
    };
}
