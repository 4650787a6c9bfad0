namespace Winnow.Transfer;

/// <summary>Why a file cannot be imported, as sentences that say what to do.</summary>
public static class UploadFaults
{
    internal const string TooLarge = "The file is larger than 512 MB. Split it and import the parts.";
    internal const string NoRoom = "There is no room for the file: the disk of Winnow is full. Nothing was imported. Tell who runs it, and upload the file again later.";
    internal const string NoText = "This is not a text file. Upload a CSV file or an Excel workbook (.xlsx).";
    internal const string Empty = "The file is empty. The first row must hold the names of the columns.";
    internal const string NoRows = "The file holds only the names of columns, and no rows.";
    internal const string Damaged = "The workbook is damaged or not complete. Open it in Excel, save it anew and upload it again.";
    internal const string BrokenList = "This list in JSON is damaged or not complete. Export it anew and upload it again.";
    internal const string Unpacked = "Unpacked, the workbook is larger than can be imported. Save the sheet as CSV, in parts if need be.";
    internal const string Locked = "The workbook is protected by a password. Save it without one and upload it again.";
    internal const string NoSheet = "The workbook has no sheet with rows.";
    internal const string NoSuchSheet = "The workbook has no such sheet.";
    internal const string ManyRows = "The sheet has more than 5,000,000 rows. Split it and import the parts.";
    internal const string ManyColumns = "The sheet has more than 16,384 columns. Leave out those that are not contacts' properties.";
    internal const string OldOffice = "This is an Excel workbook of before 2007 (.xls), or one that is protected by a password. Save it as .xlsx without a password, or as CSV, and upload that.";
    internal const string Binary = "This is a binary Excel workbook (.xlsb). Save it as .xlsx or as CSV and upload that.";
    internal const string OpenDocument = "This is an OpenDocument file. Save it as .xlsx or as CSV and upload that.";
    internal const string Word = "This is a Word document. Save its table as CSV and upload that.";
    internal const string Archive = "This is an archive. Unpack it and upload the CSV file or the Excel workbook in it.";
    internal const string Pdf = "This is a PDF. Ask for the table as CSV or as an Excel workbook and upload that.";
    internal const string Picture = "This is a picture. Upload a CSV file or an Excel workbook (.xlsx).";

    /// <summary>All of them, for the test of translations.</summary>
    public static IReadOnlyList<string> All =>
        [TooLarge, NoRoom, NoText, Empty, NoRows, Damaged, BrokenList, Unpacked, Locked, NoSheet, NoSuchSheet, ManyRows, ManyColumns, OldOffice, Binary, OpenDocument, Word, Archive, Pdf, Picture];

    /// <summary>What a file is by its first bytes, where that is no text.</summary>
    internal static IReadOnlyList<(byte[] Start, string Fault)> Beginnings { get; } =
    [
        ([0xD0, 0xCF, 0x11, 0xE0], OldOffice),
        ([0x50, 0x4B, 0x05, 0x06], Archive),
        ([0x1F, 0x8B], Archive),
        ([0x42, 0x5A, 0x68], Archive),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], Archive),
        ([0x28, 0xB5, 0x2F, 0xFD], Archive),
        ([0x37, 0x7A, 0xBC, 0xAF], Archive),
        ([0x52, 0x61, 0x72, 0x21], Archive),
        ([0x25, 0x50, 0x44, 0x46], Pdf),
        ([0x89, 0x50, 0x4E, 0x47], Picture),
        ([0xFF, 0xD8, 0xFF], Picture),
        ([0x7F, 0x45, 0x4C, 0x46], NoText),
    ];
}
