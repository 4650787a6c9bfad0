using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Winnow.Server.Roles;

namespace Winnow.Bench;

/// <summary>The real server on a place's database, and browsers without script.</summary>
public static partial class FormBrowser
{
    /// <summary>Who <see cref="SetUp"/> makes.</summary>
    public const string Email = "bench@x.test", Password = "correct horse";

    /// <summary>Starts the pages on a free port; <paramref name="map"/> adds what the bench itself asks for.</summary>
    public static async Task<WebApplication> Serve(Place place, Action<WebApplication>? map = null)
    {
        var server = await WinnowServer.Build(["--urls", "http://127.0.0.1:0", "--roles", "web", "--database", place.Connection, "--Web:TrustedProxies", "127.0.0.1", "--Logging:LogLevel:Default=Warning"]);
        map?.Invoke(server);
        await server.StartAsync();
        return server;
    }

    /// <summary>A browser with cookies of its own, which follows no redirect.</summary>
    public static HttpClient New(string address) => new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() }) { BaseAddress = new(address) };

    /// <inheritdoc cref="New(string)"/>
    public static HttpClient New(WebApplication server) => New(server.Urls.First());

    /// <summary>The first-run page, as a person fills it in, unless the account is there: then the sign-in. From then on the browser is signed in.</summary>
    public static async Task SetUp(HttpClient browser)
    {
        var first = (await browser.GetAsync("/setup")).StatusCode == HttpStatusCode.OK;
        var answer = first
            ? await Post(browser, "/setup", ("Company", "Bench"), ("Person", "Bench"), ("Email", Email), ("Password", Password), ("Zone", "Europe/Amsterdam"), ("Language", "en"))
            : await Post(browser, "/sign-in", ("Email", Email), ("Password", Password));
        if (answer.StatusCode != HttpStatusCode.Redirect) throw new InvalidOperationException($"Signing in: {answer.StatusCode}");
    }

    /// <summary>Fills in a page's form, hidden fields included.</summary>
    public static async Task<HttpResponseMessage> Post(HttpClient browser, string path, params (string Name, string Value)[] values)
    {
        var fields = await HiddenFields(browser, path);
        foreach (var (name, value) in values) fields[name] = value;
        return await browser.PostAsync(path, new FormUrlEncodedContent(fields));
    }

    /// <summary>What a page's form sends by itself.</summary>
    public static async Task<Dictionary<string, string>> HiddenFields(HttpClient browser, string path) =>
        Hidden().Matches(await browser.GetStringAsync(path)).GroupBy(m => m.Groups[1].Value).ToDictionary(g => g.Key, g => g.First().Groups[2].Value);

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
