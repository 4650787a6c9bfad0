using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>A list made of a selection.</summary>
public sealed class ListOfContactsTests
{
    [Theory, Databases]
    public async Task A_selection_becomes_a_static_list_and_a_view_with_a_filter_an_active_one(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var (db, lists, members) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ListStore>(), app.Services.GetRequiredService<ListMembers>());
        await Add(app, "Ede", "Ede", "Delft");
        const string ticked = "/contacts/create-list?id=1&id=3";
        var inEde = "/contacts/create-list?all=1&filter=" + Uri.EscapeDataString(FilterJson.Write(ListParts.CityIs("Ede")));
        Assert.Empty((await WebApp.Page(app.Http, ticked)).QuerySelectorAll("input[name=Kind]"));
        Assert.Empty((await WebApp.Page(app.Http, inEde + "&q=a")).QuerySelectorAll("input[name=Kind]"));
        Assert.Equal(2, (await WebApp.Page(app.Http, inEde)).QuerySelectorAll("input[name=Kind]").Length);
        Assert.Contains("Give the list a name.", await (await WebApp.Post(app.Http, ticked, new() { ["Name"] = " " }, "create-list")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var by = await WebApp.Post(app.Http, ticked, new() { ["Name"] = "Two", ["Kind"] = "active" }, "create-list");          // ticks have no filter to go by
        Assert.StartsWith("/jobs/", by.Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        var active = await WebApp.Post(app.Http, inEde, new() { ["Name"] = "In Ede", ["Kind"] = "active" }, "create-list");
        Assert.StartsWith("/lists/", active.Headers.Location!.AbsolutePath, StringComparison.Ordinal);
        await WebApp.Post(app.Http, inEde, new() { ["Name"] = "Were in Ede", ["Kind"] = "static" }, "create-list");
        Assert.Contains("Another list is called Two", await (await WebApp.Post(app.Http, inEde, new() { ["Name"] = "two" }, "create-list")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await Add(app, "Ede");
        Assert.Equal((ListKind.Manual, "1 3"), await Of("Two"));
        Assert.Equal((ListKind.Dynamic, "1 2 4"), await Of("In Ede"));
        Assert.Equal((ListKind.Manual, "1 2"), await Of("Were in Ede"));

        var editor = await app.Colleague("editor@fernhill.example", PermissionSet.Of(Permission.EditContacts));
        Assert.Equal(HttpStatusCode.Forbidden, (await editor.GetAsync(ticked)).StatusCode);
        await db.Write(tx => tx.Execute(Statement.Built("move", "update contacts set account_id = 2 where account_id = 1")));
        Assert.Contains("No contacts are selected.", await app.Http.GetStringAsync("/contacts/create-list?id=1"), StringComparison.Ordinal);

        Task<(ListKind, string)> Of(string name) => db.Read(async tx =>
        {
            var list = (await lists.FindByName(tx, 1, name))!;
            return (list.Kind, string.Join(' ', (await members.Read(tx, 1, list.Id)).Ids));
        });
    }

    private static Task Add(WebApp app, params string[] cities) => app.Services.GetRequiredService<Db>().Write(async tx =>
    {
        var store = app.Services.GetRequiredService<ContactStore>();
        var made = await store.New(tx, 1, cities.Length);
        foreach (var (contact, city) in made.Zip(cities)) contact[BuiltInProperties.Of("city")] = city;
        await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
    });
}
