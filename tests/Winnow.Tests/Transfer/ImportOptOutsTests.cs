using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>An opt-out list: addresses that are never mailed again, whoever has them now or later, and no contacts made of them.</summary>
public sealed class ImportOptOutsTests
{
    [Theory, Databases]
    public async Task Addresses_are_opted_out_without_contacts_and_those_who_have_them_leave_and_join_lists_at_once(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, ["email=ann@example.test"], ["email=bob@example.test"]);
        await app.Add(TestApp.OtherAccount, ["email=ann@example.test"]);
        var list = await app.List("Out", ListKind.Dynamic, ListParts.Filter(("hs_email_optout", "BOOL", "IS_EQUAL_TO", new Flag(true))));
        await app.RunJobs();
        const string File = "E-mailadres;Reden\nANN@example.test;a\nnew@example.test;b\nnot-an-address;c\n;d\nnew@example.test;e\n'=1+1@example.test;f\n";
        var (state, import) = await Run(app, File);

        Assert.Equal((3L, 1L, 2L), (state.OptedOut, state.Already, state.Rejected));
        Assert.Equal(["=1+1@example.test", "ann@example.test", "new@example.test"], await OutIn(app, 1));
        Assert.Empty(await OutIn(app, 2));
        Assert.Equal(2, await app.Scalar<long>("select count(*) from contacts where account_id = 1"));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out"));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from recipient_facts where account_id = 1 and opted_out"));
        Assert.Equal(("IMPORT", $"{import.Id}"), (await app.Scalar<string>("select source from contact_history where account_id = 1 and contact_id = @id order by version desc limit 1", new { id = ids[0] }), await app.Scalar<string>("select source_id from contact_history where account_id = 1 and contact_id = @id order by version desc limit 1", new { id = ids[0] })));
        Assert.Equal([ids[0]], await app.Members(list));
        Assert.Empty(await app.Differences());
        Assert.Equal(1, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'OptOutsImported' and count = 6"));
        var rejected = (await Text(app, import.RejectedFileId!.Value)).Trim('\uFEFF').Split("\r\n");
        Assert.Equal(["Row;Column;Value;Reason;E-mailadres;Reden", "4;E-mailadres;not-an-address;The email address has no @.;not-an-address;c"], rejected[..2]);
        Assert.StartsWith("5;E-mailadres;;", rejected[2], StringComparison.Ordinal);

        await app.Add(TestApp.Account, ["email=new@example.test"]);                    // who comes later is out, too
        Assert.Equal(2, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out"));
    }

    [Theory, Databases]
    public async Task The_same_file_again_does_nothing_more_and_what_people_said_themselves_stays(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test"]);
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, 1, new("EMAIL"), "link@example.test", s => s with { OptedOutAt = DateTimeOffset.UnixEpoch, OptOutSource = "link" }));
        const string File = "Email\nann@example.test\nlink@example.test\n";
        Assert.Equal((1L, 1L, 0L), Sums((await Run(app, File)).State));
        var (history, version) = (await app.Scalar<long>("select count(*) from contact_history where account_id = 1"), await app.Scalar<long>("select max(version) from contacts where account_id = 1"));
        app.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((0L, 2L, 0L), Sums((await Run(app, File)).State));
        Assert.Equal((history, version), (await app.Scalar<long>("select count(*) from contact_history where account_id = 1"), await app.Scalar<long>("select max(version) from contacts where account_id = 1")));
        Assert.Equal("link", await app.Scalar<string>("select opt_out_source from addresses where account_id = 1 and email_key = 'link@example.test' and opted_out_at = 0"));
    }

    [Theory, Databases]
    public async Task An_erased_address_is_opted_out_under_its_hash_and_stays_out_of_the_export(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Get<AddressHashes>().MakeKey(default);
        await app.Db.Write(tx => app.Get<ContactStore>().Block(tx, 1, ["erased@example.test"]));
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal((1L - time, (long)time, 0L), Sums((await Run(app, "Email\nerased@example.test\n")).State));
            Assert.Equal(0, await app.Scalar<long>("select count(*) from addresses where account_id = 1 and email <> ''"));
            Assert.Equal(1, await app.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%' and opted_out_at is not null"));
        }
        await app.Get<ExportOptOuts>().Order(1, new(true, true, true, false, ','), "ann@fernhill.example", "Export", "out.csv", 1);
        await app.RunJobs();
        Assert.Equal(0, await app.Scalar<long>("select cast(result ->> 'rows' as bigint) from jobs where account_id = 1 and kind = 'ExportOptOuts'"));
        await app.Add(TestApp.Account, ["email=erased@example.test"]);                 // by hand: an import refuses it
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out"));
    }

    [Theory, Databases]
    public async Task A_killed_import_goes_on_and_does_each_row_once(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, [.. Enumerable.Range(0, 300).Select(n => new[] { $"email=a{n * 20}@example.test" })]);
        var import = await Upload(app, "Email\n" + string.Concat(Enumerable.Range(0, 6_000).Select(n => n % 100 == 99 ? $"broken{n}\n" : $"a{n}@example.test\n")));
        var job = await Start(app, import, 6_000);
        Assert.Equal(job, await Start(app, import, 6_000));                            // posted twice
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        Assert.Equal((5_940L, 0L, 60L), Sums(await StateOf(app, job)));
        Assert.Equal(5_940, await app.Scalar<long>("select count(*) from addresses where account_id = 1 and opted_out_at is not null"));
        Assert.Equal((300L, 300L), (await app.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out and version = 2"), await app.Scalar<long>("select count(*) from contact_history where account_id = 1")));
        Assert.Equal(61, (await Text(app, (await app.Get<Imports>().Find(1, import))!.RejectedFileId!.Value)).Trim().Split('\n').Length);
    }

    [Theory, Databases]
    public async Task A_person_uploads_types_the_number_and_finds_the_addresses_in_the_export(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var page = await WebApp.Page(app.Http, "/imports/new");
        Assert.Equal("/imports/upload?optOuts=1", page.QuerySelector("main button[formaction]")!.GetAttribute("formaction"));
        var token = page.QuerySelector("main form input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent(token), "__RequestVerificationToken");
        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes("Email\nout@example.test\nother@example.test\n")), "File", "stop.csv");
        var uploaded = await app.Http.PostAsync("/imports/upload?optOuts=1", form);
        var confirm = uploaded.Headers.Location!.OriginalString;
        Assert.Equal("/imports/1/opt-outs", confirm);
        Assert.NotNull((await WebApp.Page(app.Http, "/imports/1/mapping")).QuerySelector($"main a[href='{confirm}']"));
        Assert.Contains("type 2 to opt out", (await WebApp.Read(await WebApp.Post(app.Http, confirm, new() { ["Typed"] = "3" }, "opt-outs"))).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, confirm, new() { ["Typed"] = "2" }, "opt-outs")).StatusCode);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal(["2", "0", "0"], (await WebApp.Page(app.Http, "/imports/1")).QuerySelectorAll("#job .tile .big").Select(tile => tile.TextContent));
        Assert.Contains("Opt-out list stop.csv", await app.Http.GetStringAsync("/imports"), StringComparison.Ordinal);

        var ordered = await WebApp.Post(app.Http, "/email/bounce-tools/export", [], "export-opt-outs");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Contains("other@example.test,,TRUE,\r\nout@example.test,,TRUE,\r\n", await app.Http.GetStringAsync(ordered.Headers.Location!.OriginalString.Replace("/jobs/", "/exports/", StringComparison.Ordinal)), StringComparison.Ordinal);
        var reader = await app.Colleague("reader@fernhill.example", PermissionSet.Of(Permission.EditContacts));
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(confirm)).StatusCode);
    }

    private static (long, long, long) Sums(OptOutImportState state) => (state.OptedOut, state.Already, state.Rejected);

    private static Task<List<string>> OutIn(TestApp app, long account) =>
        app.Db.Read(tx => tx.Query<string>(Statement.Built("test", "select email_key from addresses where account_id = @account and opted_out_at is not null and opt_out_source = 'import' order by email_key"), new { account }));

    private static async Task<long> Upload(TestApp app, string text)
    {
        var (id, error) = await app.Get<Imports>().Upload(TestApp.Account, "stop.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), 1, default);
        Assert.Null(error);
        return id!.Value;
    }

    private static async Task<long> Start(TestApp app, long import, long typed)
    {
        var optOuts = app.Get<ImportOptOuts>();
        Assert.Equal(new OptOutOrder(null, Error: "There is no such import."), await optOuts.Start(TestApp.OtherAccount, import, 0, typed, "Stop", 1, default));
        var preview = await optOuts.Preview((await app.Get<Imports>().Find(TestApp.Account, import))!, default);
        Assert.Equal((0, typed), (preview.Column, preview.Rows));
        return (await optOuts.Start(TestApp.Account, import, 0, typed, "Stop", 1, default)).JobId!.Value;
    }

    private static async Task<(OptOutImportState State, Import Import)> Run(TestApp app, string text)
    {
        var import = await Upload(app, text);
        Assert.True((await app.Get<ImportOptOuts>().Start(TestApp.Account, import, 0, 99, "Stop", 1, default)).WrongNumber);
        var job = await Start(app, import, text.Trim().Split('\n').Length - 1);
        await app.RunJobs();
        return (await StateOf(app, job), (await app.Get<Imports>().Find(TestApp.Account, import))!);
    }

    private static async Task<OptOutImportState> StateOf(TestApp app, long job)
    {
        var ended = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        Assert.Equal("done", ended.Outcome);
        return ended.ResultAs<OptOutImportState>()!;
    }

    private static async Task<string> Text(TestApp app, long fileId)
    {
        using var reader = new StreamReader(app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, fileId))!), Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        return await reader.ReadToEndAsync();
    }
}
