using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Data;

namespace Winnow.Tests;

/// <summary>Teams: made, filled, renamed and deleted by clicks, and what is shared with one of them.</summary>
public sealed class TeamsTests
{
    [Theory, Databases]
    public async Task A_team_is_made_filled_renamed_and_deleted_and_each_deed_is_on_record(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        using var bob = await app.Colleague("bob@fernhill.example", PermissionSet.Presets[1].Set);
        Assert.Contains("No teams yet", await app.Http.GetStringAsync("/settings/teams"), StringComparison.Ordinal);
        Assert.Contains("Give the team a name.", await Text(await New(app, "  ")), StringComparison.Ordinal);
        Assert.Equal("/settings/teams/2", Place(await New(app, " Field ")));                        // the first number went to the one without a name
        Assert.Contains("There is a team of this name.", await Text(await New(app, "FIELD")), StringComparison.Ordinal);

        Assert.Equal("/settings/teams/2?saved=1", Place(await WebApp.Post(app.Http, "/settings/teams/2", new() { ["UserId"] = "2" }, "add")));
        Assert.Equal("/settings/users/1?saved=1", Place(await WebApp.Post(app.Http, "/settings/users/1", new() { ["Joined"] = "2" }, "join-team")));
        var list = await WebApp.Page(app.Http, "/settings/teams");
        Assert.Equal("Noor Jansen, bob", list.QuerySelector("tbody td.prio-2")!.TextContent);
        Assert.Equal("2", list.QuerySelector("tbody td.num a")!.TextContent);
        Assert.Equal(["Noor Jansen", "bob"], Names(await WebApp.Page(app.Http, "/settings/users?team=2")));
        Assert.Empty(Names(await WebApp.Page(app.Http, "/settings/users?team=0")));
        Assert.Equal("/settings/users/1?saved=1", Place(await WebApp.Post(app.Http, "/settings/users/1", new() { ["Left"] = "2" }, "leave-team")));
        Assert.Equal(["Noor Jansen"], Names(await WebApp.Page(app.Http, "/settings/users?team=0")));
        Assert.Equal("/settings/teams/2", Place(await WebApp.Post(app.Http, "/settings/teams/2/rename", new() { ["Name"] = "Field work" }, "rename-team")));

        Assert.Contains("bob@fernhill.example", (await WebApp.Page(app.Http, "/settings/teams/2/delete")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("/settings/teams?gone=Field%20work&views=0", Place(await WebApp.Post(app.Http, "/settings/teams/2/delete", [], "delete-team")));
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync("/settings/teams/2")).StatusCode);
        var record = (await WebApp.Page(app.Http, "/settings/audit")).QuerySelectorAll("tbody th").Select(row => string.Join(' ', row.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Take(6).ToList();
        Assert.StartsWith("Team deleted: Field work", record[0], StringComparison.Ordinal);
        Assert.StartsWith("Team renamed: Field", record[1], StringComparison.Ordinal);
        Assert.StartsWith("User taken out of a team: Field", record[2], StringComparison.Ordinal);
        Assert.StartsWith("User put into a team: Field", record[3], StringComparison.Ordinal);
        Assert.EndsWith("bob", record[4], StringComparison.Ordinal);
        Assert.StartsWith("Team created: Field", record[5], StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task A_view_of_a_team_is_seen_by_its_people_and_is_its_owners_alone_once_the_team_is_gone(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        using var bob = await app.Colleague("bob@fernhill.example", PermissionSet.Presets[1].Set);
        using var cas = await app.Colleague("cas@fernhill.example", PermissionSet.Presets[1].Set);
        await Team(app, "Field", 1, 2);
        await Team(app, "Office", 2);

        Assert.Equal("/contacts?view=1", Place(await WebApp.Post(app.Http, "/contacts/views/new", new() { ["Name"] = "Ours", ["Shared"] = "1" }, "view")));
        Assert.Contains("Shared with the team Field", await app.Http.GetStringAsync("/contacts?view=1"), StringComparison.Ordinal);
        Assert.Contains("Ours", await bob.GetStringAsync("/contacts/views"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await bob.GetAsync("/contacts?view=1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.GetAsync("/contacts/views/1/rename")).StatusCode);
        Assert.DoesNotContain("Ours", await cas.GetStringAsync("/contacts/views"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await cas.GetAsync("/contacts?view=1")).StatusCode);
        Assert.Contains("not in this team", await Text(await WebApp.Post(app.Http, "/contacts/views/1/rename", new() { ["Shared"] = "2" }, "rename-view")), StringComparison.Ordinal);

        // whoever leaves the team does not see it any more; its owner keeps it and may still rename it
        await Write(app, (teams, tx) => teams.Remove(tx, 1, 1, 1, 2));
        await Write(app, (teams, tx) => teams.Remove(tx, 1, 1, 1, 1));
        Assert.Equal(HttpStatusCode.NotFound, (await bob.GetAsync("/contacts?view=1")).StatusCode);
        Assert.Equal("/contacts?view=1", Place(await WebApp.Post(app.Http, "/contacts/views/1/rename", new() { ["Name"] = "Mine" }, "rename-view")));
        Assert.Contains("Shared with the team Field", await app.Http.GetStringAsync("/contacts?view=1"), StringComparison.Ordinal);

        Assert.Contains("1 view that the team sees will be its owner", await app.Http.GetStringAsync("/settings/teams/1/delete"), StringComparison.Ordinal);
        Assert.EndsWith("views=1", Place(await WebApp.Post(app.Http, "/settings/teams/1/delete", [], "delete-team")), StringComparison.Ordinal);
        Assert.Contains("Only you see this view", await app.Http.GetStringAsync("/contacts?view=1"), StringComparison.Ordinal);
    }

    [Theory, Databases]
    public async Task Nobody_of_another_account_comes_into_a_team(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        await Team(app, "Field", 1);
        await app.Services.GetRequiredService<Db>().Write(tx => UserStore.Add(tx, new() { Name = "Eve", Email = "eve@e.test", EmailKey = "eve@e.test", SecurityStamp = "1" }));
        Assert.Equal(HttpStatusCode.NotFound, (await WebApp.Post(app.Http, "/settings/users/1", new() { ["Left"] = "7" }, "leave-team")).StatusCode);
        Assert.False(await Write(app, (teams, tx) => teams.Add(tx, 1, 1, 1, 2)));
        Assert.False(await Write(app, (teams, tx) => teams.Add(tx, 2, 1, 1, 1)));
        Assert.Equal(1, (await app.Services.GetRequiredService<Db>().Read(tx => app.Services.GetRequiredService<Teams>().Find(tx, 1, 1)))!.Members);
    }

    private static Task<HttpResponseMessage> New(WebApp app, string name) => WebApp.Post(app.Http, "/settings/teams/new", new() { ["Name"] = name }, "team");

    private static async Task Team(WebApp app, string name, params long[] people)
    {
        var id = await Write(app, async (teams, tx) => (await teams.Create(tx, 1, 1, name)).Id!.Value);
        foreach (var one in people) Assert.True(await Write(app, (teams, tx) => teams.Add(tx, 1, 1, id, one)));
    }

    private static Task<T> Write<T>(WebApp app, Func<Teams, Tx, Task<T>> deed) => app.Services.GetRequiredService<Db>().Write(tx => deed(app.Services.GetRequiredService<Teams>(), tx));

    private static IEnumerable<string> Names(IHtmlDocument page) => page.QuerySelectorAll("tbody a.name").Select(a => a.TextContent);

    private static string Place(HttpResponseMessage answer) => answer.Headers.Location is { } place ? place.IsAbsoluteUri ? place.PathAndQuery : place.ToString() : $"{answer.StatusCode}";

    private static async Task<string> Text(HttpResponseMessage answer) => (await WebApp.Read(answer)).Body!.TextContent;
}
