using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Server.Roles;

namespace Winnow.Tests;

/// <summary>The real server on a free port and a fresh database, and a browser without script: cookies, pages, forms.</summary>
public sealed class WebApp : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly WebApplication server;

    private WebApp(TestDatabase database, WebApplication server)
    {
        (this.database, this.server) = (database, server);
        Http = NewBrowser();
    }

    /// <summary>The first browser: it signs in by <see cref="SetUp"/>.</summary>
    public HttpClient Http { get; }

    /// <summary>What another process on the same database is started with.</summary>
    public string Connection => database.Connection;

    /// <summary>The server's own services.</summary>
    public IServiceProvider Services => server.Services;

    /// <summary>Starts the server on "sqlite" or "postgres": the pages only, or with the other roles too.</summary>
    public static async Task<WebApp> On(string kind, string roles = "web", params string[] settings)
    {
        var database = await TestDatabase.Create(kind);
        var server = await WinnowServer.Build(["--urls", "http://127.0.0.1:0", "--roles", roles, "--Mail:Listen", "127.0.0.1:0", "--Mail:Name", "mx.winnow.test", "--database", database.Connection, "--Logging:LogLevel:Default=Warning", .. settings]);
        await server.StartAsync();
        return new(database, server);
    }

    /// <summary>Another browser, with cookies of its own; it follows no redirect by itself.</summary>
    public HttpClient NewBrowser() => new(new SocketsHttpHandler { CookieContainer = new(), AllowAutoRedirect = false }) { BaseAddress = new(server.Urls.First()) };

    /// <summary>Fills in the first-run page: account 1 with its first user, signed in in <see cref="Http"/>.</summary>
    public async Task SetUp(string email = "noor@fernhill.example", string password = "correct horse")
    {
        var answer = await Post(Http, "/setup", new() { ["Company"] = "Fernhill", ["Person"] = "Noor Jansen", ["Email"] = email, ["Password"] = password, ["Zone"] = "Europe/Amsterdam", ["Language"] = "en" });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>A browser in which a member of account 1 is signed in who may do just this.</summary>
    public async Task<HttpClient> Colleague(string email, PermissionSet may, string password = "another horse")
    {
        var user = new User { Name = email.Split('@')[0], Email = email, EmailKey = email, SecurityStamp = "1" };
        user.PasswordHash = new PasswordHasher<User>().HashPassword(user, password);
        await Services.GetRequiredService<Db>().Write(async tx =>
        {
            await UserStore.Add(tx, user);
            await Services.GetRequiredService<People>().Join(tx, 1, user.Id, may);
        });
        var browser = NewBrowser();
        Assert.Equal(HttpStatusCode.Redirect, (await Post(browser, "/sign-in", new() { ["Email"] = email, ["Password"] = password })).StatusCode);
        return browser;
    }

    /// <summary>A page as a document.</summary>
    public static async Task<IHtmlDocument> Page(HttpClient browser, string path) => Parse(await browser.GetStringAsync(path));

    /// <summary>Opens the page, fills in its form (the one of this name or action, else the first) and sends it, hidden fields included.</summary>
    public static async Task<HttpResponseMessage> Post(HttpClient browser, string path, Dictionary<string, string> values, string? form = null)
    {
        var page = await Page(browser, path);
        var sent = page.QuerySelectorAll("main form[method=post]").First(f => form is null || f.GetAttribute("action") == form || f.QuerySelector($"input[name=_handler][value='{form}']") is not null);
        var fields = sent.QuerySelectorAll("input[name], select[name], textarea[name]").Where(IsSent).GroupBy(f => f.GetAttribute("name")!).ToDictionary(g => g.Key, g => Value(g.First()));
        foreach (var (name, value) in values) fields[name] = value;
        return await browser.PostAsync(sent.GetAttribute("action") is { Length: > 0 } action ? action : path, new FormUrlEncodedContent(fields));
    }

    /// <summary>The answer's page.</summary>
    public static async Task<IHtmlDocument> Read(HttpResponseMessage answer) => Parse(await answer.Content.ReadAsStringAsync());

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await server.DisposeAsync();
        await database.DisposeAsync();
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static bool IsSent(IElement field) => field is not IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false };

    private static string Value(IElement field) => field switch
    {
        IHtmlSelectElement select => select.Value ?? "",
        IHtmlTextAreaElement area => area.Value,
        _ => ((IHtmlInputElement)field).Value,
    };
}
