using System.Globalization;
using Microsoft.Extensions.Localization;
using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Mail.Mime;
using Winnow.Server.Ui;
using Winnow.Transfer;
using Winnow.Transfer.Workbooks;

namespace Winnow.Server.Transfer;

/// <summary>Which report, and how its file is to look.</summary>
/// <param name="Report">The name of one of <see cref="Reports"/>.</param>
/// <param name="EmailId">The e-mail that the recipients are of.</param>
/// <param name="Outcomes">Only recipients with these outcomes, separated by commas; null for all.</param>
/// <param name="Reasons">Only recipients with these reasons; null for all.</param>
/// <param name="Audit">Which lines of the audit log.</param>
/// <param name="Delimiter">Comma or semicolon; of no account for a workbook.</param>
public sealed record ReportWish(string Report, long? EmailId, string? Outcomes, string? Reasons, AuditQuery? Audit, char Delimiter, bool IsWorkbook);

/// <summary>Where the file of a report is, and at its end what came of it.</summary>
/// <param name="Language">In which its words are.</param>
/// <param name="To">The address that the link is mailed to; null for none.</param>
/// <param name="After">How far it is, as the report counts.</param>
/// <param name="Rows">Lines in the file.</param>
/// <param name="ExpiresAt">Until when it can be downloaded (UTC); null while it is being written.</param>
/// <param name="Sheet">How far the sheet of a workbook is; null for CSV.</param>
public sealed record ReportState(ReportWish Wish, string Language, long FileId, string? To, long After, long Rows, DateTimeOffset? ExpiresAt = null, SheetProgress? Sheet = null);

/// <summary>Writes a report (lists, the recipients of an e-mail, the audit log) to a file, some thousand lines a transaction, in the language of who ordered it: its words are the
/// pages', so it lives with them. Its end orders the mail with the link.</summary>
public sealed class ExportReport(Db db, Reports reports, Files files, JobQueue jobs, IStringLocalizer<Words> words, TimeProvider clock) : IJob
{
    private const int AtOnce = 2_000;

    /// <summary>Orders the file.</summary>
    /// <param name="subject">What it is of, for the record: the name of the e-mail.</param>
    /// <param name="to">The address that gets the link; null: no mail is wanted.</param>
    /// <param name="title">The job's title.</param>
    /// <param name="fileName">The name of the file, without its end.</param>
    /// <param name="userId">Who orders it; null for the operator of the installation.</param>
    /// <returns>The job's id, or what is wrong, as a sentence.</returns>
    public async Task<(long? JobId, string? Error)> Order(long accountId, ReportWish wish, string subject, string? to, string title, string fileName, long? userId, CancellationToken stop = default)
    {
        if (to is not null && EmailAddress.Normalize(to.Trim()) is null) return (null, "This is not a valid email address.");
        var report = Reports.Named(wish.Report);
        return (await db.Write(async tx =>
        {
            var (start, sheet) = TableFile.Begin([.. report.Headings.Select(heading => words[heading].Value)], wish.Delimiter, wish.IsWorkbook);
            var fileId = await files.Create(tx, accountId, $"{fileName}.{(wish.IsWorkbook ? "xlsx" : "csv")}", userId, clock.GetUtcNow().AddDays(ExportFiles.KeptDays));
            await files.Append(tx, accountId, fileId, start);
            await AuditLog.Add(tx, clock, accountId, userId, report.Action, subject);
            return await jobs.Enqueue<ExportReport>(tx, accountId, title, new ReportState(wish, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, fileId, to?.Trim(), report.Begin, 0, Sheet: sheet), 0, userId);
        }, stop), null);
    }

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        while (await reports.Next(run.AccountId, run.State<ReportState>(), AtOnce, stop) is { Lines.Count: > 0 } next)
            await run.Step(tx => Write(tx, run, next), stop);
        if (run.State<ReportState>().ExpiresAt is null) await run.Step(tx => End(tx, run), stop);
        return run.State<ReportState>();
    }

    private async Task<Step<ReportState>> Write(Tx tx, JobRun run, ReportLines next)
    {
        var state = run.State<ReportState>();
        var (bytes, sheet) = TableFile.Lines(next.Lines, state.Wish.Delimiter, state.Sheet);
        await files.Append(tx, run.AccountId, state.FileId, bytes);
        return new(state with { After = next.After, Rows = state.Rows + next.Lines.Count, Sheet = sheet }, next.Lines.Count);
    }

    private async Task<Step<ReportState>> End(Tx tx, JobRun run)
    {
        var (state, until) = (run.State<ReportState>(), clock.GetUtcNow().AddDays(ExportFiles.KeptDays));
        await files.Append(tx, run.AccountId, state.FileId, TableFile.End(state.Sheet));
        await files.KeepUntil(tx, run.AccountId, state.FileId, until);
        if (state.To is { } to && run.UserId is { } user) await jobs.Enqueue<TellExport>(tx, run.AccountId, "Tell by email that a file is ready", new ExportReady(run.Id, user, to), 1, null);
        return new(state with { ExpiresAt = until }, 0, state.Rows);
    }
}
