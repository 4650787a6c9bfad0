using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Server.Vitals;
using Winnow.Vitals;

namespace Winnow.Tests;

/// <summary>What programs hear that watch over the server, and who may ask.</summary>
public partial class VitalsTests
{
    [Theory, Databases]
    public async Task Anyone_hears_that_the_server_is_well_also_before_the_first_account(string database)
    {
        await using var app = await WebApp.On(database);
        Assert.Equal("ok\n", await app.NewBrowser().GetStringAsync("/health"));
        await app.SetUp();
        var answer = await app.NewBrowser().GetAsync("/health");
        Assert.Equal((HttpStatusCode.OK, "ok\n"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory, Databases]
    public async Task Jobs_that_nobody_does_are_no_good_sign(string database)
    {
        await using var app = await TestApp.On(database);
        var signs = app.Get<VitalSigns>();
        await app.Db.Write(tx => app.Get<JobQueue>().Enqueue<Winnow.Lists.BuildLists>(tx, 1, "Build", new { }, 0, null));
        Assert.True(await signs.AreGood());                                          // it may still be taken
        app.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.False(await signs.AreGood());
        Assert.Equal((1, 0), ((await signs.Read()).JobsOpen, (await signs.Read()).JobsRunning));

        await app.Execute("update jobs set lease_owner = 'x', lease_until = @until where account_id = 1", new { until = app.Clock.GetUtcNow().AddSeconds(10) });
        Assert.False(await signs.AreGood());                                         // no more than one look a second
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await signs.AreGood());
    }

    [Fact]
    public async Task Without_its_database_the_server_is_not_well_and_the_error_is_counted()
    {
        await using var db = Db.Open("Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2");
        await using var app = await WebApp.On("sqlite");
        var before = Count(await app.Http.GetStringAsync("/metrics"));
        Assert.False(await new VitalSigns(db, TimeProvider.System).AreGood());
        Assert.True(Count(await app.Http.GetStringAsync("/metrics")) > before);

        static double Count(string text) => DbErrors().Match(text) is { Success: true } m ? double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
    }

    [Theory, Databases]
    public async Task The_figures_are_read_as_Prometheus_reads_them(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await app.Http.GetAsync("/contacts/1");
        await app.Services.GetRequiredService<Db>().Write(tx => tx.Execute(Statement.Built("test", "insert into email_counts (account_id, email_id, outcome, reason, count) values (1, 1, 'sent', '', 5), (2, 1, 'sent', '', 7), (1, 1, 'bounced', 'x', 2)")));

        var answer = await app.Http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(TextLine(), line));
        Assert.Contains("winnow_jobs_open 0\n", text, StringComparison.Ordinal);
        Assert.Contains("winnow_inbox 0\n", text, StringComparison.Ordinal);
        Assert.Contains("winnow_mails{outcome=\"sent\"} 12\n", text, StringComparison.Ordinal);
        Assert.Contains("winnow_mails{outcome=\"bounced\"} 2\n", text, StringComparison.Ordinal);
        Assert.Matches(@"http_server_request_duration_seconds_count\{[^}]*http_response_status_code=""404""[^}]*http_route=""/contacts/\{Id:long\}""[^}]*\} [1-9]", text);
        Assert.Single(Regex.Matches(text, "# TYPE http_server_request_duration_seconds histogram"));
        Assert.DoesNotContain("fernhill", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task From_elsewhere_the_figures_need_the_token()
    {
        await using var app = await WebApp.On("sqlite");
        var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        var answer = await app.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (answer.StatusCode, answer.Headers.WwwAuthenticate.ToString()));
        Assert.DoesNotContain("winnow_", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", null, null, null, true)]
    [InlineData("::1", null, null, null, true)]
    [InlineData("192.0.2.1", null, null, null, false)]
    [InlineData("192.0.2.1", null, "secret", null, false)]
    [InlineData("192.0.2.1", null, "secret", "Bearer secret", true)]
    [InlineData("192.0.2.1", null, "secret", "Bearer secreT", false)]
    [InlineData("192.0.2.1", null, "secret", "secret", false)]
    [InlineData("192.0.2.1", null, "", "Bearer ", false)]
    [InlineData("192.0.2.1", null, null, "Bearer ", false)]
    [InlineData("127.0.0.1", "192.0.2.1", null, null, false)]
    [InlineData("127.0.0.1", "192.0.2.1", "secret", "Bearer secret", true)]
    public void Who_may_ask(string from, string? through, string? token, string? authorization, bool may)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        if (through is not null) headers["X-Forwarded-For"] = through;
        if (authorization is not null) headers.Authorization = authorization;
        Assert.Equal(may, VitalsEndpoints.MayAsk(IPAddress.Parse(from), headers, token));
    }

    [GeneratedRegex(@"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+=""([^""\\]|\\.)*""(,[a-z_]+=""([^""\\]|\\.)*"")*\})? [0-9.E+-]+)$")]
    private static partial Regex TextLine();

    [GeneratedRegex(@"^winnow_db_errors_total ([0-9.E+]+)$", RegexOptions.Multiline)]
    private static partial Regex DbErrors();
}
