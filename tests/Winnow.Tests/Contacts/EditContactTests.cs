using Winnow.Contacts;

namespace Winnow.Tests;

public sealed class EditContactTests
{
    [Theory, Databases]
    public async Task A_form_posted_twice_makes_one_contact_with_or_without_an_address(string database)
    {
        await using var app = await TestApp.On(database);
        foreach (var texts in new Dictionary<string, string>[] { new() { ["email"] = "Ann@Example.test", ["firstname"] = "Ann" }, new() { ["firstname"] = "Bob", ["lastname"] = "Bee" } })
        {
            var first = await app.Get<EditContact>().Create(TestApp.Account, 1, texts, true, default);
            var second = await app.Get<EditContact>().Create(TestApp.Account, 1, texts, true, default);
            Assert.NotNull(first.Id);
            Assert.Equal(first.Id, second.Id);
        }
        Assert.Equal(2, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and marketing"));

        app.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.NotEqual(2, (await app.Get<EditContact>().Create(TestApp.Account, 1, new Dictionary<string, string> { ["firstname"] = "Bob", ["lastname"] = "Bee" }, false, default)).Id);
    }

    [Theory, Databases]
    public async Task A_taken_address_names_the_contact_that_has_it(string database)
    {
        await using var app = await TestApp.On(database);
        var ann = Assert.Single(await app.Add(TestApp.Account, ["email=ann@example.test", "firstname=Ann"]));
        app.Clock.Advance(TimeSpan.FromHours(1));
        var bob = Assert.Single(await app.Add(TestApp.Account, ["email=bob@example.test"]));

        var made = await app.Get<EditContact>().Create(TestApp.Account, 1, new Dictionary<string, string> { ["email"] = " ANN@example.test " }, false, default);
        Assert.Equal((FaultKind.AddressTaken, ann), (Assert.Single(made.Faults).Kind, made.Faults[0].Holder!.Id));
        var saved = await app.Get<EditContact>().Save(TestApp.Account, 1, bob, 1, new Dictionary<string, string> { ["email"] = "Ann@Example.Test" }, default);
        Assert.Equal((FaultKind.AddressTaken, ann), (Assert.Single(saved.Faults).Kind, saved.Faults[0].Holder!.Id));
        Assert.NotNull((await app.Get<EditContact>().Create(TestApp.OtherAccount, 1, new Dictionary<string, string> { ["email"] = "ann@example.test" }, false, default)).Id);
    }

    [Theory, Databases]
    public async Task An_address_that_was_deleted_permanently_does_not_come_back_by_hand(string database)
    {
        await using var app = await TestApp.On(database);
        var bob = Assert.Single(await app.Add(TestApp.Account, ["email=bob@example.test"]));
        await app.Db.Write(tx => app.Get<ContactStore>().Block(tx, TestApp.Account, ["gone@example.test"]));
        var texts = new Dictionary<string, string> { ["email"] = "Gone@example.test" };
        Assert.Equal(FaultKind.AddressBlocked, Assert.Single((await app.Get<EditContact>().Create(TestApp.Account, 1, texts, false, default)).Faults).Kind);
        Assert.Equal(FaultKind.AddressBlocked, Assert.Single((await Save(app, bob, 1, texts)).Faults).Kind);
        Assert.Equal(AddressOutcome.Blocked, (await app.Get<AdditionalAddresses>().Add(TestApp.Account, 1, bob, "gone@example.test", default)).Outcome);
    }

    [Theory, Databases]
    public async Task What_others_changed_meanwhile_stays_and_a_clash_is_told(string database)
    {
        await using var app = await TestApp.On(database);
        var id = Assert.Single(await app.Add(TestApp.Account, ["email=ann@example.test", "firstname=Ann", "city=Utrecht", "jobtitle=Gardener"]));
        var shown = new Dictionary<string, string> { ["firstname"] = "Ann", ["city"] = "Utrecht", ["jobtitle"] = "Gardener", ["company"] = "" };
        Assert.Empty((await Save(app, id, 1, new(shown) { ["city"] = "Breda", ["company"] = "Fernhill" })).Faults);

        var clash = await Save(app, id, 1, new(shown) { ["city"] = "Assen", ["jobtitle"] = "Florist" });
        Assert.Equal(("city", "Breda"), (Assert.Single(clash.Faults).Property.Name, clash.Faults[0].Now));
        Assert.Empty((await Save(app, id, 1, new(shown) { ["jobtitle"] = "Florist" })).Faults);

        var contact = await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, TestApp.Account, id));
        Assert.Equal(("Breda", "Fernhill", "Florist"), (contact![Of("city")], contact[Of("company")], contact[Of("jobtitle")]));
    }

    [Theory, Databases]
    public async Task Nobody_edits_what_Winnow_keeps_or_the_contacts_of_another_account(string database)
    {
        await using var app = await TestApp.On(database);
        var id = Assert.Single(await app.Add(TestApp.Account, ["email=ann@example.test"]));
        await Save(app, id, 1, new() { ["hs_email_optout"] = "true", ["createdate"] = "2020-01-01T00:00:00Z", ["nonsense"] = "x" });
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and not opted_out and version = 1"));

        var other = await app.Get<EditContact>().Save(TestApp.OtherAccount, 1, id, 1, new Dictionary<string, string> { ["city"] = "Utrecht" }, default);
        Assert.Equal((null, 0), (other.Id, other.Faults.Count));
        Assert.False(await app.Get<EditContact>().SetMarketing(TestApp.OtherAccount, 1, id, true, default));
    }

    [Theory, Databases]
    public async Task Leaving_marketing_waits_for_the_update_date_and_can_be_undone(string database)
    {
        await using var app = await TestApp.On(database);
        var id = Assert.Single(await app.Add(TestApp.Account, ["email=ann@example.test"]));
        var edit = app.Get<EditContact>();
        await edit.SetMarketing(TestApp.Account, 1, id, false, default);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and not marketing and not until_renewal and version = 1"));
        await edit.SetMarketing(TestApp.Account, 1, id, true, default);
        await edit.SetMarketing(TestApp.Account, 1, id, false, default);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and marketing and until_renewal and marketing_source = 'USER_SET'"));
        await edit.SetMarketing(TestApp.Account, 1, id, true, default);
        Assert.Equal(1, await app.Scalar<long>("select count(*) from contacts where account_id = 1 and marketing and not until_renewal"));
    }

    private static Task<EditOutcome> Save(TestApp app, long id, long version, Dictionary<string, string> texts) => app.Get<EditContact>().Save(TestApp.Account, 1, id, version, texts, default);

    private static Property Of(string name) => BuiltInProperties.Of(name);
}
