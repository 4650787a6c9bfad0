using Winnow.Lists;

namespace Winnow.Transfer;

/// <summary>Why an import is not started, its file not read in another way, or a row not imported as a whole: English sentences, {0} and {1} the names in them.</summary>
public static class ImportRefusals
{
    internal const string None = "There is no such import.", Nameless = "Give the import a name.", Started = "This import was started already.",
        NoKey = "Choose the column that holds the email address or the record ID: contacts are found by it.",
        Kept = "The column {0} cannot go into {1}: Winnow keeps that property itself.", Twice = "Two columns go into {0}: {1}. Leave one of them out.",
        Wish = "The property for the column {0} cannot be made. {1}", WishedTwice = "Two columns ask for a new property called {0}. Give one of them another name.",
        MakesNeedEmail = "New contacts need an email address: choose the column that holds it, or only update known contacts.",
        NotUtf8 = "The file is not UTF-8: some of its bytes are no letters there.", NoSuchFormat = "Choose an encoding, a separator of one character and a quotation mark.",
        Workbook = "A workbook says itself how it is written.", NoWorkbook = "There is no other sheet to choose, or the workbook was removed. Upload it again.",
        ManyCells = "The row has {0} cells, the heading {1}.", HeadingAgain = "This row is the heading again.", NoAddress = "The row has no email address and no record ID.", BadNumber = "The record ID must be a whole number.",
        OneColumn = "Read like this the file has only one column. Choose another separator.";

    /// <summary>All of them, for translation.</summary>
    public static readonly IReadOnlyList<string> All = [None, Nameless, Started, NoKey, Kept, Twice, Wish, WishedTwice, MakesNeedEmail, NotUtf8, NoSuchFormat, Workbook, NoWorkbook, OneColumn, ManyCells, HeadingAgain, NoAddress, BadNumber, CsvRows.TooLong, CsvRows.BadQuote];

    private static readonly Sentences Said = new(All);

    /// <summary>Which sentence was said, and the names in it.</summary>
    public static (string Text, string[] Names) Parts(string said) => Said.Parts(said);
}
