using Winnow.Audit;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Transfer.Passports;

/// <summary>A passport that was uploaded, found whole and signed as it says.</summary>
/// <param name="FromName">The account that it is from, as it calls itself.</param>
/// <param name="Signer">The fingerprint of the key that signed it.</param>
/// <param name="MadeAt">As it says itself.</param>
/// <param name="Addresses">How many are in it; then how many of them for which reason, some for several.</param>
/// <param name="JobId">The job that imports it; null until somebody started that.</param>
public sealed record UploadedPassport(
    long AccountId, long Id, long FileId, string FileName, string FromName, string Signer, DateTimeOffset MadeAt, long Addresses, long OptedOut, long Complained, long Bounced,
    long? JobId, long? CreatedBy, DateTimeOffset CreatedAt);

/// <summary>What came of starting the import of a passport.</summary>
/// <param name="JobId">The job; null when it was not started.</param>
/// <param name="WrongNumber">The typed number is not that of the addresses.</param>
/// <param name="Error">What is wrong, as a sentence.</param>
public sealed record PassportOrder(long? JobId, bool WrongNumber = false, string? Error = null);

/// <summary>Takes passports in and starts <see cref="ImportPassport"/>. One that is damaged or not signed as it says is not kept; one of an unknown signer waits until somebody trusts that.</summary>
public sealed class UploadedPassports(Db db, Files files, JobQueue jobs, TimeProvider clock)
{
    /// <summary>How long an upload waits to be imported, in days.</summary>
    public const int KeptDays = 7;

    private const string TooLarge = "The file is larger than 512 MB.", None = "There is no such passport, or its file was removed. Upload it again.", Unknown = "You do not trust who signed this passport.";
    private static readonly SqlFile Sql = SqlFile.Beside<UploadedPassports>();

    /// <summary>All that is said against a passport or an export of one, for translation.</summary>
    public static readonly IReadOnlyList<string> Refusals = [TooLarge, None, Unknown, PassportSigners.Nameless, .. Passport.Refusals];

    /// <summary>Stores a passport as it streams in, and reads it to its end.</summary>
    /// <returns>Its id, or what is wrong with it, as a sentence; then nothing is kept.</returns>
    public async Task<(long? Id, string? Error)> Upload(long accountId, string fileName, Stream content, long? userId, CancellationToken stop)
    {
        try { return await Take(accountId, fileName, content, userId, stop); }
        catch (Exception e) when (Db.DiskIsFull(e)) { return (null, UploadFaults.NoRoom); }
    }

    private async Task<(long? Id, string? Error)> Take(long accountId, string fileName, Stream content, long? userId, CancellationToken stop)
    {
        if (await files.Store(accountId, fileName, content, Imports.MaxBytes, userId, stop) is not { } fileId) return (null, TooLarge);
        var id = (long?)null;
        try
        {
            var (contents, error) = await Passport.Check(files.Open((await files.Find(accountId, fileId))!), stop);
            if (contents is not null) id = await db.Write(tx => Keep(tx, accountId, fileId, fileName, contents, userId), stop);
            return (id, error);
        }
        finally
        {
            if (id is null) await db.Write(tx => files.Delete(tx, accountId, fileId), CancellationToken.None);
        }
    }

    private async Task<long> Keep(Tx tx, long accountId, long fileId, string fileName, PassportContents contents, long? userId)
    {
        var (id, now, head) = (await Ids.Next(tx, accountId, "passport"), clock.GetUtcNow(), contents.Head);
        await files.KeepUntil(tx, accountId, fileId, now.AddDays(KeptDays));
        await tx.Execute(Sql["create"], new { accountId, id, fileId, fileName, from = head.From, signer = head.Signer, made = head.Made, contents.Addresses, contents.OptedOut, contents.Complained, contents.Bounced, userId, now });
        return id;
    }

    /// <summary>The passport, or null when this account has none of this id.</summary>
    public Task<UploadedPassport?> Find(long accountId, long id) => db.Read(tx => tx.SingleOrNone<UploadedPassport>(Sql["find"], new { accountId, id }));

    /// <summary>The account's passports, the latest first.</summary>
    public Task<List<UploadedPassport>> Latest(long accountId, int count = 100) => db.Read(tx => tx.Query<UploadedPassport>(Sql["latest"], new { accountId, count }));

    /// <summary>Removes a passport that nobody imported.</summary>
    public Task Forget(UploadedPassport passport) => db.Write(async tx =>
    {
        await tx.Execute(Sql["forget"], new { passport.AccountId, passport.Id });
        await files.Delete(tx, passport.AccountId, passport.FileId);
    });

    /// <summary>Starts the import, if its signer is trusted. Posted twice it starts one job.</summary>
    /// <param name="typed">The number that the person typed; it must be that of the addresses.</param>
    /// <param name="title">The job's title.</param>
    public async Task<PassportOrder> Start(long accountId, long id, long? typed, string title, long? userId, CancellationToken stop)
    {
        if (await Find(accountId, id) is not { } found || found.JobId is null && await files.Find(accountId, found.FileId) is null) return new(null, Error: None);
        if (found.JobId is null && typed != found.Addresses) return new(null, WrongNumber: true);
        return await db.Write<PassportOrder>(async tx =>
        {
            if (await tx.SingleOrNone<UploadedPassport>(Sql["lock"], new { accountId, id }) is not { } passport) return new(null, Error: None);
            if (passport.JobId is { } running) return new(running);
            if (await PassportSigners.Find(tx, accountId, passport.Signer) is not { } signer) return new(null, Error: Unknown);
            var jobId = await jobs.Enqueue<ImportPassport>(tx, accountId, title, new ImportPassportState(id, 0, "", 0), passport.Addresses, userId);
            await tx.Execute(Sql["start"], new { accountId, id, jobId });
            await files.KeepUntil(tx, accountId, passport.FileId, clock.GetUtcNow());              // not longer than the job needs it
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.PassportImported, $"{passport.FromName} ({signer.Name}, {passport.Signer})", passport.Addresses);
            return new(jobId);
        }, stop);
    }
}
