using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Winnow.Server.Accounts;

namespace Winnow.Tests;

/// <summary>Who comes too often is told so, and nobody else notices.</summary>
public sealed class RateLimitTests
{
    [Theory, Databases]
    public async Task A_program_is_held_back_after_a_hundred_requests_in_ten_seconds_and_others_are_not(string database)
    {
        await using var app = await ApiTests.Start(database);
        using var busy = ApiTests.Program(app, await ApiTests.Token(app, "Busy"));
        using var calm = ApiTests.Program(app, await ApiTests.Token(app, "Calm"));
        var first = await busy.GetAsync("/account-info/v3/details");
        Assert.Equal(("100", "99", "10000"), (Header(first, "X-HubSpot-RateLimit-Max"), Header(first, "X-HubSpot-RateLimit-Remaining"), Header(first, "X-HubSpot-RateLimit-Interval-Milliseconds")));
        var (answer, taken) = (first, 0);
        for (; answer.StatusCode == HttpStatusCode.OK && taken < 2_000; taken++) answer = await busy.GetAsync("/account-info/v3/details");
        Assert.True(taken >= 100, $"{taken}");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("TEN_SECONDLY_ROLLING", "RATE_LIMIT", "You have reached your ten_secondly_rolling limit."), (body.GetProperty("policyName").GetString(), body.GetProperty("errorType").GetString(), body.GetProperty("message").GetString()));
        Assert.Equal("0", Header(answer, "X-HubSpot-RateLimit-Remaining"));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await calm.GetAsync("/account-info/v3/details")).StatusCode);
    }

    [Theory, Databases]
    public async Task A_place_that_shows_many_wrong_tokens_waits_and_other_places_do_not(string database)
    {
        await using var app = await ApiTests.Start(database, "--Web:TrustedProxies", "127.0.0.1");
        var token = await ApiTests.Token(app, "Sync");
        using var guesser = ApiTests.Program(app, token[..^1] + (token[^1] == 'A' ? 'B' : 'A'), "203.0.113.5");
        var tried = 0;
        while ((await guesser.GetAsync("/account-info/v3/details")).StatusCode == HttpStatusCode.Unauthorized && tried++ < 1_000) { }
        Assert.InRange(tried, RateLimit.FailedTokens.Permits, 999);
        var refused = await guesser.GetAsync("/account-info/v3/details");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("RATE_LIMITS", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("category").GetString());
        using var other = ApiTests.Program(app, token, "203.0.113.6");
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/account-info/v3/details")).StatusCode);
    }

    [Theory]
    [InlineData("/invitation/nonsense", false)]
    [InlineData("/reset-password/nonsense", false)]
    [InlineData("/u/nonsense", false)]
    [InlineData("/u/nonsense", true)]
    public async Task Links_that_anyone_may_open_are_opened_so_often_from_one_place(string path, bool post)
    {
        await using var app = await WebApp.On("sqlite", "web", "--Web:TrustedProxies", "127.0.0.1");
        await app.SetUp();
        using var guesser = From(app, "203.0.113.5");
        using var other = From(app, "203.0.113.6");
        var tried = 0;
        while ((await Open(guesser)).StatusCode != HttpStatusCode.TooManyRequests && tried++ < 5_000) { }
        Assert.InRange(tried, RateLimit.Links.Permits, 4_999);
        var held = await Open(guesser);
        Assert.Equal(HttpStatusCode.TooManyRequests, held.StatusCode);
        Assert.NotNull(held.Headers.RetryAfter);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await Open(other)).StatusCode);

        Task<HttpResponseMessage> Open(HttpClient browser) => post ? browser.PostAsync(path, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")])) : browser.GetAsync(path);
    }

    [Fact]
    public void Every_link_for_strangers_has_a_limit() =>
        Assert.Empty(Permissions.Table.Where(row => row is { Who: Who.Anyone, Limit: null } && row.Pattern.Contains('{') && row.Pattern != "/error/{Code:int}").Select(row => row.Pattern));

    private static HttpClient From(WebApp app, string place)
    {
        var browser = app.NewBrowser();
        browser.DefaultRequestHeaders.Add("X-Forwarded-For", place);
        return browser;
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();
}
