using System.Globalization;
using Winnow.Contacts;
using Winnow.Lists;

namespace Winnow.Transfer;

/// <summary>Why rows of a file are rejected: English sentences, {0} and {1} the names in them. Who starts an import in another language gives it these texts in it.</summary>
public static class RejectionReasons
{
    internal const string LongAddress = "The email address is too long.", NoAt = "The email address has no @.", ManyAts = "The email address has more than one @: one address a row.",
        BadDomain = "The part of the email address behind the @ is no domain name.", BadAddress = "This is not a valid email address.";

    internal const string NoContact = "There is no contact with record ID {0}.", OfAnother = "This address belongs to another contact, record ID {0}.", OfAnotherRow = "Another row of the file has this address.",
        IsThere = "There is a contact already, record ID {0}, and this import only makes new ones.", IsUnknown = "No contact has this email address, and this import makes none.",
        Erased = "This address was deleted permanently and cannot be imported again.";

    /// <summary>All of them, for translation.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        LongAddress, NoAt, ManyAts, BadDomain, BadAddress, NoContact, OfAnother, OfAnotherRow, IsThere, IsUnknown, Erased, .. PropertyValue.Refusals,
            ImportRefusals.ManyCells, ImportRefusals.HeadingAgain, ImportRefusals.NoAddress, ImportRefusals.BadNumber, CsvRows.TooLong, CsvRows.BadQuote,
    ];

    private static readonly Sentences Said = new(All);

    /// <summary>A reason in the language of these texts; in English when there are none.</summary>
    internal static string In(string reason, IReadOnlyDictionary<string, string>? texts)
    {
        if (texts is null) return reason;
        if (texts.TryGetValue(reason, out var whole)) return whole;
        var (sentence, names) = Said.Parts(reason);
        if (names.Length == 0 || !texts.TryGetValue(sentence, out var text)) return reason;
        if (sentence.StartsWith("{0}", StringComparison.Ordinal)) names[0] = texts.GetValueOrDefault(names[0], names[0]);      // the label of a property
        return string.Format(CultureInfo.InvariantCulture, text, names);
    }
}
