using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Mail.Mime;

namespace Winnow.Transfer.Passports;

/// <summary>Where the export of a passport is, and at its end what came of it.</summary>
/// <param name="Signer">The fingerprint of the key that signs it.</param>
/// <param name="To">The address that the link is mailed to; null for none.</param>
/// <param name="After">All addresses up to here are looked at, in the order of their normalised forms.</param>
/// <param name="Rows">Addresses in the file.</param>
/// <param name="ExpiresAt">Until when it can be downloaded (UTC); null while it is being written.</param>
public sealed record PassportExportState(long FileId, string Signer, string? To, string After, long Rows, DateTimeOffset? ExpiresAt = null);

/// <summary>Writes the suppressed addresses of an account as a passport, some thousand a transaction, and signs it at its end, which orders the mail with the link.
/// Addresses of people who were deleted permanently are not in it: their hashes are of this installation only.</summary>
public sealed class ExportPassport(Db db, Files files, PassportKey keys, JobQueue jobs, TimeProvider clock) : IJob
{
    private const int Size = 5_000;

    /// <summary>Orders the file.</summary>
    /// <param name="from">The account's name.</param>
    /// <param name="to">The address that gets the link; null: no mail is wanted.</param>
    /// <param name="userId">Who orders it; null for the operator of the installation, who waits for it and gets no mail.</param>
    /// <param name="title">The job's title.</param>
    /// <param name="fileName">The name of the file.</param>
    /// <returns>The job's id, or what is wrong, as a sentence.</returns>
    public async Task<(long? JobId, string? Error)> Order(long accountId, string from, string? to, string title, string fileName, long? userId, CancellationToken stop = default)
    {
        if (to is not null && EmailAddress.Normalize(to.Trim()) is null) return (null, "This is not a valid email address.");
        using var key = await keys.Get(stop);
        var (publicKey, now) = (key.ExportSubjectPublicKeyInfo(), clock.GetUtcNow());
        var signer = PassportKey.Fingerprint(publicKey);
        return (await db.Write(async tx =>
        {
            var fileId = await files.Create(tx, accountId, fileName, userId, now.AddDays(ExportFiles.KeptDays));
            await files.Append(tx, accountId, fileId, Passport.Start(from, now, publicKey));
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.PassportExported, title, after: signer);
            return await jobs.Enqueue<ExportPassport>(tx, accountId, title, new PassportExportState(fileId, signer, to?.Trim(), "", 0), 0, userId);
        }, stop), null);
    }

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        while (await db.Read(tx => ExportOptOuts.Known(tx, run.AccountId, run.State<PassportExportState>().After, Size), stop) is { Count: > 0 } page)
            await run.Step(tx => Write(tx, run, page), stop);
        if (run.State<PassportExportState>() is { ExpiresAt: null } state)
        {
            using var key = await keys.Get(stop);
            var file = await files.Find(run.AccountId, state.FileId) ?? throw new JobFailedException(Files.Gone);
            var end = await Passport.End(files.Open(file), state.Rows, key, stop);
            await run.Step(tx => End(tx, run, end), stop);
        }
        return run.State<PassportExportState>();
    }

    private async Task<Step<PassportExportState>> Write(Tx tx, JobRun run, List<string> page)
    {
        var (state, known) = (run.State<PassportExportState>(), await Addresses.Read(tx, run.AccountId, page));
        var lines = page.Select(address => known.TryGetValue(address, out var found) ? LineOf(found) : null).OfType<PassportLine>().ToList();      // else it was erased between the two readings
        await files.Append(tx, run.AccountId, state.FileId, Passport.Lines(lines));
        return new(state with { After = page[^1], Rows = state.Rows + lines.Count }, lines.Count);
    }

    private async Task<Step<PassportExportState>> End(Tx tx, JobRun run, byte[] end)
    {
        var (state, now) = (run.State<PassportExportState>(), clock.GetUtcNow());
        var until = now.AddDays(ExportFiles.KeptDays);
        await files.Append(tx, run.AccountId, state.FileId, end);
        await files.KeepUntil(tx, run.AccountId, state.FileId, until);
        if (state.To is { } to && run.UserId is { } user) await JobQueue.Enqueue(tx, run.AccountId, ExportFiles.MailJob, "Tell by email that a file is ready", new ExportReady(run.Id, user, to), 1, null, now);
        return new(state with { ExpiresAt = until }, 0, state.Rows);
    }

    /// <summary>A bounce that was lifted, or that did not keep mail away, is not handed on.</summary>
    private static PassportLine? LineOf(AddressState state) => state is { OptedOutAt: null, ComplainedAt: null, IsHardBounced: false } ? null
        : new(AddressHashes.Plain(state.EmailKey), state.OptedOutAt, state.ComplainedAt, state.IsHardBounced ? state.HardBouncedAt : null, state.IsHardBounced ? state.HardBounceReason ?? "OTHER" : null);
}
