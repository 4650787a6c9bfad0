using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;

namespace Winnow.Tests;

/// <summary>Settings > Private apps, without script and in a browser.</summary>
public sealed class PrivateAppPagesTests
{
    private const string Apps = "/settings/private-apps";

    [Theory, Databases]
    public async Task A_person_makes_an_app_keeps_its_token_changes_it_and_revokes_it(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        Assert.Contains("No private apps yet", await app.Http.GetStringAsync(Apps), StringComparison.Ordinal);
        Assert.Contains("needs a name", await (await Create(app.Http, " ")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var token = await TokenIn(await Create(app.Http, "Sync", Scope.ReadOwners));
        Assert.Equal(HttpStatusCode.OK, await Ask(app, token, "/crm/v3/owners"));
        Assert.Contains("of this name already", await (await Create(app.Http, "Sync")).Content.ReadAsStringAsync(), StringComparison.Ordinal);           // a reload of the answer
        Assert.DoesNotContain(token, await app.Http.GetStringAsync(Apps) + await app.Http.GetStringAsync($"{Apps}/1"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, $"{Apps}/1", new() { ["Scopes"] = "crm.lists.read" }, "private-app")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await Ask(app, token, "/crm/v3/owners"));
        var rotated = await TokenIn(await WebApp.Post(app.Http, $"{Apps}/1/rotate", []));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await Ask(app, token, "/account-info/v3/details"), await Ask(app, rotated, "/account-info/v3/details")));
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, $"{Apps}/1/revoke", [])).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(app, rotated, "/account-info/v3/details"));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"{Apps}/1")).StatusCode);
        Assert.Contains("Revoked", (await WebApp.Page(app.Http, Apps)).QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        var record = await app.Http.GetStringAsync("/settings/audit");
        foreach (var deed in new[] { "Private app created: Sync", "Private app changed: Sync", "Access token rotated: Sync", "Private app revoked: Sync" }) Assert.Contains(deed, record, StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Who_may_change_settings_gives_no_scope_beyond_their_own_permissions(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        using var clerk = await app.Colleague("cleo@fernhill.example", PermissionSet.Of(Permission.Settings));
        var form = await WebApp.Page(clerk, $"{Apps}/new");
        Assert.NotNull(form.QuerySelector("[value='crm.lists.read']"));
        Assert.Null(form.QuerySelector("[value='crm.lists.write']"));
        Assert.Contains("may not do more than you", await (await Create(clerk, "Lists", "crm.lists.write")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Create(app.Http, "Lists", "crm.lists.write");
        var page = await WebApp.Page(clerk, $"{Apps}/1");
        Assert.Null(page.QuerySelector("[name=Scopes]"));
        Assert.Null(page.QuerySelector($"a[href='{Apps}/1/rotate']"));
        var refused = await WebApp.Post(clerk, $"{Apps}/1/rotate", []);
        Assert.DoesNotContain(AccessToken.Prefix + "1-1-", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(clerk, $"{Apps}/1/revoke", [])).StatusCode);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task The_pages_look_right_and_pass_axe(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        await Chromium.SignIn(page);
        if (locale == "nl-NL") await SpeakDutch(page);
        await page.GotoAsync(Apps);
        await Chromium.Check(page, $"private-apps-none-{width}");
        await page.ClickAsync($"main a[href='{Apps}/new']");
        await page.WaitForURLAsync($"**{Apps}/new");
        await Chromium.Check(page, $"private-app-new-{width}");
        await page.FillAsync("[name=Name]", "Nightly sync of the web shop with its customers");
        await page.CheckAsync($"[value='{Scope.ReadOwners}']");
        await page.ClickAsync("main summary");
        await page.CheckAsync("[value='crm.lists.write']");
        await Chromium.Check(page, $"private-app-scopes-{width}");
        await page.ClickAsync("main form button[type=submit]");
        await page.WaitForSelectorAsync(".copy-text");
        await Chromium.Check(page, $"private-app-token-{width}");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.ClickAsync("[data-copy]");
        await page.WaitForFunctionAsync("async () => await navigator.clipboard.readText() === document.querySelector('.copy-text code').textContent");

        await page.GotoAsync(Apps);
        await Chromium.Check(page, $"private-apps-{width}");
        await page.GotoAsync($"{Apps}/1");
        await Chromium.Check(page, $"private-app-{width}");
        await page.GotoAsync($"{Apps}/1/rotate");
        await Chromium.Check(page, $"private-app-rotate-{width}");
        await page.GotoAsync($"{Apps}/1");
        await page.ClickAsync($"a[href='{Apps}/1/revoke']");
        await page.WaitForSelectorAsync("#dialog dialog[open]");
        await Chromium.Check(page, $"private-app-revoke-{width}");
        await page.ClickAsync("#dialog dialog .btn-danger");
        await page.WaitForURLAsync(new System.Text.RegularExpressions.Regex($"{Apps}(\\?saved=1)?$"));          // the page takes the word of its deed out of its address
        Assert.True((await app.Services.GetRequiredService<PrivateApps>().All(1)).Single().IsRevoked);
    }

    private static Task<HttpResponseMessage> Create(HttpClient browser, string name, string? scope = null)
    {
        Dictionary<string, string> values = new() { ["Name"] = name };
        if (scope is not null) values["Scopes"] = scope;
        return WebApp.Post(browser, $"{Apps}/new", values, "private-app");
    }

    private static async Task<string> TokenIn(HttpResponseMessage answer) => (await WebApp.Read(answer)).QuerySelector(".copy-text code")!.TextContent;

    private static async Task<HttpStatusCode> Ask(WebApp app, string token, string path)
    {
        using var program = ApiTests.Program(app, token);
        return (await program.GetAsync(path)).StatusCode;
    }

    private static async Task SpeakDutch(IPage page)
    {
        await page.GotoAsync("/settings/profile");
        await page.SelectOptionAsync("[name=Language]", "nl");
        await page.ClickAsync("main form:has([name=Language]) button");
        await page.WaitForSelectorAsync("html[lang^=nl]", new() { State = WaitForSelectorState.Attached });
    }
}
