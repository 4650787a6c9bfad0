using System.Globalization;
using System.Text;

namespace Winnow.Contacts;

/// <summary>The words a contact is found by, and the words of a search: letters and digits, small, without accents.</summary>
public static class SearchWords
{
    private const int MaxLength = 40, MaxWords = 12;

    /// <summary>The words of first and last name, company and addresses (without the last label of their domains), each once.</summary>
    public static SortedSet<string> Of(Contact contact)
    {
        var words = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var property in Named) words.UnionWith(In((string?)contact[property]));
        if (contact.EmailKey is { } address) words.UnionWith(In(address[..address.LastIndexOf('.')]));
        if (contact[Others] is string others) foreach (var other in others.Split(';')) words.UnionWith(In(other[..Math.Max(other.LastIndexOf('.'), 0)]));
        return words;
    }

    /// <summary>The words of a search. An address loses the last label of its domain, as it does in the index: typed whole, or pasted, it is found.</summary>
    public static IEnumerable<string> Asked(string search) =>
        In(string.Join(' ', search.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(part => part.LastIndexOf('@') is >= 0 and var at && part.LastIndexOf('.') is var dot && dot > at ? part[..dot] : part)));

    /// <summary>The words of a text. Of a search each must be the beginning of a word of the contact.</summary>
    public static IEnumerable<string> In(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
            if (char.IsLetterOrDigit(c)) plain.Append(char.ToLowerInvariant(c));
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark) plain.Append(' ');
        return plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(MaxWords).Select(w => w.Length <= MaxLength ? w : w[..MaxLength]).Distinct();
    }

    private static readonly Property Others = BuiltInProperties.Of("hs_additional_emails");
    private static readonly Property[] Named = [BuiltInProperties.Of("firstname"), BuiltInProperties.Of("lastname"), BuiltInProperties.Of("company")];

    /// <summary>The ids of the properties that words are taken from.</summary>
    public static readonly IReadOnlySet<long> Properties = new HashSet<long>(Named.Append(Others).Append(BuiltInProperties.Of("email")).Select(p => p.Id));
}
