using System.Globalization;

namespace Winnow.Lists;

/// <summary>What lists, and deeds on many contacts, refuse: English sentences, {0} and {1} the names in them. Who speaks another language finds the sentence and its names by <see cref="Parts"/>.</summary>
public static class ListRefusal
{
    internal const string Gone = "This list does not exist any more.",
        Nameless = "Give the list a name.", TooLong = "The name is longer than {0} characters.", Taken = "Another list is called {0}. Choose another name.",
        NoFilter = "An active list needs at least one filter.", ByHand = "A list that people fill has no filter; make it a snapshot or an active list.",
        IsStatic = "{0} is a static list: its filter was used once. Make an active list instead.",
        IsActive = "{0} is an active list: its filter decides who is in it. Change the filter, or use a static list.",
        IsStopped = "{0} was not filled to the end. Open it and fill it first.", IsFilling = "{0} is still being filled. Try again when it is ready.",
        IsAsked = "The filter of the list {0} asks who is in {1}. Change that filter first.",
        Archived = "The filter asks for {0}, which is archived. Bring that property back first.", Unreadable = "The filter of {0} cannot be read any more.",
        NoList = "There is no list with the number {0}. Choose another list.", AsksFilling = "The list {0}, which this filter asks for, is still being filled. Try again when it is ready.",
        CopyUnfilled = "The list is not filled to the end. Copy it when it is.", CopyWithoutFilter = "This list has no filter: an active copy of it needs one.";

    internal const string Nobody = "No contacts are selected.", TooOld = "This receipt is too old. Select the contacts again.", NotEditable = "This property cannot be edited. Choose another one.",
        NoEdit = "There is no such edit.", EditStands = "This edit cannot be undone any more.", ArchivedSince = "The property is archived. Bring it back first.",
        NoMove = "There is no such change of a list.", MoveStands = "This change of a list cannot be undone any more.", BadDelimiter = "The columns must be separated by commas or semicolons.",
        ManyRows = "A sheet of Excel holds at most 1,048,575 contacts. Choose CSV, or export fewer at a time.";

    /// <summary>A circle of lists; {0} are their names with <see cref="AsksFor"/> between.</summary>
    public const string Circle = "The list cannot ask for itself: {0}. Change one of these filters.", AsksFor = " asks for ";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Gone, Nameless, TooLong, Taken, NoFilter, ByHand, IsStatic, IsActive, IsStopped, IsFilling, IsAsked, Archived, Unreadable, NoList, AsksFilling, CopyUnfilled, CopyWithoutFilter, Circle,
            Nobody, TooOld, NotEditable, NoEdit, EditStands, ArchivedSince, NoMove, MoveStands, BadDelimiter, ManyRows,
    ];

    private static readonly Sentences Said = new(All);

    /// <summary>A sentence with its names.</summary>
    public static string Say(string text, params object[] names) => string.Format(CultureInfo.InvariantCulture, text, names);

    /// <summary>Which sentence was said, and the names in it; the text itself when it is none of these.</summary>
    public static (string Text, string[] Names) Parts(string said) => Said.Parts(said);
}
