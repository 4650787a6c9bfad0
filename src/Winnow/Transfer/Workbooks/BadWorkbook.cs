namespace Winnow.Transfer.Workbooks;

/// <summary>A workbook that cannot be read to its end. It is met deep in the reading and answered at the door (<see cref="UploadText"/>), never seen beyond it.</summary>
/// <param name="sentence">What is wrong and what to do, for the person who uploaded it.</param>
#pragma warning disable CA1032, CA1064 // always made with its sentence, and caught in this folder
internal sealed class BadWorkbook(string sentence) : Exception(sentence)
{
    /// <summary>What all kinds of damage have in common: the file is not as the program wrote it.</summary>
    public static BadWorkbook Damaged => new(UploadFaults.Damaged);

    /// <summary>More than we unpack of anybody's file.</summary>
    public static BadWorkbook TooLarge => new(UploadFaults.Unpacked);
}
