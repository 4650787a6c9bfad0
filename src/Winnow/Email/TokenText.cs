using System.Net;
using System.Text.RegularExpressions;

namespace Winnow.Email;

/// <summary>One <c>{{…}}</c> of a text. Spellings taken are HubSpot's (HubL): <c>{{contact.firstname}}</c>,
/// <c>{{ contact.firstname|default("friend") }}</c>, <c>{{ personalization_token('contact.firstname', 'friend') }}</c>,
/// <c>{{unsubscribe_link}}</c>; and <c>{{contact.firstname | default: "friend"}}</c>, which many know from other systems.</summary>
/// <param name="Property">The internal name of a contact property; null for the way out.</param>
/// <param name="Default">What stands there when the contact has no value.</param>
public sealed partial record TokenText(string? Property, string Default)
{
    /// <summary>The link that unsubscribes.</summary>
    public static readonly TokenText Unsubscribe = new(null, "");

    /// <summary>Replaces every token by what <paramref name="put"/> makes of it: it gets the token as read, or null when it is none that is
    /// known, and the text between the braces.</summary>
    public static string Replace(string text, Func<TokenText?, string, string> put) => Braces().Replace(text, match => put(Read(match.Groups[1].Value), match.Groups[1].Value.Trim()));

    /// <summary>Whether the text has a way out.</summary>
    public static bool HasUnsubscribe(string text) => Braces().Matches(text).Any(m => Read(m.Groups[1].Value) == Unsubscribe);

    /// <summary>Whether a token of the text is this property of the contact.</summary>
    public static bool Names(string text, string property) => Braces().Matches(text).Any(m => Read(m.Groups[1].Value)?.Property == property);

    /// <summary>What stands between the braces as a token, or null. Editors of HTML write quotes as <c>&amp;quot;</c>: both are read.</summary>
    public static TokenText? Read(string between)
    {
        var text = WebUtility.HtmlDecode(between).Trim();
        if (WayOut().IsMatch(text)) return Unsubscribe;
        var match = Piped().Match(text) is { Success: true } piped ? piped : Called().Match(text);
        return match.Success ? new(match.Groups["property"].Value.ToLowerInvariant(), match.Groups["default"].Value) : null;
    }

    // no new line inside: two braces far apart are somebody's text, not a token
    [GeneratedRegex(@"\{\{([^{}\r\n]*)\}\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"^unsubscribe_link(_all)?$", RegexOptions.IgnoreCase)]
    private static partial Regex WayOut();

    [GeneratedRegex("""^contact\.(?<property>\w+)\s*(\|\s*default\s*(:\s*|\(\s*)["'“”‘’](?<default>[^"“”]*?)["'“”‘’]\s*(,\s*true\s*)?\)?)?$""", RegexOptions.IgnoreCase)]
    private static partial Regex Piped();

    [GeneratedRegex("""^personalization_token\(\s*["'“”‘’]contact\.(?<property>\w+)["'“”‘’]\s*(,\s*["'“”‘’](?<default>[^"“”]*?)["'“”‘’]\s*)?\)$""", RegexOptions.IgnoreCase)]
    private static partial Regex Called();
}
