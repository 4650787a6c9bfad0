using System.Diagnostics;
using System.Net;
using Winnow.Accounts;

namespace Winnow.Bench;

/// <summary>A thousand wrong passwords for one person from many addresses: they lock out who guesses and nobody else, and the person gets in from a new place,
/// too, after the time said. It takes that time.</summary>
public static class SignInThrottle
{
    private const int Wrong = 1_000, Addresses = 250, Meanwhile = 10;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    /// <summary>Guesses refused; sign-ins of the person's own browser meanwhile; how long a new place waits.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await using var server = await FormBrowser.Serve(place);
        using var known = FormBrowser.New(server);
        await FormBrowser.SetUp(known);
        await FormBrowser.Post(known, "/sign-in", ("Email", FormBrowser.Email), ("Password", FormBrowser.Password));         // from now on the person is known by this browser
        using var attacker = FormBrowser.New(server);
        var form = await FormBrowser.HiddenFields(attacker, "/sign-in");
        int refused = 0, let = 0;
        for (var guess = 0; guess < Wrong; guess++)
        {
            if (await Try(attacker, form, $"10.1.0.{guess % Addresses}", $"wrong horse {guess}") != HttpStatusCode.Redirect) refused++;
            if (guess % (Wrong / Meanwhile) == Wrong / Meanwhile - 1 && await SignIn(known) == HttpStatusCode.Redirect) let++;
        }
        var locked = await Try(attacker, form, "10.1.0.1", FormBrowser.Password) != HttpStatusCode.Redirect;                // even with the right one
        var waited = await FirstEntry(attacker, form);
        return
        [
            Figure.Rate($"wrong passwords refused, from {Addresses} addresses", refused, Wrong, "", 1),
            Figure.Rate("sign-ins of the person's own browser meanwhile", let, Meanwhile, "", 1),
            Figure.Rate("the guesser's address is held back, even with the right password", locked ? 1 : 0, 1, "", 1),
            Figure.Within("the person gets in from a new place after", waited, (SignInTries.Pause + 2 * Again).TotalSeconds, "s"),
        ];
    }

    /// <summary>Seconds until the right password opens from addresses that nobody has guessed from.</summary>
    private static async Task<double> FirstEntry(HttpClient browser, Dictionary<string, string> form)
    {
        var began = Stopwatch.GetTimestamp();
        for (var turn = 1; Stopwatch.GetElapsedTime(began) < 2 * SignInTries.Pause; turn++)
        {
            if (await Try(browser, form, $"10.2.0.{turn}", FormBrowser.Password) == HttpStatusCode.Redirect) break;
            await Task.Delay(Again);
        }
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<HttpStatusCode> SignIn(HttpClient browser) =>
        (await FormBrowser.Post(browser, "/sign-in", ("Email", FormBrowser.Email), ("Password", FormBrowser.Password))).StatusCode;

    private static async Task<HttpStatusCode> Try(HttpClient browser, Dictionary<string, string> form, string address, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>(form) { ["Email"] = FormBrowser.Email, ["Password"] = password }), Headers = { { "X-Forwarded-For", address } },
        };
        return (await browser.SendAsync(request)).StatusCode;
    }
}
