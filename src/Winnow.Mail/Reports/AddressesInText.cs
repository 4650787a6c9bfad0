using System.Buffers;

namespace Winnow.Mail.Reports;

/// <summary>Where a mail address stands in a text: from <paramref name="Start"/> to before <paramref name="End"/>, on the line from <paramref name="LineStart"/> to <paramref name="LineEnd"/>.</summary>
internal readonly record struct AddressPlace(int Start, int End, int LineStart, int LineEnd);

/// <summary>Finds what looks like mail addresses in free text: one pass, at most so many.</summary>
internal static class AddressesInText
{
    private const int Most = 200;
    private const int Longest = 254; // RFC 5321 §4.5.3.1.3

    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\n\r\f\v\u00A0\u3000<>()[]{}\"',;:|=«»“”„");

    private static readonly SearchValues<char> BeforeField = SearchValues.Create(" \t\n<(,;");

    public static List<AddressPlace> Find(ReadOnlySpan<char> text)
    {
        var places = new List<AddressPlace>();
        for (var at = text.IndexOf('@'); at >= 0 && places.Count < Most; at = Next(text, at))
        {
            var (start, end) = (StartOf(text, at), EndOf(text, at));
            if (start == at || end == at + 1 || end - start > Longest) continue;
            var lineStart = text[..start].LastIndexOf('\n') + 1;
            var lineEnd = text[end..].IndexOf('\n');
            places.Add(new AddressPlace(start, end, lineStart, lineEnd < 0 ? text.Length : end + lineEnd));
        }
        return places;
    }

    private static int Next(ReadOnlySpan<char> text, int at) => text[(at + 1)..].IndexOf('@') is >= 0 and var more ? at + 1 + more : -1;

    // a local part may be quoted (RFC 5321 §4.1.2), or carry a = inside (VERP, SRS)
    private static int StartOf(ReadOnlySpan<char> text, int at)
    {
        var from = Math.Max(0, at - Longest);
        var near = text[from..at];
        if (near.EndsWith("\"") && near[..^1].LastIndexOf('"') is >= 0 and var quote && near[quote..].IndexOf('\n') < 0) return from + quote;
        var start = at;
        while (start > from && (!Ends.Contains(text[start - 1]) || text[start - 1] == '=' && start > from + 1 && char.IsLetterOrDigit(text[start - 2]) && !IsField(text[from..(start - 1)]))) start--;
        while (start < at && text[start] is '.' or '*' or '-') start++;
        return start;
    }

    // "to=ann@example.com" in a log line names a field, "ann=example.com@srs.example" is one local part
    private static bool IsField(ReadOnlySpan<char> before) =>
        before[(before.LastIndexOfAny(BeforeField) + 1)..] is "to" or "orig_to" or "from" or "rcpt" or "recipient" or "user" or "addr" or "address" or "for";

    private static int EndOf(ReadOnlySpan<char> text, int at)
    {
        var rest = text[(at + 1)..Math.Min(text.Length, at + Longest)];
        if (rest.StartsWith("[") && rest.IndexOf(']') is > 0 and var literal) return at + 1 + literal + 1;
        var length = rest.IndexOfAny(Ends);
        if (length < 0) length = rest.Length;
        while (length > 0 && !char.IsLetterOrDigit(rest[length - 1])) length--;
        return at + 1 + length;
    }
}
