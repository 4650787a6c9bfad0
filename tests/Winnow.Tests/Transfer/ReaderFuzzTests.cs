using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>Good files, spoiled at random: whatever comes of one is an answer, soon, and never an exception that nobody expects.</summary>
public sealed class ReaderFuzzTests
{
    private const int Seed = 20_261_122;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);          // on a machine that has other work

    [Fact]
    public async Task Every_spoiled_upload_ends_in_an_answer()
    {
        await using var app = await TestApp.On("sqlite");
        var (random, answers) = (new Random(Seed), new Dictionary<string, int>());
        foreach (var good in Good())
            for (var round = 0; round < 60; round++)
            {
                var bytes = Spoiled(good, random);
                var clock = Stopwatch.StartNew();
                var answer = await Answer(app, bytes);
                Assert.True(clock.Elapsed < Soon, $"{answer} took {clock.Elapsed} for {Convert.ToBase64String(bytes)}");
                answers[answer] = answers.GetValueOrDefault(answer) + 1;
            }
        Assert.Contains("read", answers.Keys);
        Assert.Contains(UploadFaults.All[5], answers.Keys);                     // damaged
        Assert.Equal(answers.GetValueOrDefault("read"), await app.Scalar<long>("select count(*) from imports where account_id = 1"));
        Assert.Equal(answers.GetValueOrDefault("read"), await app.Scalar<long>("select count(*) from files where account_id = 1"));
    }

    [Fact]
    public async Task Every_spoiled_part_of_a_workbook_ends_in_an_answer_although_its_checksum_is_right()
    {
        await using var app = await TestApp.On("sqlite");
        var random = new Random(Seed);
        var parts = Parts();
        var read = 0;
        for (var round = 0; round < 250; round++)
        {
            var spoiled = parts.Select(part => (part.Key, Encoding.Latin1.GetString(random.Next(3) == 0 ? Spoiled(Encoding.Latin1.GetBytes(part.Value), random) : Encoding.Latin1.GetBytes(part.Value)))).ToArray();
            if (await Answer(app, ExcelFile.Zip(round % 2 == 0 ? CompressionLevel.NoCompression : CompressionLevel.Fastest, spoiled)) == "read") read++;
        }
        Assert.InRange(read, 1, 399);
    }

    [Fact]
    public async Task Rows_of_spoiled_texts_can_be_read_on_from_each_of_them()
    {
        var random = new Random(Seed);
        foreach (var (encoding, quote) in new[] { ("windows-1252", '"'), ("windows-1252", '\''), ("utf-16le", '"') })
            for (var round = 0; round < 150; round++)
            {
                var format = new CsvFormat(encoding, ";,"[round % 2], 0, quote);
                var bytes = Spoiled(Text(encoding == "utf-16le" ? Encoding.Unicode : Encoding.Latin1), random);
                if (encoding == "utf-16le") Array.Resize(ref bytes, bytes.Length / 2 * 2);
                var all = await Rows(bytes, format, 0, 0);
                Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.End < pair.Second.End && pair.First.Number < pair.Second.Number));
                if (all.Count < 2) continue;
                var at = random.Next(all.Count - 1);
                if (bytes.AsSpan((int)all[at].End - 1, 1)[0] == '\r') continue;                // a feed that belongs to it may follow
                Assert.Equal(all.Skip(at + 1).Select(Said), (await Rows(bytes[(int)all[at].End..], format, all[at].End, all[at].Number)).Select(Said));
            }
    }

    private static string Said(CsvRow row) => $"{row.Number} {row.End} {row.Fault} {string.Join('|', row.Cells)}";

    private static async Task<List<CsvRow>> Rows(byte[] bytes, CsvFormat format, long position, long number)
    {
        var (reader, rows) = (new CsvRows(new MemoryStream(bytes), format, position, number), new List<CsvRow>());
        while (await reader.Next(default) is { } row) rows.Add(row);
        return rows;
    }

    /// <summary>"read", when the file is taken and can be read to its end, or the refusal.</summary>
    private static async Task<string> Answer(TestApp app, byte[] bytes)
    {
        var imports = app.Get<Imports>();
        var (id, error) = await imports.Upload(TestApp.Account, "spoiled", new MemoryStream(bytes), 1, default);
        if (error is not null) return error;
        await app.Get<ImportOptOuts>().Preview((await imports.Find(TestApp.Account, id!.Value))!, default);              // reads all rows
        return "read";
    }

    private static byte[] Spoiled(byte[] good, Random random)
    {
        var bytes = good.ToList();
        switch (random.Next(5))
        {
            case 0: bytes = bytes[..random.Next(bytes.Count)]; break;
            case 1: for (var i = random.Next(1, 30); i > 0; i--) bytes[random.Next(bytes.Count)] = (byte)random.Next(256); break;
            case 2: for (var i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Count)] ^= (byte)(1 << random.Next(8)); break;
            case 3: bytes.InsertRange(random.Next(bytes.Count), good[random.Next(good.Length)..]); break;
            default: bytes.RemoveRange(random.Next(bytes.Count / 2), random.Next(bytes.Count / 2)); break;
        }
        return [.. bytes];
    }

    private static IEnumerable<byte[]> Good() =>
    [
        Text(Encoding.UTF8), Text(Encoding.Latin1), [.. Encoding.Unicode.Preamble, .. Text(Encoding.Unicode)],
        ExcelFile.Zip(CompressionLevel.Fastest, [.. Parts().Select(p => (p.Key, p.Value))]), ExcelFile.Zip(CompressionLevel.NoCompression, [.. Parts().Select(p => (p.Key, p.Value))]),
    ];

    private static byte[] Text(Encoding encoding) => encoding.GetBytes("email;firstname;city\r\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"c{i}@example.test;\"Zoë \"\"{i}\"\"\r\nvan Dijk\";'s-Gravenhage, 'Zuid'\n")));

    private static Dictionary<string, string> Parts()
    {
        using var zip = new ZipArchive(new MemoryStream(ExcelFile.Of(
            string.Concat(Enumerable.Range(1, 30).Select(i => $"<row r=\"{i * 2}\"><c r=\"A{i * 2}\" t=\"s\"><v>{i % 4}</v></c><c r=\"C{i * 2}\" s=\"1\"><v>{45_000 + i}.5</v></c><c t=\"inlineStr\"><is><t>a &amp; b_x000D_<!-- no --><![CDATA[<c>]]></t></is></c><c t=\"b\"><v>1</v></c></row>")),
            ["<t>email</t>", "<r><t>ann</t></r><r><t>@example.test</t></r>", "<t>bob@example.test</t><rPh sb=\"0\"><t>x</t></rPh>", "<t>&#xEB;&lt;</t>"], "<numFmts><numFmt numFmtId=\"164\" formatCode=\"[$-413]d\\-mmm\\-yy;@\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs>")));
        return zip.Entries.ToDictionary(entry => entry.FullName, entry => { using var text = new StreamReader(entry.Open(), Encoding.Latin1); return text.ReadToEnd(); });
    }
}
