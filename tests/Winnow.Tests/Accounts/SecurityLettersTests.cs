using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>A person is told by mail when a password or second factor changes, and every account of theirs has it on record.</summary>
public sealed class SecurityLettersTests
{
    [Theory, Databases]
    public async Task A_changed_password_is_mailed_in_the_person_s_language_and_is_on_record(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start(database, relay);
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Language"] = "nl" }, "profile");
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Present"] = "wrong horse", ["New"] = "horse correct" }, "password");
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Present"] = "correct horse", ["New"] = "aaaaaaaaaaaa" }, "password");
        await ForgottenPasswordTests.Mails(app);
        Assert.Empty(relay.Mails);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings/profile", new() { ["Present"] = "correct horse", ["New"] = "horse correct" }, "password")).StatusCode);
        await ForgottenPasswordTests.Mails(app);
        var mail = Assert.Single(relay.Mails);
        Assert.Equal("noor@fernhill.example", mail.To);
        Assert.Equal("Je aanmelding bij Winnow is gewijzigd", TestRelay.Read(mail.Text).Headers.Text("Subject"));
        Assert.Contains("Je wachtwoord is gewijzigd.", Plain(mail.Text), StringComparison.Ordinal);
        Assert.Contains("https://crm.fernhill.example/settings/security", Plain(mail.Text), StringComparison.Ordinal);
        Assert.Equal(["PasswordChanged", "ProfileChanged"], (await Record(app, 1)).Take(2));
    }

    [Theory, Databases]
    public async Task Each_change_of_the_second_factor_is_mailed_once_and_a_reset_password_too(string database)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start(database, relay);
        var key = (await WebApp.Page(app.Http, "/settings/security/two-factor")).QuerySelector("code.key")!.TextContent;
        await WebApp.Post(app.Http, "/settings/security/two-factor", new() { ["Code"] = new Authenticator(key).Code() }, "turn-on");
        await WebApp.Post(app.Http, "/settings/security", new() { ["ForCodes"] = "wrong horse" }, "codes");
        await WebApp.Post(app.Http, "/settings/security", new() { ["ForCodes"] = "correct horse" }, "codes");
        await WebApp.Post(app.Http, "/settings/security", new() { ["ToTurnOff"] = "correct horse" }, "off");
        var browser = app.NewBrowser();
        await WebApp.Post(browser, "/forgot-password", new() { ["Email"] = "noor@fernhill.example" });
        await ForgottenPasswordTests.Mails(app);
        var link = ForgottenPasswordTests.LinkIn(relay.Mails.Single(mail => mail.Text.Contains("reset-password", StringComparison.Ordinal)).Text);
        await WebApp.Post(browser, link, new() { ["New"] = "horse correct" });
        await ForgottenPasswordTests.Mails(app);
        string[] said = ["Two-factor sign-in was turned on.", "New recovery codes were made", "Two-factor sign-in was turned off", "A new password was chosen for you"];
        Assert.All(said, sentence => Assert.Single(relay.Mails, mail => Plain(mail.Text).Contains(sentence, StringComparison.Ordinal)));
        Assert.Equal(5, relay.Mails.Count);                                                          // and the link
        Assert.Equal(["PasswordReset", "TwoFactorOff", "RecoveryCodesMade", "TwoFactorOn"], (await Record(app, 1)).Take(4));
    }

    [Theory, Databases]
    public async Task Every_account_of_the_person_has_it_on_record_and_none_that_cannot_send_has_a_mail_waiting(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/accounts/new", new() { ["Company"] = "Second Ltd", ["Zone"] = "UTC", ["Language"] = "en" });
        await WebApp.Post(app.Http, "/settings/profile", new() { ["Present"] = "correct horse", ["New"] = "horse correct" }, "password");
        Assert.Equal("PasswordChanged", (await Record(app, 1))[0]);
        Assert.Equal(["PasswordChanged", "AccountCreated"], await Record(app, 2));
        Assert.Equal(0, await app.Services.GetRequiredService<Winnow.Jobs.JobQueue>().CountOpen(1));
    }

    [Theory, Databases]
    public async Task Guesses_of_the_present_password_are_held_back_from_where_they_come(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        for (var i = 0; i < SignInTries.FromOnePlace; i++) await WebApp.Post(app.Http, "/settings/profile", new() { ["Present"] = $"wrong horse {i}", ["New"] = "horse correct" }, "password");
        var held = await WebApp.Read(await WebApp.Post(app.Http, "/settings/profile", new() { ["Present"] = "correct horse", ["New"] = "horse correct" }, "password"));
        Assert.Contains("This is not your present password.", held.QuerySelector("#f-Present-error")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("PasswordChanged", await Record(app, 1));
    }

    private static string Plain(string mail) => TestRelay.Read(mail).First("text/plain")!.Text();

    /// <summary>The deeds on record, newest first.</summary>
    private static Task<List<string>> Record(WebApp app, long account) =>
        app.Services.GetRequiredService<Db>().Read(tx => tx.Query<string>(Statement.Built("test", "select action from audit_log where account_id = @account order by id desc"), new { account }));
}
