using System.Globalization;
using System.Text;
using Microsoft.Extensions.Localization;
using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Server.Ui;

namespace Winnow.Server.Audit;

/// <summary>The record as a CSV file.</summary>
public static class AuditEndpoints
{
    private const int Piece = 1_000;

    /// <summary>Maps it.</summary>
    public static void MapAudit(this IEndpointRouteBuilder app) => app.MapGet("/settings/audit/export", Export);

    private static async Task<IResult> Export(long? who, string? what, string? from, string? until, CurrentAccount current, AuditLog log, Db db, TimeProvider clock, IStringLocalizer<Words> words, CancellationToken stop)
    {
        var (account, zone, query) = (current.Id, current.TimeZone, AuditWords.Query(who, what, from, until, current.TimeZone));
        await db.Write(tx => AuditLog.Add(tx, clock, account, current.UserId, AuditAction.AuditExported, words["Audit log"]), stop);
        string[] heading = [words["When"], words["Person"], words["Deed"], words["What"], words["How many"], words["Before"], words["After"], words["From where"]];
        return TypedResults.Stream(async body =>
        {
            await using var text = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            await text.WriteAsync(CsvText.Line(heading));
            for (var (below, more) = (long.MaxValue, true); more;)
            {
                var lines = await log.Page(account, query, below, Piece, stop);
                foreach (var line in lines) await text.WriteAsync(CsvText.Line(Cells(line, zone, words).Select(CsvText.Harmless)));
                (below, more) = (lines.Count > 0 ? lines[^1].Id : 0, lines.Count == Piece);
            }
        }, "text/csv", "audit-log.csv");
    }

    private static string?[] Cells(AuditLine line, TimeZoneInfo zone, IStringLocalizer<Words> words) =>
    [
        TimeZoneInfo.ConvertTime(line.At, zone).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture), line.UserName, words[AuditWords.Of(line.Action)], line.Subject,
        line.Count?.ToString(CultureInfo.InvariantCulture), line.Before, line.After, line.Origin,
    ];
}
