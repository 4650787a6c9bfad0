using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>A thousand active lists over the account's contacts, of the filters that people make: two to four conditions, some with a second
/// group, over twenty properties, so that a property is asked for by more than a hundred lists and a contact is in some twenty; one condition in thirty moves with the clock.</summary>
public static class ThousandLists
{
    /// <summary>How many lists.</summary>
    public const int Count = 1_000;
    private const int Counted = 25;

    private static readonly (string Property, string Type, Func<Random, string> Ask)[] Conditions =
    [
        ("city", "MULTISTRING", r => Values("IS_EQUAL_TO", Some(r, 1, 6, i => $"City {i % 500}"))),
        ("city", "MULTISTRING", r => Values("IS_NOT_EQUAL_TO", Some(r, 1, 3, i => $"City {i % 500}"))),
        ("country", "MULTISTRING", r => Values("IS_EQUAL_TO", Some(r, 1, 3, i => $"Country {i % 10}"))),
        ("company", "STRING", r => $"\"operator\":\"CONTAINS\",\"value\":\"y {r.Next(100, 50_000)}\""),
        ("company", "MULTISTRING", r => Values("STARTS_WITH", Some(r, 1, 2, i => $"Company {i % 90 + 10}"))),
        ("jobtitle", "MULTISTRING", r => Values("IS_EQUAL_TO", Some(r, 1, 5, i => $"Title {i % 40}"))),
        ("jobtitle", "STRING", r => $"\"operator\":\"CONTAINS\",\"value\":\"{r.Next(40)}\""),
        ("firstname", "MULTISTRING", r => Values("IS_EQUAL_TO", Some(r, 1, 4, i => $"First{i % 1000}"))),
        ("lastname", "STRING", r => $"\"operator\":\"STARTS_WITH\",\"value\":\"Last{r.Next(1, 99)}\""),
        ("email", "STRING", r => $"\"operator\":\"ENDS_WITH\",\"value\":\"company{r.Next(50_000)}.example\""),
        ("lifecyclestage", "ENUMERATION", r => Values("IS_ANY_OF", Some(r, 1, 2, i => i % 3 == 0 ? "customer" : i % 3 == 1 ? "subscriber" : "lead"))),
        ("hs_marketable_status", "ENUMERATION", r => Values("IS_ANY_OF", [r.Next(2) == 0 ? "true" : "false"])),
        ("hs_email_optout", "BOOL", r => $"\"operator\":\"IS_EQUAL_TO\",\"value\":{(r.Next(2) == 0 ? "true" : "false")}"),
        ("hs_email_hard_bounce_reason_enum", "ENUMERATION", _ => Values("IS_ANY_OF", ["UNKNOWN_USER", "POLICY"])),
        ("hs_email_hard_bounce_reason_enum", "ALL_PROPERTY", _ => "\"operator\":\"IS_UNKNOWN\""),
        ("hs_email_delivered", "NUMBER", r => $"\"operator\":\"IS_GREATER_THAN\",\"value\":{r.Next(30)}"),
        ("createdate", "DATETIME", r => $"\"operator\":\"IS_AFTER\",\"timestamp\":{1_500_000_000_000 + r.NextInt64(1_000_000_000)}"),
        ("createdate", "ROLLING_DATE_RANGE", r => $"\"operator\":\"IS_LESS_THAN_X_DAYS_AGO\",\"numberOfDays\":{r.Next(1, 3_500)}"),
        ("interest", "MULTISTRING", r => Values("IS_EQUAL_TO", Some(r, 1, 6, i => $"interest {i % 90}"))),
        ("interest", "MULTISTRING", r => Values("IS_EQUAL_TO", Some(r, 1, 6, i => $"interest {i % 90}"))),
        ("score", "NUMBER", r => $"\"operator\":\"IS_GREATER_THAN\",\"value\":{r.Next(1_000)}"),
        ("score", "NUMBER_RANGED", r => $"\"operator\":\"IS_BETWEEN\",\"lowerBound\":{r.Next(500)},\"upperBound\":{r.Next(500, 1_000)}"),
        ("branch", "MULTISTRING", r => Values("IS_EQUAL_TO", Some(r, 1, 2, i => $"branch {i % 7}"))),
        ("phone", "ALL_PROPERTY", _ => "\"operator\":\"IS_KNOWN\""),
        ("zip", "STRING", r => $"\"operator\":\"STARTS_WITH\",\"value\":\"{r.Next(10, 99)}\""),
        ("state", "MULTISTRING", r => Values("IS_EQUAL_TO", Some(r, 1, 4, i => $"State {i % 50}"))),
        ("website", "STRING", r => $"\"operator\":\"CONTAINS\",\"value\":\"{r.Next(1_000)}\""),
        ("hs_lead_status", "ENUMERATION", r => Values("IS_ANY_OF", [r.Next(2) == 0 ? "NEW" : "OPEN"])),
    ];

    /// <summary>Makes the lists, unless they are there, and lets them be filled in one pass; against counts of the same filters by the database.</summary>
    public static async Task<IReadOnlyList<Figure>> Build(Place place, int rows)
    {
        await Million.Fill(place, rows);
        var filters = await Make(place);
        await place.Execute("delete from jobs where kind = 'BuildLists' and id > (select min(j.id) from jobs j where j.kind = 'BuildLists' and j.outcome is null)");     // the first pass takes all lists; the others would find none
        var (wall, cpu) = await Cpu.Of(place, () => place.Get<JobRunner>().RunOpenJobs());
        var sample = filters.Where((_, i) => i % (filters.Count / Counted) == 0).ToList();
        var (countWall, countCpu) = await Cpu.Of(place, () => place.Db.Read(async tx =>
        {
            foreach (var filter in sample)
            {
                var (condition, parameters) = FilterSql.Of(filter, TimeProvider.System.GetUtcNow());
                parameters["accountId"] = Place.Account;
                await tx.Single<long>(Statement.Built("bench count", $"select count(*) from contacts where account_id = @accountId and {condition}"), parameters);
            }
            return 0;
        }));
        var (waits, share) = (countWall * Count / sample.Count, countCpu * Count / sample.Count);
        var members = (await place.Db.Read(tx => place.Get<ListMembers>().Counts(tx, Place.Account))).Values.Sum();
        return
        [
            Figure.Time($"{Count:N0} lists over {rows:N0} filled in a pass ({members:N0} memberships), time", wall, waits, "s", 0.25),
            Figure.Time("the same, CPU", cpu, share, "s", 0.25),
        ];
    }

    /// <summary>Makes the lists, unless they are there.</summary>
    /// <returns>Their filters.</returns>
    public static Task<List<Filter>> Make(Place place) => place.Db.Write(async tx =>
    {
        var (random, catalog, lists) = (new Random(11), await place.Get<Properties>().Catalog(tx, Place.Account), place.Get<ListStore>());
        var made = new List<Filter>(Count);
        for (var n = 0; n < Count; n++)
        {
            var json = $$"""{"filterBranchType":"OR","filterBranches":[{{string.Join(',', Enumerable.Range(0, random.Next(5) == 0 ? 2 : 1).Select(_ => Group(random)))}}]}""";
            var (filter, error) = FilterJson.Read(json, catalog, TimeZoneInfo.Utc);
            made.Add(filter ?? throw new InvalidOperationException($"{error}: {json}"));
            if (await lists.FindByName(tx, Place.Account, $"Active {n}") is null
                && (await lists.Create(tx, Place.Account, $"Active {n}", ListKind.Dynamic, filter, TimeZoneInfo.Utc, null)).Error is { } refused) throw new InvalidOperationException(refused);
        }
        return made;
    });

    private static string Group(Random random) =>
        $$"""{"filterBranchType":"AND","filters":[{{string.Join(',', Enumerable.Range(0, random.Next(2, 5)).Select(_ => Condition(random)))}}]}""";

    private static string Condition(Random random)
    {
        var (property, type, ask) = Conditions[random.Next(Conditions.Length)];
        return $$$"""{"filterType":"PROPERTY","property":"{{{property}}}","operation":{"operationType":"{{{type}}}",{{{ask(random)}}}}}""";
    }

    private static string Values(string name, IEnumerable<string> values) => $"\"operator\":\"{name}\",\"values\":[{string.Join(',', values.Select(v => $"\"{v}\""))}]";

    private static IEnumerable<string> Some(Random random, int least, int most, Func<int, string> value) =>
        Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => value(random.Next(100_000))).Distinct().ToList();
}
