using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Winnow.Accounts;

namespace Winnow.Email;

/// <summary>What is done to the HTML of an e-mail: its text for those who read text, what every mail must have, and a harmless copy to look at.</summary>
public static partial class EmailHtml
{
    private static readonly HashSet<string> Allowed = [.. """
        a abbr address article aside b bdi bdo big blockquote body br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font
        footer h1 h2 h3 h4 h5 h6 head header hr html i img ins kbd li main mark meta nav ol p pre q s samp section small span strike strong style sub sup
        table tbody td tfoot th thead time title tr tt u ul var
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
    private static readonly HashSet<string> Attributes = [.. """
        abbr align alt background bgcolor border cellpadding cellspacing charset cite class clear color cols colspan content datetime dir face headers height
        href hspace id lang name nowrap role rowspan scope size span src start style summary title type valign vspace width
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
    private static readonly HashSet<string> Blocks = ["address", "article", "blockquote", "center", "div", "dl", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "ol", "p", "pre", "section", "table", "tr", "ul"];

    /// <summary>The HTML with the preview text that mail programs show behind the subject, and a way out where the author left none. Otherwise untouched.</summary>
    public static string ForSending(string html, string previewText, Account account)
    {
        if (!TokenText.HasUnsubscribe(html))
            html = BeforeEnd(html, $"""<p style="margin:24px 0 0;font:12px/1.5 sans-serif;color:#666">{WebUtility.HtmlEncode(Footer(account))}: <a href="{"{{unsubscribe_link}}"}" style="color:#666">{Leave(account)}</a></p>""");
        if (previewText.Trim().Length == 0) return html;
        // what follows the preview text in the inbox would be the mail's first words: blanks keep them away
        var hidden = $"""<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{WebUtility.HtmlEncode(previewText.Trim())}{string.Concat(Enumerable.Repeat("&#8199;&#847; ", 60))}</div>""";
        var body = Body().Match(html);
        return body.Success ? html.Insert(body.Index + body.Length, hidden) : hidden + html;
    }

    /// <summary>The sentence before the way out that is added where there is none.</summary>
    public static string Footer(Account account) => account.Language == "nl"
        ? $"Je krijgt deze e-mail van {account.Name}. Geen e-mail meer ontvangen"
        : $"You get this email from {account.Name}. To get no more of them";

    /// <summary>The words of an HTML mail for those who read text; addresses of links stand in brackets behind their words.</summary>
    public static string ToText(string html)
    {
        var text = new StringBuilder();
        if (new HtmlParser().ParseDocument(html).Body is { } body) Walk(body, text);
        return ManyLines().Replace(Spaces().Replace(text.ToString(), "\n"), "\n\n").Trim() + "\n";
    }

    /// <summary>A copy that can do nothing but be looked at: only elements and attributes of a list remain, links lead nowhere but to the web or a mailbox.</summary>
    public static string ToPreview(string html)
    {
        var document = new HtmlParser().ParseDocument(html);
        foreach (var element in document.All.ToList())
        {
            if (!Allowed.Contains(element.LocalName)) { element.Remove(); continue; }
            if (element.LocalName == "meta" && element.HasAttribute("http-equiv")) { element.Remove(); continue; }
            foreach (var attribute in element.Attributes.Where(a => !Attributes.Contains(a.LocalName) || a.LocalName is "href" or "src" or "background" or "cite" && !IsHarmless(a.Value)).ToList())
                element.RemoveAttribute(attribute.NamespaceUri, attribute.LocalName);
            if (element.LocalName == "a") element.SetAttribute("target", "_blank");
        }
        foreach (var comment in document.Descendants<IComment>().ToList()) comment.Remove();
        return document.DocumentElement.OuterHtml;
    }

    private static bool IsHarmless(string url) =>
        Uri.TryCreate(url.Trim(), UriKind.Absolute, out var absolute) && absolute.Scheme is "http" or "https" or "mailto" or "tel" or "cid" || url.StartsWith('#');

    private static void Walk(INode node, StringBuilder text)
    {
        foreach (var child in node.ChildNodes)
        {
            if (child is IText words) text.Append(Blank().Replace(words.Data, " "));
            if (child is not IElement element || element.LocalName is "style" or "script" or "head" or "title" || IsHidden(element)) continue;
            var block = Blocks.Contains(element.LocalName);
            if (block) text.Append('\n');
            if (element.LocalName == "br") text.Append('\n');
            if (element.LocalName == "li") text.Append("\n* ");
            if (element.LocalName is "td" or "th" && element.PreviousElementSibling is not null) text.Append(' ');
            if (element.LocalName == "img") text.Append(element.GetAttribute("alt"));
            var start = text.Length;
            Walk(element, text);
            if (element.LocalName == "a" && element.GetAttribute("href") is { Length: > 0 } href && !href.StartsWith('#') && text.ToString(start, text.Length - start).Trim() != href)
                text.Append(" (").Append(href).Append(')');
            if (block) text.Append(element.LocalName is "p" or "h1" or "h2" or "h3" or "table" or "ul" or "ol" ? "\n\n" : "\n");
        }
    }

    private static bool IsHidden(IElement element) => element.GetAttribute("style") is { } style && Hidden().IsMatch(style);

    private static string BeforeEnd(string html, string footer)
    {
        var end = html.LastIndexOf("</body", StringComparison.OrdinalIgnoreCase);
        return end < 0 ? html + footer : html.Insert(end, footer);
    }

    private static string Leave(Account account) => account.Language == "nl" ? "afmelden" : "unsubscribe";

    [GeneratedRegex("<body[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex Body();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();

    [GeneratedRegex(@"[ \t]*\n[ \t]*")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex ManyLines();

    [GeneratedRegex(@"display\s*:\s*none", RegexOptions.IgnoreCase)]
    private static partial Regex Hidden();
}
