using Microsoft.Extensions.Localization;
using Winnow.Contacts;
using Winnow.Server.Ui;

namespace Winnow.Server.Contacts;

/// <summary>What people fill in for a contact: its properties, each under <c>p.</c> and its name.</summary>
public sealed class ContactForm
{
    private const string Prefix = "p.";

    /// <summary>The groups of fields, in order; own properties of the account come after.</summary>
    private static readonly (string Label, string[] Names)[] Groups =
    [
        ("About", ["email", "firstname", "lastname", "company", "jobtitle", "phone", "mobilephone", "website"]),
        ("Address", ["address", "zip", "city", "state", "country"]),
        ("Stage", ["lifecyclestage", "hs_lead_status", "hs_legal_basis"]),
    ];

    private readonly IReadOnlyDictionary<string, string> texts;

    private ContactForm(PropertyCatalog properties, IReadOnlyDictionary<string, string> texts) => (Properties, this.texts) = (properties, texts);

    /// <summary>All properties of the account.</summary>
    public PropertyCatalog Properties { get; }

    /// <summary>What is wrong, by property name.</summary>
    public FormErrors Errors { get; } = new();

    /// <summary>The contact that has the address that was filled in.</summary>
    public Contact? Holder { get; private set; }

    /// <summary>The text of every field, by property name.</summary>
    public IReadOnlyDictionary<string, string> Texts => texts;

    /// <summary>A form as it was posted. Several ticks of one property come as several values.</summary>
    public static ContactForm Posted(PropertyCatalog properties, IFormCollection form) => new(properties,
        form.Where(f => f.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(f => f.Key[Prefix.Length..], f => string.Join(';', f.Value.Where(v => !string.IsNullOrEmpty(v)))));

    /// <summary>The form of a contact; empty for null.</summary>
    public static ContactForm Of(PropertyCatalog properties, Contact? contact) => new(properties,
        contact is null ? new Dictionary<string, string>() : Fields(properties).SelectMany(g => g.Properties).ToDictionary(p => p.Name, p => PropertyValue.Text(p, contact[p]) ?? ""));

    /// <summary>The fields by group: all that people may fill in.</summary>
    public static IEnumerable<(string Label, Property[] Properties)> Fields(PropertyCatalog properties) =>
        Groups.Select(g => (g.Label, g.Names.Select(n => BuiltInProperties.Of(n)).ToArray())).Append(("Your own properties", [.. properties.Present.Where(p => p.IsCustom)])).Where(g => g.Item2.Length > 0);

    /// <summary>The name of a property's field.</summary>
    public static string Name(Property property) => Prefix + property.Name;

    /// <summary>The labels of the groups, for the test of words.</summary>
    public static IEnumerable<string> Words => [.. Groups.Select(g => g.Label), "Your own properties"];

    /// <summary>What a field shows.</summary>
    public string Text(Property property) => texts.GetValueOrDefault(property.Name) ?? "";

    /// <summary>Puts the faults beside their fields.</summary>
    public void Refuse(IEnumerable<ContactFault> faults, IStringLocalizer<Words> words, Format format)
    {
        foreach (var fault in faults)
        {
            Errors.Add(fault.Property.Name, ContactWording.Fault(fault, Text(fault.Property), words, format));
            Holder ??= fault.Holder;
        }
    }
}
