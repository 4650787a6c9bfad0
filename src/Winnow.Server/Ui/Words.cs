using Microsoft.Extensions.Localization;

namespace Winnow.Server.Ui;

/// <summary>
/// The words of the pages. The English text itself is the key; <c>Words.nl.resx</c> holds the Dutch.
/// <c>T["Delete {0} contacts", F.Number(count)]</c> in a page; a test names the keys that lack a translation.
/// </summary>
public sealed class Words;

/// <summary>Words that depend on a number.</summary>
public static class Counting
{
    /// <summary>
    /// The text for one or for another number, with the grouped number as <c>{0}</c>:
    /// <c>T.Count(n, "{0} contact", "{0} contacts")</c>. English and Dutch need no more than these two forms.
    /// </summary>
    /// <param name="others">What stands at <c>{1}</c> and further.</param>
    public static string Count(this IStringLocalizer<Words> words, long count, string one, string many, params object[] others) =>
        words[count == 1 ? one : many, [Format.Grouped(count, System.Globalization.CultureInfo.CurrentCulture), .. others]];
}
