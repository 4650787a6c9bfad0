using System.Text;
using CsvReader = CsvHelper.CsvReader;
using Winnow.Transfer;

namespace Winnow.Tests;

public sealed class CsvRowsTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "a|b/1|2")]
    [InlineData("a,b\r\n1,2", "a|b/1|2")]
    [InlineData("a,b\r1,2\r", "a|b/1|2")]
    [InlineData("\"a,1\",\"say \"\"hi\"\"\"\n", "a,1|say \"hi\"")]
    [InlineData("\"two\nlines\",x\n", "two\nlines|x")]
    [InlineData("a,\n,b\n", "a|/|b")]
    [InlineData("a\n\n\n,,\nb\n", "a/b")]
    [InlineData("5\" pipe,x\n", "5\" pipe|x")]
    [InlineData("\"\",x", "|x")]
    public async Task Cells_are_read_as_spreadsheets_write_them(string text, string rows) =>
        Assert.Equal(rows, string.Join('/', (await Read(text)).Select(r => string.Join('|', r.Cells))));

    [Theory]
    [InlineData("x,\"open\ngood,1\nalso,2\n")]                       // never closed
    [InlineData("x,\"closed\" early\ngood,1\nalso,2\n")]             // closed in the middle of a cell
    [InlineData("x,\"open\ngood,1\nalso,\"2\"\n")]                   // closed by the next row's quote
    public async Task A_bad_quote_costs_its_own_line_only(string text)
    {
        var rows = await Read(text);
        Assert.Contains("quotation mark", rows[0].Fault, StringComparison.Ordinal);
        Assert.Equal([(1L, false), (2L, true), (3L, true)], rows.Select(r => (r.Number, r.Fault is null)));
        Assert.Equal(("good", "1"), (rows[1].Cells[0], rows[1].Cells[1]));
    }

    [Fact]
    public async Task A_line_without_end_is_refused_in_little_memory_and_the_next_line_is_read()
    {
        const long Length = 64L << 20;
        var before = GC.GetTotalAllocatedBytes();
        var rows = new CsvRows(new Endless(Length, "\ngood,1\n"), new("utf-8", ',', 0), 0, 0);
        var first = (await rows.Next(default))!;
        Assert.Contains("longer than 1,048,576", first.Fault, StringComparison.Ordinal);
        Assert.Equal(Length + 1, first.End);
        Assert.Equal("good", (await rows.Next(default))!.Cells[0]);
        Assert.Null(await rows.Next(default));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 32L << 20);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16le")]
    [InlineData("utf-16be")]
    [InlineData("windows-1252")]
    public async Task Reading_goes_on_from_the_end_of_any_row(string encoding)
    {
        var format = new CsvFormat(encoding, ';', 0);
        var text = "naam;plaats\r\nJosé;\"Zürich\nWest\"\nBøb;Köln\r\n\"open;x\nÉva;\"a\"\"b\"\r\n\r\nMaÿ;Ö";
        var bytes = Encode(encoding, text);
        var all = await All(new(new MemoryStream(bytes), format, 0, 0));
        Assert.Equal(6, all.Count);
        foreach (var row in all)
            Assert.Equal(
                all.Where(r => r.Number > row.Number).Select(Flat),
                (await All(new(new MemoryStream(bytes[(int)row.End..]), format, row.End, row.Number))).Select(Flat));
        Assert.Equal("Zürich\nWest", all[1].Cells[1]);
    }

    [Fact]
    public async Task The_place_of_the_block_borders_changes_nothing()
    {
        var text = string.Join("\r\n", Enumerable.Range(0, 40).Select(i => $"{i},\"é\"\"{new string('x', i)}\nline\",ok{(i % 7 == 0 ? ",\"bad\"x" : "")}"));
        var whole = (await Read(text)).Select(Flat).ToList();
        for (var step = 1; step < 40; step++)
            Assert.Equal(whole, (await All(new(new Dripping(Encoding.UTF8.GetBytes(text), step), new("utf-8", ',', 0), 0, 0))).Select(Flat));
    }

    /// <summary>CsvHelper, a reader with another inside, sees the same cells.</summary>
    [Fact]
    public async Task Another_library_reads_the_same_cells()
    {
        var random = new Random(4711);
        for (var round = 0; round < 300; round++)
        {
            var rows = Enumerable.Range(0, random.Next(1, 12)).Select(_ => Enumerable.Range(0, random.Next(1, 6)).Select(_ => Cell(random)).ToArray()).ToList();
            var text = string.Join(random.Next(2) == 0 ? "\n" : "\r\n", rows.Select(r => string.Join(',', r)));
            using var reader = CsvReader.FromText(text, new() { Separator = ',', HasHeader = false });
            var theirs = new List<string>();
            while (reader.Read()) theirs.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)));
            Assert.Equal(theirs.Where(r => !string.IsNullOrWhiteSpace(r.Replace("|", "", StringComparison.Ordinal))), (await Read(text)).Select(r => string.Join('|', r.Cells)));
        }
    }

    private static string Cell(Random random)
    {
        var text = new string([.. Enumerable.Range(0, random.Next(0, 8)).Select(_ => "ab ,\n\"é€"[random.Next(8)])]);
        return text.AsSpan().IndexOfAny(',', '\n', '"') >= 0 || random.Next(3) == 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static string Flat(CsvRow row) => $"{row.Number}:{string.Join('|', row.Cells)}:{row.Fault}:{row.End}";

    private static Task<List<CsvRow>> Read(string text) => All(new(new MemoryStream(Encoding.UTF8.GetBytes(text)), new("utf-8", ',', 0), 0, 0));

    private static byte[] Encode(string encoding, string text) => (encoding switch
    {
        "utf-16le" => Encoding.Unicode,
        "utf-16be" => Encoding.BigEndianUnicode,
        "windows-1252" => CodePagesEncodingProvider.Instance.GetEncoding(1252)!,
        _ => Encoding.UTF8,
    }).GetBytes(text);

    private static async Task<List<CsvRow>> All(CsvRows rows)
    {
        var all = new List<CsvRow>();
        while (await rows.Next(default) is { } row) all.Add(row);
        return all;
    }

    private sealed class Dripping(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }

    private sealed class Endless(long length, string tail) : MemoryStream
    {
        private readonly byte[] end = Encoding.UTF8.GetBytes(tail);
        private long at;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var x = (int)Math.Clamp(length - at, 0, buffer.Length);
            buffer.Span[..x].Fill((byte)'x');
            var rest = Math.Min(buffer.Length - x, (int)Math.Clamp(length + end.Length - Math.Max(at, length), 0, end.Length));
            if (x == 0 || at + x == length) end.AsSpan((int)(Math.Max(at, length) - length), rest).CopyTo(buffer.Span[x..]);
            at += x + rest;
            return ValueTask.FromResult(x + rest);
        }
    }
}
