using Winnow.Mail.Mime;

namespace Winnow.Mail.Reports;

/// <summary>The part of a report written for people, up to the returned mail; at most 32,768 characters of it.</summary>
internal sealed class Narrative(MimePart message)
{
    private const int MostText = 32 * 1024;
    private const int MostAbout = 1500;

    private string? whole;
    private string? text;
    private int originalStart;
    private List<AddressPlace>? addresses;

    /// <summary>What the report says.</summary>
    public string Text => text ??= UpToOriginal();

    /// <summary>What follows the mark of a returned mail in the text; empty when there is none.</summary>
    public ReadOnlySpan<char> Returned => Text.Length < whole!.Length ? whole.AsSpan(originalStart) : default;

    /// <summary>The addresses in the text, in their order.</summary>
    public IReadOnlyList<AddressPlace> Addresses => addresses ??= AddressesInText.Find(Text);

    /// <summary>
    /// What is said about one recipient, in one line: from the first line that names it on (with the SMTP conversation that stands
    /// just above it), up to the next line about somebody else; all of the text when no line names it.
    /// </summary>
    public string About(string recipient)
    {
        var at = recipient.Length > 3 ? Mention(recipient) : -1;
        if (at < 0) return OneLine(Text);
        var line = Text.AsSpan(0, at).LastIndexOf('\n') + 1;
        var start = Conversation.Before(Text, line);
        var end = NextOther(line, recipient);
        return OneLine(Text.AsSpan()[start..(start == line ? end : Conversation.Next(Text, line, end))]);
    }

    /// <summary>At most 1,500 characters in one line.</summary>
    public static string OneLine(ReadOnlySpan<char> text) => SmtpText.OneLine(text.Length > MostAbout ? text[..MostAbout] : text);

    private string UpToOriginal()
    {
        whole = message.ReadableText();
        if (whole.Length > MostText) whole = whole[..MostText];
        var end = OriginalMark.Find(whole, out originalStart);
        return end < 0 ? whole : whole[..end];
    }

    // where the report itself speaks of the recipient; a line of the conversation counts when no other does
    private int Mention(string recipient)
    {
        var first = Text.IndexOf(recipient, StringComparison.OrdinalIgnoreCase);
        for (var at = first; at >= 0; at = Text.IndexOf(recipient, at + recipient.Length, StringComparison.OrdinalIgnoreCase))
            if (!Conversation.IsLine(Text.AsSpan(Text.AsSpan(0, at).LastIndexOf('\n') + 1))) return at;
        return first;
    }

    private int NextOther(int start, string recipient)
    {
        foreach (var place in Addresses)
            if (place.LineStart > start && RecipientForm.Of(Text, place) < RecipientForm.Leading && !Text.AsSpan()[place.Start..place.End].Equals(recipient, StringComparison.OrdinalIgnoreCase))
                return place.LineStart;
        return Text.Length;
    }
}
