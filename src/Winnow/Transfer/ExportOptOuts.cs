using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Mail.Mime;

namespace Winnow.Transfer;

/// <summary>Which addresses the file of unsubscribes and bounces is to hold; each that is asked for is a column.</summary>
/// <param name="Unsubscribed">Those who are unsubscribed from all e-mail, by themselves or by an opt-out list.</param>
/// <param name="Bounced">Those that hard bounced and were not unbounced since.</param>
/// <param name="SpamReports">Those who marked an e-mail as spam.</param>
/// <param name="Global">Known addresses that are dead in at least <see cref="ExportOptOuts.GlobalFrom"/> accounts of this installation.</param>
/// <param name="Delimiter">Comma or semicolon.</param>
public sealed record OptOutWish(bool Unsubscribed, bool Bounced, bool SpamReports, bool Global, char Delimiter)
{
    /// <summary>The headings, as HubSpot names them.</summary>
    public IReadOnlyList<string> Headings => ["Email", .. Cells("Portal Bounce", "Portal Unsubscribe", "Portal Spam Report", "Global Bounce")];

    /// <summary>The line of an address, TRUE where it holds; null when none does.</summary>
    /// <param name="state">What is known of it; null for nothing.</param>
    /// <param name="isGlobal">Whether it is dead in many accounts.</param>
    public IReadOnlyList<string>? Line(string key, AddressState? state, bool isGlobal)
    {
        var cells = Cells(Is(state?.HasHardBounce), Is(state?.OptedOutAt is not null), Is(state?.ComplainedAt is not null), Is(isGlobal));
        return cells.Exists(cell => cell.Length > 0) ? [state?.Email ?? key, .. cells] : null;
    }

    private List<string> Cells(string bounced, string unsubscribed, string spam, string global) =>
        [.. new[] { (Bounced, bounced), (Unsubscribed, unsubscribed), (SpamReports, spam), (Global, global) }.Where(cell => cell.Item1).Select(cell => cell.Item2)];

    private static string Is(bool? holds) => holds == true ? "TRUE" : "";
}

/// <summary>Where such an export is, and at its end what came of it.</summary>
/// <param name="To">The address that the link is mailed to; null for none.</param>
/// <param name="After">All addresses up to here are looked at, in the order of their normalised forms.</param>
/// <param name="Rows">Addresses in the file.</param>
/// <param name="ExpiresAt">Until when it can be downloaded (UTC); null while it is being written.</param>
public sealed record OptOutExportState(OptOutWish Wish, long FileId, string? To, string After, long Rows, DateTimeOffset? ExpiresAt = null);

/// <summary>Exports unsubscribes and bounces: a CSV file over addresses, not over contacts, so also those of deleted contacts and of imported opt-out lists. Addresses
/// of erased people live on only as hashes and are left out. Written some thousand a transaction; its end orders the mail with the link.</summary>
public sealed class ExportOptOuts(Db db, Files files, JobQueue jobs, TimeProvider clock) : IJob
{
    /// <summary>In how many accounts of this installation an address must be dead to be a global bounce: so many that none of them can be told.</summary>
    public const int GlobalFrom = 3;

    private const int Size = 2_000;
    private static readonly SqlFile Sql = SqlFile.Beside<ExportOptOuts>();

    /// <summary>Orders the file.</summary>
    /// <param name="to">The address that gets the link; null: no mail is wanted.</param>
    /// <param name="userId">Who orders it; null for the operator of the installation, who waits for it and gets no mail.</param>
    /// <param name="title">The job's title.</param>
    /// <param name="fileName">The name of the file.</param>
    /// <returns>The job's id, or what is wrong, as a sentence.</returns>
    public async Task<(long? JobId, string? Error)> Order(long accountId, OptOutWish wish, string? to, string title, string fileName, long? userId, CancellationToken stop = default)
    {
        if (wish.Delimiter is not (',' or ';')) return (null, "The columns must be separated by commas or semicolons.");
        if (wish.Headings.Count == 1) return (null, "Nothing would be in the file: include at least one kind of address.");
        if (to is not null && EmailAddress.Normalize(to.Trim()) is null) return (null, "This is not a valid email address.");
        return (await db.Write(async tx =>
        {
            var fileId = await files.Create(tx, accountId, fileName, userId, clock.GetUtcNow().AddDays(ExportFiles.KeptDays));
            await files.Append(tx, accountId, fileId, CsvText.Start(wish.Headings, wish.Delimiter));
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.OptOutsExported, title, after: string.Join(", ", wish.Headings));
            return await jobs.Enqueue<ExportOptOuts>(tx, accountId, title, new OptOutExportState(wish, fileId, to?.Trim(), "", 0), 0, userId);
        }, stop), null);
    }

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        while (await db.Read(tx => Next(tx, run.AccountId, run.State<OptOutExportState>()), stop) is { Count: > 0 } keys)
            await run.Step(tx => Write(tx, run, keys), stop);
        if (run.State<OptOutExportState>().ExpiresAt is null) await run.Step(tx => End(tx, run), stop);
        return run.State<OptOutExportState>();
    }

    private static Task<List<string>> Next(Tx tx, long accountId, OptOutExportState state) => state.Wish.Global
        ? tx.Query<string>(Sql["known-and-contacts"], new { accountId, state.After, Size }) : Known(tx, accountId, state.After, Size);

    /// <summary>The next addresses, normalised, that bounced, opted out or complained at some time; those under hashes are left out.</summary>
    internal static Task<List<string>> Known(Tx tx, long accountId, string after, int size) => tx.Query<string>(Sql["known"], new { accountId, After = after, Size = size });

    private async Task<Step<OptOutExportState>> Write(Tx tx, JobRun run, List<string> keys)
    {
        var state = run.State<OptOutExportState>();
        var states = await Addresses.Read(tx, run.AccountId, keys);
        var global = state.Wish.Global ? (await tx.Query<string>(Sql["global"], new { keys = keys.ToArray(), least = GlobalFrom })).ToHashSet() : [];
        var lines = keys.Select(key => state.Wish.Line(key, states.GetValueOrDefault(key), global.Contains(key))).OfType<IReadOnlyList<string>>().ToList();
        await files.Append(tx, run.AccountId, state.FileId, CsvText.Lines(lines, state.Wish.Delimiter));
        return new(state with { After = keys[^1], Rows = state.Rows + lines.Count }, lines.Count);
    }

    private async Task<Step<OptOutExportState>> End(Tx tx, JobRun run)
    {
        var (state, now) = (run.State<OptOutExportState>(), clock.GetUtcNow());
        var until = now.AddDays(ExportFiles.KeptDays);
        await files.KeepUntil(tx, run.AccountId, state.FileId, until);
        if (state.To is { } to && run.UserId is { } user) await JobQueue.Enqueue(tx, run.AccountId, ExportFiles.MailJob, "Tell by email that a file is ready", new ExportReady(run.Id, user, to), 1, null, now);
        return new(state with { ExpiresAt = until }, 0, state.Rows);
    }
}
