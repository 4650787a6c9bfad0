namespace Winnow.Transfer.Workbooks;

/// <summary>An Excel workbook (ECMA-376, .xlsx): finds its sheets that are shown, and the texts and formats that the cells of one name.</summary>
internal sealed class Workbook : IDisposable
{
    private const int MostSheets = 1_000;
    private readonly ZipParts zip;
    private readonly UnpackBudget budget;
    private readonly SharedStrings strings = new();

    private Workbook(Stream file) => (zip, budget) = (new(file), new(file.Length));

    /// <summary>The name of the sheet that is read.</summary>
    public string Sheet { get; private set; } = "";

    /// <summary>The sheets that can be read: those that are shown; where none is, all.</summary>
    public IReadOnlyList<string> Sheets { get; private set; } = [];

    /// <summary>The sheet as CSV text.</summary>
    public SheetText Text { get; private set; } = null!;

    /// <summary>Opens a workbook and reads all but its sheet.</summary>
    /// <param name="file">Seekable.</param>
    /// <param name="sheet">The name of the sheet to read; null for the first that has a heading and a row.</param>
    /// <exception cref="BadWorkbook">It is none, is damaged, or has no such sheet.</exception>
    public static async Task<Workbook> Open(Stream file, string? sheet, CancellationToken stop)
    {
        var workbook = new Workbook(file);
        try
        {
            await workbook.zip.Read(stop);
            await workbook.Read(sheet, stop);
            return workbook;
        }
        catch
        {
            workbook.Dispose();
            throw;
        }
    }

    private async Task Read(string? wish, CancellationToken stop)
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
        if (worksheets.Exists(s => !s.IsHidden)) worksheets.RemoveAll(s => s.IsHidden);
        var chosen = wish is null ? await FirstWithRows([.. worksheets.Select(s => s.Part!)], stop) : worksheets.FindIndex(s => string.Equals(s.Name, wish.Trim(), StringComparison.OrdinalIgnoreCase));
        if (chosen < 0) throw new BadWorkbook(UploadFaults.NoSuchSheet);
        var (name, _, sheet) = worksheets[chosen];

        var formats = new CellFormats { From1904 = from1904 };
        if (zip.Find(related.Find(r => r.Type == "styles")?.Target) is { } styles) await formats.Read(await Xml(styles, stop), stop);
        if (zip.Find(related.Find(r => r.Type == "sharedStrings")?.Target) is { } texts) await strings.Read(await Xml(texts, stop), stop);
        (Sheet, Sheets, Text) = (name, [.. worksheets.Select(s => s.Name)], new(await Xml(sheet!, stop), strings, formats));
    }

    /// <summary>The first sheet with a heading and a row, else the first with anything, else the first.</summary>
    private async Task<int> FirstWithRows(List<ZipPart> sheets, CancellationToken stop)
    {
        if (sheets.Count == 1) return 0;
        var rows = new List<int>();
        foreach (var sheet in sheets)
        {
            rows.Add(await RowsAtLeast(sheet, 2, stop));
            if (rows[^1] == 2) return rows.Count - 1;
        }
        return Math.Max(0, rows.IndexOf(1));
    }

    /// <summary>How many rows of a sheet hold a value, counted up to so many.</summary>
    private async Task<int> RowsAtLeast(ZipPart sheet, int most, CancellationToken stop)
    {
        var (rows, counted) = (0, false);
        for (var xml = await Xml(sheet, stop); rows < most && await xml.Next(stop);)
        {
            if (xml.Opens("row"u8)) counted = false;
            else if (!counted && (xml.Opens("v"u8) || xml.Opens("t"u8))) (rows, counted) = (rows + 1, true);
        }
        return rows;
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
