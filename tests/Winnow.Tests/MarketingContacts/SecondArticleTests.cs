using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using static Microsoft.Playwright.Assertions;

namespace Winnow.Tests;

/// <summary>The article "Set contacts as non-marketing" followed to the letter, each click by the words that it writes; in Dutch too, by the words of the Dutch article where
/// they are Dutch. Its workflows are not built.</summary>
public sealed class SecondArticleTests
{
    /// <summary>What is clicked and read, as the article writes it.</summary>
    private sealed record Article(string Language, string Billing, string Usage, string NextUpdate, string Manage, string Next, string Unengaged, string UseList, string Review, string Update,
        string Contacts, string More, string SetNon, string Confirm, string Settings, string Users, string Own, string Modify, string Save)
    {
        public static readonly Article English = new("en", "Account & Billing", "Usage & limits", "Next update date", "Manage marketing contacts", "Next", "Unengaged contacts", "Use a list", "Review and update", @"^Update \d+ contacts$",
            "Contacts", "More", "Set as non-marketing contacts", "Confirm", "Settings", "Users & Teams", "Own choice", "Modify marketing contacts", "Save permissions");
        public static readonly Article Dutch = new("nl", "Account en facturering", "Gebruik en limieten", "Volgende bijwerkdatum", "Marketingcontacten beheren", "Volgende", "Niet-betrokken contacten", "Een lijst gebruiken", "Controleren en bijwerken", @"^\d+ contacten bijwerken$",
            "Contacten", "Meer", "Als niet-marketingcontacten instellen", "Bevestigen", "Instellingen", "Gebruikers en teams", "Eigen keuze", "Marketingcontacten wijzigen", "Rechten opslaan");
    }

    [Theory]
    [InlineData("sqlite", false, ColorScheme.Dark)]
    [InlineData("postgres", true, ColorScheme.Light)]
    public async Task Contacts_are_set_as_non_marketing_as_the_article_says_and_a_user_loses_the_permission(string database, bool dutch, ColorScheme colours)
    {
        Assert.SkipWhen(database == "postgres" && TestDatabase.Postgres is null && Environment.GetEnvironmentVariable("CI") is null, "WINNOW_TEST_POSTGRES is not set");
        await using var app = await WebApp.On(database, "web,worker");
        await app.SetUp();
        await ManageMarketingContactsTests.Fill(app);                           // thirteen contacts, eleven of them marketing, one scheduled; five bounced, unsubscribed or complained
        var article = dutch ? Article.Dutch : Article.English;
        if (dutch) await WebApp.Post(app.Http, "/settings/profile", new() { ["Language"] = "nl" }, "profile");
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, 1280, colours);
        await Chromium.SignIn(page);
        await FindUpdateDate(page, article);
        await Manage(app, page, article);
        await ByHand(app, page, article);
        await Permission(app, page, article, chromium);
    }

    /// <summary>"View your next update date."</summary>
    private static async Task FindUpdateDate(IPage page, Article article)
    {
        await page.ClickAsync(".account");
        await page.ClickAsync($".menu-list a:has-text('{article.Billing}')");
        await page.ClickAsync($"nav a:has-text('{article.Usage}')");
        await Expect(page.Locator("main")).ToContainTextAsync(article.NextUpdate);
        await Chromium.Check(page, $"article-usage-{article.Language}");
    }

    /// <summary>"Set existing contacts as non-marketing", by the wizard.</summary>
    private static async Task Manage(WebApp app, IPage page, Article article)
    {
        await page.ClickAsync($"main a:text-is('{article.Manage}') >> nth=0");
        await Chromium.Check(page, $"article-information-{article.Language}");
        await page.ClickAsync($".wizard-foot :text-is('{article.Next}')");
        await Expect(page.Locator("main h2").First).ToHaveTextAsync(article.Unengaged);
        foreach (var who in new[] { "bounced", "unsubscribed" }) await Expect(page.Locator($"[name=who][value={who}]")).ToBeCheckedAsync();
        await Chromium.Check(page, $"article-unengaged-{article.Language}");
        await page.ClickAsync($".wizard-foot :text-is('{article.Next}')");
        await page.ClickAsync($"button:has-text('{article.UseList}')");
        await page.CheckAsync("#lists input");
        await Chromium.Check(page, $"article-filters-{article.Language}");
        await page.ClickAsync($".wizard-foot :text-is('{article.Next}')");
        await Expect(page.Locator("main h2").First).ToHaveTextAsync(article.Review);
        await Chromium.Check(page, $"article-review-{article.Language}");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex(article.Update) }).ClickAsync();
        await page.WaitForURLAsync("**/jobs/*");
        await page.WaitForSelectorAsync("#job dl.lines");
        Assert.Equal(new(13, 11, 7), await Counts(app));                        // five that are not mailed, one more in the list, one scheduled before: all count until the update date
    }

    /// <summary>"Manually set contacts as non-marketing in bulk."</summary>
    private static async Task ByHand(WebApp app, IPage page, Article article)
    {
        await page.ClickAsync($"nav a:has-text('{article.Contacts}') >> nth=0");
        await page.WaitForURLAsync("**/contacts");
        foreach (var name in new[] { "b8@", "b9@" }) await page.CheckAsync($"tbody tr:has-text('{name}') .tick input");
        await page.ClickAsync($".bulkbar summary:has-text('{article.More}')");
        await page.ClickAsync($".bulkbar .menu-list button:has-text('{article.SetNon}')");
        await page.FillAsync("#dialog dialog[open] [name=Typed]", "2");
        await Chromium.Check(page, $"article-by-hand-{article.Language}");
        await page.ClickAsync($"#dialog footer button:has-text('{article.Confirm}')");
        await page.WaitForURLAsync("**/jobs/*");
        await page.WaitForSelectorAsync("#job dl.lines");
        Assert.Equal(new(13, 11, 9), await Counts(app));
    }

    /// <summary>"Remove a user's permission to set contacts as marketing."</summary>
    private static async Task Permission(WebApp app, IPage page, Article article, Chromium chromium)
    {
        await app.Colleague("ben@fernhill.example", PermissionSet.Presets.Single(p => p.Name == "Marketer").Set);
        var ben = await chromium.Page(app);
        await ben.GotoAsync("/sign-in");
        await ben.FillAsync("[name=Email]", "ben@fernhill.example");
        await ben.FillAsync("[name=Password]", "another horse");
        await ben.ClickAsync("main button[type=submit]");
        await ben.WaitForSelectorAsync(".account");
        await ben.GotoAsync("/contacts?all=1");
        await Expect(ben.Locator(".bulkbar [formaction='/contacts/set-marketing']")).ToHaveCountAsync(1);

        await page.ClickAsync($"nav a:has-text('{article.Settings}')");
        await page.ClickAsync($"main a:has-text('{article.Users}') >> nth=0");
        await page.ClickAsync("main tbody a:has-text('ben')");
        await page.CheckAsync($"label:has-text('{article.Own}') input");
        await page.UncheckAsync($"label:has-text('{article.Modify}') input[name=May]");
        await Chromium.Check(page, $"article-permission-{article.Language}");
        await page.ClickAsync($"button:has-text('{article.Save}')");
        await Expect(page.Locator("#toasts .toast-note, main .notice").First).ToBeVisibleAsync();

        await ben.ReloadAsync();
        await Expect(ben.Locator(".bulkbar [formaction='/contacts/delete']")).ToHaveCountAsync(1);
        await Expect(ben.Locator(".bulkbar [formaction='/contacts/set-marketing']")).ToHaveCountAsync(0);
    }

    private static Task<ContactCounts> Counts(WebApp app) => app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<ContactStore>().Counts(tx, 1));
}
