using System.Net;
using Winnow.Contacts;
using Winnow.Email;

namespace Winnow.Server.Email;

/// <summary>An e-mail as a person looks at it while writing: tokens at their defaults, or named where they have none.</summary>
public static class EmailPreview
{
    /// <summary>The HTML, harmless.</summary>
    public static string Html(MarketingEmail email, PropertyCatalog properties) => EmailHtml.ToPreview(email.Html.Trim().Length > 0
        ? Filled(email.Html, properties, html: true)
        : $"<pre style=\"white-space:pre-wrap;font:14px/1.5 sans-serif\">{WebUtility.HtmlEncode(Filled(email.Text, properties, html: false))}</pre>");

    /// <summary>A line of text, such as the subject.</summary>
    public static string Line(string text, PropertyCatalog properties) => Filled(text, properties, html: false);

    private static string Filled(string text, PropertyCatalog properties, bool html) => TokenText.Replace(text, (token, between) =>
    {
        var word = token switch
        {
            null => $"{{{{{between}}}}}",
            { Property: null } => "#",
            { Default: { Length: > 0 } given } => given,
            { Property: { } name } => $"[{properties.Find(name)?.Label ?? name}]",
        };
        return html ? WebUtility.HtmlEncode(word) : word;
    });
}
