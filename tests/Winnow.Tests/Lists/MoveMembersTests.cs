using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Tests;

public sealed class MoveMembersTests
{
    [Theory, Databases]
    public async Task A_selection_of_any_size_goes_into_a_list_and_out_again(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.In([.. Enumerable.Repeat("Ede", 6_000)]);
        var list = await app.List("By hand", ListKind.Manual);
        await Start(list, new(ids), true);
        await app.Delete(1, ids[5_500]);                                     // deleted before its turn
        await app.RunJobs();
        Assert.Equal(5_999, await app.Size(list));
        await Start(list, new(ids[..5_999]), false);
        await app.RunJobs();
        Assert.Equal([ids[5_999]], await app.Members(list));
        Assert.Empty(await app.Differences());
        Assert.Equal(0, await app.Scalar<long>("select count(*) from lists where account_id = 1 and kind = 'SELECTION'"));

        async Task Start(ContactList to, MemberSet set, bool joins) => Assert.Null((await app.Db.Write(tx => app.Get<MoveMembers>().Start(tx, TestApp.Account, to.Id, set, joins, 1))).Error);
    }

    [Fact]
    public async Task A_person_ticks_contacts_puts_them_into_a_new_list_and_takes_one_out()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        var (db, store) = (app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<ContactStore>());
        await db.Write(async tx =>
        {
            var made = await store.New(tx, 1, 4);
            foreach (var contact in made) contact[BuiltInProperties.Of("city")] = contact.Id < 4 ? "Ede" : "Delft";
            await store.Save(tx, new("IMPORT"), await app.Services.GetRequiredService<Winnow.Contacts.Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        var all = "/contacts/add-to-list?all=1&filter=" + Uri.EscapeDataString(Winnow.Filters.FilterJson.Write(ListParts.CityIs("ede")));
        Assert.Contains("Add 3 contacts to a list", await app.Http.GetStringAsync(all), StringComparison.Ordinal);
        var page = await WebApp.Read(await WebApp.Post(app.Http, all, new() { ["Name"] = "" }, "add-to-list"));
        Assert.Equal("Give the list a name.", page.QuerySelector(".form-error")!.TextContent);

        Assert.Equal("/lists/1", (await WebApp.Post(app.Http, all, new() { ["Name"] = "In Ede" }, "add-to-list")).Headers.Location!.AbsolutePath);
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await WebApp.Post(app.Http, "/contacts/add-to-list?id=4", new() { ["List"] = "1" }, "add-to-list");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        await WebApp.Post(app.Http, "/lists/1/remove?id=2&id=77", [], "remove-from-list");
        await app.Services.GetRequiredService<JobRunner>().RunOpenJobs();
        Assert.Equal([1, 3, 4], (await db.Read(tx => app.Services.GetRequiredService<ListMembers>().Read(tx, 1, 1))).Ids);
        Assert.Contains("No contact is selected.", await app.Http.GetStringAsync("/contacts/add-to-list"), StringComparison.Ordinal);
    }
}
