using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Contacts;
using Winnow.Server.Lists;
using Winnow.Server.Ui;
using Winnow.Transfer;

namespace Winnow.Server.Transfer;

/// <summary>What imports say, in the reader's language.</summary>
public static class ImportWording
{
    /// <summary>Why an import was not started, or its file not read: what imports refuse themselves, else what the list that they make does, or the file.</summary>
    public static string Refused(this IStringLocalizer<Words> words, string said)
    {
        var (text, names) = ImportRefusals.Parts(said);
        return names.Length > 0 ? words[text, [.. names]] : words[text] is { ResourceNotFound: false } found ? found : ListWords.Refused(words, said);
    }

    /// <summary>What the file of rejected rows shall say: the reasons and the labels of properties; null where that is English.</summary>
    public static IReadOnlyDictionary<string, string>? OfRejections(this IStringLocalizer<Words> words) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? null
        : RejectionReasons.All.Concat(BuiltInProperties.All.Select(property => property.Label)).Distinct().ToDictionary(text => text, text => words[text].Value);
}
