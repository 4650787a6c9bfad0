namespace Winnow.Transfer.Workbooks;

/// <summary>An Excel workbook (ECMA-376, .xlsx): finds its first sheet that is shown, and the texts and formats that its cells name.</summary>
internal sealed class Workbook : IDisposable
{
    private const int MostSheets = 1_000;
    private readonly ZipParts zip;
    private readonly UnpackBudget budget;
    private readonly SharedStrings strings = new();

    private Workbook(Stream file) => (zip, budget) = (new(file), new(file.Length));

    /// <summary>The name of the sheet that is read.</summary>
    public string Sheet { get; private set; } = "";

    /// <summary>The sheet as CSV text.</summary>
    public SheetText Text { get; private set; } = null!;

    /// <summary>Opens a workbook and reads all but its sheet.</summary>
    /// <param name="file">Seekable.</param>
    /// <exception cref="BadWorkbook">It is none, or is damaged.</exception>
    public static async Task<Workbook> Open(Stream file, CancellationToken stop)
    {
        var workbook = new Workbook(file);
        try
        {
            await workbook.zip.Read(stop);
            await workbook.Read(stop);
            return workbook;
        }
        catch
        {
            workbook.Dispose();
            throw;
        }
    }

    private async Task Read(CancellationToken stop)
    {
        var book = zip.Find((await Relations("", stop)).Find(r => r.Type == "officeDocument")?.Target ?? "xl/workbook.xml");
        if (book is null || book.Name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase)) throw WhatItIs(book is not null);
        var related = await Relations(book.Name, stop);
        var (sheets, from1904) = (new List<(string Name, string Id, bool IsHidden)>(), false);
        for (var xml = await Xml(book, stop); await xml.Next(stop);)
        {
            if (xml.Opens("workbookPr"u8)) from1904 = xml.Text("date1904"u8) is "1" or "true";
            else if (xml.Opens("sheet"u8) && sheets.Count < MostSheets) sheets.Add((xml.Text("name"u8), xml.Text("id"u8), xml.Text("state"u8) is "hidden" or "veryHidden"));
        }
        var worksheets = sheets.Select(s => (s.Name, s.IsHidden, Part: zip.Find(related.Find(r => r.Id == s.Id && r.Type == "worksheet")?.Target))).Where(s => s.Part is not null).ToList();
        if (worksheets.Count == 0) throw new BadWorkbook(UploadFaults.NoSheet);
        var (name, _, sheet) = worksheets.Find(s => !s.IsHidden) is { Part: not null } shown ? shown : worksheets[0];

        var formats = new CellFormats { From1904 = from1904 };
        if (zip.Find(related.Find(r => r.Type == "styles")?.Target) is { } styles) await formats.Read(await Xml(styles, stop), stop);
        if (zip.Find(related.Find(r => r.Type == "sharedStrings")?.Target) is { } texts) await strings.Read(await Xml(texts, stop), stop);
        (Sheet, Text) = (name, new(await Xml(sheet!, stop), strings, formats));
    }

    private async Task<XmlTokens> Xml(ZipPart part, CancellationToken stop) => new(await WorkbookPart.Open(zip, part, budget, stop));

    /// <summary>What a part (or the package) names: where the others lie.</summary>
    private async Task<List<Relation>> Relations(string part, CancellationToken stop)
    {
        var (folder, relations) = (part[..(part.LastIndexOf('/') + 1)], new List<Relation>());
        if (zip.Find($"{folder}_rels/{part[folder.Length..]}.rels") is not { } file) return relations;
        for (var xml = await Xml(file, stop); await xml.Next(stop);)
        {
            if (!xml.Opens("Relationship"u8) || relations.Count >= 10 * MostSheets) continue;
            var (target, type) = (xml.Text("Target"u8).Replace('\\', '/'), xml.Text("Type"u8));
            relations.Add(new(xml.Text("Id"u8), type[(type.LastIndexOf('/') + 1)..], target.StartsWith('/') ? target[1..] : folder + target));
        }
        return relations;
    }

    private BadWorkbook WhatItIs(bool isBinary) => new(
        isBinary || zip.Find("xl/workbook.bin") is not null ? UploadFaults.Binary
        : zip.Find("content.xml") is not null ? UploadFaults.OpenDocument
        : zip.Find("word/document.xml") is not null ? UploadFaults.Word : UploadFaults.Archive);

    /// <inheritdoc/>
    public void Dispose() => strings.Dispose();

    private sealed record Relation(string Id, string Type, string Target);
}
