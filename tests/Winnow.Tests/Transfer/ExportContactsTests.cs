using System.Text;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>A selection of contacts as a file: complete, harmless in a spreadsheet, once, and for one person.</summary>
public sealed class ExportContactsTests
{
    private static readonly SelectionQuery Everyone = new(null);

    [Theory, Databases]
    public async Task The_file_holds_the_chosen_columns_with_texts_that_no_spreadsheet_runs_and_numbers_that_stay_numbers(string database)
    {
        await using var app = await TestApp.On(database);
        foreach (var (name, kind, options) in new[] { ("size", "number", ""), ("born", "date", ""), ("likes", "choices", "tea\ncoffee") })
            await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new PropertyWish(name, name, kind, "", [.. options.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(o => new PropertyOption(o, o.ToUpperInvariant()))])));
        await app.Add(TestApp.Account, ["email=a@example.test", "firstname==1+1", "city=+31", "company=-5", "jobtitle=@SUM(A1)", "size=-5", "born=1912-06-23", "likes=tea;coffee", "lifecyclestage=lead"]);
        await app.Add(TestApp.Account, ["email=b@example.test", "firstname=Zoë", "city=\"Ede\", here", "company=A;B", "jobtitle=two\nlines", "size=1.234"]);
        await app.Add(TestApp.OtherAccount, ["email=secret@example.test"]);
        string[] columns = ["city", "company", "jobtitle", "size", "born", "likes", "lifecyclestage", "createdate"];
        Assert.Equal("\uFEFFRecord ID,Email,First Name,Last Name,City,Company Name,Job Title,size,born,likes,Lifecycle Stage,Create Date\r\n"
            + "1,a@example.test,'=1+1,,'+31,'-5,'@SUM(A1),-5,1912-06-23,TEA;COFFEE,Lead,2026-06-30 21:00:00\r\n"
            + "2,b@example.test,Zoë,,\"\"\"Ede\"\", here\",A;B,\"two\nlines\",1.234,,,,2026-06-30 21:00:00\r\n", await Export(app, Everyone, new(columns, ',')));
        Assert.Equal("\uFEFFRecord ID;Email;First Name;Last Name;City;Company Name;size\r\n2;b@example.test;Zoë;;\"\"\"Ede\"\", here\";\"A;B\";1,2340\r\n",
            await Export(app, new([2]), new(["city", "company", "size"], ';')));

        var all = await Export(app, Everyone, new([], ','));
        Assert.Equal(BuiltInProperties.All.Count + 3, all.Split("\r\n")[0].Split(',').Length);
        Assert.DoesNotContain("secret", all, StringComparison.Ordinal);
        Assert.Equal(3L, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'ContactsExported'"));
    }

    [Theory]
    [InlineData("\tx", "'\tx"), InlineData("\rx", "'\rx"), InlineData("=x", "'=x"), InlineData("-5", "'-5"), InlineData("a=b", "a=b"), InlineData("", "")]
    public void A_text_that_a_spreadsheet_would_run_gets_an_apostrophe(string text, string cell) => Assert.Equal(cell, CsvText.Harmless(text));

    [Theory]
    [InlineData(-5.0, ',', "-5"), InlineData(0.5, ';', "0,5"), InlineData(-1.234, ';', "-1,2340"), InlineData(1234.5678, ';', "1234,5678"), InlineData(1.234, ',', "1.234")]
    public void A_number_stays_one_and_is_read_again_as_the_same(double number, char delimiter, string cell)
    {
        Assert.Equal(cell, ExportCells.Number(number, delimiter));
        Assert.Equal(number, PropertyValue.Parse(BuiltInProperties.Of("hs_email_open"), cell).Value);
    }

    [Theory, Databases]
    public async Task A_list_is_exported_as_it_was_frozen_and_a_killed_export_writes_each_contact_once(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 9_000)]);
        var list = await app.List("Ede", ListKind.Dynamic, ListParts.CityIs("Ede"));
        var receipt = (await app.Get<ExportContacts>().Freeze(TestApp.Account, new(null, ListId: list.Id), TimeZoneInfo.Utc, 1)).Receipt!;
        var job = (await Confirm(app, receipt, new(null, ListId: list.Id), new([], ','))).JobId!.Value;
        Assert.Null(await app.Get<ExportFiles>().Download(TestApp.Account, job, 1));                        // not yet
        await app.Delete(99, ids[8_000]);
        await app.In("Ede");                                                                                    // too late
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        var state = (await app.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<ExportState>()!;
        Assert.Equal(8_999L, state.Rows);
        var lines = (await Text(app, state.FileId)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ids.Where(id => id != ids[8_000]).Select(id => $"{id}"), lines[1..].Select(line => line.Split(',')[0]));
        Assert.True(await app.Scalar<long>("select max(length(bytes)) from file_pieces where account_id = 1") < 4 << 20);
    }

    [Theory, Databases]
    public async Task It_is_ordered_once_for_the_set_that_was_shown_and_only_its_person_downloads_it_for_a_week(string database)
    {
        await using var app = await TestApp.On(database);
        await app.In("Ede", "Ede");
        var export = app.Get<ExportContacts>();
        var receipt = (await export.Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1)).Receipt!;
        Assert.Null(await export.Find(TestApp.OtherAccount, receipt.SelectionId));
        Assert.Contains("too old", (await export.Confirm(TestApp.OtherAccount, receipt.SelectionId, new([], ','), Everyone, TimeZoneInfo.Utc, "", "", "x.csv", 1)).Error, StringComparison.Ordinal);
        Assert.NotNull((await Confirm(app, receipt, Everyone, new([], '\t'))).Error);
        var late = await app.In("Ede");
        Assert.Equal((1L, 0L), (await Confirm(app, receipt, Everyone, new([], ','))).Changed);
        await app.Delete(99, late);
        var first = await Confirm(app, receipt, Everyone, new([], ','));
        Assert.Equal(first, await Confirm(app, receipt, Everyone, new([], ';')));
        await app.RunJobs();
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from files where account_id = 1"));

        Assert.NotNull(await app.Get<ExportFiles>().Download(TestApp.Account, first.JobId!.Value, 1));
        Assert.Null(await app.Get<ExportFiles>().Download(TestApp.Account, first.JobId!.Value, 2));
        Assert.Null(await app.Get<ExportFiles>().Download(TestApp.OtherAccount, first.JobId!.Value, 1));
        Assert.Equal(1L, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'ExportDownloaded' and user_id = 1"));
        app.Clock.Advance(TimeSpan.FromDays(ExportFiles.KeptDays) - TimeSpan.FromMinutes(1));
        await app.Get<Files>().ExpireOld(default);
        Assert.NotNull(await app.Get<ExportFiles>().Download(TestApp.Account, first.JobId!.Value, 1));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await app.Get<ExportFiles>().Download(TestApp.Account, first.JobId!.Value, 1));
        await app.Get<Files>().ExpireOld(default);
        Assert.Equal(0L, await app.Scalar<long>("select count(*) from file_pieces where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_stopped_export_leaves_no_file_to_download(string database)
    {
        await using var app = await TestApp.On(database);
        await app.In([.. Enumerable.Repeat("Ede", 5_000)]);
        var receipt = (await app.Get<ExportContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1)).Receipt!;
        var job = (await Confirm(app, receipt, Everyone, new([], ','))).JobId!.Value;
        await app.Get<JobQueue>().Cancel(TestApp.Account, job);
        await app.RunJobs();
        Assert.Equal("cancelled", (await app.Get<JobQueue>().Find(TestApp.Account, job))!.Outcome);
        Assert.Null(await app.Get<ExportFiles>().Download(TestApp.Account, job, 1));
        app.Clock.Advance(TimeSpan.FromDays(ExportFiles.KeptDays));
        await app.Get<Files>().ExpireOld(default);
        Assert.Equal(0L, await app.Scalar<long>("select count(*) from file_pieces where account_id = 1"));
    }

    private static Task<BulkOutcome> Confirm(TestApp app, EditReceipt receipt, SelectionQuery query, ExportWish wish) =>
        app.Get<ExportContacts>().Confirm(TestApp.Account, receipt.SelectionId, wish, query, TimeZoneInfo.Utc, "Some", "Export", "contacts.csv", 1);

    private static async Task<string> Export(TestApp app, SelectionQuery query, ExportWish wish)
    {
        var outcome = await Confirm(app, (await app.Get<ExportContacts>().Freeze(TestApp.Account, query, TimeZoneInfo.Utc, 1)).Receipt!, query, wish);
        await app.RunJobs();
        return await Text(app, (await app.Get<JobQueue>().Find(TestApp.Account, outcome.JobId!.Value))!.ResultAs<ExportState>()!.FileId);
    }

    private static async Task<string> Text(TestApp app, long fileId)
    {
        await using var file = app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, fileId))!);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
