using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Email.Sending;

namespace Winnow.Tests;

/// <summary>Settings > Sending > Domains and signatures, without script and in a browser.</summary>
public class DomainPagesTests
{
    private static readonly MailSettings Settings = MailSettings.Blank with { RelayHost = "smtp.fernhill.test", FromAddress = "news@fernhill.test", BounceDomain = "bounces.fernhill.test", PublicUrl = "https://crm.fernhill.test" };

    [Theory, Databases]
    public async Task A_person_makes_a_key_copies_its_record_and_signs_with_it(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await app.Services.GetRequiredService<MailSettingsStore>().Save(1, Settings);

        Assert.Contains("Mail from fernhill.test is not signed", await app.Http.GetStringAsync("/settings/sending/domains"), StringComparison.Ordinal);
        await WebApp.Post(app.Http, "/settings/sending/domains", [], "key");
        var key = Assert.Single(await app.Services.GetRequiredService<DkimKeys>().All(1));
        var page = await WebApp.Page(app.Http, "/settings/sending/domains");
        Assert.Contains(page.QuerySelectorAll(".dns-record code"), code => code.TextContent == $"v=DKIM1; k=rsa; p={key.PublicKey}");
        Assert.Contains(page.QuerySelectorAll(".dns-record code"), code => code.TextContent == "10 mx.winnow.test");

        var path = $"/settings/sending/domains/fernhill.test/{key.Selector}";
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/settings/sending/domains", [], path + "/sign")).StatusCode);
        page = await WebApp.Page(app.Http, "/settings/sending/domains");
        Assert.DoesNotContain("is not signed", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector($"form[action='{path}/delete']"));
        Assert.NotNull(page.QuerySelector($"form[action='{path}/stop']"));
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task Records_can_be_read_and_copied(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await app.Services.GetRequiredService<MailSettingsStore>().Save(1, Settings);
        var keys = app.Services.GetRequiredService<DkimKeys>();
        await keys.SignWith(1, "fernhill.test", (await keys.Create(1, "fernhill.test"))!);
        await keys.Create(1, "fernhill.test");
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        await Chromium.SignIn(page);

        await page.GotoAsync("/settings/sending/domains");
        await Chromium.Check(page, $"sending-domains-{width}");
        await page.ClickAsync("summary:has-text('zone')");
        await Chromium.Check(page, $"sending-domains-zone-{width}");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.ClickAsync(".dns-record >> nth=1 >> [data-copy] >> nth=0");
        Assert.Equal((await keys.All(1))[1].Selector + "._domainkey.fernhill.test", await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }
}
