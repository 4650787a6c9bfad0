using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Transfer;

/// <summary>Imports the rows of a file, up to <see cref="BatchSize"/> at a time: a batch, the place in the file behind it, its rejected
/// rows and its part of the list commit together, so an import whose process dies goes on behind the last whole batch.
/// Rows are read and understood, and their contacts looked up, ahead of the writer, on the other core.</summary>
public sealed class ImportContacts(Db db, Imports imports, ContactStore contacts, MarketingFuse fuse, MarketingQueue queue, Properties properties, ListStore lists, ListMembers members) : IJob
{
    internal const int BatchSize = 5_000;

    /// <summary>What bounds the memory of an import: a batch that is stored and one that is looked up are in it at a time, each some twenty times its text. Rows of 20 columns come some
    /// 1,250 at a time, short ones, of which lists are asked, by <see cref="BatchSize"/>.</summary>
    private const int BatchCharacters = 1 << 19;
    private static readonly SqlFile Sql = SqlFile.Beside<ImportContacts>();

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var state = run.State<ImportState>();
        var import = (await imports.Find(run.AccountId, state.ImportId))!;
        var catalog = await db.Read(tx => properties.Catalog(tx, run.AccountId), stop);
        var plan = new ImportPlan(import.Columns, catalog, import.Choices);
        var seen = await db.Read(tx => members.Read(tx, run.AccountId, import.SeenId!.Value), stop);

        var work = new Work(import, plan, catalog, seen);

        var rows = imports.Rows(await imports.File(import), import.Format, state.Position, state.Row);
        if (state.Row == 0) await rows.Next(stop);                      // the heading

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var next = Next(work, rows, ended.Token);
        try
        {
            for (var batch = await next; ; batch = await next)
            {
                var inHand = new TaskCompletionSource<ImportDrafts>(TaskCreationOptions.RunContinuationsAsynchronously);
                next = batch.Last ? Task.FromResult(batch) : Task.Run(() => LookAhead(work, rows, inHand.Task, ended.Token), CancellationToken.None);
                await run.Step<ImportState>(async tx => await Write(tx, work, batch, inHand, run.State<ImportState>(), run.Done), stop);
                if (batch.Last) return run.State<ImportState>();
            }
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAny(next);                                   // nothing reads on when the job is over
        }
    }

    private static async Task<Batch> Next(Work work, CsvRows rows, CancellationToken stop)
    {
        var (batch, last) = await rows.Take(BatchSize, BatchCharacters, stop);
        return new(batch.ConvertAll(work.Plan.Read), last);
    }

    /// <summary>The next batch, and what its contacts are and will be, while the one before it is being written. From the moment when that one holds the addresses nobody
    /// else can give one to a contact, so its own are all that can be new; where the two batches meet, the next waits for its turn.</summary>
    private async Task<Batch> LookAhead(Work work, CsvRows rows, Task<ImportDrafts> inHand, CancellationToken stop)
    {
        var batch = await Next(work, rows, stop);
        var before = await inHand.WaitAsync(stop);
        var drafts = await db.Read(tx => ImportDrafts.Of(tx, contacts, work.Import, work.Plan, batch.Rows, work.IsOurs, hold: false), stop);
        return drafts.Meets(before, batch.Rows) ? batch : batch with { Ahead = drafts };
    }

    private async Task<Step<ImportState>> Write(Tx tx, Work work, Batch batch, TaskCompletionSource<ImportDrafts> inHand, ImportState state, long done)
    {
        await tx.CommitSoon();
        var (import, seen) = (work.Import, work.Seen);
        var drafts = await Drafts(tx, work, batch);
        inHand.SetResult(drafts);
        var held = await HeldBack(tx, import, drafts, seen);
        foreach (var draft in drafts.All) draft.Close(import, import.Marketing && !held.Contains(draft) && (import.MarketingKnown || draft.Before is null || seen.Contains(draft.Before.Id)));
        var changed = (await contacts.Save(tx, import.Actor, work.Catalog, [.. drafts.All.Select(d => (d.Before, d.After))])).Select(c => c.Id).ToHashSet();

        var again = drafts.All.Where(d => d.Before is not null && seen.Contains(d.After.Id)).ToList();
        var first = drafts.All.Except(again).ToList();
        var late = await FirstChangedNow(tx, import, [.. again.Select(d => d.After.Id).Where(changed.Contains)]);
        var joins = new MemberSet(first.Select(d => d.After.Id).Order());
        work.See(joins);
        await members.Flip(tx, import.AccountId, import.SeenId!.Value, joins, new());
        if (import.ListId is { } list) await lists.Move(tx, import.AccountId, list, joins, join: true);       // also one that was deleted: restored, it is whole
        await imports.Reject(tx, import, drafts.Rejected);
        if (held.Count > 0)
            await queue.Wait(tx, import.AccountId, new(MarketingAsk.OfImport(import.Id), import.Name, $"Import {import.Name}: set as marketing contacts", "CONTACT_IMPORT", import.Actor.SourceId, import.CreatedBy),
                new MemberSet(held.Select(d => d.After.Id).Order()));

        return new(state with
        {
            Position = batch.Rows.Count > 0 ? batch.Rows[^1].Source.End : state.Position,
            Row = batch.Rows.Count > 0 ? batch.Rows[^1].Source.Number : state.Row,
            Created = state.Created + first.Count(d => d.Before is null),
            Updated = state.Updated + first.Count(d => d.Before is not null && changed.Contains(d.After.Id)) + late,
            Unchanged = state.Unchanged + first.Count(d => d.Before is not null && !changed.Contains(d.After.Id)) - late,
            Duplicates = state.Duplicates + drafts.All.Sum(d => d.Rows.Count) - first.Count,
            Rejected = state.Rejected + drafts.Rejected.Count,
        }, batch.Rows.Count, batch.Last ? done + batch.Rows.Count : null);
    }

    /// <summary>Those that would become marketing contacts but do not fit in the day any more: they wait for an approval.</summary>
    private async Task<HashSet<ImportDraft>> HeldBack(Tx tx, Import import, ImportDrafts drafts, MemberSet seen)
    {
        if (!import.Marketing) return [];
        var becoming = drafts.All.Where(d => d.Before is null || !d.Before.IsMarketing && (import.MarketingKnown || seen.Contains(d.Before.Id))).ToHashSet();
        return await fuse.Take(tx, import.AccountId, becoming.Count) ? [] : becoming;
    }

    /// <summary>The contacts of a batch, held until the commit: as they were looked up ahead, if all is as it was then.</summary>
    private async Task<ImportDrafts> Drafts(Tx tx, Work work, Batch batch)
    {
        var turn = await contacts.HoldAddresses(tx, work.Import.AccountId);        // from here to the commit nobody else takes an address
        var drafts = batch.Ahead is { } ahead && turn == work.Turn + 1 && await ahead.StillHold(tx, contacts, batch.Rows) ? ahead
            : await ImportDrafts.Of(tx, contacts, work.Import, work.Plan, batch.Rows, work.IsOurs, hold: true);
        work.Turn = await drafts.Number(tx) > 0 ? turn + 1 : turn;
        return drafts;
    }

    /// <summary>How many contacts that an earlier row had found unchanged were changed by this batch.</summary>
    private static async Task<long> FirstChangedNow(Tx tx, Import import, long[] ids) => ids.Length == 0 ? 0
        : await tx.Single<long>(Sql["changed-once"], new { import.AccountId, ids, import.Actor.SourceId });

    /// <param name="Ahead">What was looked up before its turn; null where that is not to be had.</param>
    private sealed record Batch(List<ImportRow> Rows, bool Last, ImportDrafts? Ahead = null);

    private sealed record Work(Import Import, ImportPlan Plan, PropertyCatalog Catalog, MemberSet Seen)
    {
        /// <summary>How often the counter of contacts had been taken when the last batch was written.</summary>
        public long Turn { get; set; }

        /// <summary>Whether an earlier batch was about a contact; asked beside the writer.</summary>
        public bool IsOurs(long id)
        {
            lock (Seen) return Seen.Contains(id);
        }

        public void See(MemberSet contacts)
        {
            lock (Seen) foreach (var id in contacts.Ids) Seen.Add(id);
        }
    }
}
