using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Server.Ui;

namespace Winnow.Tests;

/// <summary>The list of jobs and a job's page, as a person without script uses them.</summary>
public sealed class JobPagesTests
{
    [Theory, Databases]
    public async Task A_job_is_found_by_its_state_told_whose_it_is_and_stopped_after_a_question(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        Assert.Equal("No jobs yet", (await WebApp.Page(app.Http, "/jobs")).QuerySelector(".blank h2")!.TextContent);
        await Enqueue(app, 1);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await Enqueue(app, 2);

        Assert.Equal(["/jobs/2", "/jobs/1"], await Shown(app, "/jobs"));
        Assert.Equal(["/jobs/2"], await Shown(app, "/jobs?state=open"));
        Assert.Equal(["/jobs/1"], await Shown(app, "/jobs?state=finished"));
        Assert.Contains("by Noor Jansen", (await WebApp.Page(app.Http, "/jobs?state=open")).QuerySelector(".job")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("ended", (await WebApp.Page(app.Http, "/jobs/1")).QuerySelector(".page-head .sub")!.TextContent, StringComparison.Ordinal);

        using var bob = await app.Colleague("bob@fernhill.example", PermissionSet.Presets[1].Set);
        Assert.Empty((await WebApp.Page(bob, "/jobs/2")).QuerySelectorAll("a[href='/jobs/2/cancel']"));              // it is not his
        Assert.Equal(HttpStatusCode.Redirect, (await bob.GetAsync("/jobs/2/cancel")).StatusCode);
        var question = (await WebApp.Page(app.Http, "/jobs/2")).QuerySelector("main .page-head a[href='/jobs/2/cancel']")!.GetAttribute("href")!;
        Assert.False((await Find(app, 2)).CancelAsked);                                          // asking the question stops nothing
        var answer = await WebApp.Post(app.Http, question, []);
        Assert.Equal("/jobs/2", Place(app, answer));
        Assert.True((await Find(app, 2)).CancelAsked);
        Assert.Empty((await WebApp.Page(app.Http, "/jobs/2")).QuerySelectorAll("a[href='/jobs/2/cancel']"));
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal("cancelled", (await Find(app, 2)).Outcome);
        Assert.Equal("/jobs/2", Place(app, await app.Http.GetAsync(question)));           // it has ended: nothing to ask
    }

    [Theory, Databases]
    public async Task A_long_list_of_jobs_has_pages(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        for (var i = 1; i <= 27; i++) await Enqueue(app, i);
        Assert.Equal(25, (await Shown(app, "/jobs")).Count());
        Assert.Equal(["/jobs/2", "/jobs/1"], await Shown(app, "/jobs?state=open&page=2"));
    }

    [Theory]
    [InlineData(3_000, 10, "300 a second")]
    [InlineData(3, 10, "18 a minute")]
    [InlineData(0, 10, null)]
    [InlineData(5, 0.2, null)]
    public async Task The_rate_is_said_in_the_unit_that_fits(long done, double seconds, string? said)
    {
        await using var app = await WebApp.On("sqlite");
        using var scope = app.Services.CreateScope();
        var words = scope.ServiceProvider.GetRequiredService<Microsoft.Extensions.Localization.IStringLocalizer<Words>>();
        var format = new Format(System.Globalization.CultureInfo.GetCultureInfo("en"), TimeZoneInfo.Utc, TimeProvider.System);
        var job = new Job(1, 1, "DeleteContacts", "", done, 10_000, null, null, null, false, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null);
        Assert.Equal(said, Winnow.Server.Jobs.JobWords.Rate(job, DateTimeOffset.UnixEpoch.AddSeconds(seconds), words, format));
    }

    private static string Place(WebApp app, HttpResponseMessage answer) => new Uri(app.Http.BaseAddress!, answer.Headers.Location!).AbsolutePath;

    private static async Task<IEnumerable<string?>> Shown(WebApp app, string path) =>
        (await WebApp.Page(app.Http, path)).QuerySelectorAll("main .job a").Select(a => a.GetAttribute("href"));

    private static async Task<Job> Find(WebApp app, long id) => (await app.Services.GetRequiredService<JobQueue>().Find(1, id))!;

    private static Task Enqueue(WebApp app, int i) => app.Services.GetRequiredService<Db>().Write(tx =>
        app.Services.GetRequiredService<ListStore>().Create(tx, 1, $"List {i}", ListKind.Dynamic, ListParts.CityIs("Ede"), TimeZoneInfo.Utc, 1));
}
