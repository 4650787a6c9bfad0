using Microsoft.Extensions.Localization;
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
}
