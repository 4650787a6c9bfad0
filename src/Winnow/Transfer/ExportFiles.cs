using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Transfer.Workbooks;

namespace Winnow.Transfer;

/// <summary>What the result of every export says of its file.</summary>
/// <param name="Rows">Lines of the file, the heading left out.</param>
/// <param name="ExpiresAt">Until when it can be downloaded (UTC); null while it is being written.</param>
/// <param name="Sheet">Of a workbook: how its sheet was written.</param>
public sealed record ExportedFile(long FileId, long Rows, DateTimeOffset? ExpiresAt, SheetProgress? Sheet = null);

/// <summary>What the mail is to tell: which export is ready, and where the link goes.</summary>
/// <param name="To">The address; null for that of the person.</param>
public sealed record ExportReady(long JobId, long UserId, string? To);

/// <summary>The files that exports leave: only who ordered one can download it, for <see cref="KeptDays"/> days, and each download is on record.</summary>
public sealed class ExportFiles(Db db, Files files, JobQueue jobs, TimeProvider clock)
{
    /// <summary>How long a file can be downloaded, in days.</summary>
    public const int KeptDays = 7;

    /// <summary>The job that mails the link, and the one that writes reports; their words are the pages', so they live with them.</summary>
    public const string MailJob = "TellExport", ReportJob = "ExportReport";

    /// <summary>Whether a job leaves such a file.</summary>
    /// <param name="kind">As in the jobs table.</param>
    public static bool Leaves(string kind) => kind is nameof(ExportContacts) or nameof(ExportOptOuts) or nameof(Passports.ExportPassport) or ReportJob;

    /// <summary>The file of an export for who ordered it, which is put on record; null for everybody else, and when it is not finished or past its date.</summary>
    /// <param name="userId">Who asks; null for the operator of the installation.</param>
    public async Task<StoredFile?> Download(long accountId, long jobId, long? userId, CancellationToken stop = default)
    {
        if (await jobs.Find(accountId, jobId) is not { Outcome: "done" } job || !Leaves(job.Kind) || job.CreatedBy != userId) return null;
        if (job.ResultAs<ExportedFile>() is not { ExpiresAt: { } until } exported || until <= clock.GetUtcNow() || await files.Find(accountId, exported.FileId) is not { } file) return null;
        await db.Write(tx => AuditLog.Add(tx, clock, accountId, userId, AuditAction.ExportDownloaded, job.Title, exported.Rows), stop);
        return file;
    }
}
