using Microsoft.Extensions.Localization;
using Winnow.Data;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Server.Lists;

/// <summary>What is wrong with the name of a list, beside its field and in the reader's language. The store checks again.</summary>
public static class ListNames
{
    /// <summary>Notes what is wrong under the field "Name".</summary>
    /// <param name="id">The list that is renamed; null for a new one.</param>
    public static async Task Check(Db db, ListStore lists, long accountId, long? id, string? name, FormErrors errors, IStringLocalizer<Words> words)
    {
        errors.AddIf(string.IsNullOrWhiteSpace(name), "Name", words["Give the list a name."]);
        errors.AddIf(name?.Trim().Length > ContactList.MaxName, "Name", words["The name is longer than {0} characters.", ContactList.MaxName]);
        if (!errors.None) return;
        var other = await db.Read(tx => lists.FindByName(tx, accountId, name!));
        errors.AddIf(other is not null && other.Id != id, "Name", words["Another list is called {0}. Choose another name.", other?.Name ?? ""]);
    }
}
