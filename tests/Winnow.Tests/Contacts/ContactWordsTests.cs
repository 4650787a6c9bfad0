using Winnow.Contacts;

namespace Winnow.Tests;

public sealed class ContactWordsTests
{
    [Theory]
    [InlineData("Zoë de Wit", "zoe de wit")]
    [InlineData("p.nair+news@kew-market.example", "p nair news kew market example")]
    [InlineData("  ", "")]
    public void A_search_is_cut_into_small_plain_words(string text, string words) => Assert.Equal(words, string.Join(' ', SearchWords.In(text)));

    [Theory]
    [InlineData("Zoe@kewmarket.example")]
    [InlineData("zoe @kewmarket.co.uk wit")]
    [InlineData("zoe@kew")]
    [InlineData("p.nair")]
    public void An_address_is_asked_for_as_it_is_indexed(string search) =>
        Assert.Empty(SearchWords.Asked(search).Where(word => !new[] { "zoe", "kewmarket", "co", "wit", "p", "nair" }.Any(w => w.StartsWith(word, StringComparison.Ordinal))));

    [Theory, Databases]
    public async Task What_a_person_changes_is_found_at_once(string database)
    {
        await using var app = await TestApp.On(database);
        var id = Assert.Single(await app.Add(TestApp.Account, ["email=zoe@kewmarket.example", "firstname=Zoë", "lastname=de Wit"]));
        Assert.Equal("de kewmarket wit zoe", await Words(app, id));
        await app.Db.Write(async tx =>
        {
            var before = (await app.Get<ContactStore>().Find(tx, TestApp.Account, id))!;
            var after = before.Copy();
            after[BuiltInProperties.Of("lastname")] = "Nair";
            await app.Get<ContactStore>().Save(tx, app.Person, await app.Get<Properties>().Catalog(tx, TestApp.Account), [(before, after)]);
        });
        Assert.Equal("kewmarket nair zoe", await Words(app, id));
    }

    [Theory, Databases]
    public async Task Bulk_work_is_indexed_from_the_outbox_and_deleted_contacts_leave_no_words(string database)
    {
        await using var app = await TestApp.On(database);
        var ids = await app.Add(TestApp.Account, [.. Enumerable.Range(0, 200).Select(i => new[] { $"email=c{i}@kewmarket.example" })]);
        Assert.Equal("", await Words(app, ids[7]));
        await app.Get<ContactWords>().CatchUp(default);
        Assert.Equal("c7 kewmarket", await Words(app, ids[7]));
        await app.Db.Write(async tx => await app.Get<ContactStore>().Delete(tx, TestApp.Account, 1, [.. ids.Where(i => i % 2 == 0)]));
        await app.Get<ContactWords>().CatchUp(default);
        Assert.Equal(100 * 2, await app.Scalar<long>("select count(*) from contact_words where account_id = 1"));
        Assert.Equal(0, await app.Scalar<long>("select count(*) from contact_changes where account_id = 1"));
        Assert.Equal(new(100, 0, 0), await app.Db.Read(tx => app.Get<ContactStore>().Counts(tx, TestApp.Account)));
    }

    private static Task<string> Words(TestApp app, long id) => app.Db.Read(async tx =>
        string.Join(' ', await tx.Query<string>(Winnow.Data.Statement.Built("words", "select word from contact_words where account_id = 1 and contact_id = @id order by word"), new { id })));
}
