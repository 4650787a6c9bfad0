using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>A permanent delete leaves nothing of a person in any table, whatever tables there will be.</summary>
public sealed class ErasureTests
{
    private const long Quint = 424_242;
    private const string Address = "quint.zwaluw@erase-me.test";
    private static readonly string[] Needles = ["erase-me", "quintessa", "zwaluwenberg", "424242"];

    [Theory, Databases]
    public async Task Nothing_of_an_erased_person_is_left_in_any_table_and_what_was_counted_stays_counted(string database)
    {
        await using var bounces = await Person(database);
        var app = bounces.App;
        var before = await Figures(app);
        var found = await Everywhere(app);
        foreach (var table in new[] { "contacts", "contact_history", "contact_words", "contact_emails", "addresses", "email_recipients", "email_events", "inbox", "incident_blocks", "paroles", "audit_log", "jobs", "file_pieces", "files", "imports" })
            Assert.Contains(table, found.Select(f => f.Split('.')[0]));           // it was there, or this test proves nothing

        await Erase(app, Quint);
        Assert.Empty(await Everywhere(app));
        Assert.Equal(before, await Figures(app));
        Assert.Equal("1 of 1 by 1: done", await app.Scalar<string>("select o.deleted || ' of ' || o.count || ' by ' || o.user_id || ': ' || j.outcome from bulk_operations o join jobs j on j.account_id = o.account_id and j.kind = 'EraseContacts' where o.account_id = 1 and o.erased_at is not null"));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from files where account_id = 1 and expired_at is null"));        // the file that names somebody else
        Assert.Equal(1, await app.Scalar<long>("select count(*) from inbox where account_id = 1 and state = 'unmatched' and redacted_at is null"));
        Assert.Equal("bob@stay.test", await app.Scalar<string>("select email from contacts where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_trace_in_a_table_that_nobody_thought_of_is_found(string database)
    {
        await using var bounces = await Person(database);
        await Erase(bounces.App, Quint);
        await bounces.App.Execute("create table afterthoughts (account_id bigint not null, note $text, body $bytes)");
        await bounces.App.Execute("insert into afterthoughts (account_id, note, body) values (1, 'Spoke to Quintessa', @body)", new { body = Encoding.ASCII.GetBytes($"<{Address}>") });
        Assert.Equal(["afterthoughts.body: erase-me", "afterthoughts.note: quintessa"], (await Everywhere(bounces.App)).Order());
    }

    [Theory, Databases]
    public async Task The_suppression_of_an_erased_address_survives_and_waits_for_it(string database)
    {
        await using var bounces = await Person(database);
        var app = bounces.App;
        await Erase(app, Quint);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%' and complained_at is not null and email = ''"));
        Assert.Equal(["old.quint@erase-me.test", Address, "second@erase-me.test"], (await app.Db.Read(tx => app.Get<ContactStore>().Blocked(tx, 1, [Address, "second@erase-me.test", "old.quint@erase-me.test", "bob@stay.test"]))).Order());
        Assert.Empty(await app.Db.Read(tx => app.Get<ContactStore>().Blocked(tx, 2, [Address])));

        var again = (await app.Add(TestApp.Account, [$"email={Address.ToUpperInvariant()}"]))[0];     // by hand: an import refuses it
        Assert.Equal((true, true), (await app.Scalar<bool>("select reported_spam from contacts where account_id = 1 and id = @again", new { again }), (await bounces.AddressOf(Address)).ComplainedAt is not null));
        Assert.True(await app.Scalar<bool>("select reported_spam from recipient_facts where account_id = 1 and id = @again", new { again }));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%'"));      // the address from before, which unsubscribed
    }

    [Theory, Databases]
    public async Task Reports_that_come_after_the_erasure_are_counted_and_not_kept(string database)
    {
        await using var bounces = await Person(database);
        await Erase(bounces.App, Quint);
        await bounces.Bounce(new(TestApp.Account, 1, Quint), Address, "5.1.1", $"550 5.1.1 <{Address}> unknown");
        await bounces.Complain(new(TestApp.Account, 1, Quint), Address);
        await bounces.Judge();
        Assert.Empty(await Everywhere(bounces.App));
    }

    [Theory, Databases]
    public async Task A_mail_that_is_on_its_way_ends_first_and_then_nothing_is_left(string database)
    {
        await using var bounces = await Person(database);
        var app = bounces.App;
        await app.Execute("update email_recipients set outcome = 'retry' where account_id = 1 and email_id = 2 and contact_id = @Quint", new { Quint });
        await Erase(app, Quint);
        Assert.All(await Everywhere(app), trace => Assert.EndsWith(": 424242", trace, StringComparison.Ordinal));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from jobs where account_id = 1 and kind = 'EraseContacts' and outcome is null"));
        await app.Execute("update email_recipients set outcome = 'sent' where account_id = 1 and email_id = 2 and contact_id = @Quint", new { Quint });
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        await app.RunJobs();
        Assert.Empty(await Everywhere(app));
    }

    [Theory, Databases]
    public async Task An_erasure_that_is_killed_again_and_again_ends_once(string database)
    {
        await using var bounces = await Person(database);
        var app = bounces.App;
        var before = await Figures(app);
        var others = await app.Add(TestApp.Account, [.. Enumerable.Range(1, 300).Select(i => new[] { $"email=c{i}@erase-me.test", "lastname=Quintessa" })]);
        await Order(app, [Quint, .. others]);
        for (var kill = 0; kill < 25; kill++)
        {
            using var process = new CancellationTokenSource(TimeSpan.FromMilliseconds(3 * kill));
            try { await Task.Run(() => app.Get<JobRunner>().RunOpenJobs(process.Token)); }
            catch (OperationCanceledException) { }
            app.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        await app.RunJobs();
        await app.Get<ContactWords>().CatchUp(default);
        Assert.Empty(await Everywhere(app));
        Assert.Equal(before, await Figures(app));
        var state = (await app.Db.Read(tx => tx.Query<string>(Statement.Built("test", "select outcome from jobs where account_id = 1 and kind = 'EraseContacts'"))));
        Assert.Equal(["done"], state);
        Assert.Equal(301, await app.Scalar<long>("select deleted from bulk_operations where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_permanent_delete_that_was_stopped_is_erased_as_far_as_it_came(string database)
    {
        await using var bounces = await Person(database);
        var app = bounces.App;
        var job = await Order(app, [Quint]);
        await app.RunJobs();
        await app.Execute("delete from jobs where account_id = 1 and kind = 'EraseContacts'");            // as if it had failed for good
        await app.Execute("update bulk_operations set erased_at = null where account_id = 1");
        await app.Get<RecycleBin>().Empty(default);
        await app.Get<RecycleBin>().Empty(default);
        await app.RunJobs();
        Assert.Equal(("done", 1L), ((await app.Get<JobQueue>().Find(1, job))!.Outcome, await app.Scalar<long>("select count(*) from jobs where account_id = 1 and kind = 'EraseContacts' and outcome = 'done'")));
    }

    [Theory, Databases]
    public async Task After_ninety_days_a_restorable_delete_leaves_no_trace_of_the_contact_either(string database)
    {
        await using var bounces = await Person(database);
        var app = bounces.App;
        await Order(app, [Quint], permanent: false);
        await app.RunJobs();
        await app.Get<ContactWords>().CatchUp(default);
        await app.Get<ListMembers>().FoldAll(default);
        Assert.NotEmpty(await Everywhere(app));
        app.Clock.Advance(TimeSpan.FromDays(91));
        await app.Get<RecycleBin>().Empty(default);
        await app.Get<Files>().ExpireOld(default);
        string[] told = ["audit_log", "jobs", "inbox", "files", "imports", "list_history"];          // texts and other people's reports: only a permanent delete looks through them
        Assert.DoesNotContain(await Everywhere(app), trace => !told.Contains(trace.Split('.')[0]));
        Assert.Empty(await app.Db.Read(tx => app.Get<ContactStore>().Blocked(tx, 1, [Address])));
        var again = (await app.Add(TestApp.Account, [$"email={Address}"]))[0];
        Assert.True(await app.Scalar<bool>("select reported_spam from contacts where account_id = 1 and id = @again", new { again }));
    }

    [Theory, Databases]
    public async Task An_export_that_has_somebody_without_an_address_in_it_is_removed_too(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, ["lastname=Zwaluwenberg"], ["lastname=Bakker"]);
        foreach (var (id, file) in ids.Zip([901L, 902L]))
        {
            var (receipt, _) = await app.Get<DeleteContacts>().Freeze(1, new([id]), TimeZoneInfo.Utc, 1);
            await app.Execute("insert into files (account_id, id, name, size, pieces, created_at) values (1, @file, 'contacts.csv', 1, 1, 0)", new { file });
            await app.Execute("insert into file_pieces (account_id, file_id, piece, bytes) values (1, @file, 0, @bytes)", new { file, bytes = Encoding.ASCII.GetBytes($"{id},,Zwaluwenberg".Replace("Zwaluwenberg", file == 901 ? "Zwaluwenberg" : "Bakker", StringComparison.Ordinal)) });
            await app.Execute("insert into jobs (account_id, id, kind, title, state, outcome, created_at) values (1, @file, 'ExportContacts', 'Export', cast(@state as $json), 'done', 0)", new { file, state = $$"""{"fileId":{{file}}}""" });
            await app.Execute("insert into bulk_operations (account_id, id, kind, selection_id, count, job_id, source, created_at) values (1, @file, 'export', @SelectionId, 1, @file, '1 contact', 0)", new { file, receipt!.SelectionId });
        }
        Assert.Equal(2, await app.Scalar<long>("select count(*) from files where account_id = 1 and size > 0"));
        await Erase(app, ids[0]);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from files where account_id = 1 and size > 0"));
        Assert.Empty((await Everywhere(app)).Where(trace => trace.EndsWith("zwaluwenberg", StringComparison.Ordinal)));
    }

    [Theory, Databases]
    public async Task Hashes_from_before_there_was_a_key_get_one(string database)
    {
        await using var app = await TestApp.On(database);
        var plain = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Address)));
        await app.Execute("insert into blocked_addresses (account_id, email_hash, at) values (1, @plain, 0)", new { plain });
        Assert.Equal([Address], await app.Db.Read(tx => app.Get<ContactStore>().Blocked(tx, 1, [Address])));
        await app.Get<AddressHashes>().MakeKey(default);
        await app.Get<AddressHashes>().MakeKey(default);
        Assert.Equal([Address], await app.Db.Read(tx => app.Get<ContactStore>().Blocked(tx, 1, [Address])));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from blocked_addresses where email_hash = @plain", new { plain }));
    }

    [Fact]
    public async Task One_contact_is_deleted_permanently_from_its_page_by_those_who_may()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var menu = await WebApp.Page(app.Http, "/contacts/1");
        Assert.NotNull(menu.QuerySelector("a[href='/contacts/delete?id=1&how=permanent']"));
        var dialog = await WebApp.Page(app.Http, "/contacts/delete?id=1&how=permanent");
        Assert.Contains("This cannot be undone.", dialog.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(dialog.QuerySelector("input[name=How][value=restorable]"));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await WebApp.Post(app.Http, "/contacts/delete?id=1&how=permanent", new() { ["Typed"] = "2" }, "delete-contacts")).StatusCode);
        var ordered = await WebApp.Post(app.Http, "/contacts/delete?id=1&how=permanent", new() { ["Typed"] = "1" }, "delete-contacts");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        var done = await WebApp.Page(app.Http, ordered.Headers.Location!.ToString());
        var erased = await WebApp.Page(app.Http, done.QuerySelector("main a[href^='/jobs/']:not(.crumb)")!.GetAttribute("href")!);
        Assert.Contains("Contacts erased", erased.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await app.Http.GetAsync("/contacts/1")).StatusCode);

        var colleague = await app.Colleague("bo@fernhill.example", new(false, new HashSet<Winnow.Accounts.Permission> { Winnow.Accounts.Permission.DeleteContacts, Winnow.Accounts.Permission.EditContacts }));
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var contact = (await app.Services.GetRequiredService<ContactStore>().New(tx, 1, 1))[0];
            contact[BuiltInProperties.Of("firstname")] = "Cleo";
            await app.Services.GetRequiredService<ContactStore>().Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [(null, contact)]);
        });
        Assert.Null((await WebApp.Page(colleague, "/contacts/2")).QuerySelector("a[href$='how=permanent']"));
        var restorable = await WebApp.Post(colleague, "/contacts/delete?id=2&how=permanent", new() { ["Typed"] = "1", ["How"] = "permanent" }, "delete-contacts");
        Assert.Equal(System.Net.HttpStatusCode.Redirect, restorable.StatusCode);
        Assert.NotNull(Assert.Single(await app.Services.GetRequiredService<RecycleBin>().Operations(1), o => o.UserId != 1).RestorableUntil);
    }

    /// <summary>A person of whom there is something everywhere, and another one who stays.</summary>
    private static async Task<BounceApp> Person(string database)
    {
        var bounces = await BounceApp.On(database);
        var app = bounces.App;
        await app.Execute($"insert into ids (account_id, kind, next_id) values (1, 'contact', {Quint})");
        var ids = await app.Add(TestApp.Account, ["email=old.quint@erase-me.test", "firstname=Quintessa", "lastname=Zwaluwenberg"], ["email=bob@stay.test", "firstname=Bob"]);
        Assert.Equal(Quint, ids[0]);
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, 1, new("EMAIL"), "old.quint@erase-me.test", s => s with { OptedOutAt = app.Clock.GetUtcNow() }));
        await app.Set(ids[..1], "email", Address);
        await app.Get<AdditionalAddresses>().Add(1, 1, Quint, "Second@erase-me.test", default);
        await app.Get<ContactWords>().CatchUp(default);
        await app.Db.Write(async tx =>
        {
            var list = (await app.Get<ListStore>().Create(tx, 1, "Fair", ListKind.Manual, null, TimeZoneInfo.Utc, 1)).Made!;
            await app.Get<ListStore>().AddMembers(tx, 1, list.Id, new(ids));
        });
        await Mails(bounces, ids);
        await Texts(app);
        await Upload(app, $"email,firstname\nnot-an-address,Quintessa\n{Address},Quintessa\n");
        await Upload(app, "email,firstname\nbob@stay.test,Bob\n");
        return bounces;
    }

    private static async Task Mails(BounceApp bounces, long[] ids)
    {
        foreach (var email in new[] { 1, 2, 3 })
        {
            await bounces.Sent(email, 1, ids);
            await bounces.App.Execute("insert into email_counts (account_id, email_id, outcome, reason, count) values (1, @email, 'sent', '', 2)", new { email });
        }
        await bounces.Bounce(new(1, 1, Quint), Address, "5.1.1", $"550 5.1.1 <{Address}> unknown");
        await bounces.Bounce(new(1, 2, Quint), Address, "5.7.1", "550 5.7.1 Service refused, client host [192.0.2.25] blocked using a block list");
        await bounces.Judge();
        await bounces.Complain(new(1, 3, Quint), Address);
        await bounces.Judge();
        await bounces.App.Execute("insert into paroles (account_id, email_id, contact_id, email_key, bounced_at, at) values (1, 2, @Quint, @Address, 0, 0)", new { Quint, Address });
        foreach (var (id, who) in new[] { (901, Address), (902, "bob@stay.test") })          // nobody knows whose these are
            await bounces.App.Execute("insert into inbox (account_id, id, received_at, door, recipient, email_id, contact_id, raw, state, why) values (1, @id, 0, 'imap', 'bounces@fernhill.test', 0, 0, @raw, 'unmatched', 'no-mark')", new
            {
                id, raw = Encoding.ASCII.GetBytes($"From: x@example.test\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Encoding.ASCII.GetBytes($"Could not deliver to <{who}>."))}\r\n"),
            });
    }

    private static async Task Texts(TestApp app)
    {
        await app.Execute("insert into audit_log (account_id, id, at, action, subject, count, before, after) values (1, 901, 0, 'ContactUnbounced', @Address, 1, 'UNKNOWN_USER', 'Called Second@Erase-Me.test.')", new { Address });
        await app.Execute("insert into jobs (account_id, id, kind, title, state, outcome, created_at) values (1, 901, 'TellSender', @title, cast(@state as $json), 'done', 0)", new { title = $"About {Address}", state = $$"""{"to":"{{Address}}"}""" });
    }

    private static async Task Upload(TestApp app, string csv)
    {
        await using var content = new MemoryStream(Encoding.UTF8.GetBytes(csv));
        var (id, error) = await app.Get<Imports>().Upload(1, csv.Contains(Address, StringComparison.Ordinal) ? $"{Address}.csv" : "bob.csv", content, 1, default);
        Assert.Null(error);
        var preview = await app.Get<Imports>().Preview((await app.Get<Imports>().Find(1, id!.Value))!, default);
        Assert.Null((await app.Get<Imports>().Start(1, id.Value, csv.Contains(Address, StringComparison.Ordinal) ? Address : "Bob", preview.Columns, false, null, 1, default)).Error);
        await app.RunJobs();
        await app.Get<ContactWords>().CatchUp(default);
    }

    private static async Task Erase(TestApp app, params long[] ids)
    {
        await Order(app, ids);
        await app.RunJobs();
        await app.Get<ContactWords>().CatchUp(default);
    }

    private static async Task<long> Order(TestApp app, long[] ids, bool permanent = true)
    {
        var (receipt, _) = await app.Get<DeleteContacts>().Freeze(1, new(ids), TimeZoneInfo.Utc, 1);
        return (await app.Get<DeleteContacts>().Confirm(1, receipt!.SelectionId, ids.Length, permanent, new(ids), TimeZoneInfo.Utc, "1 contact", "Delete 1 contact", 1)).JobId!.Value;
    }

    /// <summary>What people see of the e-mails that were sent.</summary>
    private static async Task<string> Figures(TestApp app)
    {
        var (figures, health) = (await app.Db.Read(tx => app.Get<Recipients>().Figures(tx, 1, [1, 2, 3])), await app.Get<SendingFigures>().Of(1));
        var rows = await app.Db.Read(tx => tx.Query<string>(Statement.Built("test", "select email_id || ' ' || outcome || ' ' || count(*) from email_recipients where account_id = 1 group by email_id, outcome order by 1")));
        var rules = await app.Db.Read(tx => tx.Query<string>(Statement.Built("test", "select coalesce(rule, '') || ' ' || count(*) from inbox where account_id = 1 and state = 'done' group by rule order by 1")));
        return string.Join("; ", figures.OrderBy(f => f.Key).Select(f => $"{f.Value.Selected}/{f.Value.Delivered}/{f.Value.Bounced}").Concat(rows).Concat(rules).Append($"{health}"));
    }

    /// <summary>Where something of the person is, in whatever tables and columns there are: texts, numbers, JSON and bytes.</summary>
    private static Task<List<string>> Everywhere(TestApp app) => app.Db.Read(async tx =>
    {
        var sqlite = app.Connection.StartsWith("Data Source=", StringComparison.OrdinalIgnoreCase);
        var columns = await tx.Query<(string Table, string Column, string Type)>(Statement.Built("columns", sqlite
            ? "select m.name, c.name, c.type from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'"
            : "select c.table_name, c.column_name, c.data_type from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"));
        Assert.True(columns.Count > 300, "the tables were not found");
        var found = new List<string>();
        foreach (var (table, column, type) in columns)
            foreach (var needle in Needles)
            {
                var text = type.ToLowerInvariant() is "blob" or "bytea" ? sqlite ? $"lower(cast({column} as text))" : $"lower(encode({column}, 'escape'))" : $"lower(cast(\"{column}\" as text))";
                if (await tx.Single<bool>(Statement.Built("find", $"select exists (select 1 from {table} where {text} like @like)"), new { like = $"%{needle}%" })) found.Add($"{table}.{column}: {needle}");
            }
        return found;
    });
}
