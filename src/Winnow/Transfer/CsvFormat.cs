using System.Text;
using Winnow.Mail.Mime;

namespace Winnow.Transfer;

/// <summary>How the text of a CSV file is written: found out from the file, shown to the person who uploads it.</summary>
/// <param name="Encoding">utf-8, utf-16le, utf-16be or windows-1252.</param>
/// <param name="Delimiter">What separates the cells: comma, semicolon, tab or bar.</param>
/// <param name="Bom">The length of the byte order mark in bytes; rows begin behind it.</param>
public sealed record CsvFormat(string Encoding, char Delimiter, int Bom)
{
    private const string Delimiters = ",;\t|";

    /// <summary>Bytes to characters.</summary>
    public Decoder Decoder() => Text.GetDecoder();

    /// <summary>How many bytes of the file these characters came from. Exact because UTF-8 is only claimed for a file that is
    /// valid UTF-8 throughout (<see cref="ExaminedUpload"/>), and the others have one or two bytes a character.</summary>
    public long Bytes(ReadOnlySpan<char> text) => Encoding switch
    {
        "utf-8" => System.Text.Encoding.UTF8.GetByteCount(text),
        "windows-1252" => text.Length,
        _ => text.Length * 2L,
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

    private Encoding Text => Encoding switch
    {
        "utf-16le" => System.Text.Encoding.Unicode,
        "utf-16be" => System.Text.Encoding.BigEndianUnicode,
        "windows-1252" => Charsets.Find("windows-1252")!,
        _ => System.Text.Encoding.UTF8,
    };
}
