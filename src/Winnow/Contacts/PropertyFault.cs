using System.Globalization;

namespace Winnow.Contacts;

/// <summary>What is wrong with a property that someone makes or edits.</summary>
/// <param name="Field">The part of <see cref="PropertyWish"/> that is wrong: Label, Name, Kind, Description, Options or Group.</param>
/// <param name="Text">One of <see cref="Texts"/>: the sentence, with {0} and {1} where values stand.</param>
/// <param name="Values">What stands there.</param>
public sealed record PropertyFault(string Field, string Text, params object[] Values)
{
    internal const string NoLabel = "Give the property a label.", LongLabel = "The label is longer than {0} characters.", LongDescription = "The description is longer than {0} characters.",
        NoKind = "Choose a type from the list.", BadName = "The internal name must begin with a letter and hold only small letters, digits and underscores, at most {0}.",
        KeptName = "Internal names that begin with hs_ or winnow_ are kept for built-in properties.",
        TakenName = "The internal name {0} is taken by {1}.", TakenByArchived = "The internal name {0} is taken by the archived property {1}. Bring that one back, or choose another name.",
        NoOptions = "A choice needs at least one option.", ManyOptions = "A choice has at most {0} options.", EmptyOption = "An option is empty.", LongOption = "An option is longer than {0} characters: {1}",
        Semicolon = "An option cannot hold a semicolon: {0}", TwiceValue = "The option {0} is there twice.", NoGroup = "Choose a group from the list.", NotYours = "This property cannot be edited: it is built in or does not exist.";

    /// <summary>All sentences, for translation.</summary>
    public static readonly IReadOnlyList<string> Texts =
        [NoLabel, LongLabel, LongDescription, NoKind, BadName, KeptName, TakenName, TakenByArchived, NoOptions, ManyOptions, EmptyOption, LongOption, Semicolon, TwiceValue, NoGroup, NotYours, PropertyGroups.NoLabel, PropertyGroups.Taken, PropertyGroups.TooMany];

    /// <summary>The sentence in English.</summary>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, Text, Values);
}
