using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>Who did what is on record, and stays there.</summary>
public sealed class AuditTests
{
    [Theory, Databases]
    public async Task A_delete_a_changed_setting_and_a_sign_in_are_on_record_with_who_and_from_where(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        using var colleague = await app.Colleague("bob@fernhill.example", PermissionSet.Presets[1].Set);
        var contact = await NewContact(colleague);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(colleague, $"/contacts/delete?id={contact}", new() { ["Typed"] = "1", ["How"] = "restorable" })).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings", new() { ["Company"] = "=Fernhill & Co" })).StatusCode);

        var page = await WebApp.Page(app.Http, "/settings/audit");
        var rows = page.QuerySelectorAll("tbody tr").Select(row => string.Join('|', row.QuerySelectorAll("th, td").Select(cell => cell.TextContent.Trim().ReplaceLineEndings(" ")))).ToList();
        Assert.Contains("Account settings changed", rows[0], StringComparison.Ordinal);
        Assert.Contains("Fernhill, Europe/Amsterdam, en, EUR →", rows[0], StringComparison.Ordinal);
        Assert.Contains("Noor Jansen", rows[0], StringComparison.Ordinal);
        Assert.Contains("Contacts deleted", rows[1], StringComparison.Ordinal);
        Assert.Contains("|bob|1|127.0.0.1|", rows[1], StringComparison.Ordinal);
        Assert.Contains(rows, row => row.StartsWith("Signed in: bob", StringComparison.Ordinal));

        var bob = page.QuerySelectorAll("select[name=Who] option").Single(o => o.TextContent == "bob").GetAttribute("value");
        Assert.Equal(2, (await WebApp.Page(app.Http, $"/settings/audit?Who={bob}")).QuerySelectorAll("tbody tr").Length);
        Assert.Single((await WebApp.Page(app.Http, "/settings/audit?What=ContactsDeleted")).QuerySelectorAll("tbody tr"));
        Assert.Empty((await WebApp.Page(app.Http, "/settings/audit?Until=2001-01-01")).QuerySelectorAll("tbody tr"));

        var ordered = await WebApp.Post(app.Http, "/settings/audit/export?What=AccountChanged", new() { ["Separator"] = "comma" }, "export-report");
        await app.Services.GetRequiredService<Winnow.Jobs.JobRunner>().RunOpenJobs();
        var file = await app.Http.GetStringAsync(ordered.Headers.Location!.AbsolutePath.Replace("/jobs/", "/exports/", StringComparison.Ordinal));
        Assert.Contains("'=Fernhill & Co", file, StringComparison.Ordinal);
        Assert.Equal(3, file.Split("\r\n").Length);
        Assert.Contains("Audit log exported", (await WebApp.Page(app.Http, "/settings/audit?What=AuditExported")).QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await colleague.GetAsync("/settings/audit")).StatusCode);
    }

    [Theory, Databases]
    public async Task A_deed_that_is_rolled_back_is_not_on_record_and_other_accounts_see_nothing(string database)
    {
        await using var app = await TestApp.On(database);
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.Db.Write(async tx =>
        {
            await AuditLog.Add(tx, app.Clock, TestApp.Account, 1, AuditAction.EmailSent, "Bulbs", 3);
            throw new InvalidOperationException();
        }));
        Assert.Empty(await app.Get<AuditLog>().Page(TestApp.Account, new(), long.MaxValue, 10));
        await app.Db.Write(tx => AuditLog.Add(tx, app.Clock, TestApp.Account, 1, AuditAction.EmailSent, "Bulbs", 3));
        Assert.Single(await app.Get<AuditLog>().Page(TestApp.Account, new(), long.MaxValue, 10));
        Assert.Empty(await app.Get<AuditLog>().Page(TestApp.OtherAccount, new(), long.MaxValue, 10));
    }

    [Theory, Databases]
    public async Task Two_deeds_that_go_on_after_they_were_noted_do_not_wait_for_each_other(string database)
    {
        await using var app = await TestApp.On(database);
        var (noted, taken) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = app.Db.Write(async tx =>
        {
            await AuditLog.Add(tx, app.Clock, TestApp.Account, 1, AuditAction.ListCreated, "first");
            noted.SetResult();
            if (database == "postgres") await taken.Task;                         // SQLite has one writer at a time
            await Ids.Next(tx, TestApp.Account, "job");
        });
        var second = app.Db.Write(async tx =>
        {
            await noted.Task;
            await Ids.Next(tx, TestApp.Account, "job");
            taken.SetResult();
            await AuditLog.Add(tx, app.Clock, TestApp.Account, 1, AuditAction.UserInvited, "second");
        });
        await Task.WhenAll(first, second);
        Assert.Equal(2, (await app.Get<AuditLog>().Page(TestApp.Account, new(), long.MaxValue, 10)).Count);
    }

    [Fact]
    public void No_statement_changes_or_deletes_a_line() =>
        Assert.Empty(Directory.EnumerateFiles(Root.At("src"), "*.*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".sql" or ".cs")
            .Where(f => System.Text.RegularExpressions.Regex.IsMatch(File.ReadAllText(f), @"(update|delete from|truncate)\s+audit_log")));

    private static async Task<long> NewContact(HttpClient browser)
    {
        var answer = await WebApp.Post(browser, "/contacts/new", new() { ["p.email"] = "gone@home.test" });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return long.Parse(answer.Headers.Location!.OriginalString.Split('?')[0].Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
