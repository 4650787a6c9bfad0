using System.Buffers;

namespace Winnow.Mail.Reports;

/// <summary>Where a free-text bounce ends and the mail it returns begins.</summary>
internal static class OriginalMark
{
    private static readonly string[] Phrases =
    [
        "this is a copy of the message, including all the headers",
        "this is a copy of your message, including all the headers",
        "this is a copy of the message's headers",
        "this is a copy of the headers of the original message",
        "the body of the message is * characters long",
        "below this line is a copy of the message",
        "original message follows",
        "original message header",
        "original message headers",
        "the header page of the original message",
        "enclosed is a copy of the message",
        "undelivered message headers",
        "message header follows",
        "message headers follow",
        "unsent message below",
        "unsent message follows",
        "unsent message returned below",
        "message text follows",
        "returned message follows",
        "returned message header",
        "the following is a copy of the original message",
        "original e-mail header",
        "header of the original message",
        "headers of the original message",
        "your original message is included below",
        "your message is enclosed",
        "the original message was as follows",
        "start of your message",
        "begin original message",
        "begin message header",
        "original mail as follows",
        "forwarded message",
        "content-type: message/rfc822",
    ];

    private static readonly string[] Lines = ["original message", "original email", "the original message", "returned message", "message header", "headers follow"];

    private static readonly SearchValues<string> Heads = Phrase.Heads(Phrases);

    /// <summary>The start of the line with the mark (and where the text after it begins), or -1.</summary>
    public static int Find(string text, out int after)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0) end = text.Length;
            var line = text.AsSpan(start, end - start);
            if (start > 0 && (line.StartsWith("Received: ", StringComparison.Ordinal) || line.StartsWith("Return-Path: ", StringComparison.OrdinalIgnoreCase)))
                return after = start; // the header itself, without a word before it
            if (IsMark(line))
            {
                after = Math.Min(end + 1, text.Length);
                return start;
            }
            start = end + 1;
        }
        after = text.Length;
        return -1;
    }

    private static bool IsMark(ReadOnlySpan<char> line)
    {
        if (line.Length is < 10 or > 200) return false;
        Span<char> lower = stackalloc char[line.Length];
        line.ToLowerInvariant(lower);
        if (lower.ContainsAny(Heads))
            foreach (var phrase in Phrases)
                if (Phrase.In(lower, phrase)) return true;
        var bare = lower.Trim(" \t-=*_>#:.");
        foreach (var whole in Lines)
            if (bare.SequenceEqual(whole)) return true;
        return false;
    }
}
