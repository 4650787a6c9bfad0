using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Winnow.Contacts;
using Winnow.Jobs;
using Winnow.Transfer;

namespace Winnow.Bench;

/// <summary>Export of contacts to a file, frozen, paced and kept in the database, against psql \copy of the same columns to a file; and what memory the process has
/// meanwhile, also for the workbook. Rounds alternate.</summary>
public static class ExportBench
{
    private const int Rounds = 3;
    private static readonly string[] Columns =
    [
        "email", "firstname", "lastname", "company", "city", "country", "jobtitle", "lifecyclestage", "createdate", "lastmodifieddate", "hs_marketable_status", "hs_email_optout", "hs_email_delivered", "phone", "zip", "website",
        "interest", "score", "branch",
    ];

    /// <summary>Contacts a second, and the most memory in MiB.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(Place place, int rows)
    {
        if (place.Kind != "postgres") return [];
        await Million.Fill(place, rows);
        List<double> ours = [], limit = [];
        var memory = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            limit.Add(rows / await PsqlCopy(place));
            var (seconds, most) = await Export(place, isWorkbook: false);
            ours.Add(rows / seconds);
            memory = Math.Max(memory, most);
        }
        var (workbook, ofWorkbook) = await Export(place, isWorkbook: true);
        return
        [
            Figure.Rate($"export of {rows:N0} contacts, {Columns.Length + 1} columns, CSV, against psql \\copy to", Figure.Median(ours), Figure.Median(limit), "contacts/s", 0.5),
            Figure.Within("the most memory of the process during it", memory >> 20, 300, "MiB"),
            Figure.Rate("the same as a workbook, against the CSV file", rows / workbook, Figure.Median(ours), "contacts/s", 0.2),
            Figure.Within("the most memory of the process during that", ofWorkbook >> 20, 300, "MiB"),
        ];
    }

    private static async Task<(double Seconds, long Memory)> Export(Place place, bool isWorkbook)
    {
        var (export, all) = (place.Get<ExportContacts>(), new SelectionQuery(null));
        var receipt = (await export.Freeze(Place.Account, all, TimeZoneInfo.Utc, 1)).Receipt!;
        var order = await export.Confirm(Place.Account, receipt.SelectionId, new(Columns, ',', isWorkbook), all, TimeZoneInfo.Utc, "all", "bench", "bench.csv", 1);
        var watched = await Figure.Watched(() => place.Get<JobRunner>().RunOpenJobs());
        var state = (await place.Get<JobQueue>().Find(Place.Account, order.JobId!.Value))!.ResultAs<ExportState>()!;
        if (state.ExpiresAt is null || state.Rows != receipt.Count) throw new InvalidOperationException($"{state}");
        await place.Db.Write(tx => place.Get<Files>().Delete(tx, Place.Account, state.FileId));
        return watched;
    }

    private static async Task<double> PsqlCopy(Place place)
    {
        var own = await Million.Own(place);
        var (file, target) = (Path.GetTempFileName(), new NpgsqlConnectionStringBuilder(place.Connection));
        var select = "select id, email, firstname, lastname, company, city, country, jobtitle, lifecycle_stage, created_at, updated_at, marketing, opted_out, emails_delivered, "
            + string.Join(", ", Columns[13..16].Select(BuiltInProperties.Of).Concat(own).Select(property => $"custom ->> '{property.Id}'")) + " from contacts where account_id = 1 order by id";
        var watch = Stopwatch.StartNew();
        using var psql = Process.Start(new ProcessStartInfo("psql", ["-q", "-h", target.Host!, "-p", target.Port.ToString(CultureInfo.InvariantCulture), "-U", target.Username!, "-d", target.Database!,
            "-c", $"\\copy ({select}) to '{file}' csv header"]))!;
        await psql.WaitForExitAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        if (psql.ExitCode != 0) throw new InvalidOperationException("psql \\copy failed");
        File.Delete(file);
        return seconds;
    }
}
