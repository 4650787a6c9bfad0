using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Server.Commands;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>Excel workbooks come in as what people see in them; what is no whole workbook is refused before anything is done.</summary>
public sealed class ImportWorkbookTests
{
    private const string Styles = "<numFmts><numFmt numFmtId=\"164\" formatCode=\"[$-413]d\\-mmm\\-yy;@\"/><numFmt numFmtId=\"165\" formatCode=\"00000\"/><numFmt numFmtId=\"166\" formatCode=\"#,##0.00 &quot;days&quot;\"/><numFmt numFmtId=\"167\" formatCode=\"[h]:mm\"/></numFmts>"
        + "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/><xf numFmtId=\"167\"/></cellXfs>";

    [Theory, Databases]
    public async Task A_workbook_is_read_as_people_see_it_and_imported(string database)
    {
        await using var app = await TestApp.On(database);
        var book = ExcelFile.Of(
            "<row r=\"2\" spans=\"1:8\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" t=\"s\"><v>1</v></c><c r=\"D2\" t=\"inlineStr\"><is><t>City</t></is></c><c r=\"E2\" t=\"str\"><f>\"Job\"</f><v>Job Title</v></c></row>"
            + "<row r=\"5\"><c r=\"A5\" t=\"s\"><v>2</v></c><c r=\"B5\" t=\"s\"><v>3</v></c><c r=\"C5\" s=\"1\"/><c r=\"D5\" t=\"inlineStr\"><is><t xml:space=\"preserve\">'s-Gravenhage, \"Zuid\"</t></is></c></row>"
            + "<row><c t=\"s\"><v>4</v></c><c/><c/><c t=\"n\"><v>31612345678</v></c><c t=\"e\"><v>#N/A</v></c></row><row r=\"9\"/><row r=\"10\"><c r=\"A10\" t=\"inlineStr\"><is><t>broken</t></is></c></row>",
            ["<t>Email</t>", "<r><rPr><b/></rPr><t>First </t></r><r><t>Name</t></r><rPh sb=\"0\" eb=\"1\"><t>not said</t></rPh>", "<t>zoe@example.test</t>", "<t>Zo&#xEB; &amp; <![CDATA[<Ed>]]>_x0041__x00</t>", "<t>bob@example.test</t>"]);
        var (state, import) = await Import(app, book);
        Assert.Equal((2, 1), (state.Created, state.Rejected));
        Assert.Equal(("xlsx", "People & more", "people.xlsx"), (import.Source, import.Sheet, import.FileName));
        Assert.Equal("Zoë & <Ed>A_x00|'s-Gravenhage, \"Zuid\"", await app.Scalar<string>("select firstname || '|' || city from contacts where account_id = 1 and email_key = 'zoe@example.test'"));
        Assert.Equal("31612345678|#N/A", await app.Scalar<string>("select city || '|' || jobtitle from contacts where account_id = 1 and email_key = 'bob@example.test'"));
        Assert.Contains("\r\n10,Email,broken,The email address has no @.,broken\r\n", await Text(app, import.RejectedFileId!.Value), StringComparison.Ordinal);
        Assert.Equal(2, await app.Scalar<long>("select count(*) from files where account_id = 1"));                  // the text and the rejected rows; not the workbook
    }

    [Theory, Databases]
    public async Task Of_several_sheets_the_first_with_rows_is_read_and_another_can_be_chosen(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        string[] names = ["Empty", "Notes", "People", "More people", "Secret"];
        string[][][] rows = [[], [["Ask Noor"]], [["Email"], ["ann@example.test"]], [["Mail", "City"], ["bob@example.test", "Ede"]], [["Email"], ["no@example.test"]]];
        var types = $"{ExcelFile.Office}/worksheet";
        var bytes = ExcelFile.Of("", parts:
        [
            ("xl/workbook.xml", $"<workbook xmlns=\"{ExcelFile.Main}\" xmlns:r=\"{ExcelFile.Office}\"><sheets>{string.Concat(names.Select((name, i) => $"<sheet name=\"{name}\" r:id=\"r{i}\"{(name == "Secret" ? " state=\"hidden\"" : "")}/>"))}</sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", $"<Relationships>{string.Concat(names.Select((_, i) => $"<Relationship Id=\"r{i}\" Type=\"{types}\" Target=\"worksheets/s{i}.xml\"/>"))}</Relationships>"),
            .. rows.Select((some, i) => ($"xl/worksheets/s{i}.xml", ExcelFile.Sheet(ExcelFile.Rows(some)))),
        ]);
        var (imports, db) = (app.Services.GetRequiredService<Imports>(), app.Services.GetRequiredService<Db>());
        Assert.Equal(1, (await imports.Upload(1, "people.xlsx", new MemoryStream(bytes), 1, default)).Id);
        const string mapping = "/imports/1/mapping";
        var page = await WebApp.Page(app.Http, mapping);
        Assert.Equal(names[..4], page.QuerySelectorAll("main select[name=Sheet] option").Select(o => o.TextContent));
        Assert.Equal("People", page.QuerySelector("main select[name=Sheet] option[selected]")!.TextContent);

        Assert.Contains("This sheet cannot be imported.", await (await WebApp.Post(app.Http, mapping, new() { ["Sheet"] = "Notes" }, "sheet")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("no such sheet", await (await WebApp.Post(app.Http, mapping, new() { ["Sheet"] = "Secret" }, "sheet")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, mapping, new() { ["Sheet"] = "More people" }, "sheet")).StatusCode);
        Assert.Contains("bob@example.test", await app.Http.GetStringAsync(mapping), StringComparison.Ordinal);
        Assert.Equal("More people", (await WebApp.Page(app.Http, "/imports/1/opt-outs")).QuerySelector("main select[name=Sheet] option[selected]")!.TextContent);
        Assert.Equal(2, await Files());                                                // the text of the sheet, and the workbook
        await WebApp.Post(app.Http, mapping, new() { ["Name"] = "People" }, "mapping");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal("bob@example.test", await db.Read(tx => tx.Single<string>(Statement.Built("test", "select email_key from contacts where account_id = 1"))));
        Assert.Equal(1, await Files());                                                // it is not needed any more

        var path = Path.Combine(Directory.CreateTempSubdirectory("winnow-sheets").FullName, "people.xlsx");
        await File.WriteAllBytesAsync(path, bytes);
        Assert.Contains("It has: Empty, Notes, People, More people.", await Run("--sheet", "Secret"), StringComparison.Ordinal);
        Assert.Contains("Mail -> email", await Run("--sheet", "more people", "--column", "Mail=email"), StringComparison.Ordinal);
        Assert.Contains("Reading the sheet 'People'", await Run(), StringComparison.Ordinal);
        Assert.Equal(1, await Files());
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        Task<long> Files() => db.Read(tx => tx.Single<long>(Statement.Built("test", "select count(*) from files where account_id = 1 and expired_at is null")));

        async Task<string> Run(params string[] options)
        {
            var shown = new StringWriter(CultureInfo.InvariantCulture);
            await CommandLine.Run(["import", path, "--look", "--database", app.Connection, .. options], shown, shown, TestContext.Current.CancellationToken);
            return shown.ToString();
        }
    }

    [Fact]
    public async Task Numbers_are_what_their_format_says()
    {
        (string Cell, string Seen)[] cells =
        [
            ("<c s=\"1\"><v>45983</v></c>", "2025-11-22"), ("<c s=\"2\"><v>45983.385416666664</v></c>", "2025-11-22 09:15:00"), ("<c s=\"3\"><v>45983</v></c>", "2025-11-22"), ("<c s=\"1\"><v>1</v></c>", "1900-01-01"),
            ("<c s=\"4\"><v>42</v></c>", "00042"), ("<c s=\"5\"><v>0.10000000000000001</v></c>", "0.1"), ("<c s=\"6\"><v>1.125</v></c>", "27:00:00"), ("<c s=\"1\"><v>-3</v></c>", "-3"),
            ("<c><v>1E+16</v></c>", "10000000000000000"), ("<c s=\"99\"><v>1.5E-7</v></c>", "1.5E-07"), ("<c t=\"b\"><v>1</v></c>", "TRUE"), ("<c t=\"b\"><v>0</v></c>", "FALSE"), ("<c t=\"d\"><v>2025-11-22T09:15:00</v></c>", "2025-11-22T09:15:00"),
        ];
        await using var app = await TestApp.On("sqlite");
        Assert.Equal(cells.Select(c => c.Seen), await Cells(app, string.Concat(cells.Select(c => c.Cell)), ""));
        Assert.Equal(["2025-11-22"], await Cells(app, "<c s=\"1\"><v>44521</v></c>", "<workbookPr date1904=\"1\"/>"));
    }

    [Theory, Databases]
    public async Task What_is_no_whole_workbook_is_refused_with_a_sentence_and_not_kept(string database)
    {
        await using var app = await TestApp.On(database);
        var good = ExcelFile.Of(ExcelFile.Rows([["email"], .. Enumerable.Range(0, 2_000).Select(i => new[] { $"c{i}@example.test" })]));
        var stored = ExcelFile.Of(ExcelFile.Rows(["email"], ["ann@example.test"]), level: CompressionLevel.NoCompression);
        stored[Encoding.Latin1.GetString(stored).IndexOf("ann@", StringComparison.Ordinal)] ^= 1;
        foreach (var (bytes, says) in new (byte[], string)[]
        {
            (good[..(good.Length / 2)], "damaged or not complete"),
            (good[..^30], "damaged or not complete"),
            (stored, "damaged or not complete"),
            (ExcelFile.Of("<row><c t=\"s\"><v>7</v></c></row>"), "damaged or not complete"),
            (ExcelFile.Of(ExcelFile.Rows(["email"]) + "<row>"), "damaged or not complete"),
            (ExcelFile.Of("<row r=\"1\" x=\"" + new string('x', 100_000) + "\"/>"), "damaged or not complete"),
            (ExcelFile.Of("<!DOCTYPE bomb [<!ENTITY a \"aaaa\">]><row><c t=\"str\"><v>&a;</v></c></row>"), "damaged or not complete"),
            (ExcelFile.Of(new string(' ', 80 << 20), level: CompressionLevel.SmallestSize), "larger than can be imported"),
            (ExcelFile.Of("<row r=\"1\"/><row r=\"6000000\"><c t=\"str\"><v>a</v></c></row>"), "5,000,000 rows"),
            (ExcelFile.Of("<row><c r=\"ZZZZ1\" t=\"str\"><v>a</v></c></row>"), "16,384 columns"),
            (ExcelFile.Of($"<row>{string.Concat(Enumerable.Repeat("<c t=\"str\"><v>a</v></c>", 10_000))}</row><row><c><v>1</v></c></row>"), "10,000 columns"),
            (ExcelFile.Of(""), "file is empty"),
            (ExcelFile.Of(ExcelFile.Rows(["email"])), "no rows"),
            (ExcelFile.Zip(CompressionLevel.Fastest, ("contacts.csv", "email")), "This is an archive"),
            (ExcelFile.Zip(CompressionLevel.Fastest, ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "<a/>")), "OpenDocument"),
            (ExcelFile.Zip(CompressionLevel.Fastest, ("xl/workbook.bin", "x")), ".xlsb"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[4_000]], "protected by a password"),
        })
        {
            var (id, error) = await Upload(app, bytes);
            Assert.True(id is null && error!.Contains(says, StringComparison.Ordinal), $"{says}: {error}");
        }
        Assert.Equal(0, await app.Scalar<long>("select (select count(*) from files where account_id = 1) + (select count(*) from file_pieces where account_id = 1)"));
    }

    [Fact]
    public async Task A_cell_of_a_hundred_megabytes_costs_its_row_only_and_little_memory()
    {
        await using var app = await TestApp.On("sqlite");
        var huge = string.Concat(Enumerable.Repeat("lorem ipsum\n", 9 << 20));
        var book = ExcelFile.Of(ExcelFile.Rows(["email", "city", "firstname"], ["ann@example.test", huge, "Ann"], ["bob@example.test", "Ede", "Bob"]) + $"<row>{string.Concat(Enumerable.Repeat($"<c t=\"str\"><v>{huge[..200_000]}</v></c>", 20))}</row>", level: CompressionLevel.NoCompression);
        huge = "";
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (state, import) = await Import(app, book);
        Assert.Equal((1, 2), (state.Created, state.Rejected));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64L << 20);
        var rejected = await Text(app, import.RejectedFileId!.Value);
        Assert.Contains("2,city,", rejected, StringComparison.Ordinal);
        Assert.Contains("\r\n4,,", rejected, StringComparison.Ordinal);
        Assert.Contains("The row is longer than 1,048,576 characters.", rejected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Very_many_shared_texts_are_found_again_wherever_they_stand()
    {
        await using var app = await TestApp.On("sqlite");
        const int Count = 400_000;                                   // 40 MB: more than stays in memory
        var texts = Enumerable.Range(0, Count).Select(i => $"<t>c{i}@{new string('x', i % 50)}{new string('y', 50)}.example.test</t>").ToArray();
        var rows = new StringBuilder("<row><c t=\"str\"><v>email</v></c></row>");
        for (var i = 0; i < Count; i++) rows.Append(System.Globalization.CultureInfo.InvariantCulture, $"<row><c t=\"s\"><v>{(i % 3 == 0 ? Count - 1 - i : i)}</v></c></row>");
        var (id, error) = await Upload(app, ExcelFile.Of(rows.ToString(), texts));
        Assert.Null(error);
        var at = 0;
        var text = await Text(app, (await app.Get<Imports>().Find(TestApp.Account, id!.Value))!.FileId);
        foreach (var line in text.Split('\n').Skip(1).Take(Count)) { Assert.Equal(texts[at % 3 == 0 ? Count - 1 - at : at][3..^4], line); at++; }
        Assert.Equal(Count, at);
    }

    [Theory, Databases]
    public async Task An_import_whose_file_is_taken_away_says_so(string database)
    {
        await using var app = await TestApp.On(database);
        var (id, _) = await Upload(app, ExcelFile.Of(ExcelFile.Rows(["email"], ["ann@example.test"])));
        var import = (await app.Get<Imports>().Find(TestApp.Account, id!.Value))!;
        var (job, _) = await app.Get<Imports>().Start(TestApp.Account, import.Id, "x", [new("email", "email")], false, null, 1, default);
        await app.Db.Write(tx => app.Get<Files>().Expire(tx, TestApp.Account, import.FileId));
        await app.RunJobs();
        Assert.Equal(("failed", Files.Gone), await app.Db.Read(async tx => ((await app.Get<JobQueue>().Find(TestApp.Account, job!.Value))!.Outcome, (await app.Get<JobQueue>().Find(TestApp.Account, job.Value))!.Error)));
    }

    [Theory, Databases]
    public async Task A_file_in_two_encodings_is_read_in_both(string database)
    {
        await using var app = await TestApp.On(database);
        var (id, error) = await Upload(app, [.. "email;firstname\nzoe@example.test;Zoë\n"u8, .. Encoding.Latin1.GetBytes("jose@example.test;José\nend@example.test;É")]);
        Assert.Null(error);
        var import = (await app.Get<Imports>().Find(TestApp.Account, id!.Value))!;
        Assert.Equal(["Zoë", "José", "É"], (await app.Get<Imports>().Preview(import, default)).Rows.Select(r => r.Cells[1]));
        Assert.Equal(("mixed", "utf-8"), (import.Source, import.Encoding));
    }

    private static async Task<string[]> Cells(TestApp app, string cells, string book)
    {
        var (id, error) = await Upload(app, ExcelFile.Of($"<row><c t=\"str\"><v>a</v></c></row><row>{cells}</row>", styles: Styles, book: book));
        Assert.Null(error);
        return (await app.Get<Imports>().Preview((await app.Get<Imports>().Find(TestApp.Account, id!.Value))!, default)).Rows[0].Cells;
    }

    private static Task<(long? Id, string? Error)> Upload(TestApp app, byte[] bytes) => app.Get<Imports>().Upload(TestApp.Account, "people.xlsx", new MemoryStream(bytes), 1, default);

    private static async Task<(ImportState State, Import Import)> Import(TestApp app, byte[] bytes)
    {
        var imports = app.Get<Imports>();
        var (id, refused) = await Upload(app, bytes);
        Assert.Null(refused);
        var (job, error) = await imports.Start(TestApp.Account, id!.Value, "People", (await imports.Preview((await imports.Find(TestApp.Account, id.Value))!, default)).Columns, false, null, 1, default);
        Assert.Null(error);
        await app.RunJobs();
        return ((await app.Get<JobQueue>().Find(TestApp.Account, job!.Value))!.ResultAs<ImportState>()!, (await imports.Find(TestApp.Account, id.Value))!);
    }

    private static async Task<string> Text(TestApp app, long fileId)
    {
        using var text = new StreamReader(app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, fileId))!));
        return await text.ReadToEndAsync();
    }
}
