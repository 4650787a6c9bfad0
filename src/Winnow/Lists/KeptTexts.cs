using Winnow.Contacts;

namespace Winnow.Lists;

/// <summary>What the files say that name whom an undo left alone: in English. Who orders an undo in another language gives the job these texts in it.</summary>
public static class KeptTexts
{
    internal const string ValuesFile = "kept values.csv", AloneFile = "left alone.csv",
        Nameless = "A contact needs an email address or a name.", Changed = "The value was changed after the edit.", BeforeImport = "Value before the import", ChangedSinceImport = "The value was changed after the import.",
        InBin = "The import made the contact, and it was changed since. It is in the recycle bin.", AddressTaken = "Another contact has this address now.", Deleted = "The contact was deleted.",
        JoinedAgain = "It left the list and joined it again, or was added once more, after this.", LeftAgain = "It joined and left the list again, or was removed once more, after this.";

    internal const int BeforeColumn = 4;

    internal static readonly string[] ValuesHeading = ["Record ID", "Email", "Name", "Property", "Value before the edit", "Value now", "Changed at (UTC)", "Changed by", "Why it was kept"],
        AloneHeading = ["Record ID", "Email", "Name", "Why it was left alone"];

    /// <summary>All of them, for translation.</summary>
    public static readonly IReadOnlyList<string> All = [.. ValuesHeading.Union(AloneHeading), ValuesFile, AloneFile, Nameless, Changed, BeforeImport, ChangedSinceImport, InBin, AddressTaken, Deleted, JoinedAgain, LeftAgain, .. MarketingStatus.Texts];

    /// <summary>A text as it was ordered; in English when no others were.</summary>
    internal static string Say(this IReadOnlyDictionary<string, string>? texts, string text) => texts?.GetValueOrDefault(text) ?? text;
}
