using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Server.Commands;

namespace Winnow.Tests;

/// <summary>Moving in from HubSpot by its pages and from a terminal.</summary>
public sealed class MoveInPagesTests
{
    [Theory, Databases]
    public async Task A_person_looks_moves_in_and_has_the_token_forgotten(string database)
    {
        await using var hubspot = await Start();
        await using var app = await WebApp.On(database, "web", "--HubSpot:BaseUrl", hubspot.Settings.BaseUrl.AbsoluteUri);
        await app.SetUp();
        Assert.Contains("/imports/hubspot", await app.Http.GetStringAsync("/imports/new"), StringComparison.Ordinal);
        Assert.Contains("HubSpot does not know this token.", await Text(await WebApp.Post(app.Http, "/imports/hubspot", new() { ["Token"] = "pat-wrong" })), StringComparison.Ordinal);
        hubspot.Lacks.Add("crm.lists.read");
        Assert.EndsWith("/imports/hubspot/1", (await WebApp.Post(app.Http, "/imports/hubspot", new() { ["Token"] = HubSpotStandIn.Token })).Headers.Location!.ToString(), StringComparison.Ordinal);

        var check = await app.Http.GetStringAsync("/imports/hubspot/1");
        Assert.Contains("<code>crm.lists.read</code>", check, StringComparison.Ordinal);
        Assert.Contains("Also who unsubscribed from Newsletter", check, StringComparison.Ordinal);
        Assert.DoesNotContain("WithLists", check, StringComparison.Ordinal);                      // what cannot be read is not offered
        hubspot.Lacks.Clear();
        check = await app.Http.GetStringAsync("/imports/hubspot/1");
        foreach (var tick in new[] { "WithLists", "WithProperties", "name=\"Marketing\"", ">260<" }) Assert.Contains(tick, check, StringComparison.Ordinal);
        Assert.DoesNotContain(HubSpotStandIn.Token, check + await app.Http.GetStringAsync("/imports/hubspot"), StringComparison.Ordinal);
        using var colleague = await app.Colleague("mo@fernhill.example", PermissionSet.Of(Permission.Import));
        check = await colleague.GetStringAsync("/imports/hubspot/1");
        foreach (var tick in new[] { "WithLists", "WithProperties", "name=\"Marketing\"" }) Assert.DoesNotContain(tick, check, StringComparison.Ordinal);

        Assert.EndsWith("/imports/hubspot/1/progress", (await WebApp.Post(app.Http, "/imports/hubspot/1", [], "move-in")).Headers.Location!.ToString(), StringComparison.Ordinal);
        await WebApp.Post(app.Http, "/imports/hubspot/1/progress", [], "/imports/hubspot/1/pause");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal(0, await Scalar(app, "select count(*) from contacts where account_id = 1"));
        await WebApp.Post(app.Http, "/imports/hubspot/1/progress", [], "/imports/hubspot/1/resume");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal(HubSpotAccount.People - 1, await Scalar(app, "select count(*) from contacts where account_id = 1"));
        Assert.Equal(0, await Scalar(app, "select count(*) from contacts where account_id = 1 and marketing"));      // nobody ticked it
        var result = await app.Http.GetStringAsync("/imports/hubspot/1/progress");
        Assert.Contains("it became a static list", result, StringComparison.Ordinal);
        Assert.Contains("Lists,Filled in the form", await app.Http.GetStringAsync("/imports/hubspot/1/report"), StringComparison.Ordinal);

        await WebApp.Post(app.Http, "/imports/hubspot/1", [], "/imports/hubspot/1/forget");
        Assert.Equal(1, await Scalar(app, "select count(*) from move_ins where account_id = 1 and token is null"));
        Assert.Contains("The token was forgotten.", await app.Http.GetStringAsync("/imports/hubspot/1"), StringComparison.Ordinal);
        var record = await app.Services.GetRequiredService<Db>().Read(tx => tx.Query<string>(Statement.Built("record", "select action from audit_log where account_id = 1 order by id")));
        Assert.Equal(["HubSpotTokenKept", "MovedInFromHubSpot", "ImportPaused", "ImportResumed", "HubSpotTokenForgotten"], record.Where(action => action.Contains("HubSpot", StringComparison.Ordinal) || action.StartsWith("ImportP", StringComparison.Ordinal) || action.StartsWith("ImportR", StringComparison.Ordinal)));
        if (database == "sqlite") await FromATerminal(app, hubspot);
    }

    [Fact]
    public async Task The_pages_look_right_in_a_browser()
    {
        await using var hubspot = await Start();
        hubspot.Lacks.Add("communication_preferences.read");
        await using var app = await WebApp.On("sqlite", "web,worker", "--HubSpot:BaseUrl", hubspot.Settings.BaseUrl.AbsoluteUri);
        await using var chromium = await Chromium.Start();
        await app.SetUp();
        foreach (var (width, colours, locale) in new[] { (1280, ColorScheme.Light, "en-GB"), (390, ColorScheme.Dark, "nl-NL") })
        {
            var page = await chromium.Page(app, width, colours, locale);
            await Chromium.SignIn(page);
            await page.GotoAsync("/imports/hubspot");
            if (width == 1280) await Chromium.Check(page, "move-in-token-1280");
            await page.FillAsync("[name=Token]", HubSpotStandIn.Token);
            await page.ClickAsync("main form .btn-primary");
            await page.WaitForSelectorAsync("[name=OptOuts]");
            await Chromium.Check(page, $"move-in-check-{width}");
            await page.ClickAsync("main form .btn-primary");
            await page.WaitForSelectorAsync("a[href='/imports/hubspot/1/report']");
            await Chromium.Check(page, $"move-in-result-{width}");
        }
    }

    /// <summary>The token comes from the environment, as a command line is seen by others.</summary>
    private static async Task FromATerminal(WebApp app, HubSpotStandIn hubspot)
    {
        Environment.SetEnvironmentVariable("HubSpot__BaseUrl", hubspot.Settings.BaseUrl.AbsoluteUri);
        Assert.Equal(ExitCode.WrongUse, (await Run(app)).Code);
        Environment.SetEnvironmentVariable("WINNOW_HUBSPOT_TOKEN", HubSpotStandIn.Token);
        var look = await Run(app, "--look");
        Assert.Equal((ExitCode.Done, 260), (look.Code, look.Said.GetProperty("contacts").GetInt64()));
        hubspot.Contact(9001, "2099-01-01T00:00:00.000Z", "email=late@example.test");
        var run = await Run(app, "--forget");
        Environment.SetEnvironmentVariable("WINNOW_HUBSPOT_TOKEN", null);
        Assert.Equal((1, 0), (run.Said.GetProperty("created").GetInt64(), run.Said.GetProperty("unchanged").GetInt64()));
        Assert.Equal(1, await Scalar(app, "select count(*) from move_ins where account_id = 1 and token is null"));
    }

    private static async Task<(ExitCode Code, JsonElement Said)> Run(WebApp app, params string[] args)
    {
        using var output = new StringWriter();
        var code = (ExitCode)await CommandLine.Run(["move-in", "--database", app.Connection, "--json", .. args], output, TextWriter.Null);
        return (code, JsonDocument.Parse(output.ToString()).RootElement);
    }

    private static async Task<HubSpotStandIn> Start()
    {
        var hubspot = await HubSpotStandIn.Start();
        HubSpotAccount.Fill(hubspot);
        hubspot.Lists.Remove(12);                                                                  // it would wait for another one to be filled
        return hubspot;
    }

    private static Task<long> Scalar(WebApp app, string sql) => app.Services.GetRequiredService<Db>().Read(tx => tx.Single<long>(Statement.Built("test", sql)));
    private static async Task<string> Text(HttpResponseMessage answer) => (await WebApp.Read(answer)).Body!.TextContent;
}
