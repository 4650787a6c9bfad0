using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Tests;

/// <summary>An export by forms alone.</summary>
public sealed class ExportPagesTests
{
    [Theory, Databases]
    public async Task A_person_orders_a_file_is_told_and_downloads_it_and_nobody_else_does(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var store = app.Services.GetRequiredService<ContactStore>();
            var made = await store.New(tx, 1, 3);
            foreach (var contact in made) (contact[BuiltInProperties.Of("email")], contact[BuiltInProperties.Of("city")]) = ($"a{contact.Id}@example.test", "=Ede");
            await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        var columns = (await WebApp.Page(app.Http, "/contacts?col=city&col=nonsense")).QuerySelectorAll(".has-bulk input[name=col]").Select(i => i.GetAttribute("value"));
        Assert.Equal(["city"], columns);
        const string all = "/contacts/export?all=1&col=city";
        Assert.Equal(["view", "all"], (await WebApp.Page(app.Http, all)).QuerySelectorAll("input[name=What]").Select(i => i.GetAttribute("value")));
        var ordered = await WebApp.Post(app.Http, all, new() { ["What"] = "view", ["Separator"] = "semicolon" }, "export-contacts");
        var job = ordered.Headers.Location!.AbsolutePath;
        var link = job.Replace("/jobs/", "/exports/", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync(link)).StatusCode);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();

        Assert.Equal(link, (await WebApp.Page(app.Http, "/notifications")).QuerySelector("main a[download]")!.GetAttribute("href"));
        Assert.Equal(link, (await WebApp.Page(app.Http, job)).QuerySelector("#job a[download]")!.GetAttribute("href"));
        var answer = await app.Http.GetAsync(link);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("\uFEFFRecord ID;Email;First Name;Last Name;City\r\n1;a1@example.test;;;'=Ede\r\n2;a2@example.test;;;'=Ede\r\n3;a3@example.test;;;'=Ede\r\n", System.Text.Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()));

        var other = await app.Colleague("boss@fernhill.example", new(true, new HashSet<Permission>()));
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(link)).StatusCode);
        Assert.Contains("Only the person who ordered the file", await other.GetStringAsync(job), StringComparison.Ordinal);
        var reader = await app.Colleague("reader@fernhill.example", PermissionSet.Of(Permission.EditContacts));
        foreach (var path in new[] { all, link }) Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync(path)).StatusCode);
        Assert.DoesNotContain("/contacts/export", await reader.GetStringAsync("/contacts"), StringComparison.Ordinal);

        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("move", "update contacts set account_id = 2 where account_id = 1")));
        Assert.Contains("No contacts are selected.", await app.Http.GetStringAsync("/contacts/export?id=1"), StringComparison.Ordinal);
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("expire", "update files set expires_at = 1 where account_id = 1")));
        await app.Services.GetRequiredService<Files>().ExpireOld(default);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync(link)).StatusCode);
        Assert.Contains("The file was removed", await app.Http.GetStringAsync(job), StringComparison.Ordinal);
    }
}
