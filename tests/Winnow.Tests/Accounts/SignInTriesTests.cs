using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>Guessing passwords locks out who guesses, and nobody else.</summary>
public class SignInTriesTests
{
    private const string Email = "noor@fernhill.example";

    [Theory, Databases]
    public async Task A_thousand_wrong_passwords_from_many_addresses_lock_nobody_but_the_attacker_out(string database)
    {
        await using var app = await WebApp.On(database, "web", "--Web:TrustedProxies", "127.0.0.1");
        await app.SetUp();
        var (home, phone, bystander) = (From(app, "198.51.100.7"), From(app, "198.51.100.8"), From(app, "203.0.113.99"));
        Assert.True(await SignsIn(home));                                           // her own browser is known from now on

        for (var i = 0; i < 250; i++)
        {
            using var attacker = From(app, $"203.0.{i / 200}.{i % 200 + 1}");
            var form = await Form(attacker, "battery staple");
            foreach (var _ in Enumerable.Range(0, 4)) Assert.Equal(HttpStatusCode.OK, (await attacker.PostAsync("/sign-in", form())).StatusCode);
        }

        Assert.True(await SignsIn(home));                                           // at once, in the middle of it
        using var guess = From(app, "203.0.0.1");
        Assert.False(await SignsIn(guess));                                         // even had the attacker guessed it by now

        await Execute(app, "update sign_in_tries set last_at = last_at - 300000");  // five minutes later
        Assert.True(await SignsIn(phone));
        Assert.True(await SignsIn(bystander));
    }

    [Theory, Databases]
    public async Task A_place_that_tried_five_pauses_five_minutes_and_other_places_do_not(string database)
    {
        await using var app = await TestApp.On(database);
        var tries = app.Get<SignInTries>();

        var taken = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => tries.Take("a@b.test", "192.0.2.1", false)));
        Assert.Equal(SignInTries.FromOnePlace, taken.Count(t => t));
        Assert.True(await tries.Take("a@b.test", "192.0.2.2", false));
        Assert.True(await tries.Take("c@d.test", "192.0.2.1", false));

        app.Clock.Advance(SignInTries.Pause - TimeSpan.FromSeconds(1));
        Assert.False(await tries.Take("a@b.test", "192.0.2.1", false));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await tries.Take("a@b.test", "192.0.2.1", false));              // knocking meanwhile made it no longer
        await tries.Forgive("a@b.test", "192.0.2.1", false);
        for (var i = 0; i < SignInTries.FromOnePlace; i++) Assert.True(await tries.Take("a@b.test", "192.0.2.1", false));
        Assert.False(await tries.Take("a@b.test", "192.0.2.1", false));
    }

    [Theory, Databases]
    public async Task Guesses_from_everywhere_are_held_back_together_but_not_from_known_browsers(string database)
    {
        await using var app = await TestApp.On(database);
        var tries = app.Get<SignInTries>();

        for (var i = 0; i < SignInTries.FromStrangers; i++) Assert.True(await tries.Take("a@b.test", $"192.0.2.{i}", false));

        Assert.False(await tries.Take("a@b.test", "198.51.100.1", false));
        Assert.True(await tries.Take("a@b.test", "7 browser", true));
        app.Clock.Advance(SignInTries.Pause);
        Assert.True(await tries.Take("a@b.test", "198.51.100.1", false));
        app.Clock.Advance(SignInTries.Pause + TimeSpan.FromSeconds(1));
        await tries.Forget(default);
        Assert.Equal(0, await app.Scalar<long>("select count(*) from sign_in_tries"));
    }

    [Fact]
    public async Task What_a_browser_says_of_its_address_is_believed_from_trusted_proxies_only()
    {
        await using var app = await WebApp.On("sqlite", "web", "--Web:TrustedProxies", "10.0.0.0/8");
        await app.SetUp();

        for (var i = 0; i < SignInTries.FromOnePlace; i++)
        {
            using var liar = From(app, $"203.0.113.{i}");
            await liar.PostAsync("/sign-in", (await Form(liar, "battery staple"))());
        }

        using var next = From(app, "203.0.113.77");
        Assert.False(await SignsIn(next));
    }

    private static HttpClient From(WebApp app, string address)
    {
        var browser = app.NewBrowser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return browser;
    }

    private static async Task<Func<FormUrlEncodedContent>> Form(HttpClient browser, string password)
    {
        var page = await WebApp.Page(browser, "/sign-in");
        var token = page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return () => new([new("__RequestVerificationToken", token), new("_handler", "sign-in"), new("Email", Email), new("Password", password)]);
    }

    private static async Task<bool> SignsIn(HttpClient browser) => (await browser.PostAsync("/sign-in", (await Form(browser, "correct horse"))())).StatusCode == HttpStatusCode.Redirect;

    private static Task Execute(WebApp app, string sql) => app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("test", sql)));
}
