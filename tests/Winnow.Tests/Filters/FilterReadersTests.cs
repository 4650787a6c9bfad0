using FsCheck;
using FsCheck.Fluent;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Lists;
using Property = Winnow.Contacts.Property;

namespace Winnow.Tests;

/// <summary>A filter has two readers: they must say the same of every contact, null by null, on both databases.</summary>
public sealed class FilterReadersTests
{
    private const int Contacts = 300, Filters = 1000;
    private static readonly string[] Pool = ["a", "A", "Ann", "ANN", "Renée", "RENÉE", "ΟΔΟΣ", "οδοσ", "οδος", "Straße", "STRASSE", "İ", "i", "I", "ı", "K", "k", "\u212A", "%", "_", "'; drop table contacts; --",
        "true", "1", "null", "😀", "a;b", " a", "x", "{\"a\":1}", "\\"];
    private static readonly string[] Options = ["one", "ONE", "two", "three", "one two", "%"];
    private static readonly double[] Numbers = [0, 1, -1, 2, 38.5, 0.1, 1e15, -0.001, 123456.789];
    private static readonly long[] Instants = [0, 1, 86_400_000, 86_399_999, 1_782_777_600_000, 1_782_777_599_999, 1_782_864_000_000, 1_782_856_799_999, 1_782_856_800_000, 253_370_764_800_000];

    [Theory, Databases]
    public async Task The_predicate_the_batch_and_the_SQL_take_the_same_contacts(string database)
    {
        await using var app = await TestApp.On(database);
        var catalog = await WithCustomProperties(app);
        var contacts = await Store(app, catalog);
        var hits = 0;
        foreach (var filter in FilterOf(catalog).Sample(Filters, 10))
        {
            var text = FilterJson.Write(filter);
            var facts = await Facts(app, filter, contacts);
            var expected = contacts.Where(FilterPredicate.Compile(filter, Now, facts)).Select(c => c.Id).ToList();
            var batch = new FilterBatch(contacts.Count + 7, [filter], Now, facts);                   // some places stay empty
            for (var place = 0; place < contacts.Count; place++) batch.Add(place + 7, contacts[place]);
            Assert.Equal(expected, FilterBatch.Places(batch.Answer(filter)).Select(place => contacts[place - 7].Id));
            var (condition, parameters) = FilterSql.Of(filter, Now, "c.");
            parameters["accountId"] = TestApp.Account;
            var found = await app.Db.Read(tx => tx.Query<long>(Statement.Built("test", $"select c.id from contacts c where c.account_id = @accountId and {condition} order by c.id"), parameters));
            Assert.True(expected.SequenceEqual(found), $"{text}\n{condition}\nonly the predicate: {Show(expected.Except(found))}\nonly SQL: {Show(found.Except(expected))}");

            var (back, error) = FilterJson.Read(text, catalog, TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam"));
            Assert.Null(error);
            Assert.Equal(text, FilterJson.Write(back!));
            Assert.Equal(expected, contacts.Where(FilterPredicate.Compile(back!, Now, await Facts(app, back!, contacts))).Select(c => c.Id));
            Assert.NotEmpty(FilterText.English.Of(filter));
            if (expected.Count > 0 && expected.Count < Contacts) hits++;
        }
        Assert.True(hits > Filters / 4, $"only {hits} filters told contacts apart");

        string Show(IEnumerable<long> ids) => string.Join("; ", ids.Take(3).Select(id => string.Join(",", contacts.Single(c => c.Id == id).Parameters().Where(p => p.Value is not null))));
    }

    [Theory, Databases]
    public async Task A_thousand_texts_are_asked_at_once_by_every_operator_that_takes_them(string database)
    {
        await using var app = await TestApp.On(database);
        var catalog = await WithCustomProperties(app);
        var contacts = await Store(app, catalog);
        string[] letters = ["é", "ö", "Ж", "ñ", "ß", "x", "Q", "y", "k", "İ"];
        var texts = new Texts([.. Enumerable.Range(0, 999).Select(i => $"{letters[i % 10]}{i}{letters[i / 10 % 10]}"), "ann"]);
        var asked = from property in catalog.Everything.Where(p => p.Name is "city" or "my_choices")
                    from op in FilterOperator.All.Where(o => o.Relation is Relation.AnyOf or Relation.AllOf or Relation.Exactly
                        or Relation.TextEqual or Relation.Contains or Relation.ContainsExactly or Relation.StartsWith or Relation.EndsWith)
                    where op.Fits(property.Type) && op.Type != "STRING" && !op.IsPast
                    select (property, op);
        Assert.Equal(14, asked.Count());
        foreach (var (property, op) in asked)
        {
            var filter = new Filter([new([new PropertyFilter(property, op, texts)])]);
            var (condition, parameters) = FilterSql.Of(filter, Now, "c.");
            parameters["accountId"] = TestApp.Account;
            var found = await app.Db.Read(tx => tx.Query<long>(Statement.Built("test", $"select c.id from contacts c where c.account_id = @accountId and {condition} order by c.id"), parameters));
            Assert.Equal(contacts.Where(FilterPredicate.Compile(filter, Now)).Select(c => c.Id), found);
        }
    }

    [Theory, Databases]
    public async Task More_groups_than_a_row_of_conditions_could_be_deep_are_asked_at_once(string database)
    {
        await using var app = await TestApp.On(database);                                        // as a sweep does for many lists that go by the clock
        var catalog = await WithCustomProperties(app);
        var contacts = await Store(app, catalog);
        var created = catalog.Find("createdate")!;
        var filter = new Filter([.. Enumerable.Range(0, 3_000).Select(i => new FilterGroup([new PropertyFilter(created, FilterOperator.Find("RANGED_DATE", "IS_BETWEEN")!,
            new Span(Now.AddDays(-60).ToUnixTimeMilliseconds() - i, Now.AddDays(-60).ToUnixTimeMilliseconds() + 1, Now, "{}"))]))]);
        var (condition, parameters) = FilterSql.Of(filter, Now, "c.");
        parameters["accountId"] = TestApp.Account;
        Assert.Equal(contacts.Count, (await app.Db.Read(tx => tx.Query<long>(Statement.Built("test", $"select c.id from contacts c where c.account_id = @accountId and {condition}"), parameters))).Count);
    }

    /// <summary>2026-07-01 00:30 in Amsterdam: the month, the quarter and the half year are 30 minutes old, in UTC it is the day before.</summary>
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_782_858_600_000);

    private static Task<Func<Condition, Func<long, bool>>> Facts(TestApp app, Filter filter, List<Contact> contacts) =>
        app.Db.Read(tx => app.Get<FilterFacts>().About(tx, TestApp.Account, [filter], [.. contacts.Select(c => c.Id)], Now));

    private static async Task<PropertyCatalog> WithCustomProperties(TestApp app) => await app.Db.Write(async tx =>
    {
        foreach (var kind in PropertyWish.Kinds.Keys)
            Assert.Null((await app.Get<Properties>().Create(tx, TestApp.Account, new(null, $"my {kind}", kind, "", [.. Options.Where(o => o != "ONE").Select(o => new PropertyOption(o, o))]))).Error);
        return await app.Get<Properties>().Catalog(tx, TestApp.Account);
    });

    private static async Task<List<Contact>> Store(TestApp app, PropertyCatalog catalog)
    {
        app.Clock.Set(Now.AddDays(-60));
        var ids = await app.Db.Write(async tx =>
        {
            var made = await app.Get<ContactStore>().New(tx, TestApp.Account, Contacts);
            foreach (var contact in made)
                foreach (var property in Askable(catalog).Where(p => p.Name is not ("hs_object_id" or "createdate" or "lastmodifieddate")))
                    contact[property] = ValueOf(property).Sample(1, 10).Single();
            await app.Get<ContactStore>().Save(tx, app.Person, catalog, [.. made.Select(c => ((Contact?)null, c))]);
            return made.Select(c => c.Id).ToList();
        });
        await Live(app, catalog, ids);
        return await app.Db.Read(tx => app.Get<ContactStore>().Read(tx, TestApp.Account, ids));
    }

    /// <summary>Gives them a past: some properties get other values, some e-mails come and go.</summary>
    private static async Task Live(TestApp app, PropertyCatalog catalog, List<long> ids)
    {
        foreach (var when in new[] { Now.AddDays(-40), Now.AddDays(-3), Now.AddHours(-1) })
        {
            app.Clock.Set(when);
            await app.Db.Write(async tx =>
            {
                var pairs = new List<(Contact?, Contact)>();
                foreach (var before in (await app.Get<ContactStore>().ReadToChange(tx, TestApp.Account, ids)).Where(_ => Gen.Elements(true, false).Sample(1, 10).Single()))
                {
                    var after = before.Copy();
                    foreach (var property in Askable(catalog).Where(p => p.Name is not ("hs_object_id" or "createdate" or "lastmodifieddate") && Gen.Choose(0, 3).Sample(1, 10).Single() == 0)) after[property] = ValueOf(property).Sample(1, 10).Single();
                    pairs.Add((before, after));
                }
                await app.Get<ContactStore>().Save(tx, app.Person, catalog, pairs);
                foreach (var id in ids)
                    foreach (var type in Gen.ArrayOf(Gen.Elements("SENT", "OPEN", "CLICK", "BOUNCE", "REPLY", "SPAMREPORT", "STATUSCHANGE"), 2).Sample(1, 10).Single())
                        await tx.Execute(Statement.Built("test", "insert into email_events (account_id, id, at, type, contact_id, email_id, reason, detail) values (@account, @next, @when, @type, @id, @email, @reason, @detail)"), new
                        {
                            account = TestApp.Account, next = await Ids.Next(tx, TestApp.Account, "email_event"), when, type, id, email = Gen.Elements(1L, 2L).Sample(1, 10).Single(),
                            reason = type == "STATUSCHANGE" ? Gen.Elements("UNSUBSCRIBED", "SUBSCRIBED").Sample(1, 10).Single() : null, detail = "https://fernhill.example/",
                        });
            });
        }
        app.Clock.Set(Now);
    }

    private static IEnumerable<Property> Askable(PropertyCatalog catalog) => catalog.Everything.Where(p => p.Name is not ("email" or "hs_email_domain" or "hs_object_source" or "hs_object_source_id"));

    private static Gen<object?> ValueOf(Property property) => Gen.Choose(0, 3).SelectMany(dice => dice == 0 && property is not { Type: PropertyType.Number, Column: not null } ? Gen.Constant((object?)null) : property.Type switch
    {
        PropertyType.String => Gen.Elements(Pool).Select(v => (object?)v),
        PropertyType.Number => property.Column is null ? Gen.Elements(Numbers).Select(v => (object?)v) : Gen.Choose(0, 3).Select(v => (object?)(double)v),
        PropertyType.Bool => Gen.Elements(true, false).Select(v => (object?)v),
        PropertyType.Enumeration => property.Column is { Kind: ColumnKind.Flag } ? Gen.Elements("true", "false").Select(v => (object?)v)
            : property.IsMultiple ? Gen.ArrayOf(Gen.Elements(Options)).Where(a => a.Length > 0).Select(a => (object?)string.Join(';', a.Distinct())) : Gen.Elements(Options).Select(v => (object?)v),
        _ => Gen.Elements(Instants).Select(v => (object?)(property.Type == PropertyType.Date ? v - v % 86_400_000 : v)),
    });

    private static Gen<Filter> FilterOf(PropertyCatalog catalog)
    {
        var one = from property in Gen.Elements(Askable(catalog).ToArray())
                  from op in Gen.Elements(FilterOperator.All.Where(o => o.Fits(property)).ToArray())
                  from operand in OperandOf([.. Askable(catalog)], property, op)
                  from none in Gen.Elements(true, false)
                  select (Condition)new PropertyFilter(property, op, operand, none && op.Relation != Relation.Known);
        var any = Gen.Choose(0, 9).SelectMany(dice => dice == 0 ? Gen.Elements(Others).Select(json => FilterJson.ReadOne(json, catalog, Amsterdam)!) : one);
        var group = Gen.Choose(1, 3).SelectMany(n => Gen.ArrayOf(any, n)).Select(filters => new FilterGroup(filters));
        return Gen.Choose(1, 3).SelectMany(n => Gen.ArrayOf(group, n)).Select(groups => new Filter(groups));
    }

    private static Gen<Operand> OperandOf(Property[] properties, Property property, FilterOperator op) => op.Relation switch
    {
        Relation.Known => Gen.Constant(Operand.None),
        Relation.AnyOf or Relation.AllOf => Several([.. Options, "true", "false"]),
        Relation.Exactly => Several(Options),
        Relation.NumberWithin => from low in Gen.Elements(Numbers) from more in Gen.Elements(0, 1, 50.0, 1e9) select (Operand)Winnow.Filters.Interval.Of(op, low, low + more),
        Relation.EarlierThan or Relation.LaterThan or Relation.SameText => Gen.Elements(properties.Where(p => op.Fits(p.Type)).ToArray()).Select(p => (Operand)new Other(p)),
        Relation.TextEqual or Relation.Contains or Relation.ContainsExactly or Relation.StartsWith or Relation.EndsWith => op.Type == "STRING" ? Gen.Elements(Pool).Select(v => (Operand)new Texts([v])) : Several(Pool),
        Relation.NumberEqual => Gen.Elements(Numbers).Select(v => (Operand)new Numeric(v)),
        Relation.FlagEqual => Gen.Elements(true, false).Select(v => (Operand)new Flag(v)),
        _ when op.IsRolling => from days in Gen.Elements(0, 1, 3, 30, 36_500) from flag in Gen.Elements(true, false) select (Operand)MovingSpans.Rolling(op, days, flag, property, Amsterdam),
        _ when op.IsCalendar => from unit in Gen.Elements(MovingSpans.Units.Keys.ToArray()) from count in Gen.Elements(1, 2, 40) from start in Gen.Elements<int?>(null, 4) select (Operand)MovingSpans.Calendar(op, unit, count, start, property, Amsterdam),
        _ => from instant in Gen.Elements(Instants)
             from flag in Gen.Elements(true, false)
             select (Operand)Moment(instant, flag, property, op),
    };

    private static readonly TimeZoneInfo Amsterdam = TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam");

    /// <summary>Conditions that are not about a property, each kind.</summary>
    private static readonly string[] Others =
    [
        .. EmailOperator.All.SelectMany(op => new[]
        {
            $$"""{"filterType":"EMAIL_EVENT","operator":"{{op.Name}}"}""", $$"""{"filterType":"EMAIL_EVENT","operator":"{{op.Name}}","emailId":"2"}""",
            $$$$"""{"filterType":"EMAIL_EVENT","operator":"{{{{op.Name}}}}","pruningRefineBy":{"type":"RELATIVE_COMPARATIVE","comparison":"AFTER","timeOffset":{"amount":4,"offsetDirection":"PAST","timeUnit":"DAYS"}}}""",
            $$$"""{"filterType":"EMAIL_EVENT","operator":"{{{op.Name}}}","pruningRefineBy":{"type":"ABSOLUTE_RANGED","rangeType":"NOT_BETWEEN","lowerTimestamp":1782000000000,"upperTimestamp":1782700000000}}""",
            $$$"""{"filterType":"EMAIL_EVENT","operator":"{{{op.Name}}}","coalescingRefineBy":{"type":"NUM_OCCURRENCES","minOccurrences":2,"maxOccurrences":3}}""",
        }),
        """{"filterType":"EMAIL_EVENT","operator":"LINK_CLICKED","clickUrl":"https://fernhill.example/"}""", """{"filterType":"CONSTANT","shouldAccept":false}""", """{"filterType":"CONSTANT","shouldAccept":true}""",
        .. new[] { "PORTAL", "HARDBOUNCE", "SPAMREPORT" }.SelectMany(kind => new[] { "\"OPT_IN\"", "\"OPT_OUT\"", "\"OPT_IN\",\"OPT_OUT\"" }.Select(states =>
            $$"""{"filterType":"EMAIL_SUBSCRIPTION","subscriptionType":"{{kind}}","acceptedStatuses":[{{states}}],"subscriptionIds":[]}""")),
    ];

    private static Gen<Operand> Several(string[] pool) => Gen.NonEmptyListOf(Gen.Elements(pool)).Select(values => (Operand)new Texts([.. values.Distinct().Take(4)]));

    private static Span Moment(long instant, bool flag, Property property, FilterOperator op)
    {
        if (op.IsBetween) return Stretch(instant, flag, property, op);
        var day = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(instant, 86_400_000));
        var json = op.Type == "DATETIME" ? $$"""{"timestamp":{{instant}},"requiresTimeZoneConversion":{{(flag ? "true" : "false")}}}"""
            : $$"""{"timePoint":{"timeType":"DATE","zoneId":"Europe/Amsterdam","year":{{Math.Min(day.Year, 9998)}},"month":"{{day.Month}}","day":{{Math.Min(day.Day, 28)}} {{(flag ? ",\"hour\":22" : "")}}},"endpointBehavior":"{{(flag ? "INCLUSIVE" : "EXCLUSIVE")}}"}""";
        return Read(json, property, op);
    }

    private static Span Stretch(long instant, bool flag, Property property, FilterOperator op)
    {
        var day = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(instant, 86_400_000));
        string Point(int days) => $$"""{"timeType":"DATE","zoneId":"Europe/Amsterdam","year":{{Math.Min(day.Year, 9998) + days / 10}},"month":"{{day.Month}}","day":{{Math.Min(day.Day, 20) + days}} {{(flag ? ",\"hour\":22" : "")}}}""";
        return Read(op.Type == "RANGED_DATE" ? $$"""{"lowerBound":{{instant}},"upperBound":{{Math.Min(instant + 86_400_000 * 3, 253_370_764_800_000)}},"requiresTimeZoneConversion":{{(flag ? "true" : "false")}}}"""
            : $$"""{"lowerBoundTimePoint":{{Point(0)}},"upperBoundTimePoint":{{Point(3)}},"upperBoundEndpointBehavior":"{{(flag ? "INCLUSIVE" : "EXCLUSIVE")}}"}""", property, op);
    }

    private static Span Read(string json, Property property, FilterOperator op)
    {
        var root = $$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{"filterType":"PROPERTY","property":"{{property.Name}}","operation":{"operationType":"{{op.Type}}","operator":"{{op.Name}}",{{json[1..]}}}]}]}""";
        var (filter, error) = FilterJson.Read(root, new(property.IsCustom ? [property] : []), TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam"));
        Assert.Null(error);
        return (Span)((PropertyFilter)filter!.All.Single()).Operand;
    }
}
