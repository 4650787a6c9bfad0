using System.Buffers;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>The signs that tell machines' mails apart (Rules/signs.tsv). One sign proves nothing: people quote bounces, machines write other things.</summary>
internal static class Signs
{
    private const int MostOpening = 3000;

    private static readonly List<string[]> Rows = RuleFile.Rows("signs", 3);
    private static readonly ILookup<string, string> Words = Rows.ToLookup(row => row[0], row => row[1]);
    private static readonly PhraseSet Senders = Of("sender"), Subjects = Of("subject"), Openings = Of("opening"), Delays = Of("delay"), Warnings = Of("delay-subject");
    private static readonly PhraseSet AutoSubjects = Of("auto-subject"), Challenges = Of("challenge");
    private static readonly (string Name, string Value)[] AutoHeaders = [.. Words["auto-header"].Select(h => h.Split(": ", 2)).Select(h => (h[0].TrimEnd(':'), h is [_, var start] ? start : ""))];
    private static readonly string[] Answers = [.. Words["answer"]], PersonHeaders = [.. Words["person-header"]], AutoStarts = [.. Words["auto-subject-start"]];

    /// <summary>
    /// Whether a mail without a machine part is a bounce. Two of three: who sends it (or, for one that came to an address only our
    /// mail carries, that), how it is titled, what it says; a field of failed recipients counts for all.
    /// </summary>
    public static bool IsBounce(Headers headers, Narrative narrative, bool isAddressed)
    {
        if (headers.Has("X-Failed-Recipients")) return true;
        if (headers.Has("List-Id")) return false;
        var (sender, subject) = (isAddressed || IsMachine(headers), IsBounceSubject(headers));
        if (!sender && !subject || IsAnswer(headers)) return false;
        if (isAddressed && AutoReplyTo(headers) is not null && !IsMachine(headers)) return false;
        if (sender && subject) return true;
        var text = narrative.Text;
        return Stands(Openings, text.AsSpan(0, Math.Min(text.Length, MostOpening))) && (sender || !IsPerson(headers));
    }

    /// <summary>True when the text says that the sender still tries.</summary>
    public static bool IsDelay(string subject, string text) => Stands(Warnings, subject) || Stands(Delays, text);

    /// <summary>A mail that no person wrote, as its sender says: empty return path, a daemon's name.</summary>
    public static bool IsMachine(Headers headers) =>
        headers.Text("From") is var from && (from.Trim() is "" or "<>" || Stands(Senders, from))
        || headers["Return-Path"] is { } path && (path.Trim() is "<>" || path.Contains("MAILER-DAEMON", StringComparison.OrdinalIgnoreCase));

    /// <summary>The mark of an automatic answer (RFC 3834 and its forerunners): name of the rule and the line it was found on, or null.</summary>
    public static (string Rule, string Line)? AutoReplyTo(Headers headers)
    {
        foreach (var (name, start) in AutoHeaders)
            if (headers[name] is { } value && value.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return ($"header: {name}", $"{name}: {value}");
        var subject = headers.Text("Subject").Trim();
        return Array.Exists(AutoStarts, s => subject.StartsWith(s, StringComparison.OrdinalIgnoreCase)) || Stands(AutoSubjects, subject) ? ("subject", $"Subject: {subject}") : null;
    }

    /// <summary>Asks the sender to prove to be a person (challenge and response).</summary>
    public static bool IsChallenge(string subject, string text) => Stands(Challenges, subject) || Stands(Challenges, text.AsSpan(0, Math.Min(text.Length, MostOpening)));

    /// <summary>An answer or a forwarded mail: what it quotes was said to somebody else.</summary>
    public static bool IsAnswer(Headers headers)
    {
        var subject = headers.Text("Subject").Trim();
        return Array.Exists(Answers, a => subject.StartsWith(a, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A mail program's mark, or an answer to another mail: a person wrote it.</summary>
    public static bool IsPerson(Headers headers) =>
        Array.Exists(PersonHeaders, headers.Has) || headers.Has("In-Reply-To") && !headers.Has("Auto-Submitted");

    /// <summary>The rows whose proof another row knows, or none.</summary>
    internal static IEnumerable<string> Unproved() =>
        from kind in Rows.GroupBy(row => row[0])
        from row in kind
        where kind.FirstOrDefault(other => Knows(other, row[2]))?[1] != row[1]
        select $"signs: {row[0]} “{row[1]}”";

    private static bool Knows(string[] row, string line) => row[0] switch
    {
        "answer" or "auto-subject-start" or "auto-header" => line.StartsWith(row[1], StringComparison.OrdinalIgnoreCase),
        "person-header" => line.StartsWith(row[1] + ":", StringComparison.Ordinal),
        _ => Stands(new PhraseSet([row[1]]), line),
    };

    private static bool IsBounceSubject(Headers headers) => Stands(Subjects, headers.Text("Subject"));

    private static PhraseSet Of(string kind) => new([.. Words[kind]]);

    private static bool Stands(PhraseSet phrases, ReadOnlySpan<char> text)
    {
        var lower = ArrayPool<char>.Shared.Rent(text.Length + 1);
        try { return phrases.First(lower.AsSpan(0, text.ToLowerInvariant(lower))) >= 0; }
        finally { ArrayPool<char>.Shared.Return(lower); }
    }
}
