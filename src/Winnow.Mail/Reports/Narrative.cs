using System.Buffers;
using System.Text;
using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>The part of a report written for people, up to the returned mail; at most 32,768 characters of it.</summary>
internal sealed class Narrative(MimePart message)
{
    private const int MostText = 32 * 1024;
    private const int MostAbout = 1500;
    private const int MostMentions = 10;

    private static readonly List<string> Marks = RuleFile.Rows("reasonmarks", 3).ConvertAll(row => row[0]);

    private string? text;
    private string? rejection;
    private Headers? returnedHeader;
    private List<AddressPlace>? addresses;
    private int[]? forms;

    /// <summary>What the report says.</summary>
    public string Text => text ??= UpToOriginal();

    /// <summary>The header of the mail that the text returns, or null.</summary>
    public Headers? ReturnedHeader
    {
        get
        {
            text ??= UpToOriginal();
            return returnedHeader;
        }
    }

    /// <summary>The mail that the text returns, or the empty string.</summary>
    public string Returned()
    {
        var whole = message.ReadableText();
        var seen = whole.AsSpan(0, Math.Min(whole.Length, MostText));
        return OriginalMark.Find(seen, out var after) < 0 ? "" : seen[after..].ToString();
    }

    /// <summary>The addresses in the text, in their order.</summary>
    public IReadOnlyList<AddressPlace> Addresses => addresses ??= AddressesInText.Find(Text);

    /// <summary>The reason that a system wrote into its text after words of its own (Rules/reasonmarks.tsv), or null.</summary>
    public string? Rejection => (rejection ??= RejectionIn(Text)) is { Length: > 0 } reason ? reason : null;

    /// <summary>How each of them stands there: rows of <see cref="RecipientForm.Table"/>.</summary>
    public IReadOnlyList<int> Forms => forms ??= [.. Addresses.Select(place => RecipientForm.Of(Text, place))];

    /// <summary>
    /// What is said about one recipient: from the first line that names it on (with the SMTP conversation that stands
    /// just above it), up to the next line about somebody else; all of the text when no line names it.
    /// </summary>
    public ReadOnlySpan<char> About(string recipient)
    {
        var at = recipient.Length > 3 ? Mention(recipient) : -1;
        if (at < 0) return Text;
        var line = Text.AsSpan(0, at).LastIndexOf('\n') + 1;
        var start = Conversation.Before(Text, line);
        var end = Math.Min(Math.Min(NextOther(line, recipient), line + MostAbout), Text.Length);
        return Text.AsSpan()[start..(start == line ? end : Conversation.Next(Text, line, end))];
    }

    /// <summary>At most 1,500 characters in one line.</summary>
    public static string OneLine(ReadOnlySpan<char> text) => SmtpText.OneLine(Start(text));

    /// <summary>At most 1,500 characters.</summary>
    public static ReadOnlySpan<char> Start(ReadOnlySpan<char> text) => text.Length > MostAbout ? text[..MostAbout] : text;

    /// <summary>The rows of the marks whose proof does not give its last line.</summary>
    internal static IEnumerable<string> UnprovedMarks() =>
        from row in RuleFile.Rows("reasonmarks", 3)
        let lines = row[2].Split('|')
        where RejectionIn(string.Join('\n', lines)) != lines[^1] || Marks.Find(mark => row[2].Contains(mark, StringComparison.OrdinalIgnoreCase)) != row[0]
        select $"reasonmarks: “{row[0]}”";

    private static string RejectionIn(string text)
    {
        foreach (var mark in Marks)
            if (text.IndexOf(mark, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
            {
                var rest = text.AsSpan(at + mark.Length).TrimStart();
                var end = rest.IndexOf("\n\n");
                return OneLine(end < 0 ? rest : rest[..end]);
            }
        return "";
    }

    private string UpToOriginal()
    {
        var (buffer, length) = message.Readable() is [var only] && !only.ContentType.Is("text/html") ? only.RentText() : MimePart.Rented(message.ReadableText());
        try
        {
            var whole = buffer.AsSpan(0, Math.Min(length, MostText));
            var end = OriginalMark.Find(whole, out var after);
            if (end >= 0) returnedHeader = HeaderOf(whole[after..]);
            return new string(end < 0 ? whole : whole[..end]);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static Headers HeaderOf(ReadOnlySpan<char> mail)
    {
        mail = mail.TrimStart('\n');
        var end = mail.IndexOf("\n\n");
        if (end >= 0) mail = mail[..end];
        var bytes = new byte[Encoding.UTF8.GetByteCount(mail)];
        Encoding.UTF8.GetBytes(mail, bytes);
        return HeaderReader.Read(bytes, MimeLimits.Default, out _);
    }

    // where the report itself speaks of the recipient; a line of the conversation counts when no other does
    private int Mention(string recipient)
    {
        var first = Text.IndexOf(recipient, StringComparison.OrdinalIgnoreCase);
        for (var (at, tries) = (first, 0); at >= 0 && tries < MostMentions; tries++, at = Text.IndexOf(recipient, at + recipient.Length, StringComparison.OrdinalIgnoreCase))
            if (!Conversation.IsLine(Text.AsSpan(Text.AsSpan(0, at).LastIndexOf('\n') + 1))) return at;
        return first;
    }

    private int NextOther(int start, string recipient)
    {
        for (var i = 0; i < Addresses.Count; i++)
            if (Addresses[i] is var place && place.LineStart > start && Forms[i] < RecipientForm.Leading && !Text.AsSpan()[place.Start..place.End].Equals(recipient, StringComparison.OrdinalIgnoreCase))
                return place.LineStart;
        return Text.Length;
    }
}
