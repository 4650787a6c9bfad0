using System.Net;

namespace Winnow.Email;

/// <summary>The text of a mail that leads to one page: some paragraphs, a link, a last word. In the reader's language.</summary>
/// <param name="Subject">The subject; also seen by members of the account as the job's title.</param>
/// <param name="Before">Paragraphs before the link, plain text.</param>
/// <param name="Link">The words of the link.</param>
/// <param name="Url">Where it leads: the account's public address, never one that the request named.</param>
/// <param name="After">Paragraphs after it, plain text: until when it works, and what to do when one did not ask for it.</param>
public sealed record SystemLetter(string Subject, IReadOnlyList<string> Before, string Link, string Url, IReadOnlyList<string> After)
{
    /// <summary>As plain text.</summary>
    public string Text => string.Join("\n\n", [.. Before, $"{Link}:\n{Url}", .. After]) + "\n";

    /// <summary>As HTML; every text is escaped.</summary>
    public string Html => $"""
        <!DOCTYPE html><html><head><meta charset="utf-8"><title>{Escaped(Subject)}</title></head><body style="font-family:sans-serif;line-height:1.5;max-width:34em">
        {Paragraphs(Before)}
        <p><a href="{Escaped(Url)}" style="display:inline-block;padding:.6em 1.2em;background:#1f5c46;color:#fff;text-decoration:none;border-radius:6px">{Escaped(Link)}</a></p>
        <p style="word-break:break-all">{Escaped(Url)}</p>
        {Paragraphs(After)}
        </body></html>
        """;

    private static string Paragraphs(IReadOnlyList<string> texts) => string.Join("\n", texts.Select(text => $"<p>{Escaped(text)}</p>"));

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
