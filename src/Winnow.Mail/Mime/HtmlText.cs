using System.Net;
using System.Text;

namespace Winnow.Mail.Mime;

/// <summary>The words of an HTML body, good enough to look for phrases in: tags go, blocks end lines, entities are resolved.</summary>
public static class HtmlText
{
    private static readonly string[] Blocks = ["br", "p", "/p", "div", "/div", "tr", "/tr", "li", "/td", "h1", "h2", "h3", "/h1", "/h2", "/h3", "hr", "table"];

    /// <summary>Text without tags, comments, scripts and styles.</summary>
    public static string Strip(string html)
    {
        var text = new StringBuilder(html.Length);
        var i = 0;
        while (i < html.Length)
        {
            var open = html.IndexOf('<', i);
            if (open < 0) { text.Append(html, i, html.Length - i); break; }
            text.Append(html, i, open - i);
            i = AfterTag(html, open, text);
        }
        return WebUtility.HtmlDecode(text.ToString());
    }

    private static int AfterTag(string html, int open, StringBuilder text)
    {
        if (string.CompareOrdinal(html, open, "<!--", 0, 4) == 0) return After(html, "-->", open + 4);
        var close = html.IndexOf('>', open);
        // a mail address in angle brackets is text, not a tag
        var tag = html[(open + 1)..(close < 0 ? html.Length : close)];
        if (tag.Contains('@', StringComparison.Ordinal) && !tag.Contains('=', StringComparison.Ordinal))
        {
            text.Append('<').Append(tag).Append('>');
            return close < 0 ? html.Length : close + 1;
        }
        var name = tag.Split([' ', '\t', '\n', '>'], 2)[0].TrimEnd('/').ToLowerInvariant();
        if (name is "script" or "style") return After(html, "</" + name + ">", open);
        text.Append(Blocks.Contains(name) ? '\n' : name is "td" or "th" ? ' ' : "");
        return close < 0 ? html.Length : close + 1;
    }

    private static int After(string html, string mark, int from)
    {
        var found = html.IndexOf(mark, Math.Min(from, html.Length), StringComparison.OrdinalIgnoreCase);
        return found < 0 ? html.Length : found + mark.Length;
    }
}
