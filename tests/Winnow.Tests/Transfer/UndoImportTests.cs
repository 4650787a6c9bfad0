using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>An import is taken back: who was made goes to the recycle bin, who was changed is as before, what came later stays.</summary>
public sealed class UndoImportTests
{
    [Theory, Databases]
    public async Task Everybody_is_as_before_whatever_the_type_and_who_was_made_can_come_back_from_the_recycle_bin(string database)
    {
        await using var app = await TestApp.On(database);
        foreach (var (label, kind) in new[] { ("Shoe size", "number"), ("Born", "date"), ("Vip", "bool"), ("Memo", "textarea") })
            await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new(null, label, kind, "", [])));
        await app.Add(TestApp.Account, ["email=ann@example.test", "city=Utrecht", "shoe_size=38.5", "born=1980-02-03", "lifecyclestage=lead"], ["email=bob@example.test", "city=Delft"],
            ["email=cia@example.test", "vip=yes", "memo=old"], ["email=far@example.test"]);
        await app.List("In Leiden", ListKind.Dynamic, ListParts.CityIs("Leiden"));
        await app.RunJobs();
        var before = await People(app);
        var import = await Import(app, """
            email,city,Shoe size,Born,Vip,Memo,Lifecycle Stage
            ann@example.test,Leiden,39,1981-01-01,no,new,Customer
            bob@example.test,Delft,,,,,
            cia@example.test,,,,no,newer,
            eva@example.test,Leiden,40,,yes,,
            ann@example.test,Gouda,,,,newest,
            """, marketing: true, list: "Fair");
        Assert.Equal((1, 3, 0, 1), (import.Done.Created, import.Done.Updated, import.Done.Unchanged, import.Done.Duplicates));
        Assert.Equal((5L, 4L), await Counts(app));
        Assert.NotEqual(before, await People(app));

        Assert.Equal(UndoImport.NoImport, (await app.Get<UndoImport>().Confirm(TestApp.OtherAccount, import.Id, 4, "Undo", 1)).Error);
        Assert.True((await app.Get<UndoImport>().Confirm(TestApp.Account, import.Id, 5, "Undo", 1)).WrongNumber);
        var ordered = await app.Get<UndoImport>().Confirm(TestApp.Account, import.Id, null, "Undo import: Contacts", 1);
        Assert.Equal(ordered, await app.Get<UndoImport>().Confirm(TestApp.Account, import.Id, null, "Undo", 1));        // posted twice
        await app.RunJobs();

        Assert.Equal(new UndoImportState(import.Id, 1, 5, 1, 0, 3, 0, 0, 3, null), await Result(app, ordered.JobId!.Value));
        Assert.Equal(before, await People(app));
        Assert.Equal((4L, 0L), await Counts(app));
        Assert.Empty(await InList(app, import));
        Assert.Empty(await app.Differences());
        Assert.Equal(1, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'ImportUndone' and count = 4"));
        Assert.Equal(UndoImport.Stands, (await app.Get<UndoImport>().Confirm(TestApp.Account, (await Import(app, "email\nann@example.test\n")).Id, null, "Undo", 1)).Error);       // it changed nothing

        var bin = Assert.Single(await app.Get<RecycleBin>().Operations(TestApp.Account));
        Assert.Equal(("Undo import: Contacts", 1L, true), (bin.Source, bin.Deleted, bin.IsRestorable(app.Clock.GetUtcNow())));
        await app.Get<RestoreContacts>().Request(TestApp.Account, bin.Id, "Restore", 1);
        await app.RunJobs();
        Assert.Equal("eva@example.test", await app.Scalar<string>("select email from contacts where account_id = 1 and id = 5"));
        Assert.Equal([5L], await InList(app, import));                    // with its place in the list
        Assert.Empty(await app.Differences());
    }

    [Theory, Databases]
    public async Task What_was_changed_since_stays_and_is_named_in_a_file(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test", "city=Utrecht", "company=Old"], ["email=bob@example.test", "city=Delft"], ["email=cia@example.test", "city=Ede"]);
        var import = await Import(app, "email,city,company\nann@example.test,Leiden,New\nbob@example.test,Leiden,New\ncia@example.test,Leiden,New\neva@example.test,Leiden,New\n", list: "Fair", marketing: true);
        await app.Db.Write(async tx =>
        {
            await app.Get<ListStore>().RemoveMembers(tx, TestApp.Account, import.ListId!.Value, new([2]));
            app.Clock.Advance(TimeSpan.FromMinutes(5));
            await app.Get<ListStore>().AddMembers(tx, TestApp.Account, import.ListId.Value, new([2]));              // by hand: no longer through the import
            await Change(app, tx, 1, c => c[BuiltInProperties.Of("city")] = "Gouda");
            await Change(app, tx, 4, c => c[BuiltInProperties.Of("jobtitle")] = "Grower");
            await Change(app, tx, 2, MarketingStatus.SetNon);
            await app.Get<ContactStore>().Delete(tx, TestApp.Account, 77, [3]);
        });
        var job = (await app.Get<UndoImport>().Confirm(TestApp.Account, import.Id, 4, "Undo", 1, new Dictionary<string, string> { ["City"] = "Plaats" })).JobId!.Value;
        await app.RunJobs();
        var state = await Result(app, job);
        Assert.Equal((1L, 1L, 2L, 2L, 1L, 1L), (state.Deleted, state.Changed, state.Restored, state.Kept, state.Gone, state.Left));
        Assert.Equal("Gouda Old 0, Delft  1", await app.Scalar<string>("select (select city || ' ' || company || ' ' || cast(cast(marketing as int) as text) from contacts where account_id = 1 and id = 1) || ', ' || (select city || ' ' || coalesce(company, '') || ' ' || cast(cast(marketing as int) as text) from contacts where account_id = 1 and id = 2)"));
        Assert.Equal([2L], await InList(app, import));
        var file = (await Text(app, state.FileId!.Value)).Trim('\uFEFF').TrimEnd().Split("\r\n");
        Assert.Equal(4, file.Length);
        Assert.StartsWith("Record ID,Email,Name,Property,Value before the import,Value now,", file[0], StringComparison.Ordinal);
        Assert.Contains(file, line => line.StartsWith("4,eva@example.test,eva@example.test,,,,", StringComparison.Ordinal) && line.EndsWith(",\"The import made the contact, and it was changed since. It is in the recycle bin.\"", StringComparison.Ordinal));
        Assert.Contains(file, line => line.StartsWith("1,ann@example.test,ann@example.test,Plaats,Utrecht,Gouda,2026-06-30 21:05:00,", StringComparison.Ordinal) && line.EndsWith(",The value was changed after the import.", StringComparison.Ordinal));
        Assert.Contains(file, line => line.StartsWith("2,bob@example.test,bob@example.test,Marketing contact status,Non-marketing contact,Marketing contact until the next update date,", StringComparison.Ordinal));
    }

    [Theory, Databases]
    public async Task A_later_deed_that_was_undone_itself_is_in_nobodys_way_and_imports_are_undone_from_the_last_to_the_first(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, ["email=ann@example.test", "city=Utrecht"], ["email=bob@example.test", "city=Delft"]);
        var before = await People(app);
        var first = await Import(app, "email,city\nann@example.test,Leiden\nbob@example.test,Leiden\n");
        var second = await Import(app, "email,city,firstname\nann@example.test,Gouda,Ann\n");
        var edit = app.Get<SetProperty>();
        var receipt = (await edit.Freeze(TestApp.Account, new([ids[1]]), TimeZoneInfo.Utc, 1)).Receipt!;
        var done = (await edit.Confirm(TestApp.Account, receipt.SelectionId, 1, "city", "Ede", new([ids[1]]), TimeZoneInfo.Utc, "Bob", "Edit", 1)).JobId!.Value;
        await app.RunJobs();
        await app.Get<UndoEdit>().Confirm(TestApp.Account, (await app.Get<UndoEdit>().OfJobs(TestApp.Account, [done]))[done].Id, 1, "Undo", 1);
        await app.RunJobs();

        Assert.Equal(1, (await Undo(app, second)).Restored);
        Assert.Equal((2L, 0L), await Undo(app, first) is var state ? (state.Restored, state.Kept) : default);
        Assert.Equal(before, await People(app));
    }

    [Theory, Databases]
    public async Task An_address_comes_back_with_what_is_known_of_it_unless_another_contact_has_it_by_now(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, ["email=ann@example.test"], ["email=bob@example.test"]);
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), "ann@example.test", s => s with { OptedOutAt = app.Clock.GetUtcNow() }));
        var import = await Import(app, "Record ID,Email\n1,anna@example.test\n2,robert@example.test\n");
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and opted_out"));
        await app.Add(TestApp.Account, ["email=BOB@example.test"]);
        var state = await Undo(app, import);
        Assert.Equal((1L, 1L), (state.Restored, state.Kept));
        Assert.Equal("ann@example.test,robert@example.test", await app.Scalar<string>("select (select email from contacts where account_id = 1 and id = 1 and opted_out) || ',' || (select email from contacts where account_id = 1 and id = 2)"));
        Assert.Contains("2,robert@example.test,robert@example.test,Email,bob@example.test,robert@example.test,,,Another contact has this address now.", await Text(app, state.FileId!.Value), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task An_undo_that_is_killed_goes_on_and_one_that_is_stopped_can_be_ordered_again(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.Account, [.. Enumerable.Range(0, 3_000).Select(i => new[] { $"email=a{i}@example.test", $"city=City {i % 7}" })]);
        var before = await People(app);
        var import = await Import(app, "email,city\n" + string.Concat(Enumerable.Range(0, 6_000).Select(i => $"a{i}@example.test,Ede\n")));
        var job = (await app.Get<UndoImport>().Confirm(TestApp.Account, import.Id, 6_000, "Undo", 1)).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.Get<JobQueue>().Cancel(TestApp.Account, job);
        await app.RunJobs();
        var left = (await app.Get<UndoImport>().Find(TestApp.Account, import.Id))!;
        Assert.True(left.CanBeUndone(app.Clock.GetUtcNow()));
        Assert.InRange(left.Left, 1, 5_999);
        job = (await app.Get<UndoImport>().Confirm(TestApp.Account, import.Id, left.Left, "Undo", 1)).JobId!.Value;
        await app.KillAfterOneStep(job);
        await app.RunJobs();
        Assert.Equal("done", (await app.Get<JobQueue>().Find(TestApp.Account, job))!.Outcome);
        Assert.Equal(before, await People(app));
        Assert.Equal(3_000, await app.Scalar<long>("select count(*) from deleted_contacts where account_id = 1"));
        Assert.Equal((0L, false), (await app.Get<UndoImport>().Find(TestApp.Account, import.Id) is { } undone ? (undone.Left, undone.CanBeUndone(app.Clock.GetUtcNow())) : default));
    }

    [Fact]
    public async Task The_pages_offer_the_undo_to_who_may_delete_for_90_days_and_show_what_came_of_it()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var (imports, undo, runner) = (app.Services.GetRequiredService<Imports>(), app.Services.GetRequiredService<UndoImport>(), app.Services.GetRequiredService<JobRunner>());
        var (id, _) = await imports.Upload(1, "fair.csv", new MemoryStream(Encoding.UTF8.GetBytes("Email\nnew@example.test\n")), 1, default);
        await imports.Start(1, id!.Value, "Fair", [new("Email", "email")], false, null, 1, default);
        var page = $"/imports/{id}";
        await runner.RunOpenJobs();
        Assert.NotNull((await WebApp.Page(app.Http, page)).QuerySelector($"a[href='{page}/undo']"));
        var colleague = await app.Colleague("importer@fernhill.example", PermissionSet.Of(Permission.Import));
        Assert.Null((await WebApp.Page(colleague, page)).QuerySelector($"a[href='{page}/undo']"));
        Assert.Equal(HttpStatusCode.NotFound, (await colleague.GetAsync($"{page}/undo")).StatusCode);

        var ordered = await WebApp.Post(app.Http, $"{page}/undo", [], "undo-import");
        await runner.RunOpenJobs();
        var result = (await WebApp.Page(app.Http, ordered.Headers.Location!.OriginalString)).QuerySelector("#job")!;
        Assert.Contains("Made by the import, now in the recycle bin", result.TextContent, StringComparison.Ordinal);
        Assert.NotNull(result.QuerySelector("a[href='/recycle-bin']"));
        Assert.Contains("Undo import: Fair", await app.Http.GetStringAsync("/recycle-bin"), StringComparison.Ordinal);
        Assert.Contains("Undone for 1 contact", (await WebApp.Page(app.Http, page)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("was undone already", await app.Http.GetStringAsync($"{page}/undo"), StringComparison.Ordinal);

        var (late, _) = await imports.Upload(1, "late.csv", new MemoryStream(Encoding.UTF8.GetBytes("Email\nlate@example.test\n")), 1, default);
        await imports.Start(1, late!.Value, "Late", [new("Email", "email")], false, null, 1, default);
        await runner.RunOpenJobs();
        Assert.True((await undo.Find(1, late.Value))!.CanBeUndone(TimeProvider.System.GetUtcNow().AddDays(89)));
        Assert.False((await undo.Find(1, late.Value))!.CanBeUndone(TimeProvider.System.GetUtcNow().AddDays(91)));
    }

    private static async Task<FinishedImport> Import(TestApp app, string text, bool marketing = false, string? list = null)
    {
        var imports = app.Get<Imports>();
        var (id, error) = await imports.Upload(TestApp.Account, "contacts.csv", new MemoryStream(Encoding.UTF8.GetBytes(text)), 1, default);
        Assert.Null(error);
        var columns = (await imports.Preview((await imports.Find(TestApp.Account, id!.Value))!, default)).Columns;
        Assert.Null((await imports.Start(TestApp.Account, id.Value, "Contacts", columns, marketing, list, 1, default)).Error);
        await app.RunJobs();
        return (await app.Get<UndoImport>().Find(TestApp.Account, id.Value))!;
    }

    private static async Task<IEnumerable<long>> InList(TestApp app, FinishedImport import) => (await app.Db.Read(tx => app.Get<ListMembers>().Read(tx, TestApp.Account, import.ListId!.Value))).Ids;

    private static async Task Change(TestApp app, Tx tx, long id, Action<Contact> change)
    {
        var before = (await app.Get<ContactStore>().ReadToChange(tx, TestApp.Account, [id]))[0];
        var after = before.Copy();
        change(after);
        await app.Get<ContactStore>().Save(tx, app.Person, await app.Get<Properties>().Catalog(tx, TestApp.Account), [(before, after)]);
    }

    private static async Task<UndoImportState> Undo(TestApp app, FinishedImport import)
    {
        var job = (await app.Get<UndoImport>().Confirm(TestApp.Account, import.Id, import.Left, "Undo", 1)).JobId!.Value;
        await app.RunJobs();
        return await Result(app, job);
    }

    private static async Task<UndoImportState> Result(TestApp app, long job)
    {
        var ended = (await app.Get<JobQueue>().Find(TestApp.Account, job))!;
        Assert.Equal("done", ended.Outcome);
        return ended.ResultAs<UndoImportState>()!;
    }

    /// <summary>All that is known of the contacts but when they last changed.</summary>
    private static Task<string> People(TestApp app) => app.Db.Read(async tx =>
    {
        var all = new StringBuilder();
        foreach (var contact in await app.Get<ContactStore>().Read(tx, TestApp.Account, [.. await tx.Query<long>(Statement.Built("test", "select id from contacts where account_id = 1"))]))
            all.Append(contact.Id).AppendJoin('|', contact.Parameters().Where(p => p.Key is not ("version" or "updated_at")).OrderBy(p => p.Key).Select(p => $"{p.Key}={p.Value}")).AppendLine();
        return all.ToString();
    });

    private static async Task<(long, long)> Counts(TestApp app) => await app.Db.Read(tx => app.Get<ContactStore>().Counts(tx, TestApp.Account)) is var counts ? (counts.All, counts.Marketing) : default;

    private static async Task<string> Text(TestApp app, long fileId)
    {
        using var reader = new StreamReader(app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, fileId))!), Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        return await reader.ReadToEndAsync();
    }
}
