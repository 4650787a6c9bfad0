namespace Winnow.Contacts;

/// <summary>The types of HubSpot's properties that Winnow keeps. In memory: text and choices are strings, numbers doubles,
/// yes/no booleans, dates (midnight UTC) and date-times Unix milliseconds as longs.</summary>
public enum PropertyType
{
    /// <summary>Text.</summary>
    String,
    /// <summary>A number.</summary>
    Number,
    /// <summary>Yes or no.</summary>
    Bool,
    /// <summary>One of the options; with field type <c>checkbox</c> several, joined by semicolons.</summary>
    Enumeration,
    /// <summary>A day, kept as midnight UTC.</summary>
    Date,
    /// <summary>An instant.</summary>
    DateTime,
}

/// <summary>One choice of an enumeration.</summary>
/// <param name="Value">As it is stored; it never changes.</param>
/// <param name="Hidden">Not offered any more where values are entered; who has it keeps it, and filters know it.</param>
public sealed record PropertyOption(string Value, string Label, bool Hidden = false);

/// <summary>What a contact can hold: built in (<see cref="BuiltInProperties"/>) or made by the account.</summary>
/// <param name="Id">Below 1000 built in, from 1000 custom; the key in <c>contacts.custom</c> and in history.</param>
/// <param name="Name">HubSpot's internal name: <c>hs_email_optout</c>.</param>
/// <param name="FieldType">HubSpot's field type: text, textarea, number, booleancheckbox, select, radio, checkbox, date.</param>
/// <param name="Group">HubSpot's group: contactinformation or emailinformation.</param>
/// <param name="Column">The column of <c>contacts</c> that holds it, or null when it lives in <c>contacts.custom</c>.</param>
/// <param name="ReadOnly">Kept by Winnow; people, imports and programs cannot write it.</param>
public sealed record Property(
    long Id, string Name, string Label, PropertyType Type, string FieldType, string Group, string Description,
    IReadOnlyList<PropertyOption> Options, ContactColumn? Column = null, bool ReadOnly = false, DateTimeOffset? ArchivedAt = null)
{
    /// <summary>The first id of custom properties.</summary>
    public const long FirstCustomId = 1000;

    /// <summary>Whether an account made it.</summary>
    public bool IsCustom => Id >= FirstCustomId;

    /// <summary>Whether it holds several choices at once.</summary>
    public bool IsMultiple => Type == PropertyType.Enumeration && FieldType == "checkbox";

    /// <summary>The label of an option's value, or the value itself when the option is gone.</summary>
    public string OptionLabel(string value)
    {
        for (var i = 0; i < Options.Count; i++) if (Options[i].Value == value) return Options[i].Label;
        return value;
    }
}
