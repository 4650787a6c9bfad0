using Winnow.Data;
using Winnow.Server.Contacts;

namespace Winnow.Bench;

/// <summary>The contacts page of a million over HTTP, signed in, against the two statements that a page by hand would need for the same: the count and
/// the 25 rows. First page, a page far behind, another order, a search, and every standard view; in turns.</summary>
public static class ContactsPage
{
    private const int Rounds = 20;

    // What is typed into the search box, letter by letter: common beginnings, rare ones, two words, nobody.
    private static readonly string[] Typed = ["f", "fir", "first77", "first77 l", "person77 last55", "person777777", "company", "nobody"];

    /// <summary>The whole mix against the whole mix, and the request that 95 % are faster than.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        await using var server = await FormBrowser.Serve(place);
        using var browser = FormBrowser.New(server);
        await FormBrowser.SetUp(browser);
        List<double> pages = [], bare = [], requests = [];
        for (var round = 0; round <= Rounds; round++)
        {
            double page = 0, sql = 0;
            foreach (var (path, where, order) in Mix(rows))
            {
                var took = await Figure.Seconds(() => Get(browser, path)) * 1000;
                page += took;
                sql += await Figure.Seconds(() => Bare(place, where, order)) * 1000;
                if (round > 0) requests.Add(took);                  // the first round compiles
                if (round == Rounds && Environment.GetEnvironmentVariable("BENCH_DETAIL") is not null) Console.Error.WriteLine($"{took:0.0} ms\t{path}");
            }
            if (round > 0) { pages.Add(page); bare.Add(sql); }
        }
        List<double> searches = [];
        for (var round = 0; round <= Rounds; round++)
            foreach (var typed in Typed)
            {
                var took = await Figure.Seconds(() => Search(browser, typed)) * 1000;
                if (round > 0) searches.Add(took);
                if (round == Rounds && Environment.GetEnvironmentVariable("BENCH_DETAIL") is not null) Console.Error.WriteLine($"{took:0.0} ms\tsearch {typed}");
            }
        return
        [
            Figure.Time($"contacts page of {rows:N0}, ten requests", Figure.Median(pages), Figure.Median(bare), "ms", 2),
            Figure.Within("contacts page, 95 % of requests", requests.Order().ElementAt(requests.Count * 95 / 100), 200, "ms"),
            Figure.Within($"search box over {rows:N0} contacts, 95 % of requests", searches.Order().ElementAt(searches.Count * 95 / 100), 100, "ms"),
        ];
    }

    private static IEnumerable<(string Path, string Where, string Order)> Mix(int rows)
    {
        const string newest = "created_at desc, id desc";
        yield return ("/contacts", "true", newest);
        yield return ($"/contacts?after={rows / 2}", $"(created_at, id) < ({1_500_000_000_000 + rows / 2 * 1000L}, {rows / 2})", newest);
        yield return ("/contacts?sort=email", "email_key is not null", "email_key, id");
        yield return ("/contacts?q=first77", "id in (select contact_id from contact_words where account_id = 1 and word >= 'first77' and word < 'first78')", newest);
        yield return ("/contacts?q=person77+last55", "id in (select contact_id from contact_words where account_id = 1 and word >= 'person77' and word < 'person78') and id in (select contact_id from contact_words where account_id = 1 and word >= 'last55' and word < 'last56')", newest);
        yield return ("/contacts?q=company", "id in (select contact_id from contact_words where account_id = 1 and word >= 'company' and word < 'companz')", newest);
        foreach (var (view, where) in StandardViews.All.Skip(1).Zip(["marketing", "hard_bounce_reason is not null", "opted_out", "reported_spam"])) yield return (view.Href, where, newest);
    }

    private static Task<int> Bare(Place place, string where, string order) => place.Db.Read(async tx =>
    {
        await tx.Single<long>(Statement.Built("bare count", $"select count(*) from contacts where account_id = 1 and {(where.StartsWith("(created_at", StringComparison.Ordinal) ? "true" : where)}"));
        await using var rows = await tx.Reader(Statement.Built("bare page", $"select * from contacts where account_id = 1 and {where} order by {order} limit 25"));
        var count = 0;
        while (await rows.ReadAsync()) count++;
        return count;
    });

    private static async Task Get(HttpClient browser, string path)
    {
        var answer = await browser.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode || !text.Contains("id=\"results\"", StringComparison.Ordinal)) throw new InvalidOperationException($"{path}: {answer.StatusCode}");
    }

    private static async Task Search(HttpClient browser, string typed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/search?q={Uri.EscapeDataString(typed)}") { Headers = { { "HX-Request", "true" } } };
        var answer = await browser.SendAsync(request);
        if (!answer.IsSuccessStatusCode || !(await answer.Content.ReadAsStringAsync()).Contains("id=\"found\"", StringComparison.Ordinal)) throw new InvalidOperationException($"search {typed}: {answer.StatusCode}");
    }
}
