using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>What an account says about itself and its mail.</summary>
public class SettingsTests
{
    private static readonly Dictionary<string, string> Sending = new()
    {
        ["Form.Host"] = "smtp.fernhill.example", ["Form.Port"] = "2525", ["Form.Tls"] = "opportunistic", ["Form.User"] = "noor", ["Form.Password"] = "secret of the relay",
        ["Form.Connections"] = "8", ["Form.FromName"] = "Fernhill", ["Form.FromAddress"] = "news@fernhill.example", ["Form.BounceDomain"] = "bounces.fernhill.example", ["Form.PublicUrl"] = "https://crm.fernhill.example/",
    };

    [Theory, Databases]
    public async Task Sending_settings_are_kept_and_the_password_lies_encrypted(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();

        await WebApp.Post(app.Http, "/settings/sending", Sending);

        var kept = await app.Services.GetRequiredService<MailSettingsStore>().Read(1);
        Assert.Equal(new MailSettings("smtp.fernhill.example", 2525, "opportunistic", "noor", "secret of the relay", 8, "Fernhill", "news@fernhill.example", "bounces.fernhill.example", "https://crm.fernhill.example"), kept);
        Assert.True(kept.Complete);
        var stored = await app.Services.GetRequiredService<Db>().Read(tx => tx.Single<string>(Statement.Built("test", "select relay_password from mail_settings where account_id = 1")));
        Assert.DoesNotContain("secret", stored);
        Assert.DoesNotContain("secret of the relay", await app.Http.GetStringAsync("/settings/sending"));
    }

    [Theory, Databases]
    public async Task An_empty_password_keeps_the_one_there_is(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings/sending", Sending);

        await WebApp.Post(app.Http, "/settings/sending", new() { ["Form.Password"] = "", ["Form.Port"] = "587" });

        var kept = await app.Services.GetRequiredService<MailSettingsStore>().Read(1);
        Assert.Equal(("secret of the relay", 587), (kept.RelayPassword, kept.RelayPort));
    }

    [Theory, Databases]
    public async Task A_limit_of_emails_is_kept_and_taken_away_again(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await WebApp.Post(app.Http, "/settings/sending", new(Sending) { ["Form.PerMinute"] = "600", ["Form.PerHour"] = "10000" });
        var kept = await app.Services.GetRequiredService<MailSettingsStore>().Read(1);
        Assert.Equal((600, 10_000), (kept.PerMinute, kept.PerHour));

        await WebApp.Post(app.Http, "/settings/sending", new() { ["Form.PerMinute"] = "", ["Form.PerHour"] = "0" });
        Assert.Equal(600, (await app.Services.GetRequiredService<MailSettingsStore>().Read(1)).PerMinute);
        await WebApp.Post(app.Http, "/settings/sending", new() { ["Form.PerMinute"] = "", ["Form.PerHour"] = "" });
        kept = await app.Services.GetRequiredService<MailSettingsStore>().Read(1);
        Assert.Equal((null, null), (kept.PerMinute, kept.PerHour));
    }

    [Fact]
    public async Task A_wrong_field_is_named_and_nothing_is_kept()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();

        var page = await WebApp.Read(await WebApp.Post(app.Http, "/settings/sending", new(Sending) { ["Form.Port"] = "99999" }));

        Assert.Equal("A port is a number from 1 to 65535.", page.QuerySelector(".form-error")?.TextContent);
        Assert.Equal("true", page.QuerySelector("[name='Form.Port']")?.GetAttribute("aria-invalid"));
        Assert.Equal("smtp.fernhill.example", page.QuerySelector("[name='Form.Host']")?.GetAttribute("value"));
        Assert.Equal(MailSettings.Blank, await app.Services.GetRequiredService<MailSettingsStore>().Read(1));
    }

    [Theory, Databases]
    public async Task Language_and_time_zone_reach_the_pages(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();

        await WebApp.Post(app.Http, "/settings", new() { ["Language"] = "nl", ["Zone"] = "America/New_York", ["Company"] = "Varenheuvel <BV>", ["Money"] = "GBP" });

        var page = await WebApp.Page(app.Http, "/settings");
        Assert.Equal("nl", page.DocumentElement.GetAttribute("lang"));
        Assert.Equal("Instellingen", page.QuerySelector("h1")?.TextContent);
        Assert.Equal("Varenheuvel <BV>", page.QuerySelector(".account .who")?.TextContent);
        Assert.Equal("1", page.QuerySelector(".facts code")?.TextContent);
        Assert.Equal("GBP", (await app.Services.GetRequiredService<AccountStore>().Find(1))!.Currency);
        Assert.Equal("America/New_York", page.QuerySelector("select[name=Zone] option[selected]")?.GetAttribute("value"));
    }
}
