using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Audit;

namespace Winnow.Tests;

/// <summary>Passkeys, with the virtual authenticator of a real browser.</summary>
public class PasskeysTests
{
    [Theory, Databases]
    public async Task A_person_adds_a_passkey_signs_in_with_it_and_removes_it(string database)
    {
        var wide = database == "sqlite";
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, wide ? 1280 : 390, wide ? ColorScheme.Light : ColorScheme.Dark);
        var (look, at) = (wide ? "1280-light" : "390-dark", $"http://localhost:{app.Http.BaseAddress!.Port}");       // passkeys belong to a name, not to an address
        var device = await page.Context.NewCDPSessionAsync(page);
        await device.SendAsync("WebAuthn.enable");
        await device.SendAsync("WebAuthn.addVirtualAuthenticator", new() { ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true } });
        await page.GotoAsync($"{at}/sign-in");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("form:has([name=Password]) button[type=submit]");
        await page.WaitForSelectorAsync(".account");

        await page.GotoAsync($"{at}/settings/security");
        await page.FillAsync("[data-passkey] [name=name]", "Noor's laptop");
        await page.FillAsync("[data-passkey] [name=password]", "battery staple");
        await page.ClickAsync("[data-passkey] button");
        await page.WaitForSelectorAsync("[data-passkey-refused]:not([hidden])");
        await page.FillAsync("[data-passkey] [name=password]", "correct horse");
        await page.ClickAsync("[data-passkey] button");
        await page.WaitForSelectorAsync(".passkey [name=name]");
        Assert.Equal("Noor's laptop", await page.InputValueAsync(".passkey [name=name]"));
        await page.FillAsync(".passkey [name=name]", "Laptop");
        await page.ClickAsync(".passkey form[action$='/rename'] button");
        await page.WaitForSelectorAsync(".passkey [name=name][value=Laptop]");
        await Chromium.Check(page, $"passkeys-{look}");

        await page.ClickAsync("form[action='/sign-out/everywhere'] button");
        await page.WaitForURLAsync("**/sign-in");
        await page.GotoAsync($"{at}/sign-in?back=%2Fsettings%2Fsecurity");
        await Chromium.Check(page, $"sign-in-passkey-{look}");
        await page.ClickAsync("[data-passkey=get] button");
        await page.WaitForSelectorAsync(".passkey");
        Assert.Contains("last used", await page.TextContentAsync(".passkey p"));

        await page.ClickAsync(".passkey form[action$='/remove'] button");
        await Assertions.Expect(page.Locator(".passkey")).ToHaveCountAsync(0);
        var record = await app.Services.GetRequiredService<AuditLog>().Page(1, new(), long.MaxValue, 20);
        Assert.Single(record, line => line.Action == nameof(AuditAction.PasskeyAdded));
        Assert.Single(record, line => line.Action == nameof(AuditAction.PasskeyRemoved));
        await page.ClickAsync("form[action='/sign-out/everywhere'] button");
        await page.WaitForURLAsync("**/sign-in");
        await page.ClickAsync("[data-passkey=get] button");                                                       // the device still has it
        await page.WaitForURLAsync("**passkey=refused**");
    }

    [Theory, Databases]
    public async Task Nobody_reaches_the_passkeys_of_another(string database)
    {
        await using var app = await TestApp.On(database);
        var (store, passkeys, user) = (app.Get<UserStore>(), app.Get<Passkeys>(), new User { Email = "a@b.test", EmailKey = "a@b.test", Name = "A", SecurityStamp = "s" });
        await store.CreateAsync(user, default);
        var other = new User { Email = "c@d.test", EmailKey = "c@d.test", Name = "C", SecurityStamp = "s" };
        await store.CreateAsync(other, default);
        foreach (var member in new[] { user, other }) await app.Db.Write(tx => app.Get<People>().Join(tx, TestApp.Account, member.Id, PermissionSet.ReadOnly));
        byte[] id = [1, 2, 3];
        user.Note(AuditAction.PasskeyAdded);
        await store.AddOrUpdatePasskeyAsync(user, Info(id, 1), default);

        await store.AddOrUpdatePasskeyAsync(other, Info(id, 99), default);
        await passkeys.Rename(other.Id, id, "Taken");
        other.Note(AuditAction.PasskeyRemoved);
        await store.RemovePasskeyAsync(other, id, default);
        Assert.Null(await store.FindPasskeyAsync(other, id, default));
        Assert.Equal(user.Id, (await store.FindByPasskeyIdAsync(id, default))!.Id);
        var kept = Assert.Single(await store.GetPasskeysAsync(user, default));
        Assert.Equal(("Key", 1u, "internal"), (kept.Name, kept.SignCount, Assert.Single(kept.Transports!)));

        await store.AddOrUpdatePasskeyAsync(user, Info(id, 7), default);
        Assert.Equal(7, (await passkeys.Of(user.Id)).Single() is { LastUsedAt: not null, SignCount: var count } ? count : 0);
        user.Note(AuditAction.PasskeyRemoved);
        await store.RemovePasskeyAsync(user, id, default);
        Assert.Null(await store.FindByPasskeyIdAsync(id, default));
        Assert.Equal(["PasskeyRemoved A", "PasskeyAdded A"], (await app.Get<AuditLog>().Page(TestApp.Account, new(), long.MaxValue, 10)).Select(line => $"{line.Action} {line.Subject}"));
    }

    [Fact]
    public async Task What_no_browser_made_is_refused()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        foreach (var credential in new[] { "", "{}", "no json", "{\"id\":\"AAAA\"}" })
        {
            var added = await WebApp.Post(app.Http, "/settings/security", new() { ["Credential"] = credential }, "/settings/security/passkeys");
            Assert.Equal("/settings/security?passkey=refused", added.Headers.Location?.OriginalString);
            using var stranger = app.NewBrowser();
            var entered = await WebApp.Post(stranger, "/sign-in", new() { ["Credential"] = credential }, "/sign-in/passkey?back=%2F");
            Assert.Equal(HttpStatusCode.Redirect, entered.StatusCode);
            Assert.StartsWith("/sign-in?passkey=refused", entered.Headers.Location?.OriginalString);
        }
    }

    private static UserPasskeyInfo Info(byte[] id, uint count) => new(id, [4], TimeProvider.System.GetUtcNow(), count, ["internal"], true, false, false, [5], [6]) { Name = "Key" };
}
