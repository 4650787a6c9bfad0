using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>The second factor: turned on, asked for, lost, turned off; and signing out everywhere.</summary>
public class TwoFactorTests
{
    private static readonly Dictionary<string, string> Right = new() { ["Email"] = "noor@fernhill.example", ["Password"] = "correct horse" };

    [Theory, Databases]
    public async Task A_code_of_the_app_is_asked_for_beside_the_password_and_works_once(string database)
    {
        await using var app = await WebApp.On(database);
        var (phone, codes) = await TurnOn(app);
        Assert.Equal(10, codes.Distinct().Count());
        var browser = app.NewBrowser();

        var password = await WebApp.Post(browser, "/sign-in?back=%2Flists", Right);
        Assert.Equal("/sign-in/code?stay=0&back=%2Flists", password.Headers.Location?.PathAndQuery);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/settings")).StatusCode);           // not in yet

        var code = phone.Code(1);
        Assert.Contains("not right", await Text(await WebApp.Post(browser, "/sign-in/code", Code("000000"))));
        var signedIn = await WebApp.Post(browser, "/sign-in/code?back=%2Flists", Code($"{code[..3]} {code[3..]}"));
        Assert.Equal("/lists", signedIn.Headers.Location?.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/settings")).StatusCode);

        var thief = app.NewBrowser();
        await WebApp.Post(thief, "/sign-in", Right);
        Assert.Contains("not right", await Text(await WebApp.Post(thief, "/sign-in/code", Code(code))));    // seen over a shoulder
    }

    [Theory, Databases]
    public async Task A_recovery_code_signs_in_once_and_is_not_kept_in_clear(string database)
    {
        await using var app = await WebApp.On(database);
        var (_, codes) = await TurnOn(app);
        var browser = app.NewBrowser();
        await WebApp.Post(browser, "/sign-in", Right);

        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(browser, "/sign-in/recovery", Code(codes[3].ToLowerInvariant().Replace("-", "", StringComparison.Ordinal)))).StatusCode);
        Assert.Contains("9 recovery codes left", await browser.GetStringAsync("/settings/security"));

        var again = app.NewBrowser();
        await WebApp.Post(again, "/sign-in", Right);
        Assert.Contains("not right", await Text(await WebApp.Post(again, "/sign-in/recovery", Code(codes[3]))));
        var stored = await Query<string>(app, "select code_hash from recovery_codes");
        Assert.Empty(stored.Intersect(codes));
        Assert.DoesNotContain("otpauth", (await Query<string>(app, "select authenticator_key from users")).Single());
    }

    [Theory, Databases]
    public async Task Five_wrong_codes_lock_even_the_right_one_out(string database)
    {
        await using var app = await WebApp.On(database);
        var (phone, codes) = await TurnOn(app);
        var browser = app.NewBrowser();
        await WebApp.Post(browser, "/sign-in", Right);

        for (var i = 0; i < 3; i++) await WebApp.Post(browser, "/sign-in/code", Code("000000"));
        for (var i = 0; i < 2; i++) await WebApp.Post(browser, "/sign-in/recovery", Code("AAAAA-AAAAA"));

        Assert.Contains("not right", await Text(await WebApp.Post(browser, "/sign-in/code", Code(phone.Code(1)))));
        Assert.Contains("not right", await Text(await WebApp.Post(browser, "/sign-in/recovery", Code(codes[0]))));
    }

    [Theory, Databases]
    public async Task A_remembered_browser_is_not_asked_until_the_person_signs_out_everywhere(string database)
    {
        await using var app = await WebApp.On(database);
        var (phone, _) = await TurnOn(app);
        var browser = app.NewBrowser();
        await WebApp.Post(browser, "/sign-in", Right);
        await WebApp.Post(browser, "/sign-in/code", new() { ["Code"] = phone.Code(1), ["Remember"] = "true" });

        await WebApp.Post(browser, "/sign-in", Right);
        Assert.Equal("/", (await WebApp.Post(browser, "/sign-in", Right)).Headers.Location?.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/settings")).StatusCode);

        var everywhere = await WebApp.Post(app.Http, "/settings/security", [], "/sign-out/everywhere");
        Assert.Equal("/sign-in", everywhere.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await app.Http.GetAsync("/settings")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/settings")).StatusCode);
        Assert.StartsWith("/sign-in/code", (await WebApp.Post(browser, "/sign-in", Right)).Headers.Location?.PathAndQuery);
    }

    [Theory, Databases]
    public async Task Turning_it_off_wants_the_password_and_leaves_nothing_behind(string database)
    {
        await using var app = await WebApp.On(database);
        await TurnOn(app);

        for (var i = 0; i < 5; i++) await WebApp.Post(app.Http, "/settings/security", new() { ["ForCodes"] = "battery staple" }, "codes");
        Assert.Contains("not your present password", await Text(await WebApp.Post(app.Http, "/settings/security", new() { ["ToTurnOff"] = "correct horse" }, "off")));       // who guesses pauses here, too
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("test", "delete from sign_in_tries")));
        Assert.Contains("not your present password", await Text(await WebApp.Post(app.Http, "/settings/security", new() { ["ToTurnOff"] = "battery staple" }, "off")));
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings/security", new() { ["ToTurnOff"] = "correct horse" }, "off")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await app.Http.GetAsync("/settings")).StatusCode);
        Assert.Equal("/", (await WebApp.Post(app.NewBrowser(), "/sign-in", Right)).Headers.Location?.AbsolutePath);
        Assert.Empty(await Query<string>(app, "select code_hash from recovery_codes"));
        Assert.Empty(await Query<long>(app, "select id from users where authenticator_key is not null"));
    }

    internal static async Task<(Authenticator Phone, string[] Codes)> TurnOn(WebApp app)
    {
        await app.SetUp();
        var page = await WebApp.Page(app.Http, "/settings/security/two-factor");
        var phone = new Authenticator(page.QuerySelector("code.key")!.TextContent);
        var shown = await WebApp.Read(await WebApp.Post(app.Http, "/settings/security/two-factor", Code(phone.Code()), "turn-on"));
        return (phone, [.. shown.QuerySelectorAll(".codes code").Select(code => code.TextContent)]);
    }

    private static Dictionary<string, string> Code(string code) => new() { ["Code"] = code };

    private static Task<string> Text(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync();

    private static Task<List<T>> Query<T>(WebApp app, string sql) => app.Services.GetRequiredService<Db>().Read(tx => tx.Query<T>(Statement.Built("test", sql)));
}
