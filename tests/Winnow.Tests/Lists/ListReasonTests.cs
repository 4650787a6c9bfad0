using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Jobs;
using Winnow.Lists;
using static Winnow.Tests.ListParts;

namespace Winnow.Tests;

public sealed class ListReasonTests
{
    [Theory, Databases]
    public async Task A_page_tells_condition_by_condition_why_a_contact_is_in_a_list_or_is_not(string database)
    {
        await using var app = await WebApp.On(database);
        await app.SetUp();
        var ids = await Contacts(app, "Utrecht", "Ede");
        var city = await List(app, "In Utrecht", CityIs("Utrecht"));
        var (filter, error) = FilterJson.Read($$$"""
            {"filterBranchType":"OR","filterBranches":[
              {"filterBranchType":"AND","filters":[
                {"filterType":"IN_LIST","listId":"{{{city.Id}}}","operator":"IN_LIST"},
                {"filterType":"PROPERTY","property":"createdate","operation":{"operationType":"ROLLING_DATE_RANGE","operator":"IS_LESS_THAN_X_DAYS_AGO","numberOfDays":7}}]},
              {"filterBranchType":"AND","filters":[{"filterType":"EMAIL_EVENT","operator":"OPENED"}]}]}
            """, new([]), TimeZoneInfo.Utc);
        Assert.Null(error);
        var list = await List(app, "New in Utrecht, or readers", filter!);

        var page = await WebApp.Page(app.Http, $"/contacts/{ids[0]}/lists?list={list.Id}");
        var text = page.QuerySelector("main")!.TextContent;
        Assert.Contains("is in the list New in Utrecht, or readers.", text);
        Assert.Contains("is in the list In Utrecht", text);
        Assert.Contains("It is in that list.", text);
        Assert.Contains("Create Date is less than 7 days ago", text);
        Assert.Equal(["takes this contact", "does not take this contact"], page.QuerySelectorAll("main .badge").Select(b => b.TextContent));

        text = (await WebApp.Page(app.Http, $"/contacts/{ids[1]}/lists?list={list.Id}")).QuerySelector("main")!.TextContent;
        Assert.Contains("is not in the list New in Utrecht, or readers.", text);
        Assert.Contains("It is not in that list.", text);
        Assert.Contains("No group holds: each has a condition that fails.", text);

        Assert.Contains("is in the list", (await WebApp.Page(app.Http, $"/contacts/{ids[0]}/lists")).QuerySelector("main")!.TextContent);      // one that it is in comes first
        Assert.Equal(HttpStatusCode.NotFound, (await app.Http.GetAsync($"/contacts/{ids[0]}/lists?list=99", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("/contacts/" + ids[0] + "/lists", (await WebApp.Page(app.Http, $"/contacts/{ids[0]}")).QuerySelector("a[href$='/lists']:not([href='/lists'])")!.GetAttribute("href"));
    }

    private static Task<long[]> Contacts(WebApp app, params string[] cities) => app.Services.GetRequiredService<Db>().Write(async tx =>
    {
        var store = app.Services.GetRequiredService<ContactStore>();
        var made = await store.New(tx, 1, cities.Length);
        for (var i = 0; i < cities.Length; i++) made[i][BuiltInProperties.Of("city")] = cities[i];
        await store.Save(tx, Actor.Person(1), await app.Services.GetRequiredService<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        return made.Select(c => c.Id).ToArray();
    });

    private static async Task<ContactList> List(WebApp app, string name, Filter filter)
    {
        var (made, error) = await app.Services.GetRequiredService<Db>().Write(tx => app.Services.GetRequiredService<ListStore>().Create(tx, 1, name, ListKind.Dynamic, filter, TimeZoneInfo.Utc, 1));
        Assert.Null(error);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs(TestContext.Current.CancellationToken);
        return made!;
    }
}
