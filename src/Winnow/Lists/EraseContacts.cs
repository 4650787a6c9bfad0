using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>How far an erasure is, and what it did: numbers, nobody's name.</summary>
/// <param name="Phase">Which of the parts of <see cref="EraseContacts"/> is under way; <paramref name="Place"/>: how far within it.</param>
/// <param name="Erased">Contacts.</param>
/// <param name="Reports">Raw reports that named one and were removed.</param>
/// <param name="Files">Stored files that named one and were removed.</param>
/// <param name="Texts">Other texts that named one.</param>
/// <param name="Left">Rows that could not be erased yet, because a mail or an import is under way.</param>
public sealed record EraseState(long OperationId, int Phase, long Place, long Erased, long Reports, long Files, long Texts, long Left);

/// <summary>The second half of a permanent delete, once the contacts lie in the recycle bin: takes them out of every table, out of raw reports,
/// stored files and texts, and then looks whether anything is left. As long as something is, it comes again.</summary>
public sealed class EraseContacts(Db db, Erasure erasure, Mentions mentions, Files files, ListMembers members, DeletedMembers deleted, AddressHashes hashes, TimeProvider clock) : IJob
{
    private static readonly SqlFile Sql = SqlFile.Beside<EraseContacts>();
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(30);
    private static readonly int FirstText = 3, Lists = FirstText + Mentions.Tables, Check = Lists + 1;

    /// <summary>Orders it, in the transaction that ends the delete.</summary>
    /// <returns>The job's id.</returns>
    public static Task<long> Order(Tx tx, JobQueue jobs, long accountId, long operationId, long count, long? userId) =>
        jobs.Enqueue<EraseContacts>(tx, accountId, $"Erase what is left of {count:N0} contacts", new EraseState(operationId, 0, 0, 0, 0, 0, 0, 0), count, userId);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        await hashes.MakeKey(stop);
        var operationId = run.State<EraseState>().OperationId;
        var selectionId = await db.Read(tx => tx.Single<long>(Sql["selection"], new { run.AccountId, operationId }), stop);
        var pace = new PacedBatches(clock);
        while (run.State<EraseState>() is var state && state.Phase <= Check)
        {
            if (state.Phase == Lists && state.Place == 0) await members.FoldAll(stop);         // their leaves are history first
            if (state.Phase == 2) await OneFile(run, selectionId, state, stop);
            else await pace.Take(() => run.Step(tx => One(tx, run.AccountId, selectionId, state, pace.Size), stop));
            if (run.State<EraseState>() is { Phase: 0, Left: > 0 }) throw new JobPostponedException("Mails or imports that may name them are still under way.", Again);
        }
        return run.State<EraseState>();
    }

    private async Task<Step<EraseState>> One(Tx tx, long accountId, long selectionId, EraseState state, int size)
    {
        if (state.Phase == 0)
        {
            var erased = await erasure.Batch(tx, accountId, state.OperationId, size, block: true);
            return new(erased == 0 ? Next(state) with { Left = 0 } : state with { Erased = state.Erased + erased }, erased);
        }
        if (state.Phase == 1)
        {
            var (report, redacted) = await mentions.InReports(tx, accountId, state.Place);
            return new(To(state with { Reports = state.Reports + redacted }, report), 0);
        }
        if (state.Phase < Lists)
        {
            var (row, changed) = await mentions.InTexts(tx, accountId, state.Phase - FirstText, state.Place);
            return new(To(state with { Texts = state.Texts + changed }, row), 0);
        }
        return new(state.Phase == Lists ? await OneList(tx, accountId, selectionId, state) : await Look(tx, accountId, selectionId, state, size), 0);
    }

    /// <summary>A file is read outside of the transaction: it may be large.</summary>
    private async Task OneFile(JobRun run, long selectionId, EraseState state, CancellationToken stop)
    {
        var next = await db.Read(tx => Files.Next(tx, run.AccountId, state.Place), stop);
        var names = next is { IsBusy: false, File: var file } && (await db.Read(tx => Exported(tx, file, selectionId), stop) || await mentions.In(file, stop));
        await run.Step(async tx =>
        {
            if (next is not { } found) return new Step<EraseState>(Next(state), 0);
            if (names)
                foreach (var id in await tx.Query<long>(Sql["files-of-one-import"], new { run.AccountId, id = found.File.Id })) await files.Expire(tx, run.AccountId, id);
            return new Step<EraseState>(state with { Place = found.File.Id, Files = state.Files + (names ? 1 : 0), Left = state.Left + (found.IsBusy ? 1 : 0) }, 0);
        }, stop);
    }

    /// <summary>Whether a file is an export that has one of them in it, with an address or without.</summary>
    private async Task<bool> Exported(Tx tx, StoredFile file, long selectionId)
    {
        foreach (var exported in await tx.Query<long>(Sql["exported"], new { file.AccountId, file.Id }))
            if ((await members.Read(tx, file.AccountId, exported)).Intersect(await members.Read(tx, file.AccountId, selectionId)) is { Count: > 0 } both
                && (await Erasure.Gone(tx, file.AccountId, [.. both.Ids])).Length > 0) return true;
        return false;
    }

    private async Task<EraseState> OneList(Tx tx, long accountId, long selectionId, EraseState state)
    {
        if (await tx.SingleOrNone<long?>(Sql["next-list"], new { accountId, after = state.Place }) is not { } listId) return Next(state);
        await members.Lock(tx, accountId, listId);
        await ListHistory.Forget(tx, accountId, listId, new(await Erasure.Gone(tx, accountId, [.. (await members.Read(tx, accountId, selectionId)).Ids])));
        return state with { Place = listId };
    }

    /// <summary>What came in late is erased, what is left is counted. When nothing is, the selection goes too: the receipt has only numbers.</summary>
    private async Task<EraseState> Look(Tx tx, long accountId, long selectionId, EraseState state, int size)
    {
        var page = await members.Page(tx, accountId, selectionId, state.Place, size);
        if (page.Count > 0)
        {
            var gone = await Erasure.Gone(tx, accountId, page);
            await erasure.Traces(tx, accountId, gone);
            return state with { Place = page[^1], Left = state.Left + await Erasure.Left(tx, accountId, gone) };
        }
        if (state.Left > 0) return state with { Phase = 0, Place = 0 };
        await deleted.Forget(tx, accountId, state.OperationId);
        await tx.Execute(Sql["forget-members"], new { accountId, selectionId });
        await tx.Execute(Sql["erased"], new { accountId, state.OperationId, now = clock.GetUtcNow() });
        return Next(state);
    }

    private static EraseState To(EraseState state, long? place) => place is { } at ? state with { Place = at } : Next(state);

    private static EraseState Next(EraseState state) => state with { Phase = state.Phase + 1, Place = 0 };
}
