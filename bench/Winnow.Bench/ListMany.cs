using System.Globalization;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>Large lists read: their count, their first page by name, what two of them have in common; and filters counted and paged through the index.</summary>
public static class ListMany
{
    private const int Rounds = 7;

    /// <summary>Lists of everyone and of quarters, against the table's own count, its own page, and the same lists kept as rows.</summary>
    public static async Task<IReadOnlyList<Figure>> Members(Place place, int rows)
    {
        await Million.Fill(place, rows);
        var all = await Million.List(place, Enumerable.Range(1, rows).Select(i => (long)i));
        var quarter = await Million.List(place, Enumerable.Range(1, rows / 4).Select(i => 4L * i));
        var half = await Million.List(place, Enumerable.Range(1, rows / 2).Select(i => 2L * i + (i % 3 == 0 ? 1 : 0)).Where(i => i <= rows));
        await Rows(place, all, half, quarter);
        var members = place.Get<ListMembers>();
        var count = await Pair(() => place.Db.Read(tx => members.Count(tx, Place.Account, all)), () => place.Scalar<long>("select count(*) from contacts where account_id = 1"));
        var page = await Pair(() => Page(place, new(null, ListId: all), new("lastname", false)), () => Bare(place, "true", "lastname, id"));
        var sets = new List<(double Ours, double Bare)>();
        foreach (var (one, other) in new[] { (all, quarter), (all, half), (half, quarter) })
            foreach (var (join, sql) in Operations)
                sets.Add(await Pair(
                    () => place.Db.Read(async tx => join(await members.Read(tx, Place.Account, one), await members.Read(tx, Place.Account, other)).Count),
                    () => place.Scalar<long>(string.Format(CultureInfo.InvariantCulture, sql, one, other))));
        return
        [
            Figure.Time($"count of a list of {rows:N0}", count.Ours, count.Bare, "ms", 0.05),
            Figure.Time($"first page by name of a list of {rows:N0}", page.Ours, page.Bare, "ms", 2),
            Figure.Time($"union, intersection, difference of lists of {rows / 4:N0} to {rows:N0}, read from the database", sets.Sum(s => s.Ours), sets.Sum(s => s.Bare), "ms", 0.02),
        ];
    }

    private static readonly (Func<MemberSet, MemberSet, MemberSet> Join, string Sql)[] Operations =
    [
        ((a, b) => a.Union(b), "select count(*) from (select contact_id from bench_members where account_id = 1 and list_id = {0} union select contact_id from bench_members where account_id = 1 and list_id = {1}) u"),
        ((a, b) => a.Intersect(b), "select count(*) from bench_members a join bench_members b on b.account_id = 1 and b.list_id = {1} and b.contact_id = a.contact_id where a.account_id = 1 and a.list_id = {0}"),
        ((a, b) => a.Except(b), "select count(*) from bench_members a where a.account_id = 1 and a.list_id = {0} and not exists (select 1 from bench_members b where b.account_id = 1 and b.list_id = {1} and b.contact_id = a.contact_id)"),
    ];

    /// <summary>Filters that people make, from a few contacts to most of them: the count and the first page, against the statements a person would write.</summary>
    public static async Task<IReadOnlyList<Figure>> Filters(Place place, int rows)
    {
        await Million.Fill(place, rows);
        var own = await Million.Own(place);
        var (text, number) = ($"(custom ->> '{own[0].Id}')", $"cast((custom ->> '{own[1].Id}') as double precision)");
        var results = new List<(double Ours, double Bare)>();
        foreach (var (filter, where) in new[]
        {
            (One("city", "MULTISTRING", "\"operator\":\"IS_EQUAL_TO\",\"values\":[\"City 7\",\"City 8\"]"), "lower(city) in ('city 7', 'city 8')"),
            (One("hs_email_hard_bounce_reason_enum", "ALL_PROPERTY", "\"operator\":\"IS_KNOWN\""), "hard_bounce_reason is not null"),
            (One("hs_email_optout", "BOOL", "\"operator\":\"IS_EQUAL_TO\",\"value\":true"), "opted_out"),
            (One("interest", "MULTISTRING", "\"operator\":\"IS_EQUAL_TO\",\"values\":[\"interest 7\"]"), $"lower({text}) = 'interest 7'"),
            (One("score", "NUMBER", "\"operator\":\"IS_GREATER_THAN\",\"value\":990"), $"{number} > 990"),
            (One("lifecyclestage", "ENUMERATION", "\"operator\":\"IS_ANY_OF\",\"values\":[\"customer\"]"), "lifecycle_stage = 'customer'"),
            (One("company", "STRING", "\"operator\":\"CONTAINS\",\"value\":\"y 777\""), "strpos(lower(company), 'y 777') > 0"),
            (One("createdate", "DATETIME", "\"operator\":\"IS_AFTER\",\"timestamp\":1500900000000"), "created_at > 1500900000000"),
        })
        {
            var bare = place.Kind == "sqlite" ? where.Replace("strpos(", "instr(", StringComparison.Ordinal) : where;
            results.Add(await Pair(() => Count(place, filter), () => place.Scalar<long>($"select count(*) from contacts where account_id = 1 and {bare}")));
            results.Add(await Pair(() => Page(place, new(null, Filter: filter), new()), () => Bare(place, bare, "created_at desc, id desc")));
            if (Environment.GetEnvironmentVariable("BENCH_DETAIL") is not null) Console.Error.WriteLine($"{where}: count {results[^2]}, page {results[^1]}");
        }
        return [Figure.Time($"eight filters over {rows:N0} counted and paged through the index", results.Sum(r => r.Ours), results.Sum(r => r.Bare), "ms", 1.2)];
    }

    private static string One(string property, string type, string operation) =>
        $$$"""{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filters":[{"filterType":"PROPERTY","property":"{{{property}}}","operation":{"operationType":"{{{type}}}",{{{operation}}}}}]}]}""";

    /// <summary>The lists again as rows of a table, as most systems keep them, indexed and analysed.</summary>
    private static async Task Rows(Place place, params long[] lists)
    {
        await place.Execute("drop table if exists bench_members");
        await place.Execute("create table bench_members (account_id bigint not null, list_id bigint not null, contact_id bigint not null, primary key (account_id, list_id, contact_id))");
        foreach (var list in lists)
            await place.Db.Write(async tx => await tx.Bulk(new("bench_members", "account_id", "list_id", "contact_id"), (await place.Get<ListMembers>().Read(tx, Place.Account, list)).Ids, (row, id) =>
            {
                row.Long(Place.Account);
                row.Long(list);
                row.Long(id);
            }));
        await place.Execute("analyze bench_members");
    }

    private static Task<int> Page(Place place, SelectionQuery query, ContactOrder order) => place.Db.Read(async tx =>
    {
        var index = place.Get<ContactIndex>();
        var (view, error) = await index.View(tx, Place.Account, query, await place.Get<Properties>().Catalog(tx, Place.Account), TimeZoneInfo.Utc);
        return view is null ? throw new InvalidOperationException(error) : (await index.Page(tx, view, order)).Rows.Count;
    });

    private static Task<long> Count(Place place, string filter) => place.Db.Read(async tx =>
    {
        var index = place.Get<ContactIndex>();
        var (view, error) = await index.View(tx, Place.Account, new(null, Filter: filter), await place.Get<Properties>().Catalog(tx, Place.Account), TimeZoneInfo.Utc);
        return view is null ? throw new InvalidOperationException(error) : await index.Count(tx, view);
    });

    private static Task<int> Bare(Place place, string where, string order) => place.Db.Read(async tx =>
        (await ContactStore.ReadAll(tx, Statement.Built("bare page", $"select {ContactColumn.List()} from contacts where account_id = 1 and {where} order by {order} limit 26"), new { })).Count);

    /// <summary>Both sides in turns; milliseconds of the middle round.</summary>
    private static async Task<(double Ours, double Bare)> Pair(Func<Task> ours, Func<Task> bare)
    {
        List<double> one = [], other = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var (a, b) = (await Figure.Seconds(ours) * 1000, await Figure.Seconds(bare) * 1000);
            if (round > 0) { one.Add(a); other.Add(b); }
        }
        return (Figure.Median(one), Figure.Median(other));
    }
}
