using Microsoft.Extensions.DependencyInjection;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>Indexes that are made while the product runs: found by just the SQL that filters write, on both databases.</summary>
public sealed class PropertyIndexesTests
{
    private static readonly (string Type, string FieldType, string Filter)[] Kinds =
    [
        ("string", "text", """{"operationType":"STRING","operator":"IS_EQUAL_TO","value":"Kök 77"}"""),
        ("string", "text", """{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}"""),
        ("string", "text", """{"operationType":"STRING","operator":"CONTAINS","value":"k 77"}"""),
        ("number", "number", """{"operationType":"NUMBER","operator":"IS_EQUAL_TO","value":77}"""),
        ("number", "number", """{"operationType":"NUMBER","operator":"IS_GREATER_THAN","value":190}"""),
        ("enumeration", "select", """{"operationType":"ENUMERATION","operator":"IS_ANY_OF","values":["o77"]}"""),
        ("enumeration", "checkbox", """{"operationType":"ENUMERATION","operator":"IS_ANY_OF","values":["o77"]}"""),
        ("bool", "booleancheckbox", """{"operationType":"BOOL","operator":"IS_EQUAL_TO","value":true}"""),
        ("date", "date", """{"operationType":"TIME_POINT","operator":"IS_AFTER","timePoint":{"timeType":"DATE","zoneId":"UTC","year":2026,"month":6,"day":1}}"""),
    ];

    [Theory, Databases]
    public async Task Counts_and_pages_by_the_property_find_their_contacts_through_its_index(string database)
    {
        await using var app = await TestApp.On(database);
        var failures = new List<string>();
        foreach (var (type, fieldType, _) in Kinds.DistinctBy(k => (k.Type, k.FieldType))) await Property(app, type, fieldType);
        await Contacts(app, 20_000);
        foreach (var (type, fieldType, filter) in Kinds)
        {
            var property = (await Catalog(app)).Find($"{type}_{fieldType}")!;
            var before = await Found(app, property, filter);
            await Pin(app, property);
            await app.Get<PropertyIndexes>().Advise(default);
            var plan = await Plan(app, property, filter);
            if (!plan.Contains($"contacts_p_1_{property.Id}", StringComparison.Ordinal)) failures.Add($"{type} {fieldType} {filter}: {plan}");
            Assert.Equal(before, await Found(app, property, filter));
            Assert.True(before.Count is > 0 and < 2_000, $"{type} {filter}: {before.Count}");
            await app.Get<PropertyIndexes>().DropByHand(1, property.Id, 1);
            Assert.DoesNotContain("contacts_p_1_", await Plan(app, property, filter), StringComparison.Ordinal);
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    [Theory, Databases]
    public async Task What_views_ask_often_gets_its_index_and_loses_it_when_nobody_asks_any_more(string database)
    {
        await using var app = await TestApp.On(database);
        var property = await Property(app, "number", "number");
        await Contacts(app, 20_000);
        for (var day = 0; day < 3; day++)
        {
            for (var i = 0; i < 20; i++) await View(app, property, Kinds[3].Filter);
            await View(app, property, """{"operationType":"NUMBER","operator":"IS_NOT_EQUAL_TO","value":77}""");         // an index finds nobody by what they do not have
            await app.Get<PropertyUses>().Write(default);
            await app.Get<PropertyIndexes>().Advise(default);
            Assert.Equal(day == 2, (await All(app)).Single().MadeAt is not null);
            app.Clock.Advance(TimeSpan.FromDays(1));
        }
        var made = Assert.Single(await All(app));
        Assert.Equal((property.Id, 60L, false, false, true), (made.Property.Id, made.Uses, made.Pinned, made.IsBeing, database == "sqlite" ? made.Bytes is null : made.Bytes > 0));
        Assert.Empty(await app.Db.Read(tx => app.Get<PropertyIndexes>().All(tx, 2)));

        app.Clock.Advance(TimeSpan.FromDays(15));
        await app.Get<PropertyIndexes>().Advise(default);
        Assert.Empty(await All(app));
        Assert.Null(await Valid(app, property));
    }

    [Theory, Databases]
    public async Task What_a_process_left_half_made_when_it_died_is_made_anew_or_thrown_away(string database)
    {
        await using var app = await TestApp.On(database);
        var (wanted, unwanted) = (await Property(app, "number", "number"), await Property(app, "string", "text"));
        await Contacts(app, 1_000);
        await Pin(app, wanted);
        await app.Execute("insert into property_indexes (account_id, property_id, lease_until) values (1, @Id, @until)", new { unwanted.Id, until = app.Clock.GetUtcNow().AddMinutes(5) });
        foreach (var property in new[] { wanted, unwanted }) await HalfMade(app, property);
        await app.Execute("update property_indexes set lease_until = @until where account_id = 1", new { until = app.Clock.GetUtcNow().AddMinutes(5) });

        await app.Get<PropertyIndexes>().Advise(default);                                  // somebody may still be at it
        Assert.All(await All(app), one => Assert.True(one.IsBeing && one.MadeAt is null));
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        await app.Get<PropertyIndexes>().Advise(default);
        await app.Get<PropertyIndexes>().Advise(default);
        Assert.Equal(true, await Valid(app, wanted));
        Assert.Equal(database == "sqlite" ? true : null, await Valid(app, unwanted));           // SQLite knows no half: it was whole, and is kept as long as others are
        Assert.Equal(wanted.Id, (await All(app)).First(one => one.MadeAt is not null && one.Pinned).Property.Id);
    }

    [Theory, Databases]
    public async Task An_index_that_is_gone_although_it_is_written_down_comes_back(string database)
    {
        await using var app = await TestApp.On(database);
        var property = await Property(app, "number", "number");
        await Pin(app, property);
        await app.Get<PropertyIndexes>().Advise(default);
        await PropertyIndexes.Of(1, property)!.Drop(app.Db, default);                      // as by a backup that was restored
        await app.Get<PropertyIndexes>().Advise(default);
        Assert.Equal(true, await Valid(app, property));
        Assert.NotNull(Assert.Single(await All(app)).MadeAt);
    }

    [Theory, Databases]
    public async Task Two_processes_that_advise_at_once_make_one_index(string database)
    {
        await using var app = await TestApp.On(database);
        var property = await Property(app, "number", "number");
        await Contacts(app, 5_000);
        await Pin(app, property);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => app.Get<PropertyIndexes>().Advise(default))));
        Assert.Equal((true, (string?)null), (await Valid(app, property), Assert.Single(await All(app)).Problem));
    }

    [Theory, Databases]
    public async Task An_account_pins_only_as_many_as_it_may_have_and_only_what_is_its_own(string database)
    {
        await using var app = await TestApp.On(database);
        for (var i = 0; i < IndexRules.Default.PerAccount; i++) await Pin(app, await Property(app, "string", "text", $"p{i}"));
        var more = await Property(app, "string", "text", "more");
        Assert.False(await app.Get<PropertyIndexes>().Pin(1, more.Id, true, 1));
        Assert.True(await app.Get<PropertyIndexes>().Pin(1, more.Id - 1, true, 1));        // pinned already
        Assert.False(await app.Get<PropertyIndexes>().Pin(2, more.Id, true, 1));
        Assert.False(await app.Get<PropertyIndexes>().Pin(1, BuiltInProperties.Of("city").Id, true, 1));
        Assert.Equal(IndexRules.Default.PerAccount, await app.Scalar<long>("select count(*) from audit_log where account_id = 1 and action = 'IndexPinned'"));
    }

    [Fact]
    public async Task An_administrator_sees_pins_and_drops_them_on_a_page()
    {
        await using var app = await WebApp.On("sqlite");
        await app.SetUp();
        await OneOfEachKind.Make(app);
        var id = Winnow.Contacts.Property.FirstCustomId;
        Assert.Contains("No indexes yet", (await WebApp.Page(app.Http, "/settings/indexes")).Body!.TextContent, StringComparison.Ordinal);
        await WebApp.Post(app.Http, "/settings/indexes", new() { ["Choice"] = $"{id}" }, "pin");
        Assert.Contains("Will be made soon", (await WebApp.Page(app.Http, "/settings/indexes")).QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        await app.Services.GetRequiredService<PropertyIndexes>().Advise(default);
        var row = (await WebApp.Page(app.Http, "/settings/indexes")).QuerySelector("tbody tr")!.TextContent;
        Assert.Contains("There", row, StringComparison.Ordinal);
        Assert.Contains("pinned", row, StringComparison.Ordinal);
        await WebApp.Post(app.Http, "/settings/indexes", new() { ["Drop"] = $"{id}" }, "indexes");
        Assert.Contains("No indexes yet", (await WebApp.Page(app.Http, "/settings/indexes")).Body!.TextContent, StringComparison.Ordinal);
        var colleague = await app.Colleague("bo@fernhill.example", new(false, new HashSet<Winnow.Accounts.Permission>()));
        Assert.NotEqual(System.Net.HttpStatusCode.OK, (await colleague.GetAsync("/settings/indexes")).StatusCode);
    }

    /// <summary>What is there when a process dies in the middle: PostgreSQL keeps an index that nothing can use, SQLite all or nothing.</summary>
    private static async Task HalfMade(TestApp app, Property property)
    {
        var index = PropertyIndexes.Of(1, property)!;
        await index.Make(app.Db, default);
        if (!app.Connection.StartsWith("Host=", StringComparison.OrdinalIgnoreCase)) return;
        await app.Execute($"update pg_index set indisvalid = false where indexrelid = cast('{index.Name}' as regclass)");
    }

    private static Task<bool?> Valid(TestApp app, Property property) => app.Db.Read(PropertyIndexes.Of(1, property)!.IsValid);

    private static Task<List<IndexedProperty>> All(TestApp app) => app.Db.Read(tx => app.Get<PropertyIndexes>().All(tx, 1));

    private static async Task Pin(TestApp app, Property property) => Assert.True(await app.Get<PropertyIndexes>().Pin(1, property.Id, true, 1));

    private static Task<PropertyCatalog> Catalog(TestApp app) => app.Db.Read(tx => app.Get<Properties>().Catalog(tx, 1));

    private static async Task<Property> Property(TestApp app, string type, string fieldType, string? name = null)
    {
        name ??= $"{type}_{fieldType}";
        await app.Execute("insert into properties (account_id, id, name, label, type, field_type, options, created_at, updated_at) select 1, 1000 + (select count(*) from properties where account_id = 1), @name, @name, @type, @fieldType, cast(@options as $json), 0, 0",
            new { name, type = char.ToUpperInvariant(type[0]) + type[1..], fieldType, options = type == "enumeration" ? """[{"value":"o77","label":"77"},{"value":"o78","label":"78"}]""" : "[]" });
        return (await Catalog(app)).Find(name)!;
    }

    /// <summary>Contacts of whom every hundred-and-first has values.</summary>
    private static async Task Contacts(TestApp app, int count)
    {
        var all = (await Catalog(app)).Present.Where(p => p.IsCustom).ToList();
        await app.Db.Write(async tx =>
        {
            var made = await app.Get<ContactStore>().New(tx, 1, count);
            for (var i = 0; i < count; i++)
            {
                made[i][BuiltInProperties.Of("email")] = $"c{i}@example.test";
                if (i % 101 != 0) continue;
                var n = i / 101;
                foreach (var property in all)
                    made[i][property] = property.Type switch
                    {
                        PropertyType.Number => (double)n,
                        PropertyType.Bool => n % 2 == 0,
                        PropertyType.Date => new DateTimeOffset(2026, n < 20 ? 6 : 1, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(),
                        PropertyType.Enumeration => n == 77 ? "o77" : "o78",
                        _ => $"KÖK {n}",
                    };
            }
            await app.Get<ContactStore>().Save(tx, app.Person, await app.Get<Properties>().Catalog(tx, 1), [.. made.Select(c => ((Contact?)null, c))]);
        });
        if (app.Connection.StartsWith("Host=", StringComparison.OrdinalIgnoreCase)) await app.Execute("analyze contacts");
    }

    private static SelectionQuery Query(Property property, string filter) => new(null, Filter:
        $$"""{"filterBranchType":"OR","filters":[],"filterBranches":[{"filterBranchType":"AND","filterBranches":[],"filters":[{"filterType":"PROPERTY","property":"{{property.Name}}","operation":{{filter}}}]}]}""");

    private static async Task<ContactView> View(TestApp app, Property property, string filter)
    {
        var (view, error) = await app.Db.Read(async tx => await app.Get<ContactIndex>().View(tx, 1, Query(property, filter), await app.Get<Properties>().Catalog(tx, 1), TimeZoneInfo.Utc));
        Assert.Null(error);
        return view!;
    }

    private static async Task<(long Count, string First)> Found(TestApp app, Property property, string filter)
    {
        var view = await View(app, property, filter);
        return await app.Db.Read(async tx => (await app.Get<ContactIndex>().Count(tx, view), string.Join(' ', (await app.Get<ContactIndex>().Page(tx, view, new())).Rows.Select(c => c.Id))));
    }

    /// <summary>How the database counts the view, with parameters as the product sends them.</summary>
    private static async Task<string> Plan(TestApp app, Property property, string filter)
    {
        var read = FilterJson.Read(Query(property, filter).Filter!, await Catalog(app), TimeZoneInfo.Utc).Filter!;
        var (condition, parameters) = FilterSql.Of(read, app.Clock.GetUtcNow());
        parameters["accountId"] = 1L;
        var sqlite = !app.Connection.StartsWith("Host=", StringComparison.OrdinalIgnoreCase);
        var sql = Statement.Built("plan", $"{(sqlite ? "explain query plan" : "explain")} select count(*) from contacts where account_id = @accountId and {condition}");
        return await app.Db.Read(async tx =>
        {
            var lines = new List<string>();
            await using var rows = await tx.Reader(sql, parameters);
            while (await rows.ReadAsync()) lines.Add(rows.GetString(sqlite ? 3 : 0));
            return string.Join(" / ", lines);
        });
    }
}
