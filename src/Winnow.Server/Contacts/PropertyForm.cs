using Microsoft.Extensions.Localization;
using Winnow.Contacts;
using Winnow.Server.Ui;

namespace Winnow.Server.Contacts;

/// <summary>The fields of a property's page, as typed.</summary>
public sealed class PropertyForm
{
    public string? Label { get; set; }
    public string? Name { get; set; }
    public string? Kind { get; set; }
    public string? Description { get; set; }
    public string? Options { get; set; }
    public string? Group { get; set; }

    /// <summary>A property in the fields.</summary>
    public static PropertyForm Of(Property property) => new() { Label = property.Label, Name = property.Name, Description = property.Description, Options = PropertyWords.Lines(property.Options), Group = property.Group };

    /// <summary>The property that is wished for.</summary>
    public PropertyWish Wish() => new(Line(Name), Line(Label), Kind ?? "", Text(Description), PropertyWords.Options(Text(Options)), Group ?? PropertyGroups.Default);

    /// <summary>Puts what is wrong beside its field.</summary>
    public static void Refuse(PropertyFault fault, FormErrors errors, IStringLocalizer<Words> words, Format format) =>
        errors.Add(fault.Field, words[fault.Text, [.. fault.Values.Select(value => value is int number ? format.Number(number) : value)]]);

    /// <summary>Without the control characters that no person types.</summary>
    private static string Text(string? text) => string.Concat((text ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Where(c => c == '\n' || !char.IsControl(c)));

    private static string Line(string? text) => Text(text).Replace('\n', ' ').Trim();
}
