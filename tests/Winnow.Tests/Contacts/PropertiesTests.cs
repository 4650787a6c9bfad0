using Winnow.Contacts;

namespace Winnow.Tests;

public sealed class PropertiesTests
{
    [Theory, Databases]
    public async Task An_account_makes_edits_and_archives_its_own_properties(string database)
    {
        await using var app = await TestApp.On(database);
        var (made, _) = await Create(app, TestApp.Account, new(null, "Shoe size (EU)", "number", "", []));
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
        await Create(app, TestApp.Account, new("size", "Size", "choice", "", [new("s", "Small")]));
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
            Assert.Contains(word, (await Create(app, TestApp.Account, wish)).Error!.ToString(), StringComparison.Ordinal);
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

    [Theory, Databases]
    public async Task The_same_wish_twice_makes_one_property_and_another_wish_for_its_name_is_refused(string database)
    {
        await using var app = await TestApp.On(database);
        var wish = new PropertyWish(null, "Geïmporteerd uit", "choice", "", Options("Shop", "Fair"));
        var (made, _) = await Create(app, TestApp.Account, wish);
        var (again, error) = await Create(app, TestApp.Account, wish);

        Assert.Null(error);
        Assert.Equal(("geimporteerd_uit", made!.Id), (made.Name, again!.Id));
        var (other, taken) = await Create(app, TestApp.Account, wish with { Kind = "text" });
        Assert.Null(other);
        Assert.Equal(("Name", "The internal name geimporteerd_uit is taken by Geïmporteerd uit."), (taken!.Field, taken.ToString()));
        Assert.Equal(1, await app.Scalar<long>("select count(*) from properties"));
    }

    [Theory, Databases]
    public async Task Two_wishes_at_once_for_one_name_make_one_property(string database)
    {
        await using var app = await TestApp.On(database);
        var both = await Task.WhenAll(Create(app, TestApp.Account, new(null, "Shoe size", "number", "", [])), Create(app, TestApp.Account, new(null, "Shoe size", "text", "", [])));

        Assert.Single(both, outcome => outcome.Error is null);
        Assert.Equal(PropertyFault.Texts.Single(t => t.StartsWith("The internal name {0} is taken by {1}", StringComparison.Ordinal)), both.Single(outcome => outcome.Error is not null).Error!.Text);
    }

    [Theory, Databases]
    public async Task Values_of_an_option_that_was_taken_away_stay_and_show_as_they_are(string database)
    {
        await using var app = await TestApp.On(database);
        var (colour, _) = await Create(app, TestApp.Account, new(null, "Colour", "choice", "", Options("Red", "Blue")));
        var id = (await app.Add(TestApp.Account, ["email=ann@example.test", "colour=Red"]))[0];

        Assert.Null(await app.Db.Write(tx => app.Get<Properties>().Edit(tx, TestApp.Account, colour!.Id, "Colour", "", [new("Blue", "Navy")])));

        var (property, value) = await app.Db.Read(async tx =>
        {
            var now = (await app.Get<Properties>().Catalog(tx, TestApp.Account)).Find("colour")!;
            return (now, (await app.Get<ContactStore>().Find(tx, TestApp.Account, id))![now]);
        });
        Assert.Equal(("Red", "Red", "Navy"), (value, property.OptionLabel("Red"), property.OptionLabel("Blue")));
        Assert.NotNull(PropertyValue.Parse(property, "Red").Error);
    }

    [Theory, Databases]
    public async Task Archiving_keeps_values_and_the_name_and_another_account_has_no_say(string database)
    {
        await using var app = await TestApp.On(database);
        var (colour, _) = await Create(app, TestApp.Account, new(null, "Colour", "text", "", []));
        var id = (await app.Add(TestApp.Account, ["email=ann@example.test", "colour=Red"]))[0];

        Assert.False(await app.Db.Write(tx => app.Get<Properties>().Archive(tx, TestApp.OtherAccount, colour!.Id, true)));
        Assert.Equal("Label", (await app.Db.Write(tx => app.Get<Properties>().Edit(tx, TestApp.OtherAccount, colour!.Id, "Stolen", "", [])))!.Field);
        Assert.Null((await Create(app, TestApp.OtherAccount, new(null, "Colour", "number", "", []))).Error);
        Assert.True(await app.Db.Write(tx => app.Get<Properties>().Archive(tx, TestApp.Account, colour!.Id, true)));

        var (_, taken) = await Create(app, TestApp.Account, new(null, "Colour", "text", "", []));
        Assert.Contains("archived property Colour", taken!.ToString(), StringComparison.Ordinal);
        var catalog = await app.Db.Read(tx => app.Get<Properties>().Catalog(tx, TestApp.Account));
        Assert.DoesNotContain(catalog.Present, p => p.Name == "colour");
        Assert.Equal(("Colour", "Red"), (catalog.Find("colour")!.Label, (await app.Db.Read(tx => app.Get<ContactStore>().Find(tx, TestApp.Account, id)))![catalog.Find("colour")!]));
    }

    [Theory]
    [InlineData(" ", "", "text", "", "Label")]
    [InlineData("Colour", "Colour", "text", "", "Name")]
    [InlineData("Colour", "hs_colour", "text", "", "Name")]
    [InlineData("Phone", "phone", "text", "", "Name")]
    [InlineData("你好", "", "text", "", "Name")]
    [InlineData("Colour", "", "colour", "", "Kind")]
    [InlineData("Colour", "", "choice", "", "Options")]
    [InlineData("Colour", "", "choices", "Red,red", "Options")]
    [InlineData("Colour", "", "choices", "Red;Blue", "Options")]
    [InlineData("2026 orders", "", "number", "", null)]
    public void What_is_wrong_with_a_wish_is_named_at_its_field(string label, string name, string kind, string options, string? field) =>
        Assert.Equal(field, new PropertyWish(name, label, kind, "", Options(options.Split(',', StringSplitOptions.RemoveEmptyEntries))).Error(new([]))?.Field);

    private static Task<(Property? Made, PropertyFault? Error)> Create(TestApp app, long account, PropertyWish wish) => app.Db.Write(tx => app.Get<Properties>().Create(tx, account, wish));

    private static List<PropertyOption> Options(params string[] labels) => [.. labels.Select(label => new PropertyOption(label, label))];
}
