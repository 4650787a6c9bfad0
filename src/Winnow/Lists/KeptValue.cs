using System.Globalization;
using Winnow.Contacts;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>A contact whose value an undo left alone.</summary>
/// <param name="Back">As the undo would have left it.</param>
/// <param name="InTheWay">The later change; null: the contact would have neither an address nor a name.</param>
internal sealed record KeptValue(Contact Now, Contact Back, LaterChange? InTheWay)
{
    /// <summary>The first line of the file, behind the byte order mark that Excel wants.</summary>
    public static byte[] Heading => CsvText.Start(["Record ID", "Email", "Name", "Property", "Value before the edit", "Value now", "Changed at (UTC)", "Changed by", "Why it was kept"]);

    /// <summary>A line for each.</summary>
    /// <param name="property">What was edited.</param>
    /// <param name="people">Names by user.</param>
    public static byte[] Lines(Property property, IEnumerable<KeptValue> kept, IReadOnlyDictionary<long, string> people) =>
        CsvText.Lines(kept.Select(one => one.Cells(property, people)));

    private static string? Say(Property property, Contact contact) => property == MarketingStatus.Property ? MarketingStatus.Say(contact) : PropertyValue.Text(property, contact[property]);

    private string?[] Cells(Property property, IReadOnlyDictionary<long, string> people) =>
    [
        Now.Id.ToString(CultureInfo.InvariantCulture), Now.Email, Now.DisplayName, property.Label, Say(property, Back), Say(property, Now),
        InTheWay?.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), InTheWay is null ? null : InTheWay.UserId is { } who && people.TryGetValue(who, out var name) ? name : InTheWay.Source,
        InTheWay is null ? "A contact needs an email address or a name." : "The value was changed after the edit.",
    ];
}
