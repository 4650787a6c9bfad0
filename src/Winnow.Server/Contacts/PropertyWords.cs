using Winnow.Contacts;

namespace Winnow.Server.Contacts;

/// <summary>What people call the kinds of properties; keys of the words.</summary>
public static class PropertyWords
{
    /// <summary>The kinds of <see cref="PropertyWish.Kinds"/> in the order in which they are offered.</summary>
    public static readonly IReadOnlyList<(string Kind, string Label)> Kinds =
    [
        ("text", "One line of text"), ("textarea", "Several lines of text"), ("number", "A number"), ("date", "A date"), ("bool", "Yes / No"), ("choice", "One choice"), ("choices", "Several choices"),
    ];

    /// <summary>Every text that pages take from here, for the test of words.</summary>
    public static IEnumerable<string> All => [.. Kinds.Select(kind => kind.Label), "Date and time", .. PropertyFault.Texts];

    /// <summary>The kind of a property, in words; a moment is a date with a time.</summary>
    public static string Of(Property property) => property.Type == PropertyType.DateTime ? "Date and time"
        : PropertyWish.Kinds.FirstOrDefault(k => k.Value == (property.Type, property.FieldType)).Key is { } kind ? Kinds.First(k => k.Kind == kind).Label
        : property.Type == PropertyType.Enumeration ? "One choice" : "One line of text";

    /// <summary>Options written one a line: a label, or <c>value = label</c>. A sign without spaces around it belongs to the label.</summary>
    public static List<PropertyOption> Options(string? lines) =>
    [
        .. (lines ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" = ", 2, StringSplitOptions.TrimEntries) is [var value, var label] ? new PropertyOption(value, label) : new(line, line)),
    ];

    /// <summary>The lines that <see cref="Options"/> reads.</summary>
    public static string Lines(IEnumerable<PropertyOption> options) => string.Join('\n', options.Select(o => o.Value == o.Label ? o.Label : $"{o.Value} = {o.Label}"));
}
