using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>The bell and the toasts, as a person sees them while jobs end.</summary>
public class NotificationsInChromiumTests
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task A_person_hears_of_a_job_that_ended_while_doing_something_else(int width, ColorScheme colours)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await page.Clock.InstallAsync();
        await Chromium.SignIn(page);
        await page.GotoAsync("/notifications");
        await Chromium.Check(page, $"notifications-empty-{look}");
        await page.GotoAsync("/settings");
        await page.FillAsync("[name=Company]", "Half written");

        await List(app, "In Ede", 1);
        await List(app, "Of somebody else", 2);
        await page.Clock.FastForwardAsync(16_000);
        await page.HoverAsync("#toasts .toast-note span");                                        // first of all: a note under the pointer waits, however slow the rest is
        await Assertions.Expect(page.Locator("#toasts .toast-note")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#toasts")).ToContainTextAsync("In Ede");
        await Assertions.Expect(page.Locator(".bell-count")).ToHaveTextAsync("1");
        Assert.Equal("Half written", await page.InputValueAsync("[name=Company]"));
        await Chromium.Check(page, $"toast-{look}");

        await page.Clock.FastForwardAsync(20_000);
        await Assertions.Expect(page.Locator("#toasts .toast-note")).ToHaveCountAsync(1);          // it waits for the pointer
        await page.Mouse.MoveAsync(5, 700);
        await page.Clock.FastForwardAsync(9_000);
        await Assertions.Expect(page.Locator("#toasts .toast-note")).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#toasts .toast-note")).ToHaveCountAsync(0);          // told once

        await page.ClickAsync("#bell summary");
        await Chromium.Check(page, $"bell-{look}");
        await page.ClickAsync("#bell .bell-list a.unread");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/jobs/1$"));
        await Assertions.Expect(page.Locator(".bell-count")).ToHaveCountAsync(0);                  // who sees the job has read it
        await Chromium.Check(page, $"job-done-{look}");

        await List(app, "In Nijmegen", 1);
        await List(app, "In Arnhem", 1);
        await page.GotoAsync("/notifications");
        await Assertions.Expect(page.Locator("main .job.unread")).ToHaveCountAsync(2);
        await Chromium.Check(page, $"notifications-{look}");
        await page.ClickAsync("main form[action$='/read'] .btn-link >> nth=0");
        await Assertions.Expect(page.Locator("main .job.unread")).ToHaveCountAsync(1);
        await page.ClickAsync("#bell summary");
        await page.ClickAsync("#bell form button");
        await Assertions.Expect(page.Locator("main .job.unread")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    public async Task A_person_stops_a_job_after_a_question(int width, ColorScheme colours)
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await List(app, "In Nijmegen", 1);
        await List(app, "In Ede", 1, run: false);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours);
        var look = $"{width}-{colours}".ToLowerInvariant();
        await Chromium.SignIn(page);
        await page.GotoAsync("/jobs");
        await Chromium.Check(page, $"jobs-{look}");
        await page.ClickAsync("main a[href='/jobs/2']");
        await Chromium.Check(page, $"job-waiting-{look}");
        await page.ClickAsync("main a[href='/jobs/2/cancel']");
        await page.WaitForSelectorAsync("#dialog dialog[open]");
        await page.WaitForTimeoutAsync(2_500);                                                     // the page asks for its progress meanwhile: the dialog stays
        await Chromium.Check(page, $"job-stop-{look}");
        await page.ClickAsync("#dialog .btn-danger");
        await Assertions.Expect(page.Locator("main a[href='/jobs/2/cancel']")).ToHaveCountAsync(0);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await Assertions.Expect(page.Locator(".page-head .badge")).ToHaveTextAsync("Stopped");
    }

    [Fact]
    public async Task A_bell_that_rings_after_the_session_ended_leaves_the_page_alone()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app);
        await page.Clock.InstallAsync();
        await Chromium.SignIn(page);
        await page.GotoAsync("/settings");
        await page.FillAsync("[name=Company]", "Half written");
        await page.Context.ClearCookiesAsync();
        await page.RunAndWaitForResponseAsync(() => page.Clock.FastForwardAsync(16_000), "**/notifications/bell");
        await page.WaitForTimeoutAsync(200);
        Assert.EndsWith("/settings", page.Url, StringComparison.Ordinal);
        Assert.Equal("Half written", await page.InputValueAsync("[name=Company]"));
    }

    private static async Task List(WebApp app, string name, long user, bool run = true)
    {
        Assert.Null((await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<ListStore>().Create(tx, 1, name, ListKind.Dynamic, ListParts.CityIs("Ede"), TimeZoneInfo.Utc, user))).Error);
        if (run) await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
    }
}
