using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Transfer;

namespace Winnow.Tests;

/// <summary>Unsubscribes and bounces as a file: over addresses, whoever has them or had them, with the columns that were asked for.</summary>
public sealed class ExportOptOutsTests
{
    private static readonly OptOutWish All = new(true, true, true, false, ',');

    [Theory, Databases]
    public async Task The_file_holds_each_address_with_TRUE_for_what_was_asked_also_of_deleted_contacts_and_of_nobody(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, ["email=Ann@example.test"], ["email=gone@example.test"], ["email=well@example.test"]);
        await Say(app, 1, "ann@example.test", s => s with { OptedOutAt = app.Clock.GetUtcNow(), ComplainedAt = app.Clock.GetUtcNow() });
        await Say(app, 1, "gone@example.test", Dead);
        await Say(app, 1, "nobody@example.test", s => s with { OptedOutAt = app.Clock.GetUtcNow(), OptOutSource = "import" });
        await Say(app, 1, "back@example.test", s => Dead(s).Lifted(app.Clock.GetUtcNow(), 1));
        await Say(app, 1, "=1+1@example.test", Dead);
        await Say(app, 1, "soft@example.test", s => s with { Bounces = 3 });
        await Say(app, 2, "secret@example.test", Dead);
        await app.Delete(99, ids[1]);

        Assert.Equal("\uFEFFEmail,Portal Bounce,Portal Unsubscribe,Portal Spam Report\r\n"
            + "'=1+1@example.test,TRUE,,\r\nann@example.test,,TRUE,TRUE\r\ngone@example.test,TRUE,,\r\nnobody@example.test,,TRUE,\r\n", await Export(app, All));
        Assert.Equal("\uFEFFEmail;Portal Spam Report\r\nann@example.test;TRUE\r\n", await Export(app, new(false, false, true, false, ';')));
        Assert.Equal("\uFEFFEmail,Portal Unsubscribe\r\nann@example.test,TRUE\r\nnobody@example.test,TRUE\r\n", await Export(app, new(true, false, false, false, ',')));
        Assert.Equal("Email, Portal Unsubscribe", await app.Scalar<string>("select after from audit_log where account_id = 1 and action = 'OptOutsExported' order by id desc limit 1"));
    }

    [Theory, Databases]
    public async Task What_is_left_of_erased_people_is_not_in_it(string database)
    {
        await using var app = await TestApp.On(database);
        await Say(app, 1, "erased@example.test", Dead);
        await Say(app, 1, "other@example.test", Dead);
        await app.Get<AddressHashes>().MakeKey(default);
        await app.Db.Write(tx => app.Get<AddressHashes>().Hide(tx, 1, ["erased@example.test"]));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from addresses where account_id = 1 and email_key like '#%' and hard_bounced_at is not null"));
        foreach (var global in new[] { false, true })
            Assert.Equal(["other@example.test"], (await Export(app, All with { Global = global })).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[1..].Select(line => line.Split(',')[0]));
    }

    [Theory, Databases]
    public async Task A_global_bounce_is_an_address_of_ones_own_that_is_dead_in_three_accounts(string database)
    {
        await using var app = await TestApp.On(database);
        for (var account = 1; account <= 4; account++)
            await app.Execute("insert into accounts (account_id, name, time_zone, language, secret, created_at) values (@account, 'A', 'UTC', 'en', @secret, 0) on conflict (account_id) do nothing", new { account, secret = new byte[32] });
        await app.Add(TestApp.Account, ["email=dead@example.test"], ["email=twice@example.test"], ["email=full@example.test"]);
        foreach (var account in new[] { 2L, 3, 4 })
        {
            await Say(app, account, "dead@example.test", Dead);
            await Say(app, account, "theirs@example.test", Dead);
            if (account < 4) await Say(app, account, "twice@example.test", Dead);
            await Say(app, account, "full@example.test", s => Dead(s) with { HardBounceReason = "MAILBOX_FULL" });
        }
        Assert.Equal("\uFEFFEmail,Global Bounce\r\ndead@example.test,TRUE\r\n", await Export(app, new(false, false, false, true, ',')));
        await Say(app, 1, "twice@example.test", Dead);
        Assert.Equal("\uFEFFEmail,Portal Bounce,Global Bounce\r\ndead@example.test,,TRUE\r\ntwice@example.test,TRUE,TRUE\r\n", await Export(app, new(false, true, false, true, ',')));
    }

    [Theory, Databases]
    public async Task A_killed_export_writes_each_address_once_and_tells_it_once(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Db.Write(async tx =>
        {
            for (var i = 0; i < 6; i++)
                await tx.Execute(Statement.Built("many", "insert into addresses (account_id, email_key, email, opted_out_at) select 1, value ->> 'key', value ->> 'key', 1 from $each(@rows)"),
                    new { rows = JsonSerializer.Serialize(Enumerable.Range(i * 1_000, 1_000).Select(n => new { key = $"a{n:D4}@example.test" })) });
        });
        var job = await Order(app, All);
        Assert.Null(await app.Get<ExportFiles>().Download(1, job, 1));                                          // not yet
        await app.KillAfterOneStep(job);
        await RunTo(app, job);
        var lines = (await Text(app, job)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 6_000).Select(n => $"a{n:D4}@example.test,,TRUE,"), lines[1..]);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from jobs where account_id = 1 and kind = @kind", new { kind = ExportFiles.MailJob }));

        Assert.NotNull(await app.Get<ExportFiles>().Download(1, job, 1));
        Assert.Null(await app.Get<ExportFiles>().Download(1, job, 2));
        Assert.Null(await app.Get<ExportFiles>().Download(2, job, 1));
        app.Clock.Advance(TimeSpan.FromDays(ExportFiles.KeptDays));
        Assert.Null(await app.Get<ExportFiles>().Download(1, job, 1));
        await app.Get<Files>().ExpireOld(default);
        Assert.Equal(0, await app.Scalar<long>("select count(*) from file_pieces where account_id = 1"));
    }

    [Theory, Databases]
    public async Task A_person_takes_chips_away_gets_a_mail_at_the_address_confirmed_and_downloads_by_its_link(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start(database, relay);
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var changes = app.Services.GetRequiredService<AddressChanges>();
            await changes.Change(tx, 1, Actor.Person(1), "spam@example.test", s => s with { ComplainedAt = DateTimeOffset.UnixEpoch });
            await changes.Change(tx, 1, Actor.Person(1), "out@example.test", s => s with { OptedOutAt = DateTimeOffset.UnixEpoch });
        });
        const string page = "/email/bounce-tools/export";
        foreach (var place in new[] { "/email", "/contacts" }) Assert.NotNull((await WebApp.Page(app.Http, place)).QuerySelector($"main a[href='{page}']"));
        Assert.Equal("noor@fernhill.example", (await WebApp.Page(app.Http, page)).QuerySelector("input[name=To]")!.GetAttribute("value"));
        var fewer = await WebApp.Read(await WebApp.Post(app.Http, page, new() { ["Drop"] = "bounced", ["To"] = "office@fernhill.example" }, "export-opt-outs"));
        Assert.Equal("unsubscribed,spam", fewer.QuerySelector("input[name=Include]")!.GetAttribute("value"));
        Assert.Equal(["bounced"], fewer.QuerySelectorAll("button[name=Add]").Select(b => b.GetAttribute("value")));
        Assert.Equal("office@fernhill.example", fewer.QuerySelector("input[name=To]")!.GetAttribute("value"));
        var again = await WebApp.Read(await WebApp.Post(app.Http, page, new() { ["Include"] = "unsubscribed,spam", ["Add"] = "bounced" }, "export-opt-outs"));
        Assert.Equal("unsubscribed,bounced,spam", again.QuerySelector("input[name=Include]")!.GetAttribute("value"));
        Assert.Contains("at least one kind", (await WebApp.Read(await WebApp.Post(app.Http, page, new() { ["Include"] = "" }, "export-opt-outs"))).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("not a valid email address", (await WebApp.Read(await WebApp.Post(app.Http, page, new() { ["To"] = "office" }, "export-opt-outs"))).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        var ordered = await WebApp.Post(app.Http, page, new() { ["Include"] = "spam", ["To"] = "office@fernhill.example" }, "export-opt-outs");
        var job = ordered.Headers.Location!.OriginalString.Split('/')[^1];
        for (var i = 0; i < 100 && relay.Mails.IsEmpty; i++)
        {
            await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
            await Task.Delay(100);
        }
        var mail = Assert.Single(relay.Mails);
        Assert.Equal("office@fernhill.example", mail.To);
        Assert.Contains($"/exports/{job}", mail.Text.Replace("=\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("\uFEFFEmail,Portal Spam Report\r\nspam@example.test,TRUE\r\n", Encoding.UTF8.GetString(await app.Http.GetByteArrayAsync($"/exports/{job}")));
        Assert.Contains("Addresses in the file", await app.Http.GetStringAsync($"/jobs/{job}"), StringComparison.Ordinal);

        var other = await app.Colleague("boss@fernhill.example", new(true, new HashSet<Permission>()));
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/exports/{job}")).StatusCode);
        var reader = await app.Colleague("reader@fernhill.example", PermissionSet.Of(Permission.EditContacts));
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(page)).StatusCode);
        Assert.DoesNotContain(page, await reader.GetStringAsync("/contacts"), StringComparison.Ordinal);
    }

    private static AddressState Dead(AddressState state) => state with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = DateTimeOffset.UnixEpoch, Bounces = 1 };

    private static Task Say(TestApp app, long account, string email, Func<AddressState, AddressState> change) =>
        app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, account, new("EMAIL"), email, change));

    private static async Task<long> Order(TestApp app, OptOutWish wish)
    {
        var (job, error) = await app.Get<ExportOptOuts>().Order(TestApp.Account, wish, "ann@fernhill.example", "Export", "out.csv", 1);
        Assert.Null(error);
        return job!.Value;
    }

    private static async Task<string> Export(TestApp app, OptOutWish wish)
    {
        var job = await Order(app, wish);
        await RunTo(app, job);
        return await Text(app, job);
    }

    // The mail is written by the pages' part of the product, which is not here.
    private static async Task RunTo(TestApp app, long job)
    {
        await app.RunJobs();
        Assert.Equal("done", (await app.Get<JobQueue>().Find(TestApp.Account, job))!.Outcome);
    }

    private static async Task<string> Text(TestApp app, long job)
    {
        await using var file = app.Get<Files>().Open((await app.Get<Files>().Find(TestApp.Account, (await app.Get<JobQueue>().Find(TestApp.Account, job))!.ResultAs<ExportedFile>()!.FileId))!);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
