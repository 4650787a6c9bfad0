using System.Buffers.Binary;
using System.Text;

namespace Winnow.Transfer.Workbooks;

/// <summary>How far the writing of a workbook is, small enough to be the state of a job.</summary>
/// <param name="Checksum">Of the sheet so far.</param>
/// <param name="Unpacked">Bytes of the sheet so far.</param>
/// <param name="Packed">What they were packed to.</param>
/// <param name="Row">The last row written.</param>
/// <param name="Cut">Texts that were longer than a cell of Excel holds.</param>
public sealed record SheetProgress(uint Checksum, long Unpacked, long Packed, long Row, long Cut);

/// <summary>Writes an Excel workbook of one sheet in pieces that can be written by different processes: each is packed by itself and ends on a whole byte, so one after the
/// other they are one packed sheet (RFC 1951, sync flush). The small parts and the list of parts come at the end.</summary>
internal static class WorkbookFile
{
    /// <summary>The most rows of a sheet, the heading included.</summary>
    public const long MostRows = 1_048_576;

    /// <summary>The most bytes of a sheet, packed or not: what a zip archive holds in its old form, which every program reads, less a piece.</summary>
    public const long MostBytes = uint.MaxValue - (256L << 20);

    private const string SheetName = "xl/worksheets/sheet1.xml", Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        Package = "http://schemas.openxmlformats.org/package/2006/", Mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

    private static readonly (string Name, string Text)[] SmallParts =
    [
        ("[Content_Types].xml", $"<Types xmlns=\"{Package}content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{Mime}sheet.main+xml\"/>"
            + $"<Override PartName=\"/{SheetName}\" ContentType=\"{Mime}worksheet+xml\"/><Override PartName=\"/xl/styles.xml\" ContentType=\"{Mime}styles+xml\"/></Types>"),
        ("_rels/.rels", $"<Relationships xmlns=\"{Package}relationships\"><Relationship Id=\"rId1\" Type=\"{Types}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
        ("xl/workbook.xml", $"<workbook xmlns=\"{Main}\" xmlns:r=\"{Types}\"><sheets><sheet name=\"Winnow\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", $"<Relationships xmlns=\"{Package}relationships\"><Relationship Id=\"rId1\" Type=\"{Types}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"{Types}/styles\" Target=\"styles.xml\"/></Relationships>"),
        ("xl/styles.xml", $"<styleSheet xmlns=\"{Main}\"><numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/><numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/></numFmts>"
            + "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>"
            + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
            + "<cellXfs count=\"4\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
            + "<xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/><xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/></cellXfs></styleSheet>"),
    ];

    /// <summary>The beginning of the file, with the heading.</summary>
    public static (byte[] Bytes, SheetProgress Progress) Begin(IReadOnlyList<string> headings)
    {
        var rows = new SheetRows(new(0, 0, 0, 0, 0));
        rows.Raw($"<worksheet xmlns=\"{Main}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\" baseColWidth=\"14\"/><sheetData>");
        rows.Heading(headings);
        var (bytes, progress) = rows.Pack();
        return ([.. Head(SheetName, local: true, 8, 0, 0, 0, 0), .. bytes], progress);
    }

    /// <summary>The end of the file.</summary>
    public static byte[] End(SheetProgress progress)
    {
        var rows = new SheetRows(progress);
        rows.Raw("</sheetData></worksheet>");
        var (bytes, done) = rows.Pack();
        using var end = new MemoryStream();
        end.Write(bytes);
        end.Write([0x03, 0x00]);                                // the last block, empty
        done = done with { Packed = done.Packed + 2 };
        end.Write([0x50, 0x4B, 0x07, 0x08, .. U32(done.Checksum), .. U32(done.Packed), .. U32(done.Unpacked)]);

        var before = Head(SheetName, local: true, 8, 0, 0, 0, 0).Length + progress.Packed;
        using var list = new MemoryStream();
        list.Write(Head(SheetName, local: false, 8, done.Checksum, done.Packed, done.Unpacked, 0));
        foreach (var (name, text) in SmallParts)
        {
            var part = Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" + text);
            var crc = new Crc32();
            crc.Add(part);
            list.Write(Head(name, local: false, 0, crc.Value, part.Length, part.Length, before + end.Length));
            end.Write(Head(name, local: true, 0, crc.Value, part.Length, part.Length, 0));
            end.Write(part);
        }
        var count = U16(SmallParts.Length + 1);
        byte[] close = [0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0, .. count, .. count, .. U32(list.Length), .. U32(before + end.Length), 0, 0];
        list.WriteTo(end);
        end.Write(close);
        return end.ToArray();
    }

    /// <summary>The head of a part before its bytes, or in the list. What is packed tells its sizes behind its bytes.</summary>
    private static byte[] Head(string name, bool local, int method, uint checksum, long packed, long unpacked, long place)
    {
        byte[] common = [20, 0, .. U16(method == 8 ? 8 : 0), .. U16(method), 0, 0, 0x21, 0x54, .. U32(checksum), .. U32(packed), .. U32(unpacked), .. U16(name.Length), 0, 0];    // no time, 1 January 2022
        byte[] head = local ? [0x50, 0x4B, 0x03, 0x04, .. common] : [0x50, 0x4B, 0x01, 0x02, 20, 0, .. common, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. U32(place)];
        return [.. head, .. Encoding.ASCII.GetBytes(name)];
    }

    private static byte[] U16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return bytes;
    }

    private static byte[] U32(long value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, checked((uint)value));
        return bytes;
    }
}
