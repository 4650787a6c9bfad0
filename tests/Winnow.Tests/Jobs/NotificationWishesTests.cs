using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>How people are told that their jobs ended: as each wishes, by the bell, by a real mail, by both or not at all.</summary>
public sealed class NotificationWishesTests
{
    [Theory, Databases]
    public async Task What_failed_is_mailed_in_the_person_s_language_until_something_else_is_chosen(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start(database, relay);
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Language"] = "nl" }, "profile");
        var failed = await Failing(app);
        await Good(app, "Ede");
        Assert.Equal(2, (await Bell(app)).Unread);
        var mail = Assert.Single(relay.Mails);
        Assert.Equal("noor@fernhill.example", mail.To);
        var read = TestRelay.Read(mail.Text);
        Assert.Equal("leads importeren: Mislukt", read.Headers.Text("Subject"));
        Assert.Contains($"https://crm.fernhill.example/jobs/{failed}", read.First("text/plain")!.Text(), StringComparison.Ordinal);

        var page = await WebApp.Page(app.Http, "/settings/notifications");
        Assert.All(page.QuerySelectorAll("tbody input[type=checkbox]"), box => Assert.True(box.HasAttribute("checked")));
        await Choose(app, new() { ["mail.imports"] = "Never", ["mail.other"] = "Always" }, "bell.other");
        await Failing(app);
        await Good(app, "Delft");
        Assert.Equal(3, (await Bell(app)).Unread);                                              // the import, not the list
        Assert.Equal(2, relay.Mails.Count);
        Assert.StartsWith("De lijst Delft vullen: ", TestRelay.Read(relay.Mails.Last().Text).Headers.Text("Subject"), StringComparison.Ordinal);
        Assert.Contains("Meldingen anders ingesteld", (await WebApp.Page(app.Http, "/settings/audit")).QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Who_was_shut_out_gets_no_mail_and_nothing_waits_for_an_account_that_cannot_send(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start(database, relay);
        using var bob = await app.Colleague("bob@fernhill.example", PermissionSet.Presets[1].Set);
        await app.Services.GetRequiredService<People>().Activate(1, (1, PermissionSet.Presets[0].Set), 2, active: false);
        await Failing(app, user: 2);
        await app.Services.GetRequiredService<MailSettingsStore>().Save(1, MailSettings.Blank);
        await Failing(app);
        Assert.Empty(relay.Mails);
        Assert.Equal(0, await app.Services.GetRequiredService<JobQueue>().CountOpen(1));
    }

    [Fact]
    public void A_kind_names_jobs_that_there_are() =>
        Assert.Empty(NotificationKind.All.SelectMany(kind => kind.Jobs).Except(new[] { typeof(IJob).Assembly, typeof(Winnow.Server.Jobs.JobWords).Assembly }.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsAssignableTo(typeof(IJob))).Select(type => type.Name)));

    /// <summary>An import whose state cannot be read, at its last attempt.</summary>
    private static async Task<long> Failing(WebApp app, long user = 1)
    {
        var id = await app.Services.GetRequiredService<Db>().Write(async tx =>
        {
            var id = await Ids.Next(tx, 1, "job");
            await tx.Execute(Statement.Built("test", "insert into jobs (account_id, id, kind, title, state, created_by, created_at, attempts) values (1, @id, 'ImportContacts', 'Import leads', cast(@state as $json), @user, 0, 4)"), new { id, state = "[]", user });
            return id;
        });
        await ForgottenPasswordTests.Mails(app);
        Assert.Equal("failed", (await app.Services.GetRequiredService<JobQueue>().Find(1, id))!.Outcome);
        return id;
    }

    private static async Task Good(WebApp app, string city)
    {
        await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<ListStore>().Create(tx, 1, city, ListKind.Dynamic, ListParts.CityIs(city), TimeZoneInfo.Utc, 1));
        await ForgottenPasswordTests.Mails(app);
    }

    private static Task<(long Unread, List<Notification> Latest)> Bell(WebApp app) => app.Services.GetRequiredService<Notifications>().Latest(1, 1);

    /// <summary>Fills in the form, this box not ticked.</summary>
    private static async Task Choose(WebApp app, Dictionary<string, string> values, string unticked)
    {
        values[unticked] = "";
        Assert.EndsWith("saved=1", (await WebApp.Post(app.Http, "/settings/notifications", values, "notifications")).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }
}
