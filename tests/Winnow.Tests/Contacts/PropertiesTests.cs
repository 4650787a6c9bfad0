using Winnow.Contacts;

namespace Winnow.Tests;

public sealed class PropertiesTests
{
    [Theory, Databases]
    public async Task An_account_makes_edits_and_archives_its_own_properties(string database)
    {
        await using var app = await TestApp.On(database);
        var (made, _) = await Create(app, new(null, "Shoe size (EU)", "number", "", []));
        Assert.Equal(("shoe_size_eu", PropertyType.Number, true), (made!.Name, made.Type, made.IsCustom));
        Assert.Null(await app.Db.Write(tx => app.Get<Properties>().Edit(tx, TestApp.Account, made.Id, "Shoe size", "European", [])));
        Assert.True(await app.Db.Write(tx => app.Get<Properties>().Archive(tx, TestApp.Account, made.Id, true)));
        var catalog = await app.Db.Read(tx => app.Get<Properties>().Catalog(tx, TestApp.Account));
        Assert.Equal("Shoe size", catalog.Find("shoe_size_eu")!.Label);
        Assert.DoesNotContain(catalog.Present, p => p.Id == made.Id);
        Assert.Null((await app.Db.Read(tx => app.Get<Properties>().Catalog(tx, TestApp.OtherAccount))).Find("shoe_size_eu"));
    }

    [Theory, Databases]
    public async Task A_wish_that_cannot_be_is_refused_with_the_reason(string database)
    {
        await using var app = await TestApp.On(database);
        await Create(app, new("size", "Size", "choice", "", [new("s", "Small")]));
        foreach (var (wish, word) in new[]
        {
            (new PropertyWish(null, " ", "text", "", []), "label"),
            (new PropertyWish("size", "Other", "text", "", []), "taken"),
            (new PropertyWish("email", "Other", "text", "", []), "taken"),
            (new PropertyWish("Size!", "Other", "text", "", []), "letter"),
            (new PropertyWish(null, "Colour", "choice", "", []), "option"),
            (new PropertyWish(null, "Colour", "choices", "", [new("a;b", "A")]), "semicolon"),
            (new PropertyWish(null, "Colour", "choice", "", [new("a", "A"), new("A", "B")]), "twice"),
            (new PropertyWish(null, "Colour", "file", "", []), "type"),
        })
            Assert.Contains(word, (await Create(app, wish)).Error!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("number", "1.234,5", 1234.5)]
    [InlineData("number", "1,234.5", 1234.5)]
    [InlineData("number", "1,5", 1.5)]
    [InlineData("bool", "Ja", true)]
    [InlineData("date", "22-11-2026", 1795305600000)]
    [InlineData("date", "2026-11-22", 1795305600000)]
    [InlineData("choices", "a; B", "a;b")]
    [InlineData("text", "  ", null)]
    public void Values_are_read_as_people_write_them(string kind, string text, object? value) =>
        Assert.Equal((value, null), PropertyValue.Parse(new PropertyWish("p", "P", kind, "", [new("a", "A"), new("b", "B")]).ToProperty(1000), text));

    [Theory]
    [InlineData("number", "twelve")]
    [InlineData("bool", "perhaps")]
    [InlineData("date", "31-02-2026")]
    [InlineData("choice", "c")]
    public void What_is_no_value_is_refused_by_name(string kind, string text) =>
        Assert.Contains(text, PropertyValue.Parse(new PropertyWish("p", "P", kind, "", [new("a", "A"), new("b", "B")]).ToProperty(1000), text).Error!, StringComparison.Ordinal);

    private static Task<(Property? Made, string? Error)> Create(TestApp app, PropertyWish wish) => app.Db.Write(tx => app.Get<Properties>().Create(tx, TestApp.Account, wish));
}
