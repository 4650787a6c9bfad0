using Winnow.Contacts;
using Winnow.Email;

namespace Winnow.Tests;

public sealed class AdditionalAddressesTests
{
    [Theory, Databases]
    public async Task An_address_belongs_to_one_contact_primary_or_additional(string database)
    {
        await using var app = await TestApp.On(database);
        var (ann, bob) = await TwoContacts(app);
        var addresses = app.Get<AdditionalAddresses>();
        Assert.Equal(AddressOutcome.Done, (await addresses.Add(TestApp.Account, 1, ann, "Ann.Work@Example.test", default)).Outcome);
        Assert.Equal(AddressOutcome.Done, (await addresses.Add(TestApp.Account, 1, ann, "ann.work@example.test", default)).Outcome);      // posted twice
        Assert.Equal(AddressOutcome.Done, (await addresses.Add(TestApp.Account, 1, ann, "ANN@example.test", default)).Outcome);           // has it already

        var taken = await addresses.Add(TestApp.Account, 1, bob, "ann.work@EXAMPLE.test", default);
        Assert.Equal((AddressOutcome.Taken, ann), (taken.Outcome, taken.Holder!.Id));
        Assert.Equal(AddressOutcome.Taken, (await addresses.Add(TestApp.Account, 1, bob, "ann@example.test", default)).Outcome);
        Assert.Equal(AddressOutcome.NotValid, (await addresses.Add(TestApp.Account, 1, bob, "not an address", default)).Outcome);
        var edited = await app.Get<EditContact>().Save(TestApp.Account, 1, bob, 1, new Dictionary<string, string> { ["email"] = "ann.work@example.test" }, default);
        Assert.Equal(FaultKind.AddressTaken, Assert.Single(edited.Faults).Kind);
        Assert.Equal(AddressOutcome.Done, (await addresses.Add(TestApp.OtherAccount, 1, Assert.Single(await app.Add(TestApp.OtherAccount, ["email=x@example.test"])), "ann.work@example.test", default)).Outcome);
        Assert.Equal(("Ann.Work@Example.test", ann), ((string?)(await Find(app, ann))[Shown], (await app.Db.Read(tx => app.Get<ContactStore>().ByAddress(tx, TestApp.Account, ["ann.work@example.test"])))["ann.work@example.test"].Id));
    }

    [Theory, Databases]
    public async Task The_additional_address_changes_places_with_the_primary_one_and_each_keeps_its_bounce(string database)
    {
        await using var app = await TestApp.On(database);
        var (ann, _) = await TwoContacts(app);
        var addresses = app.Get<AdditionalAddresses>();
        await addresses.Add(TestApp.Account, 1, ann, "new@example.test", default);
        await app.Db.Write(tx => app.Get<AddressChanges>().Change(tx, TestApp.Account, new("EMAIL"), "ann@example.test", s => s with { HardBounceReason = "UNKNOWN_USER", HardBouncedAt = app.Clock.GetUtcNow() }));

        Assert.Equal(AddressOutcome.Done, await addresses.MakePrimary(TestApp.Account, 1, ann, "new@example.test", default));
        Assert.Equal(AddressOutcome.NotThere, await addresses.MakePrimary(TestApp.Account, 1, ann, "new@example.test", default));        // posted twice
        var contact = await Find(app, ann);
        Assert.Equal(("new@example.test", "ann@example.test", null), (contact.Email, (string?)contact[Shown], contact[Reason]));

        var saved = await app.Get<EditContact>().Save(TestApp.Account, 1, ann, contact.Version, new Dictionary<string, string> { ["email"] = "ann@example.test" }, default);
        contact = await Find(app, ann);
        Assert.Empty(saved.Faults);
        Assert.Equal(("ann@example.test", null, "UNKNOWN_USER"), (contact.Email, (string?)contact[Shown], contact[Reason]));
    }

    [Theory, Databases]
    public async Task Deleting_frees_the_addresses_and_restoring_brings_back_those_that_nobody_took(string database)
    {
        await using var app = await TestApp.On(database);
        var (ann, bob) = await TwoContacts(app);
        var addresses = app.Get<AdditionalAddresses>();
        foreach (var email in new[] { "one@example.test", "two@example.test", "three@example.test" }) await addresses.Add(TestApp.Account, 1, ann, email, default);
        await app.Db.Write(async tx => await app.Get<ContactStore>().Delete(tx, TestApp.Account, 1, [ann]));
        Assert.Equal(AddressOutcome.Done, (await addresses.Add(TestApp.Account, 1, bob, "one@example.test", default)).Outcome);
        await app.Add(TestApp.Account, ["email=two@example.test"]);

        await app.Db.Write(async tx => await app.Get<ContactStore>().Restore(tx, app.Person, TestApp.Account, 1, await app.Get<Properties>().Catalog(tx, TestApp.Account), [ann]));
        Assert.Equal("three@example.test", (await Find(app, ann))[Shown]);
        Assert.Equal("one@example.test", (await Find(app, bob))[Shown]);
    }

    [Theory, Databases]
    public async Task A_contact_has_at_most_twenty_and_another_account_has_no_say(string database)
    {
        await using var app = await TestApp.On(database);
        var (ann, _) = await TwoContacts(app);
        var addresses = app.Get<AdditionalAddresses>();
        for (var i = 0; i < AdditionalAddresses.Most; i++) Assert.Equal(AddressOutcome.Done, (await addresses.Add(TestApp.Account, 1, ann, $"a{i}@example.test", default)).Outcome);
        Assert.Equal(AddressOutcome.TooMany, (await addresses.Add(TestApp.Account, 1, ann, "more@example.test", default)).Outcome);
        Assert.Equal(AddressOutcome.NotThere, await addresses.Remove(TestApp.OtherAccount, 1, ann, "a0@example.test", default));
        Assert.Equal(AddressOutcome.NotThere, (await addresses.Add(TestApp.OtherAccount, 1, ann, "more@example.test", default)).Outcome);
        Assert.Equal(AddressOutcome.Done, await addresses.Remove(TestApp.Account, 1, ann, "a0@example.test", default));
    }

    [Theory, Databases]
    public async Task The_timeline_holds_every_change_once_newest_first_page_by_page(string database)
    {
        await using var app = await TestApp.On(database);
        var (ann, _) = await TwoContacts(app);
        for (var i = 1; i <= 40; i++)
        {
            if (i % 3 == 0) app.Clock.Advance(TimeSpan.FromMinutes(1));
            await app.Get<EditContact>().Save(TestApp.Account, 1, ann, i, new Dictionary<string, string> { ["city"] = $"City {i}" }, default);
            await app.Execute("insert into email_events (account_id, id, at, type, contact_id) values (1, @i, @now, 'SENT', @ann)", new { i, ann, now = app.Clock.GetUtcNow() });
        }
        var (seen, from) = (new List<TimelineEntry>(), (string?)null);
        do
        {
            var page = await app.Get<ContactTimeline>().Page(TestApp.Account, ann, from, false);
            seen.AddRange(page.Entries);
            from = page.More;
        }
        while (from is not null);

        Assert.Equal((41, 40), (seen.Select(e => e.Edit?.Version).OfType<long>().Distinct().Count(), seen.Select(e => e.Email?.Id).OfType<long>().Distinct().Count()));
        Assert.Equal(81, seen.Count);
        Assert.Equal(seen.OrderByDescending(e => e.At).Select(e => e.At), seen.Select(e => e.At));
        Assert.True(seen[^1].Edit!.Created);
        var change = seen.First(e => e.Edit?.Version == 3).Edit!.Changes.Single();
        Assert.Equal(("City 1", "City 2"), (change.Before, change.After));
        Assert.Empty((await app.Get<ContactTimeline>().Page(TestApp.OtherAccount, ann, null, false)).Entries);
        var history = await app.Db.Read(async tx => await PropertyHistory.Before(tx, await app.Get<Properties>().Catalog(tx, TestApp.Account), (await app.Get<ContactStore>().Find(tx, TestApp.Account, ann))!, long.MaxValue, 100, BuiltInProperties.Of("city")));
        Assert.Equal(40, history.Count);
    }

    private static async Task<(long Ann, long Bob)> TwoContacts(TestApp app) =>
        await app.Add(TestApp.Account, ["email=ann@example.test"], ["email=bob@example.test"]) is [var ann, var bob] ? (ann, bob) : default;

    private static async Task<Contact> Find(TestApp app, long id) => (await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, TestApp.Account, id)))!;

    private static readonly Property Shown = BuiltInProperties.Of("hs_additional_emails"), Reason = BuiltInProperties.Of("hs_email_hard_bounce_reason_enum");
}
