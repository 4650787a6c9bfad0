using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Lists;

/// <summary>Folders as the lines of a select, each with those it lies in.</summary>
public static class FolderChoices
{
    /// <summary>No folder first, then all by their ways.</summary>
    /// <param name="without">This folder and those within it are left out.</param>
    public static IEnumerable<(string Value, string Text)> Of(IReadOnlyList<ListFolder> all, IStringLocalizer<Words> words, long? without = null) => all
        .Where(folder => without is null || ListFolders.Way(all, folder.Id).All(f => f.Id != without))
        .Select(folder => (folder.Id.ToString(CultureInfo.InvariantCulture), ListFolders.Words(all, folder.Id)))
        .OrderBy(line => line.Item2, StringComparer.CurrentCultureIgnoreCase).Prepend(("0", words["No folder"].Value));
}
