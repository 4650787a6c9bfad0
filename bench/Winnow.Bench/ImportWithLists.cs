using System.Globalization;
using System.Text;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Bench;

/// <summary>An import of contacts of five properties into an account with a thousand active lists, which are right when it ends, against the same file
/// into an account without any; once as new contacts, once more with other values.</summary>
public static class ImportWithLists
{
    private const int Rounds = 2;

    /// <summary>In turns; what was only noted is folded at the end, and counts in the time.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        await Million.Fill(place, rows);
        await ThousandLists.Make(place);
        await place.Get<JobRunner>().RunOpenJobs();
        var count = Math.Min(rows / 10, 100_000);
        foreach (var account in new[] { 900, Place.Account }) await Import(place, account, Csv(2_000, 0, "w"));      // the first run compiles
        List<double> with = [], without = [], again = [], againWithout = [];
        for (var round = 0; round < Rounds; round++)
        {
            without.Add(count / await Import(place, 901 + round, Csv(count, 1, $"r{round}")));
            with.Add(count / await Import(place, Place.Account, Csv(count, 1, $"r{round}")));
            againWithout.Add(count / await Import(place, 901 + round, Csv(count, 2, $"r{round}")));
            again.Add(count / await Import(place, Place.Account, Csv(count, 2, $"r{round}")));
        }
        var differences = await place.Db.Read(tx => place.Get<CheckLists>().Differences(tx, Place.Account));
        if (differences.Count > 0) throw new InvalidOperationException($"{differences.Count} lists are wrong: {differences[0]}");
        return
        [
            Figure.Rate($"{count:N0} new contacts imported beside {ThousandLists.Count:N0} lists", Figure.Median(with), Figure.Median(without), "contacts/s", 0.5),
            Figure.Rate("the same contacts again with other values", Figure.Median(again), Figure.Median(againWithout), "contacts/s", 0.5),
        ];
    }

    private static Task<double> Import(Place place, long accountId, byte[] csv) => ImportBench.Run(place, accountId, new MemoryStream(csv), () => place.Get<ListMembers>().FoldAll(default));

    private static byte[] Csv(int rows, int turn, string who)
    {
        var text = new StringBuilder("email,firstname,city,country,jobtitle,company\n");
        for (var i = 0; i < rows; i++)
            text.Append(CultureInfo.InvariantCulture, $"{who}.{i}@company{i % 9_000}.example,First{i % 1000},City {(i * 7 + turn) % 500},Country {(i + turn) % 10},Title {(i * 3 + turn) % 40},Company {i % 50_000}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
