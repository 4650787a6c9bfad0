using System.Text;
using Winnow.Jobs;

namespace Winnow.Transfer;

/// <summary>A row of a CSV file. <see cref="CsvRows"/> reuses nothing: rows may be kept.</summary>
/// <param name="Number">Its place in the file, the header being row 1; empty lines count, as in a spreadsheet.</param>
/// <param name="Cells">The cells, quotes taken off.</param>
/// <param name="Fault">Why it could not be taken apart, as a sentence, or null; then the first cell holds the beginning of the line.</param>
/// <param name="End">The position in the file, in bytes, behind the row: reading can go on from there.</param>
public sealed record CsvRow(long Number, string[] Cells, string? Fault, long End);

/// <summary>Reads a CSV file (RFC 4180) as a stream, whatever its size: a row at a time, at most <see cref="MaxRow"/> characters
/// in memory. A fault ends with its line: a row too long, or a quote that is not closed or closes in the middle of a cell,
/// is handed out as faulty, and reading goes on behind its first line end, so that one bad quote cannot swallow the file.
/// Every row tells where it ends, and <see cref="CsvRows(Stream, CsvFormat, long, long)"/> starts from there.</summary>
/// <param name="content">The file's bytes from <paramref name="position"/> on.</param>
/// <param name="position">Where in the file the stream begins, in bytes.</param>
/// <param name="number">How many rows lie before it.</param>
public sealed class CsvRows(Stream content, CsvFormat format, long position, long number)
{
    /// <summary>The longest row in characters.</summary>
    public const int MaxRow = 1 << 20;

    private const int Block = 1 << 16, Kept = 1_000;
    internal const string TooLong = "The row is longer than 1,048,576 characters.", BadQuote = "A quotation mark in this row is not closed, or closes in the middle of a cell.";
    private readonly Decoder decoder = format.Decoder();
    private readonly char quote = format.Quote;
    private readonly byte[] bytes = new byte[Block];
    private readonly string?[] latest = new string?[64];     // the last value of a column: countries and stages repeat
    private readonly List<string> cells = [];
    private char[] buffer = new char[2 * Block];
    private int start, end;
    private bool finished;

    /// <summary>The next rows, up to so many of them or about so many characters.</summary>
    /// <returns>The rows, and whether the file ends with them.</returns>
    public async Task<(List<CsvRow> Rows, bool Last)> Take(int most, int characters, CancellationToken stop)
    {
        var (rows, read) = (new List<CsvRow>(most), 0);
        while (rows.Count < most && read < characters)
        {
            if (await Next(stop) is not { } row) return (rows, true);
            foreach (var cell in row.Cells) read += cell.Length;
            rows.Add(row);
        }
        return (rows, false);
    }

    /// <summary>The next row, or null at the end of the file. Empty lines are passed over.</summary>
    public async ValueTask<CsvRow?> Next(CancellationToken stop)
    {
        while (true)
        {
            if (start == end && !await Fill(stop)) return null;
            var (length, fault) = Take(buffer.AsSpan(start, end - start), finished);
            while (length == 0 && end - start < MaxRow + Block && await Fill(stop)) (length, fault) = Take(buffer.AsSpan(start, end - start), finished);
            if (length == 0 || length > MaxRow) fault ??= buffer.AsSpan(start, Math.Min(end - start, MaxRow)).IndexOfAny('\r', '\n') >= 0 ? BadQuote : TooLong;
            if (fault is not null) return await Faulty(fault, stop);
            position += format.Bytes(buffer.AsSpan(start, length));
            (start, number) = (start + length, number + 1);
            if (!IsEmpty()) return new(number, [.. cells], null, position);
        }
    }

    /// <summary>Takes the row at the beginning of the text apart into <see cref="cells"/>.</summary>
    /// <returns>Its length with the line end; 0 when more text is needed; or a fault.</returns>
    private (int Length, string? Fault) Take(ReadOnlySpan<char> text, bool last)
    {
        cells.Clear();
        for (var at = 0; ;)
        {
            int length;
            if (at < text.Length && text[at] == quote)
            {
                (length, var fault) = Quoted(text[at..], last);
                if (fault is not null) return (0, fault);
                if (length == 0) return (0, last ? BadQuote : null);
            }
            else
            {
                length = text[at..].IndexOfAny(format.Delimiter, '\r', '\n');
                if (length < 0 && !last) return (0, null);
                if (length < 0) length = text.Length - at;
                Add(text.Slice(at, length));
            }
            at += length;
            if (at == text.Length) return last ? (at, null) : (0, null);
            if (text[at] == format.Delimiter) { at++; continue; }
            if (text[at] == '\n') return (at + 1, null);
            // a carriage return alone ends a line too; the feed behind it may still be on its way
            if (at + 1 == text.Length) return last ? (at + 1, null) : (0, null);
            return (text[at + 1] == '\n' ? at + 2 : at + 1, null);
        }
    }

    private (int Length, string? Fault) Quoted(ReadOnlySpan<char> text, bool last)
    {
        var doubled = false;
        for (var at = 1; ; at += 2)
        {
            var mark = text[at..].IndexOf(quote);
            if (mark < 0) return (0, null);
            at += mark;
            if (at + 1 == text.Length && !last) return (0, null);
            if (at + 1 < text.Length && text[at + 1] == quote) { doubled = true; continue; }
            if (at + 1 < text.Length && text[at + 1] != format.Delimiter && text[at + 1] is not ('\r' or '\n')) return (0, BadQuote);
            if (doubled) cells.Add(CsvText.Bare(text[1..at]).ToString().Replace($"{quote}{quote}", $"{quote}", StringComparison.Ordinal));
            else Add(text[1..at]);
            return (at + 1, null);
        }
    }

    private void Add(ReadOnlySpan<char> value)
    {
        var column = cells.Count;
        value = CsvText.Bare(value);
        if (value.IsEmpty) cells.Add("");
        else if (column >= latest.Length) cells.Add(value.ToString());
        else if (latest[column] is { } same && value.SequenceEqual(same)) cells.Add(same);
        else cells.Add(latest[column] = value.ToString());
    }

    private bool IsEmpty()
    {
        foreach (var cell in cells) if (!string.IsNullOrWhiteSpace(cell)) return false;
        return true;
    }

    /// <summary>Hands out the first line as a faulty row and goes on behind it.</summary>
    private async ValueTask<CsvRow> Faulty(string fault, CancellationToken stop)
    {
        string? beginning = null;
        while (true)
        {
            var line = buffer.AsSpan(start, end - start);
            beginning ??= line[..Math.Min(Kept, line.IndexOfAny('\r', '\n') is >= 0 and var l ? l : line.Length)].ToString();
            var length = line.IndexOfAny('\r', '\n');
            var waits = length >= 0 && length + 1 == line.Length && line[length] == '\r' && !finished;
            var consumed = length < 0 ? line.Length : waits ? length : line[length] == '\r' && length + 1 < line.Length && line[length + 1] == '\n' ? length + 2 : length + 1;
            position += format.Bytes(line[..consumed]);
            start += consumed;
            if ((length >= 0 && !waits) || !await Fill(stop)) return new(++number, [beginning], fault, position);
        }
    }

    /// <summary>Reads on; false at the end of the file.</summary>
    private async ValueTask<bool> Fill(CancellationToken stop)
    {
        if (finished) return false;
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        if (buffer.Length - end < Block + 2) Array.Resize(ref buffer, buffer.Length * 2);
        var read = await content.ReadAsync(bytes, stop);
        end += decoder.GetChars(bytes.AsSpan(0, read), buffer.AsSpan(end), flush: read == 0);
        finished = read == 0;
        return !finished || start < end;
    }
}
