using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Email;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Lists, the recipients of an e-mail and the audit log as files: ordered by a form, told by a mail, downloaded by one person.</summary>
public sealed class ExportReportTests
{
    [Theory, Databases]
    public async Task The_recipients_of_an_email_are_exported_with_what_became_of_each_and_why(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start(database, relay);
        var db = app.Services.GetRequiredService<Db>();
        await app.Services.GetRequiredService<EmailStore>().Create(1, "Spring offer", MailSettings.Blank, 1);
        await db.Write(async tx =>
        {
            await tx.Execute(Statement.Built("sent", "update marketing_emails set state = 'sent', subject = 'News', sent_at = 1 where account_id = 1 and id = 1"));
            await tx.Execute(Statement.Built("recipients", """
                insert into email_recipients (account_id, email_id, contact_id, email, email_key, outcome, reason, detail, attempts, sent_at, at) values
                (1, 1, 1, '=ann@example.test', 'ann@example.test', 'sent', null, null, 1, 1000, 2000), (1, 1, 2, 'bo@example.test', 'bo@example.test', 'not_sent', 'PREVIOUSLY_BOUNCED', null, 0, null, 2000),
                (1, 1, 3, 'cy@example.test', 'cy@example.test', 'bounced', 'userunknown', '550 5.1.1 No such user', 2, 1000, 86400000), (2, 1, 9, 'secret@example.test', 'secret@example.test', 'sent', null, null, 1, 1, 1)
                """));
            await tx.Execute(Statement.Built("spam", "insert into email_events (account_id, id, email_id, contact_id, email_key, type, at) values (1, 900, 1, 1, 'ann@example.test', 'SPAMREPORT', 3000)"));
        });
        var page = await WebApp.Page(app.Http, "/email/1");
        Assert.NotNull(page.QuerySelector("main a[href='/email/1/export']"));
        Assert.Contains("not a valid email address", (await WebApp.Read(await WebApp.Post(app.Http, "/email/1/export", new() { ["To"] = "office" }, "export-report"))).QuerySelector("main")!.TextContent, StringComparison.Ordinal);

        var (link, file) = await Order(app, "/email/1/export", new() { ["Separator"] = "comma", ["To"] = "office@fernhill.example" });
        Assert.Equal("\uFEFFRecord ID,Email,Outcome,Why,Answer of the mail server,Spam report,Tries,Sent (UTC),Outcome since (UTC)\r\n"
            + "1,'=ann@example.test,Delivered,,,TRUE,1,1970-01-01 00:00:01,1970-01-01 00:00:02\r\n2,bo@example.test,Not sent,Bounced before,,,0,,1970-01-01 00:00:02\r\n3,cy@example.test,Hard bounced,Unknown user,550 5.1.1 No such user,,2,1970-01-01 00:00:01,1970-01-02 00:00:00\r\n", file);
        for (var i = 0; i < 100 && relay.Mails.IsEmpty; i++)
        {
            await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
            await Task.Delay(100);
        }
        var mail = Assert.Single(relay.Mails);
        Assert.Equal("office@fernhill.example", mail.To);
        Assert.Contains(link, mail.Text.Replace("=\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(link, (await WebApp.Page(app.Http, "/notifications")).QuerySelector("main a[download]")!.GetAttribute("href"));

        var bounced = (await WebApp.Page(app.Http, "/email/1/recipients?outcome=bounced")).QuerySelector("main a[href*='/export']")!.GetAttribute("href")!;
        Assert.Equal(2, (await Order(app, bounced, new() { ["Separator"] = "semicolon" })).File.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        var boss = await app.Colleague("boss@fernhill.example", new(true, new HashSet<Permission>()));
        Assert.Equal(HttpStatusCode.NotFound, (await boss.GetAsync(link)).StatusCode);
        var reader = await app.Colleague("reader@fernhill.example", PermissionSet.Of(Permission.EditEmail));
        foreach (var path in new[] { "/email/1/export", "/lists/export", "/settings/audit/export" }) Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(path)).StatusCode);
        Assert.Equal(2, await db.Read(tx => tx.Single<long>(Statement.Built("record", "select count(*) from audit_log where account_id = 1 and action = 'RecipientsExported' and subject = 'Spring offer'"))));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/email/99/export")).StatusCode);
    }

    [Theory, Databases]
    public async Task The_list_of_lists_and_the_record_are_files_in_the_language_of_who_orders_them(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var lists = app.Services.GetRequiredService<ListStore>();
            await lists.Create(tx, 1, "=Fairs", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
            await lists.Create(tx, 1, "News", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
            await lists.Create(tx, 2, "Secret", ListKind.Manual, null, TimeZoneInfo.Utc, 1);
        });
        Assert.NotNull((await WebApp.Page(app.Http, "/lists")).QuerySelector("main a[href='/lists/export']"));
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Language"] = "nl" }, "profile");
        var lines = (await Order(app, "/lists/export", new() { ["Separator"] = "semicolon" })).File.Split("\r\n");
        Assert.Equal("\uFEFFLijst-ID;Naam;Soort;Contacten;Status;Map;Gemaakt (UTC);Gewijzigd (UTC)", lines[0]);
        Assert.StartsWith("1;'=Fairs;Statisch;0;;;", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("2;News;Statisch;0;;;", lines[2], StringComparison.Ordinal);
        Assert.Equal(4, lines.Length);

        var (link, file) = await Order(app, "/settings/audit/export", new() { ["Separator"] = "xlsx" });
        Assert.StartsWith("PK", file, StringComparison.Ordinal);
        var answer = await app.Http.GetAsync(link);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", answer.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith(".xlsx", answer.Content.Headers.ContentDisposition!.FileName, StringComparison.Ordinal);
        var (read, refused) = await app.Services.GetRequiredService<Winnow.Transfer.UploadText>().Store(1, "x", new MemoryStream(await answer.Content.ReadAsByteArrayAsync()), 1, default);
        Assert.Null(refused);
        Assert.True(read!.Lines > 3);
    }

    private static async Task<(string Link, string File)> Order(WebApp app, string page, Dictionary<string, string> form)
    {
        var job = (await WebApp.Post(app.Http, page, form, "export-report")).Headers.Location!.AbsolutePath;
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        var link = job.Replace("/jobs/", "/exports/", StringComparison.Ordinal);
        Assert.Equal(link, (await WebApp.Page(app.Http, job)).QuerySelector("#job a[download]")!.GetAttribute("href"));
        return (link, System.Text.Encoding.UTF8.GetString(await app.Http.GetByteArrayAsync(link)));
    }
}
