using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>Contacts as an Excel workbook; and what goes out comes in again as it was.</summary>
public sealed class ExportWorkbookTests
{
    private static readonly SelectionQuery Everyone = new(null);
    private static readonly string[] Nasty = ["=1+1", "'=1+1", "''-x", "-5", "+31 6 1234", "@home", "'s-Gravenhage", "two\nlines", "\"Ede\"; here, there", "Zoë <Zuid> & _x0041_ 😀", "a\tb\u0007c\r\nd", "0042", "1E5", "=", "'"];

    [Theory, Databases]
    public async Task What_is_exported_and_imported_again_changes_nothing(string database)
    {
        await using var app = await TestApp.On(database);
        foreach (var (name, kind, options) in new[] { ("size", "number", ""), ("born", "date", ""), ("vip", "bool", ""), ("likes", "choices", "tea\ncoffee"), ("=odd", "text", "") })
            await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new PropertyWish(name.Trim('='), name, kind, "", [.. options.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(o => new PropertyOption(o, o.ToUpperInvariant()))])));
        await app.Add(TestApp.Account, [.. Nasty.Select((text, i) => new[] { $"email=c{i}@example.test", $"city={text}", $"odd={text}", $"size={new[] { "1.234", "-5", "0.1", "123456789012", "1e-9", "1e21", "1234.5" }[i % 7]}",
            $"born={new[] { "1850-03-04", "1900-01-01", "1912-06-23", "2026-11-22" }[i % 4]}", $"vip={i % 2 == 0}", "likes=tea;coffee", "lifecyclestage=lead", "hs_lead_status=OPEN" })]);
        var before = await State(app);
        foreach (var wish in new ExportWish[] { new([], ',', IsWorkbook: true), new([], ','), new([], ';') })
        {
            var file = await Bytes(app, await Export(app, wish));
            var (id, refused) = await app.Get<Imports>().Upload(TestApp.Account, "again", new MemoryStream(file), 1, default);
            Assert.Null(refused);
            var import = (await app.Get<Imports>().Find(TestApp.Account, id!.Value))!;
            var columns = (await app.Get<Imports>().Preview(import, default)).Columns;
            Assert.Equal(["born", "city", "likes", "odd", "size", "vip"], columns.Select(c => c.Property).Where(p => p is "city" or "size" or "born" or "vip" or "likes" or "odd").Order(StringComparer.Ordinal));
            var (job, error) = await app.Get<Imports>().Start(TestApp.Account, import.Id, "again", columns, false, null, 1, default);
            Assert.Null(error);
            await app.RunJobs();
            var state = (await app.Get<JobQueue>().Find(TestApp.Account, job!.Value))!.ResultAs<ImportState>()!;
            Assert.Equal((0, 0, Nasty.Length, 0), (state.Created, state.Updated, state.Unchanged, state.Rejected));
            Assert.Equal(before, await State(app));
        }
    }

    [Theory, Databases]
    public async Task A_killed_export_ends_as_one_whole_workbook_and_tells_what_Excel_cannot_hold(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 6_000)]);
        await app.Add(TestApp.Account, ["email=long@example.test", $"city={new string('x', 40_000)}"]);
        var receipt = (await app.Get<ExportContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1)).Receipt!;
        var job = (await Confirm(app, receipt.SelectionId, Everyone, new(["city"], ',', IsWorkbook: true))).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        var state = (await app.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<ExportState>()!;
        Assert.Equal((6_001L, 1L), (state.Rows, state.Sheet!.Cut));
        var (read, _) = await app.Get<UploadText>().Store(TestApp.Account, "again.xlsx", new MemoryStream(await Bytes(app, state.FileId)), 1, default);
        Assert.Equal("Winnow", read!.Sheet);
        var lines = System.Text.Encoding.UTF8.GetString(await Bytes(app, read.FileId)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("Record ID,Email,First Name,Last Name,City", lines[0]);
        Assert.Equal(ids.Select(id => $"{id}").Append($"{ids[^1] + 1}"), lines[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(32_767, lines[^1].Count(c => c == 'x') - "example".Count(c => c == 'x'));
        Assert.Equal(state.ExpiresAt, app.Clock.GetUtcNow().AddDays(ExportFiles.KeptDays));
    }

    [Theory, Databases]
    public async Task More_contacts_than_a_sheet_holds_are_refused_with_what_to_do(string database)
    {
        await using var app = await TestApp.On(database);
        var list = await app.List("Many", ListKind.Manual, null);
        await app.Db.Write(tx => app.Get<ListMembers>().Flip(tx, TestApp.Account, list.Id, new MemberSet(Enumerable.Range(1, (int)ExportContacts.MostInWorkbook + 1).Select(i => (long)i)), new()));
        var query = new SelectionQuery(null, ListId: list.Id);
        var receipt = (await app.Get<ExportContacts>().Freeze(TestApp.Account, query, TimeZoneInfo.Utc, 1)).Receipt!;
        Assert.Contains("at most 1,048,575 contacts. Choose CSV", (await Confirm(app, receipt.SelectionId, query, new([], ',', IsWorkbook: true))).Error, StringComparison.Ordinal);
        Assert.NotNull((await Confirm(app, receipt.SelectionId, query, new([], ','))).JobId);
    }

    private static async Task<string> State(TestApp app) => await app.Scalar<string>("select (select count(*) from contact_history where account_id = 1) || ' ' || (select count(*) from contacts where account_id = 1) || ' ' || (select sum(version) from contacts where account_id = 1)");

    private static Task<BulkOutcome> Confirm(TestApp app, long selection, SelectionQuery query, ExportWish wish) =>
        app.Get<ExportContacts>().Confirm(TestApp.Account, selection, wish, query, TimeZoneInfo.Utc, "Some", "Export", "contacts.xlsx", 1);

    private static async Task<long> Export(TestApp app, ExportWish wish)
    {
        var receipt = (await app.Get<ExportContacts>().Freeze(TestApp.Account, Everyone, TimeZoneInfo.Utc, 1)).Receipt!;
        var outcome = await Confirm(app, receipt.SelectionId, Everyone, wish);
        await app.RunJobs();
        return (await app.Get<JobQueue>().Find(TestApp.Account, outcome.JobId!.Value))!.ResultAs<ExportState>()!.FileId;
    }

    private static async Task<byte[]> Bytes(TestApp app, long fileId)
    {
        using var bytes = new MemoryStream();
        await app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, fileId))!).CopyToAsync(bytes);
        if (Environment.GetEnvironmentVariable("KEEP") is { } keep) await File.WriteAllBytesAsync($"{keep}/{fileId}.xlsx", bytes.ToArray());
        return bytes.ToArray();
    }
}
