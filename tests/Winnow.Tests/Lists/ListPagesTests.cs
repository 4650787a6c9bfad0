using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Lists as a browser without script makes, edits and deletes them.</summary>
public sealed class ListPagesTests
{
    private const string Reason = "hs_email_hard_bounce_reason_enum";

    [Theory, Databases]
    public async Task A_list_whose_filling_was_stopped_says_so_and_is_filled_by_a_button(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var (db, lists, runner) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ListStore>(), app.Services.GetRequiredService<JobRunner>());
        var id = (await db.Write(tx => lists.Create(tx, 1, "Ede", ListKind.Dynamic, ListParts.Known("city"), TimeZoneInfo.Utc, 1))).Made!.Id;
        Assert.Contains("This list is being filled.", await app.Http.GetStringAsync($"/lists/{id}"), StringComparison.Ordinal);
        var job = await db.Read(tx => tx.Single<long>(Statement.Built("test", "select max(id) from jobs where account_id = 1")));
        await app.Services.GetRequiredService<JobQueue>().Cancel(1, job);
        await runner.RunOpenJobs();

        var page = await WebApp.Page(app.Http, $"/lists/{id}");
        Assert.Contains("This list was not filled to the end.", page.QuerySelector("#filling")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector("#filling")!.GetAttribute("hx-get"));
        Assert.Contains("Not filled", (await WebApp.Page(app.Http, "/lists")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("until it is filled again", await app.Http.GetStringAsync($"/jobs/{job}"), StringComparison.Ordinal);
        Assert.Equal($"/lists/{id}", (await WebApp.Post(app.Http, $"/lists/{id}", [], $"/lists/{id}/fill")).Headers.Location!.ToString());
        await runner.RunOpenJobs();
        Assert.Equal("", (await WebApp.Page(app.Http, $"/lists/{id}")).QuerySelector("#filling")!.TextContent.Trim());
    }

    [Theory, Databases]
    public async Task The_list_of_the_article_is_made_by_forms_alone(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();

        // choose the property: the picker's button
        var answer = await WebApp.Post(app.Http, "/lists/new", new() { ["do"] = $"pick:0:0:{Reason}" }, "list");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await WebApp.Read(answer);
        Assert.Equal(["is any of", "is none of", "has ever been any of", "has never been any of", "was updated in the last … days", "was not updated in the last … days", "is known", "is unknown"], page.QuerySelectorAll("select[name='g0.0.operator'] option").Select(o => o.TextContent).OrderBy(o => o.Contains("known", StringComparison.Ordinal)));

        Dictionary<string, string> line = new() { ["g0.0.property"] = Reason, ["g0.0.was"] = Reason, ["g0.0.operator"] = "ENUMERATION:IS_ANY_OF", ["Kind"] = "active", ["Name"] = "Hard bounced" };
        page = await WebApp.Read(await WebApp.Post(app.Http, "/lists/new", new(line) { ["do"] = "save" }, "list"));
        Assert.Equal("Choose at least one option.", page.QuerySelector(".form-error")!.TextContent);

        answer = await WebApp.Post(app.Http, "/lists/new", new(line) { ["g0.0.value"] = "UNKNOWN_USER", ["do"] = "save" }, "list");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var list = await Find(app, "Hard bounced");
        Assert.Equal($"/lists/{list!.Id}", answer.Headers.Location!.AbsolutePath);
        Assert.Equal((ListKind.Dynamic, "Europe/Amsterdam"), (list.Kind, list.TimeZone));
        page = await WebApp.Page(app.Http, $"/lists/{list.Id}");
        Assert.Equal("Email hard bounce reason is any of Unknown user", page.QuerySelector(".sentence")!.TextContent);

        // edit it: a second group, by "or"
        page = await WebApp.Page(app.Http, $"/lists/{list.Id}/filters");
        Assert.Equal("UNKNOWN_USER", page.QuerySelector("input[name='g0.0.value']")!.GetAttribute("value"));
        answer = await WebApp.Post(app.Http, $"/lists/{list.Id}/filters", new()
        {
            ["g0.0.value"] = "UNKNOWN_USER", ["g1.0.property"] = "city", ["g1.0.was"] = "city", ["g1.0.operator"] = "STRING:IS_EQUAL_TO", ["g1.0.value"] = "Utrecht; Ede", ["do"] = "save",
        }, "filters");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        page = await WebApp.Page(app.Http, $"/lists/{list.Id}");
        Assert.Equal("Email hard bounce reason is any of Unknown user; or City is equal to Utrecht or Ede", page.QuerySelector(".sentence")!.TextContent);

        await WebApp.Post(app.Http, $"/lists/{list.Id}/rename", new() { ["Name"] = "Bounced or near" }, "rename");
        Assert.NotNull(await Find(app, "bounced or near"));
        await WebApp.Post(app.Http, $"/lists/{list.Id}/delete", [], "delete-list");
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"/lists/{list.Id}")).StatusCode);
    }

    [Fact]
    public async Task A_static_list_without_a_filter_is_filled_by_hand_and_names_are_unique()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        Dictionary<string, string> wish = new() { ["Name"] = "By hand", ["Kind"] = "static", ["do"] = "save" };
        Assert.Equal(HttpStatusCode.Redirect, (await WebApp.Post(app.Http, "/lists/new", wish, "list")).StatusCode);
        Assert.Equal((ListKind.Manual, true), ((await Find(app, "By hand"))!.Kind, (await Find(app, "By hand"))!.IsReady));
        var page = await WebApp.Read(await WebApp.Post(app.Http, "/lists/new", wish, "list"));
        Assert.Equal("Another list is called By hand. Choose another name.", page.QuerySelector(".form-error")!.TextContent);
        Assert.Contains("The list was not made.", (await WebApp.Read(await WebApp.Post(app.Http, "/lists/new", new(wish) { ["Name"] = "Active", ["Kind"] = "active" }, "list"))).QuerySelectorAll(".notice b").Select(b => b.TextContent));
    }

    [Fact]
    public async Task Another_account_s_list_does_not_exist_here()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var (list, _) = await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<ListStore>().Create(tx, TestApp.OtherAccount, "Theirs", ListKind.Dynamic, ListParts.CityIs("Ede"), TimeZoneInfo.Utc, 1));
        foreach (var path in new[] { "", "/filters", "/rename", "/delete" })
            Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"/lists/{list!.Id}{path}")).StatusCode);
        Assert.DoesNotContain("Theirs", await app.Http.GetStringAsync("/lists"));
    }

    [Fact]
    public async Task Nonsense_in_the_builder_s_fields_changes_nothing_and_breaks_nothing()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        foreach (var deed in new[] { "and:99", "remove:-1:5", "pick:0:0:no_such_property", "drop:0", "part:nowhere", "::", "or", "pick:0:0:" })
            Assert.Equal(HttpStatusCode.OK, (await WebApp.Post(app.Http, "/lists/new", new() { ["do"] = deed, ["g7.3.property"] = "x", ["g0.0.operator"] = "a:b:c", ["g999.999.property"] = "city", ["g0.1.property"] = "createdate", ["g0.1.was"] = "createdate", ["g0.1.value"] = "31 Feb" }, "list")).StatusCode);
    }

    private static Task<ContactList?> Find(WebApp app, string name) => app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<ListStore>().FindByName(tx, 1, name));
}
