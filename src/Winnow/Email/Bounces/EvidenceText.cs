using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Winnow.Email.Bounces.Webhooks;
using Winnow.Mail.Mime;

namespace Winnow.Email.Bounces;

/// <summary>A raw report as people can read it, with the lines that decided. Strangers wrote it: nothing in it is ever more than text.</summary>
/// <param name="Lines">Transfer encodings are off, JSON is indented, attachments are named instead of shown.</param>
/// <param name="From">The first decisive line; <paramref name="To"/>: behind the last. Both 0 when it is not found.</param>
/// <param name="IsCut">Whether there was more than is read here.</param>
public sealed record EvidenceText(IReadOnlyList<string> Lines, int From, int To, bool IsCut)
{
    private const int MostCharacters = 200_000, MostLine = 4_000, Around = 12, Opening = 40, FewestFolded = 8, Telling = 40;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What stands before the decisive lines and far from them.</summary>
    public IReadOnlyList<string> Above => [.. Lines.Take(NearFrom)];

    /// <summary>What stands just before.</summary>
    public IReadOnlyList<string> Before => [.. Lines.Take(From).Skip(NearFrom)];

    /// <summary>The lines that decided.</summary>
    public IReadOnlyList<string> Decisive => [.. Lines.Take(To).Skip(From)];

    /// <summary>What stands just after; without decisive lines the opening.</summary>
    public IReadOnlyList<string> After => [.. Lines.Take(NearTo).Skip(To)];

    /// <summary>All that follows.</summary>
    public IReadOnlyList<string> Below => [.. Lines.Skip(NearTo)];

    private int NearFrom => From - Around < FewestFolded ? 0 : From - Around;

    private int NearTo => To + (To == 0 ? Opening : Around) is var end && Lines.Count - end < FewestFolded ? Lines.Count : end;

    /// <summary>Reads the raw bytes of a report that came by a door.</summary>
    /// <param name="decisive">The line that decided, as it was kept.</param>
    public static EvidenceText Of(string door, byte[] raw, string? decisive)
    {
        var text = door == "reply" ? Encoding.UTF8.GetString(raw) : WebhookProvider.Find(door) is null ? OfMail(raw) : OfJson(raw);
        var isCut = text.Length > MostCharacters;
        List<string> lines = [.. (isCut ? text[..MostCharacters] : text).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(Shown)];
        var (from, to) = Find(lines, decisive);
        return new(lines, from, to, isCut);
    }

    private static string OfJson(byte[] raw)
    {
        try { return JsonSerializer.Serialize(JsonDocument.Parse(raw).RootElement, Indented); }
        catch (JsonException) { return Encoding.UTF8.GetString(raw); }
    }

    private static string OfMail(byte[] raw)
    {
        var text = new StringBuilder();
        Write(MimeReader.Read(raw), text);
        return text.ToString();
    }

    private static void Write(MimePart part, StringBuilder text)
    {
        foreach (var field in part.Headers) text.Append(field.Name).Append(": ").Append(field.Text).Append('\n');
        text.Append('\n');
        if (part.Parts.Count == 0) text.Append(Body(part)).Append('\n');
        foreach (var below in part.Parts)
        {
            if (text.Length > MostCharacters) return;
            text.Append("\n―――― ").Append(below.ContentType.Value).Append(" ――――\n");
            Write(below, text);
        }
    }

    private static string Body(MimePart part) => part.ContentType switch
    {
        var type when type.Is("text/html") => HtmlText.Strip(part.Text()),
        var type when type.IsAny("text") || type.IsAny("message") || type.IsAny("multipart") || type.Is("application/json") => part.Text(),
        var type => $"[{type.Value}: {part.Body.Length} bytes]",
    };

    // Control characters are shown as such, and so are those that turn the direction of what follows.
    private static string Shown(string line) => string.Concat((line.Length > MostLine ? line[..MostLine] + "…" : line)
        .Select(c => c != '\t' && char.IsControl(c) || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069' ? '\uFFFD' : c));

    /// <summary>Reports fold lines at random places and JSON escapes: blanks and backslashes do not count. A reply of several lines repeats its
    /// code on each, so failing the whole its telling beginning is looked for.</summary>
    private static (int From, int To) Find(List<string> lines, string? decisive)
    {
        var (all, lineOf) = Bare(lines);
        var (wanted, _) = Bare([decisive ?? ""]);
        var words = wanted.TrimStart("0123456789.-#() ".ToCharArray());
        foreach (var sought in new[] { wanted, words, words.Length > Telling ? words[..Telling] : words })
            if (sought.Length > 2 && all.IndexOf(sought, StringComparison.OrdinalIgnoreCase) is >= 0 and var at) return (lineOf[at], lineOf[at + sought.Length - 1] + 1);
        return (0, 0);
    }

    private static (string Text, List<int> LineOf) Bare(List<string> lines)
    {
        var (text, lineOf) = (new StringBuilder(), new List<int>());
        for (var line = 0; line < lines.Count; line++)
            foreach (var c in lines[line].Where(c => !char.IsWhiteSpace(c) && c is not ('\\' or '\uFFFD')))
            {
                text.Append(c);
                lineOf.Add(line);
            }
        return (text.ToString(), lineOf);
    }
}
