using Microsoft.Playwright;

namespace Winnow.Tests;

/// <summary>Two-factor sign-in as a person clicks through it, wide and light, narrow, dark and Dutch.</summary>
public class SecurityPagesInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task A_person_turns_two_factor_on_and_signs_in_with_it(int width, ColorScheme colours, string locale)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);
        if (locale == "nl-NL") await SpeakDutch(page);

        await page.GotoAsync("/settings/security");
        await Chromium.Check(page, $"security-{look}");
        await page.ClickAsync("main a[href='/settings/security/two-factor']");
        await page.WaitForSelectorAsync("svg.qr");
        await Chromium.Check(page, $"two-factor-{look}");
        var phone = new Authenticator((await page.TextContentAsync("code.key"))!);
        await page.FillAsync("[name=Code]", phone.Code());
        await page.ClickAsync("main form button[type=submit]");
        await page.WaitForSelectorAsync(".codes");
        await Chromium.Check(page, $"recovery-codes-{look}");
        var recovery = await page.Locator(".codes code").First.TextContentAsync();
        await page.ClickAsync("main .form-foot a");
        await Chromium.Check(page, $"security-on-{look}");

        await page.ClickAsync("form[action='/sign-out/everywhere'] button");
        await page.WaitForURLAsync("**/sign-in");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.FillAsync("[name=Password]", "correct horse");
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForURLAsync("**/sign-in/code**");
        await page.FillAsync("[name=Code]", "000000");
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForSelectorAsync(".notice.danger");
        await Chromium.Check(page, $"sign-in-code-{look}");
        await page.ClickAsync("main a[href^='/sign-in/recovery']");
        await page.WaitForURLAsync("**/sign-in/recovery**");
        await Chromium.Check(page, $"sign-in-recovery-{look}");
        await page.FillAsync("[name=Code]", recovery!);
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForSelectorAsync(".account");
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light, "en-GB")]
    [InlineData(390, ColorScheme.Dark, "nl-NL")]
    public async Task A_person_who_forgot_the_password_chooses_a_new_one(int width, ColorScheme colours, string locale)
    {
        await using var relay = TestRelay.Start();
        await using var app = await ForgottenPasswordTests.Start("sqlite", relay);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, locale);
        var look = $"{width}-{colours}".ToLowerInvariant();

        await page.GotoAsync("/sign-in");
        await page.ClickAsync("main a[href='/forgot-password']");
        await page.WaitForURLAsync("**/forgot-password");
        await Chromium.Check(page, $"forgot-password-{look}");
        await page.FillAsync("[name=Email]", "noor@fernhill.example");
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForURLAsync("**sent=1");
        await Chromium.Check(page, $"forgot-password-sent-{look}");
        await ForgottenPasswordTests.Mails(app);
        var link = ForgottenPasswordTests.LinkIn(Assert.Single(relay.Mails).Text);
        await page.GotoAsync(link);
        await Chromium.Check(page, $"reset-password-{look}");
        await page.FillAsync("[name=New]", "horse correct");
        await page.ClickAsync("main button[type=submit]");
        await page.WaitForURLAsync("**/sign-in?chosen=1");
        await Chromium.Check(page, $"sign-in-chosen-{look}");
        await page.GotoAsync(link);
        await Chromium.Check(page, $"reset-password-used-{look}");
    }

    private static async Task SpeakDutch(IPage page)
    {
        await page.GotoAsync("/settings/profile");
        await page.SelectOptionAsync("[name=Language]", "nl");
        await page.ClickAsync("main form:has([name=Language]) button");
        await page.WaitForSelectorAsync("html[lang^=nl]", new() { State = WaitForSelectorState.Attached });
    }
}
