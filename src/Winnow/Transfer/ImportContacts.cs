using System.Threading.Channels;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Transfer;

/// <summary>Imports the rows of a file, <see cref="BatchSize"/> at a time: a batch, the place in the file behind it, its rejected
/// rows and its part of the list commit together, so an import whose process dies goes on behind the last whole batch.
/// Rows are read and understood ahead of the writer, on the other core.</summary>
public sealed class ImportContacts(Db db, Imports imports, ContactStore contacts, MarketingFuse fuse, MarketingQueue queue, Properties properties, ListStore lists, ListMembers members) : IJob
{
    internal const int BatchSize = 5_000;
    private const int BatchCharacters = 8 << 20;
    private static readonly SqlFile Sql = SqlFile.Beside<ImportContacts>();

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var state = run.State<ImportState>();
        var import = (await imports.Find(run.AccountId, state.ImportId))!;
        var catalog = await db.Read(tx => properties.Catalog(tx, run.AccountId), stop);
        var plan = new ImportPlan(import.Columns, catalog, import.Choices);
        var seen = await db.Read(tx => members.Read(tx, run.AccountId, import.SeenId!.Value), stop);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var batches = Channel.CreateBounded<Batch>(1);
        var reading = Task.Run(() => ReadAhead(import, plan, state, batches.Writer, ended.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(stop))
                await run.Step<ImportState>(async tx => await Write(tx, (import, plan, catalog, seen), batch, run.State<ImportState>(), run.Done), stop);
        }
        finally
        {
            await ended.CancelAsync();
            await reading;
        }
        return run.State<ImportState>();
    }

    private async Task ReadAhead(Import import, ImportPlan plan, ImportState from, ChannelWriter<Batch> batches, CancellationToken stop)
    {
        try
        {
            var rows = imports.Rows(await imports.File(import), import.Format, from.Position, from.Row);
            if (from.Row == 0) await rows.Next(stop);                   // the heading
            for (var last = false; !last;)
            {
                (var batch, last) = await rows.Take(BatchSize, BatchCharacters, stop);
                await batches.WriteAsync(new(batch.ConvertAll(plan.Read), last), stop);
            }
            batches.Complete();
        }
        catch (Exception e) { batches.Complete(e); }                    // the writer meets it where it waits for rows
    }

    private async Task<Step<ImportState>> Write(Tx tx, (Import Import, ImportPlan Plan, PropertyCatalog Catalog, MemberSet Seen) run, Batch batch, ImportState state, long done)
    {
        await tx.CommitSoon();
        var (import, seen) = (run.Import, run.Seen);
        var drafts = await ImportDrafts.Of(tx, contacts, import.AccountId, batch.Rows, import.Deeds, seen.Contains);
        var held = await HeldBack(tx, import, drafts, seen);
        foreach (var draft in drafts.All) draft.Apply(run.Plan, import, import.Marketing && !held.Contains(draft) && (import.MarketingKnown || draft.Before is null || seen.Contains(draft.Before.Id)));
        var changed = (await contacts.Save(tx, import.Actor, run.Catalog, [.. drafts.All.Select(d => (d.Before, d.After!))])).Select(c => c.Id).ToHashSet();

        var again = drafts.All.Where(d => d.Before is not null && seen.Contains(d.After!.Id)).ToList();
        var first = drafts.All.Except(again).ToList();
        var late = await FirstChangedNow(tx, import, [.. again.Select(d => d.After!.Id).Where(changed.Contains)]);
        var joins = new MemberSet(first.Select(d => d.After!.Id).Order());
        foreach (var id in joins.Ids) seen.Add(id);
        await members.Flip(tx, import.AccountId, import.SeenId!.Value, joins, new());
        if (import.ListId is { } list) await lists.Move(tx, import.AccountId, list, joins, join: true);       // also one that was deleted: restored, it is whole
        await imports.Reject(tx, import, drafts.Rejected);
        if (held.Count > 0)
            await queue.Wait(tx, import.AccountId, new(MarketingAsk.OfImport(import.Id), import.Name, $"Import {import.Name}: set as marketing contacts", "CONTACT_IMPORT", import.Actor.SourceId, import.CreatedBy),
                new MemberSet(held.Select(d => d.After!.Id).Order()));

        return new(state with
        {
            Position = batch.Rows.Count > 0 ? batch.Rows[^1].Source.End : state.Position,
            Row = batch.Rows.Count > 0 ? batch.Rows[^1].Source.Number : state.Row,
            Created = state.Created + first.Count(d => d.Before is null),
            Updated = state.Updated + first.Count(d => d.Before is not null && changed.Contains(d.After!.Id)) + late,
            Unchanged = state.Unchanged + first.Count(d => d.Before is not null && !changed.Contains(d.After!.Id)) - late,
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

    /// <summary>How many contacts that an earlier row had found unchanged were changed by this batch.</summary>
    private static async Task<long> FirstChangedNow(Tx tx, Import import, long[] ids) => ids.Length == 0 ? 0
        : await tx.Single<long>(Sql["changed-once"], new { import.AccountId, ids, import.Actor.SourceId });

    private sealed record Batch(List<ImportRow> Rows, bool Last);
}
