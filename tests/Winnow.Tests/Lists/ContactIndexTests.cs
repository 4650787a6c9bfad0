using System.Text;
using System.Text.Json;
using Winnow.Contacts;
using Winnow.Lists;

namespace Winnow.Tests;

public sealed class ContactIndexTests
{
    [Theory, Databases]
    public async Task Paging_forth_and_back_shows_every_contact_once_in_every_order(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.OtherAccount, ["email=stranger@example.test"]);
        await app.Add(TestApp.Account, [.. Enumerable.Range(0, 60).Select(i => i % 7 == 0 ? ["firstname=Ann", $"lastname=L{i % 5}"] : new[] { $"email=c{i % 10}{i}@example.test", $"lastname=L{i % 5}" })]);
        foreach (var sort in ContactIndex.Sorts.Keys)
            foreach (var down in new[] { true, false })
            {
                var (forth, order) = (new List<long>(), new ContactOrder(sort, down, Size: 7));
                ContactRows page;
                do
                {
                    page = await Page(app, new(null), order);
                    forth.AddRange(page.Rows.Select(c => c.Id));
                    order = order with { After = page.Rows[^1].Id };
                } while (page.HasNext);
                Assert.Equal(60, forth.Distinct().Count());
                var back = new List<long>(page.Rows.Select(c => c.Id));
                while (page.HasPrevious)
                {
                    page = await Page(app, new(null), new(sort, down, Before: page.Rows[0].Id, Size: 7));
                    back.InsertRange(0, page.Rows.Select(c => c.Id));
                    if (back.Count >= 60) break;
                }
                Assert.Equal(forth, back);
            }
    }

    [Theory, Databases]
    public async Task A_search_finds_beginnings_of_every_word_and_keeps_to_its_account(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.OtherAccount, ["email=zoe@kewmarket.example", "firstname=Zoë"]);
        await app.Add(TestApp.Account, ["email=zoe@kewmarket.example", "firstname=Zoë", "lastname=de Wit"], ["email=ann@kewmarket.example", "firstname=Ann"]);
        Assert.Equal(["zoe@kewmarket.example"], (await Page(app, new(null, "ZOE wit"), new())).Rows.Select(c => c.Email!));
        Assert.Equal(["zoe@kewmarket.example"], (await Page(app, new(null, " Zoe@KewMarket.example"), new())).Rows.Select(c => c.Email!));
        Assert.Equal(2, (await Page(app, new(null, "kewm"), new())).Rows.Count);
        Assert.Empty((await Page(app, new(null, "zoe ann"), new())).Rows);
    }

    [Theory, Databases]
    public async Task Common_words_and_large_lists_are_found_by_walking_the_order(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, [.. Enumerable.Range(0, 30_000).Select(i => new[] { $"email=c{i}@kewmarket.example" })]);
        await app.Get<ContactWords>().CatchUp(default);
        var list = await app.Db.Write(tx => app.Get<ListStore>().Freeze(tx, TestApp.Account, new MemberSet(ids.Where(i => i % 30 != 0)), 1));
        var query = new SelectionQuery(null, "kewmarket", null, list);
        Assert.Equal(29_000, await app.Db.Read(async tx => await app.Get<ContactIndex>().Count(tx, await View(app, tx, query))));
        var page = await Page(app, query, new("created", false, Size: 50));
        Assert.Equal(ids.Where(i => i % 30 != 0).Take(50), page.Rows.Select(c => c.Id));
        Assert.True(page.HasNext);
        Assert.Equal(29_000, (await app.Db.Read(async tx => await app.Get<ContactIndex>().Freeze(tx, await View(app, tx, query)))).Count);

        // by a column without an index, over several batches of the order: those of every third contact have no value
        await app.Execute("update contacts set city = case when id % 3 > 0 then 'City ' || (id % 7) end where account_id = 1");
        var city = BuiltInProperties.Of("city");
        var expected = ids.Where(i => i % 30 != 0 && i % 3 > 0).OrderBy(i => i % 7).ThenBy(i => i).ToList();
        var (place, order) = (new List<long>(), new ContactOrder("city", false, Size: 25, By: city));
        for (var turn = 0; turn < 3; turn++)
        {
            place.AddRange((await Page(app, new(null, ListId: list), order)).Rows.Select(c => c.Id));
            order = order with { After = place[^1] };
        }
        Assert.Equal(expected.Take(75), place);
        var valueless = await Page(app, new(null, ListId: list), order with { After = expected[^1] });
        Assert.All(valueless.Rows, c => Assert.Null(c[city]));
    }

    [Theory, Databases]
    public async Task A_view_is_counted_as_far_as_that_is_quick_and_shows_the_same_when_it_was_narrowed(string database)
    {
        await using var app = await TestApp.On(database);
        await app.Add(TestApp.OtherAccount, ["email=c1@kewmarket.example", "city=Delft"]);
        var ids = await app.Add(TestApp.Account, [.. Enumerable.Range(0, 22_000).Select(i => new[] { $"email=c{i}@kewmarket.example", i % 4_400 == 0 ? "city=Delft" : i % 4 == 0 ? "city=Gent" : "city=Lyon" })]);
        await app.Get<ContactWords>().CatchUp(default);
        var list = await app.Db.Write(tx => app.Get<ListStore>().Freeze(tx, TestApp.Account, new MemberSet(ids.Skip(1)), 1));
        foreach (var (query, told, all) in new (SelectionQuery, long?, long)[]
        {
            (new(null), 22_000, 22_000), (new(null, ListId: list), 21_999, 21_999), (new(null, Filter: City("Delft")), 5, 5), (new(null, Filter: City("Gent")), 5_495, 5_495),
            (new(null, Filter: City("Gent", "Lyon")), null, 21_995), (new(null, "kewmarket"), null, 22_000), (new(null, "kewmarket c4400"), 1, 1),
            (new(null, "kewmarket", City("Delft")), 5, 5), (new(null, "kewmarket", City("Delft"), list), 4, 4), (new(ids[..3], "kewmarket"), 3, 3),
        })
            await app.Db.Read(async tx =>
            {
                var (view, narrowed) = (await View(app, tx, query), await View(app, tx, query));
                Assert.Equal(told, await app.Get<ContactIndex>().Narrow(tx, narrowed));
                Assert.Equal((all, all), (await app.Get<ContactIndex>().Count(tx, view), await app.Get<ContactIndex>().Count(tx, narrowed)));
                foreach (var order in new ContactOrder[] { new(), new("email", false), new("email", false, After: ids[100], Size: 3) })
                    Assert.Equal((await app.Get<ContactIndex>().Page(tx, view, order)).Rows.Select(c => c.Id), (await app.Get<ContactIndex>().Page(tx, narrowed, order)).Rows.Select(c => c.Id));
                return 0;
            });
    }

    private static string City(params string[] cities) => new StringBuilder("""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{"filterType":"PROPERTY","property":"city","operation":{"operationType":"MULTISTRING","operator":"IS_EQUAL_TO","values":""")
        .Append(JsonSerializer.Serialize(cities)).Append("}}]}]}").ToString();

    [Theory, Databases]
    public async Task Ticked_ids_of_another_account_select_nothing(string database)
    {
        await using var app = await TestApp.On(database);
        var theirs = await app.Add(TestApp.OtherAccount, ["email=ann@example.test"], ["email=bob@example.test"]);
        Assert.Equal(0, await app.Db.Read(async tx => await app.Get<ContactIndex>().Count(tx, await View(app, tx, new(theirs)))));
    }

    private static async Task<ContactView> View(TestApp app, Winnow.Data.Tx tx, SelectionQuery query) =>
        (await app.Get<ContactIndex>().View(tx, TestApp.Account, query, await app.Get<Properties>().Catalog(tx, TestApp.Account), TimeZoneInfo.Utc)).View!;

    private static Task<ContactRows> Page(TestApp app, SelectionQuery query, ContactOrder order) =>
        app.Db.Read(async tx => await app.Get<ContactIndex>().Page(tx, await View(app, tx, query), order));
}
