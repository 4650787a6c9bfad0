using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>The first run, signing in and out, and what is not said to those who may not come in.</summary>
public class SignInTests
{
    private static readonly Dictionary<string, string> Right = new() { ["Email"] = "Noor@Fernhill.example", ["Password"] = "correct horse" };
    private static readonly Dictionary<string, string> Wrong = new() { ["Email"] = "noor@fernhill.example", ["Password"] = "battery staple" };
    private static readonly Dictionary<string, string> Unknown = new() { ["Email"] = "nobody@fernhill.example", ["Password"] = "battery staple" };

    [Theory, Databases]
    public async Task The_first_run_makes_account_and_user_once_and_is_then_gone(string database)
    {
        await using var app = await WebApp.On(database);
        var stranger = app.NewBrowser();

        Assert.Equal("/setup", (await stranger.GetAsync("/settings")).Headers.Location?.OriginalString);
        await app.SetUp();

        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/settings")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/setup")).StatusCode);
        Assert.Equal("/sign-in?back=%2Fsettings", (await stranger.GetAsync("/settings")).Headers.Location?.PathAndQuery);
    }

    [Theory, Databases]
    public async Task Two_first_runs_at_once_make_one_account(string database)
    {
        await using var app = await WebApp.On(database);
        var accounts = app.Services.GetRequiredService<AccountStore>();

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            accounts.CreateFirst(new($"Company {i}", "UTC", "en"), new() { Email = $"{i}@a.test", EmailKey = $"{i}@a.test", Name = "N", SecurityStamp = "s" })));

        Assert.Single(made, account => account is not null);
    }

    [Theory, Databases]
    public async Task A_person_signs_in_and_out_and_a_wrong_password_says_no_more_than_an_unknown_address(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var browser = app.NewBrowser();

        var wrong = await (await WebApp.Post(browser, "/sign-in", Wrong)).Content.ReadAsStringAsync();
        var unknown = await (await WebApp.Post(browser, "/sign-in", Unknown)).Content.ReadAsStringAsync();
        Assert.Equal(Comparable(wrong, "noor"), Comparable(unknown, "nobody"));
        Assert.Contains("Not signed in", wrong);

        var signedIn = await WebApp.Post(browser, "/sign-in?back=%2Fsettings%2Fsending", Right);
        Assert.Equal("/settings/sending", signedIn.Headers.Location?.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/settings")).StatusCode);

        var page = await WebApp.Page(browser, "/settings");
        var token = page.QuerySelector("form[action='/sign-out'] input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync("/sign-out", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync("/sign-out", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/settings")).StatusCode);
    }

    [Theory, Databases]
    public async Task Five_wrong_passwords_lock_the_address_even_for_the_right_one(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var browser = app.NewBrowser();

        for (var i = 0; i < 5; i++) await WebApp.Post(browser, "/sign-in", Wrong);
        var right = await WebApp.Post(browser, "/sign-in", Right);

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Contains("Not signed in", await right.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task After_twenty_passwords_a_minute_from_one_place_the_server_stops_listening()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var browser = app.NewBrowser();

        for (var i = 0; i < 19; i++) await WebApp.Post(browser, "/sign-in", Unknown);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await WebApp.Post(browser, "/sign-in", Unknown)).StatusCode);
    }

    [Theory, Databases]
    public async Task A_new_password_ends_the_other_sessions(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var other = app.NewBrowser();
        await WebApp.Post(other, "/sign-in", Right);
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/settings")).StatusCode);

        await WebApp.Post(app.Http, "/settings/profile", new() { ["Present"] = "correct horse", ["New"] = "horse correct" }, form: "password");

        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/settings")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/settings")).StatusCode);
    }

    [Theory, Databases]
    public async Task A_person_who_left_the_account_is_out_with_the_next_click(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("test", "delete from account_users where account_id = 1")));

        Assert.Equal(HttpStatusCode.Redirect, (await app.Http.GetAsync("/settings")).StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();

        var answer = await app.Http.PostAsync("/settings", new FormUrlEncodedContent([new("_handler", "account"), new("Company", "Taken over")]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("Fernhill", (await app.Services.GetRequiredService<AccountStore>().Find(1))!.Name);
    }

    private static string Comparable(string page, string name) => System.Text.RegularExpressions.Regex.Replace(page.Replace(name, "x"), "value=\"CfDJ[^\"]*\"", "");
}
