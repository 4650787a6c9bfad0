using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Data;
using Winnow.Server.Demo;
using Winnow.Server.Roles;

namespace Winnow.Tests;

/// <summary>The first article clicked through as a person would: people in, an e-mail out, bounces back, the dead found and deleted,
/// the next e-mail without them; in Dutch too. The relay is the practice relay, so refusals, reports and complaints are real.</summary>
public sealed class BrowserStoryTests
{
    [Theory]
    [InlineData("sqlite", 1280, ColorScheme.Light, false)]
    [InlineData("postgres", 390, ColorScheme.Dark, true)]
    public async Task A_person_cleans_a_list_from_the_first_run_to_the_second_email(string database, int width, ColorScheme colours, bool dutch)
    {
        Assert.SkipWhen(database == "postgres" && TestDatabase.Postgres is null && Environment.GetEnvironmentVariable("CI") is null, "WINNOW_TEST_POSTGRES is not set");
        await using var app = await WebApp.On(database, "web,worker,mail");
        await using var relay = new PracticeRelay(0, () => app.Services.GetRequiredService<MailRole>().Endpoint, TimeProvider.System);
        await using var chromium = await Chromium.Start();
        var page = await chromium.Page(app, width, colours, dutch ? "nl-NL" : "en-GB");

        await new BrowserStory(app.Services.GetRequiredService<Db>(), page, $"{width}-{colours}".ToLowerInvariant(), dutch ? BrowserStory.Words.Dutch : BrowserStory.Words.English).Tell(relay.Endpoint.Port);
    }
}
