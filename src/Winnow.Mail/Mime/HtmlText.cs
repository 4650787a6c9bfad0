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
        var tag = html.AsSpan()[(open + 1)..(close < 0 ? html.Length : close)];
        if (tag.Contains('@') && !tag.Contains('='))
        {
            text.Append('<').Append(tag).Append('>');
            return close < 0 ? html.Length : close + 1;
        }
        var name = (tag.IndexOfAny(' ', '\t', '\n') is >= 0 and var end ? tag[..end] : tag).TrimEnd('/');
        if (Is(name, "script")) return After(html, "</script>", open);
        if (Is(name, "style")) return After(html, "</style>", open);
        if (IsBlock(name)) text.Append('\n');
        else if (Is(name, "td") || Is(name, "th")) text.Append(' ');
        return close < 0 ? html.Length : close + 1;
    }

    private static bool IsBlock(ReadOnlySpan<char> name)
    {
        foreach (var block in Blocks)
            if (Is(name, block)) return true;
        return false;
    }

    private static bool Is(ReadOnlySpan<char> name, string tag) => name.Equals(tag, StringComparison.OrdinalIgnoreCase);

    private static int After(string html, string mark, int from)
    {
        var found = html.IndexOf(mark, Math.Min(from, html.Length), StringComparison.OrdinalIgnoreCase);
        return found < 0 ? html.Length : found + mark.Length;
    }
}
