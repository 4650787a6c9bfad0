using Winnow.Contacts;

namespace Winnow.Tests;

public sealed class ContactStoreTests
{
    [Theory, Databases]
    public async Task A_contact_is_stored_with_its_history_and_read_back(string database)
    {
        await using var app = await TestApp.On(database);
        var (made, _) = await app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, new(null, "Shoe size", "number", "", [])));
        var id = Assert.Single(await app.Add(TestApp.Account, ["email=Ann@Example.test", "firstname=Ann", "shoe_size=38.5"]));

        var contact = await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, TestApp.Account, id));
        Assert.Equal(("Ann@Example.test", "ann@example.test", 38.5, "example.test"), (contact!.Email, contact.EmailKey, contact[made!], contact[BuiltInProperties.Of("hs_email_domain")]));
        var creation = Assert.Single(await History(app, contact));
        Assert.Equal((true, "CRM_UI", "userId:1"), (creation.Created, creation.Source, creation.SourceId));
        Assert.Equal(1, await app.Scalar<long>("select created_by from contacts where account_id = 1 and id = @id", new { id }));
        Assert.Equal("Ann", creation.Changes.Single(c => c.Property.Name == "firstname").After);
        Assert.DoesNotContain(creation.Changes, c => c.Property.Name is "lastname" or "hs_email_delivered");
        Assert.Null(await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, TestApp.OtherAccount, id)));
    }

    [Theory, Databases]
    public async Task What_a_contact_was_made_with_is_told_after_any_number_of_changes(string database)
    {
        await using var app = await TestApp.On(database);
        var id = Assert.Single(await app.Add(TestApp.Account, ["email=ann@example.test", "firstname=Ann", "city=Utrecht"]));
        foreach (var city in new[] { "Delft", "Gent", "Delft" })
            await app.Set([id], "city", city);
        await app.Set([id], "lastname", "Visser");
        var contact = (await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, TestApp.Account, id)))!;

        Assert.Equal(["Delft", "Gent", "Delft", "Utrecht"], (await History(app, contact, "city")).Select(e => e.Changes.Single().After));
        Assert.Equal([false, false, false, false, true], (await History(app, contact)).Select(e => e.Created));
        Assert.False(Assert.Single(await History(app, contact, "lastname")).Created);
        Assert.Equal("Ann", Assert.Single(await History(app, contact, "firstname")).Changes.Single().After);
        Assert.Equal("Utrecht", Assert.Single(await History(app, contact, "city", below: 2)).Changes.Single().After);
        Assert.Empty(await History(app, contact, "city", below: 1));
    }

    private static Task<List<ContactEdit>> History(TestApp app, Contact contact, string? only = null, long below = long.MaxValue) => app.Db.Read(async tx =>
        await PropertyHistory.Before(tx, await app.Get<Properties>().Catalog(tx, TestApp.Account), contact, below, 100, only is null ? null : BuiltInProperties.Of(only)));

    [Theory, Databases]
    public async Task A_thousand_contacts_change_at_once(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, [.. Enumerable.Range(0, 1000).Select(i => new[] { $"email=c{i}@example.test" })]);
        await app.Set(ids, "city", "Utrecht");
        Assert.Equal(1000, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and city = 'Utrecht' and version = 2"));
        Assert.Equal(1000, await app.Scalar<long>("select count(*) from contact_history where account_id = 1"));
    }

    [Theory, Databases]
    public async Task What_is_known_of_an_address_outlives_the_contact(string database)
    {
        await using var app = await TestApp.On(database);
        var id = Assert.Single(await app.Add(TestApp.Account, ["email=ann@example.test"]));
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), "Ann@example.test",
            s => s with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = app.Clock.GetUtcNow(), Bounces = s.Bounces + 1 }));
        Assert.Equal("UNKNOWN_USER", await app.Scalar<string>("select hard_bounce_reason from contacts where account_id = 1 and id = @id", new { id }));

        await app.Db.Write(async tx => await app.Get<ContactStore>().Delete(tx, TestApp.Account, 1, [id]));
        var again = Assert.Single(await app.Add(TestApp.Account, ["email=ANN@example.test"]));
        Assert.Equal(("UNKNOWN_USER", 1L), await app.Db.Read(async tx => ((string)(await app.Get<ContactStore>().Find(tx, TestApp.Account, again))![BuiltInProperties.Of("hs_email_hard_bounce_reason_enum")]!, 1L)));
    }

    [Theory, Databases]
    public async Task A_deleted_contact_comes_back_as_it_was_but_without_an_address_that_was_taken_meanwhile(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, ["email=ann@example.test", "city=Utrecht"], ["email=bob@example.test"]);
        await app.Db.Write(async tx => await app.Get<ContactStore>().Delete(tx, TestApp.Account, 7, ids));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contacts where account_id = 1"));
        await app.Add(TestApp.Account, ["email=bob@example.test"]);
        await app.Db.Write(async tx => await app.Get<ContactStore>().Restore(tx, app.Person, TestApp.Account, 7, await app.Get<Properties>().Catalog(tx, TestApp.Account), ids));
        Assert.Equal("Utrecht", await app.Scalar<string>("select city from contacts where account_id = 1 and email_key = 'ann@example.test'"));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and email_key is null"));
    }
}
