using System.Globalization;
using Winnow.Contacts;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>A contact whose value an undo left alone.</summary>
/// <param name="Back">As the undo would have left it.</param>
/// <param name="InTheWay">The later change; null: the contact would have neither an address nor a name.</param>
/// <param name="Why">Why it was left alone; null: as the later change, or its absence, says.</param>
internal sealed record KeptValue(Contact Now, Contact Back, LaterChange? InTheWay, string? Why = null)
{
    /// <summary>The first line of the file, behind the byte order mark that Excel wants.</summary>
    /// <param name="texts">As <see cref="UndoState.Texts"/>.</param>
    /// <param name="before">What stands above the values that were not given back.</param>
    public static byte[] Heading(IReadOnlyDictionary<string, string>? texts, string? before = null) =>
        CsvText.Start(KeptTexts.ValuesHeading.Select((text, column) => texts.Say(column == KeptTexts.BeforeColumn ? before ?? text : text)));

    /// <summary>A line for each.</summary>
    /// <param name="property">What was edited; null: the contact as a whole is told of.</param>
    /// <param name="people">Names by user.</param>
    /// <param name="texts">As <see cref="UndoState.Texts"/>.</param>
    public static byte[] Lines(Property? property, IEnumerable<KeptValue> kept, IReadOnlyDictionary<long, string> people, IReadOnlyDictionary<string, string>? texts) =>
        CsvText.Lines(kept.Select(one => one.Cells(property, people, texts)));

    private static string? Say(Property property, Contact contact, IReadOnlyDictionary<string, string>? texts) => property == MarketingStatus.Property ? texts.Say(MarketingStatus.Say(contact)) : PropertyValue.Text(property, contact[property]);

    private string?[] Cells(Property? property, IReadOnlyDictionary<long, string> people, IReadOnlyDictionary<string, string>? texts) =>
    [
        Now.Id.ToString(CultureInfo.InvariantCulture), Now.Email, Now.DisplayName, property is null ? null : property.IsCustom ? property.Label : texts.Say(property.Label), property is null ? null : Say(property, Back, texts), property is null ? null : Say(property, Now, texts),
        InTheWay?.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), InTheWay is null ? null : InTheWay.UserId is { } who && people.TryGetValue(who, out var name) ? name : InTheWay.Source,
        texts.Say(Why ?? (InTheWay is null ? KeptTexts.Nameless : KeptTexts.Changed)),
    ];
}
