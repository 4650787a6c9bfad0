using System.Text;
using System.Text.Unicode;

namespace Winnow.Mail.Mime;

/// <summary>Charset names of mail (RFC 2045 §5.1, the IANA registry and its habitual misspellings) to encodings that never throw.</summary>
public static class Charsets
{
    private static readonly Encoding Western = Find1252();

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["utf8"] = "utf-8", ["utf_8"] = "utf-8", ["unicode-1-1-utf-8"] = "utf-8", ["utf8mb4"] = "utf-8",
        ["latin1"] = "iso-8859-1", ["latin-1"] = "iso-8859-1", ["iso8859-1"] = "iso-8859-1", ["8859-1"] = "iso-8859-1",
        ["latin2"] = "iso-8859-2", ["latin9"] = "iso-8859-15", ["iso-8859-8-i"] = "iso-8859-8", ["iso-8859-8-e"] = "iso-8859-8",
        ["cp1250"] = "windows-1250", ["cp1251"] = "windows-1251", ["cp1252"] = "windows-1252", ["cp-1252"] = "windows-1252",
        ["windows1252"] = "windows-1252", ["win1251"] = "windows-1251", ["cp932"] = "shift_jis", ["ms932"] = "shift_jis",
        ["windows-31j"] = "shift_jis", ["x-sjis"] = "shift_jis", ["ks_c_5601-1987"] = "euc-kr", ["x-euc-jp"] = "euc-jp",
        ["cp949"] = "euc-kr", ["x-gbk"] = "gbk", ["cp936"] = "gbk", ["big5-hkscs"] = "big5", ["cn-big5"] = "big5",
    };

    /// <summary>Bytes to text. An unknown or absent name, or US-ASCII with high bytes, is read as UTF-8 when it is that, else as Windows-1252.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset) => For(bytes, charset).GetString(bytes);

    /// <summary>The encoding by which <see cref="Decode"/> reads these bytes.</summary>
    internal static Encoding For(ReadOnlySpan<byte> bytes, string? charset) =>
        Find(charset) ?? (Utf8.IsValid(bytes) ? Encoding.UTF8 : Western);

    /// <summary>The encoding of that name, or null: unknown, absent, US-ASCII (seldom true), or UTF-7 (a known way to smuggle text).</summary>
    public static Encoding? Find(string? charset)
    {
        if (string.IsNullOrWhiteSpace(charset)) return null;
        var name = charset.Trim().Trim('"', '\'');
        name = Aliases.GetValueOrDefault(name, name);
        if (name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return Encoding.UTF8;
        if (name.Contains("ascii", StringComparison.OrdinalIgnoreCase)
            || name.Contains("utf-7", StringComparison.OrdinalIgnoreCase)) return null;
        // Latin-1 in mail is Windows-1252 in truth, as the WHATWG Encoding standard rules for the web.
        if (name.Equals("iso-8859-1", StringComparison.OrdinalIgnoreCase)) return Western;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException) { return null; }
        catch (NotSupportedException) { return null; }
    }

    private static Encoding Find1252() => CodePagesEncodingProvider.Instance.GetEncoding(1252) ?? Encoding.Latin1;
}
