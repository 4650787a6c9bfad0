using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Winnow.Transfer.Workbooks;

/// <summary>A sheet as the text of a CSV file (UTF-8, commas), made while it is read. Rows keep their numbers: rows that the sheet leaves out are empty lines.
/// Formulas come as their last results; what people see as a date, a time or TRUE is written so.</summary>
internal sealed class SheetText(XmlTokens xml, SharedStrings strings, CellFormats formats) : ReadingStream
{
    private const int AtOnce = 1 << 16, MostColumns = 16_384, MostRowBytes = 3 * CsvRows.MaxRow;
    private const long MostRows = 5_000_000;
    private readonly CellText cell = new(), value = new();
    private byte[] text = new byte[2 * AtOnce];
    private int given, written, rowAt, commas, column = -1, filled = -1;      // the cell that we are in, and the last one with a text
    private long row;
    private bool ended, collects, spoken;
    private (byte Kind, long Style) type;

    /// <summary>Lines so far.</summary>
    public long Lines => row;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (given == written)
        {
            (given, written) = (0, 0);
            while (written < AtOnce && !ended) await More(cancellationToken);
        }
        var count = Math.Min(buffer.Length, written - given);
        text.AsMemory(given, count).CopyTo(buffer);
        given += count;
        return count;
    }

    /// <summary>Reads to the end of the next row.</summary>
    private async ValueTask More(CancellationToken stop)
    {
        while (!ended && await xml.Next(stop))
        {
            if (xml.Kind == XmlToken.Text) { if (collects) xml.AddTo(cell); }
            else if (xml.Opens("c"u8)) BeginCell();
            else if (xml.Ends("c"u8)) await EndCell(stop);
            else if (xml.Opens("row"u8)) BeginRow();
            else if (xml.Ends("row"u8)) { EndRow(); return; }
            else if (xml.Name.SequenceEqual("rPh"u8)) spoken = xml.Kind == XmlToken.Open;
            else if (xml.Name.SequenceEqual("v"u8) || xml.Name.SequenceEqual("t"u8)) collects = column >= 0 && !spoken && xml.Kind == XmlToken.Open;
        }
        ended = true;
    }

    private void BeginRow()
    {
        var number = Math.Max(row + 1, xml.Number("r"u8, row + 1));
        if (number > MostRows) throw new BadWorkbook(UploadFaults.ManyRows);
        Need((int)(number - row));
        for (; row < number - 1; row++) text[written++] = (byte)'\n';
        (row, rowAt, commas, column, filled) = (number, written, 0, -1, -1);
    }

    private void BeginCell()
    {
        var name = xml.Attribute("r"u8);
        var at = 0;
        for (var i = 0; i < name.Length && name[i] is >= (byte)'A' and <= (byte)'Z' && at < MostColumns; i++) at = at * 26 + name[i] - 'A' + 1;
        column = at > 0 ? at - 1 : column + 1;
        if (column >= MostColumns) throw new BadWorkbook(UploadFaults.ManyColumns);
        var kind = xml.Attribute("t"u8);
        type = (kind.Length == 0 ? (byte)'n' : kind.SequenceEqual("str"u8) ? (byte)'t' : kind[0], xml.Number("s"u8, 0));
        cell.Clear();
    }

    private async ValueTask EndCell(CancellationToken stop)
    {
        collects = false;
        if (cell.Length == 0) return;
        switch (type.Kind)
        {
            case (byte)'s':
                if (!Utf8Parser.TryParse(cell.Bytes, out long number, out _)) throw BadWorkbook.Damaged;
                value.Clear();
                await strings.AddTo(value, number, stop);
                Cell(value.Bytes);
                break;
            case (byte)'n': Cell(Number()); break;
            case (byte)'b': Cell(cell.Bytes[0] == '0' ? "FALSE"u8 : "TRUE"u8); break;
            default:
                cell.Unescape();
                Cell(cell.Bytes);
                break;
        }
    }

    private ReadOnlySpan<byte> Number()
    {
        if (!double.TryParse(cell.Bytes, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return cell.Bytes;
        value.Clear();
        value.Add(Encoding.UTF8.GetBytes(formats.Text(number, type.Style)));
        return value.Bytes;
    }

    private void Cell(ReadOnlySpan<byte> bytes)
    {
        if (written - rowAt > MostRowBytes || bytes.IsEmpty || column <= filled) return;     // a row too long is refused as a whole; a cell that comes twice counts once
        filled = column;
        Need(column - commas + 2 * bytes.Length + 2);
        for (; commas < column; commas++) text[written++] = (byte)',';
        if (bytes.IndexOfAny(",\"\r\n"u8) >= 0) Quote(bytes);
        else
        {
            bytes.CopyTo(text.AsSpan(written));
            written += bytes.Length;
        }
    }

    private void Quote(ReadOnlySpan<byte> bytes)
    {
        text[written++] = (byte)'"';
        foreach (var b in bytes)
        {
            if (b == '"') text[written++] = b;
            text[written++] = b;
        }
        text[written++] = (byte)'"';
    }

    /// <summary>A row that is too long for an import becomes one line, so that it is refused as one row.</summary>
    private void EndRow()
    {
        var all = text.AsSpan(rowAt, written - rowAt);
        if (all.Length > CsvRows.MaxRow && Encoding.UTF8.GetCharCount(all) > CsvRows.MaxRow)
        {
            all.Replace((byte)'\n', (byte)' ');
            all.Replace((byte)'\r', (byte)' ');
        }
        Need(1);
        text[written++] = (byte)'\n';
        column = -1;
    }

    private void Need(int bytes)
    {
        if (written + bytes > text.Length) Array.Resize(ref text, Math.Max(text.Length * 2, written + bytes));
    }
}
