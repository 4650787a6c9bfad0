using System.Buffers;
using System.Text;

namespace Winnow.Mail.Mime;

/// <summary>A mailbox of an address field (RFC 5322 §3.4): a name for people and the address as written.</summary>
/// <param name="Name">The display name with encoded words decoded; empty when there is none.</param>
/// <param name="Address">What stands in the angle brackets or alone; not checked, not normalised.</param>
public readonly record struct Mailbox(string Name, string Address)
{
    /// <summary>A mailbox without a name.</summary>
    public Mailbox(string address) : this("", address) { }

    /// <summary>The first mailbox of a field value, or null when it names none.</summary>
    public static Mailbox? Read(string? field) => ReadList(field) is [var first, ..] ? first : null;

    /// <summary>
    /// Every mailbox of a field value: names quoted or not, comments, groups and old routes (<c>&lt;@a,@b:c@d&gt;</c>)
    /// are understood; an entry without an address is left out. At most 1,000.
    /// </summary>
    public static IReadOnlyList<Mailbox> ReadList(string? field)
    {
        var result = new List<Mailbox>();
        if (string.IsNullOrWhiteSpace(field)) return result;
        if (Simple(field) is { } only) return [only];
        var entry = new Entry();
        for (var i = 0; i < field.Length && result.Count < 1000; i++)
        {
            var c = field[i];
            switch (c)
            {
                case '"': i = Quoted(field, i, entry.Words); break;
                case '(': i = Comment(field, i, entry.Comment); break;
                case '<': i = Angle(field, i, entry); break;
                case ',' or ';': entry.MoveTo(result); break;
                case ':' when entry is { Angle: null, HasAt: false }:
                    entry.Words.Clear(); // the name of a group
                    break;
                default:
                    entry.HasAt |= c == '@';
                    entry.Words.Append(c);
                    break;
            }
        }
        entry.MoveTo(result);
        return result;
    }

    private static readonly SearchValues<char> Structure = SearchValues.Create("\"(,;:=\t");

    // "ann@example.com" and "Ann Lee <ann@example.com>", which most fields are
    private static Mailbox? Simple(string field)
    {
        if (field.AsSpan().ContainsAny(Structure)) return null;
        var span = field.AsSpan().Trim();
        var open = span.IndexOf('<');
        if (open < 0) return span.Contains('@') && !span.Contains(' ') ? new Mailbox("", span.ToString()) : null;
        if (span[^1] != '>') return null;
        var inside = span[(open + 1)..^1];
        return inside.IndexOfAny("<> ") < 0 && !inside.IsEmpty
            ? new Mailbox(span[..open].Trim().ToString(), inside.ToString()) : null;
    }

    private sealed class Entry
    {
        public StringBuilder Words { get; } = new();
        public StringBuilder Comment { get; } = new();
        public string? Angle { get; set; }
        public bool HasAt { get; set; }

        public void MoveTo(List<Mailbox> result)
        {
            var words = EncodedWord.Decode(Words.ToString().Trim());
            if (Angle is { Length: > 0 } angle) result.Add(new Mailbox(words, angle));
            else if (Angle is null && words.Contains('@', StringComparison.Ordinal))
                result.Add(new Mailbox(EncodedWord.Decode(Comment.ToString().Trim()), LastWithAt(words)));
            Words.Clear();
            Comment.Clear();
            (Angle, HasAt) = (null, false);
        }

        private static string LastWithAt(string words)
        {
            var all = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return all.Length == 1 ? all[0] : all.LastOrDefault(w => w.Contains('@', StringComparison.Ordinal)) ?? words;
        }
    }

    private static int Quoted(string field, int i, StringBuilder into)
    {
        for (i++; i < field.Length && field[i] != '"'; i++)
        {
            if (field[i] == '\\' && i + 1 < field.Length) i++;
            into.Append(field[i]);
        }
        return i;
    }

    private static int Comment(string field, int i, StringBuilder into)
    {
        var depth = 1;
        for (i++; i < field.Length; i++)
        {
            if (field[i] == '(') depth++;
            else if (field[i] == ')' && --depth == 0) break;
            into.Append(field[i]);
        }
        return i;
    }

    private static int Angle(string field, int i, Entry entry)
    {
        var end = field.IndexOf('>', i);
        var inside = field[(i + 1)..(end < 0 ? field.Length : end)].Trim();
        var route = inside.StartsWith('@') ? inside.IndexOf(':', StringComparison.Ordinal) : -1;
        entry.Angle = route < 0 ? inside : inside[(route + 1)..];
        return end < 0 ? field.Length : end;
    }
}
