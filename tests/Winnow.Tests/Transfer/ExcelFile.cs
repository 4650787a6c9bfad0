using System.IO.Compression;
using System.Text;

namespace Winnow.Tests;

/// <summary>Makes Excel workbooks for tests as Excel writes them, or as it never would.</summary>
internal static class ExcelFile
{
    public const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>A workbook of this sheet; more parts replace or join its own.</summary>
    /// <param name="rows">What stands in sheetData.</param>
    public static byte[] Of(string rows, string[]? texts = null, string styles = "", string book = "", (string Name, string Text)[]? parts = null, CompressionLevel level = CompressionLevel.Fastest)
    {
        var all = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
            ["_rels/.rels"] = Relations($"<Relationship Id=\"rId1\" Type=\"{Office}/officeDocument\" Target=\"xl/workbook.xml\"/>"),
            ["xl/workbook.xml"] = $"<?xml version=\"1.0\"?>\n<workbook xmlns=\"{Main}\" xmlns:r=\"{Office}\">{book}<sheets><sheet name=\"Hidden\" sheetId=\"2\" state=\"hidden\" r:id=\"rId4\"/><sheet name=\"People &amp; more\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
            ["xl/_rels/workbook.xml.rels"] = Relations($"<Relationship Id=\"rId1\" Type=\"{Office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId4\" Type=\"{Office}/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
                + $"<Relationship Id=\"rId2\" Type=\"{Office}/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId3\" Type=\"{Office}/styles\" Target=\"styles.xml\"/>"),
            ["xl/worksheets/sheet1.xml"] = Sheet(rows),
            ["xl/worksheets/sheet2.xml"] = Sheet("<row><c t=\"inlineStr\"><is><t>not this one</t></is></c></row>"),
            ["xl/sharedStrings.xml"] = $"<sst xmlns=\"{Main}\">{string.Concat((texts ?? []).Select(t => $"<si>{t}</si>"))}</sst>",
            ["xl/styles.xml"] = $"<styleSheet xmlns=\"{Main}\">{styles}</styleSheet>",
        };
        foreach (var (name, text) in parts ?? []) all[name] = text;
        return Zip(level, [.. all.Where(p => p.Value.Length > 0).Select(p => (p.Key, p.Value))]);
    }

    public static byte[] Zip(CompressionLevel level, params (string Name, string Text)[] parts)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in parts)
            {
                using var part = zip.CreateEntry(name, level).Open();
                part.Write(Encoding.UTF8.GetBytes(text));
            }
        return bytes.ToArray();
    }

    /// <summary>Rows of texts that stand in their cells.</summary>
    public static string Rows(params string[][] rows) => string.Concat(rows.Select((cells, i) => $"<row r=\"{i + 1}\">{string.Concat(cells.Select(c => $"<c t=\"inlineStr\"><is><t>{c}</t></is></c>"))}</row>"));

    public static string Sheet(string rows) => $"<worksheet xmlns=\"{Main}\"><sheetData>{rows}</sheetData></worksheet>";

    private static string Relations(string all) => $"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{all}</Relationships>";
}
