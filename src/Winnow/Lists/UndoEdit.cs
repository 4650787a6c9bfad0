using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Where an undo is, and at its end what came of it. Contacts of the edit that are neither undone nor kept are gone.</summary>
/// <param name="Property">The internal name.</param>
/// <param name="After">All ids up to here are done.</param>
/// <param name="Undone">Contacts that have the value back that they had before the edit.</param>
/// <param name="Kept">Contacts left alone, because their value was changed since; so is one that would have neither an address nor a name.</param>
/// <param name="FileId">The file that names the kept ones.</param>
/// <param name="Texts">What that file says, in the language of whoever ordered the undo, by <see cref="KeptTexts"/>; null: in English.</param>
public sealed record UndoState(long OperationId, long SelectionId, string Property, long After, long Undone, long Kept, long? FileId, IReadOnlyDictionary<string, string>? Texts = null);

/// <summary>Takes an edit of many contacts, or a change of their marketing status, back: each gets exactly what it had before, which its history knows, in short transactions in the order
/// of their ids. What was changed after the edit, by whomever, is kept and named in a file.</summary>
public sealed class UndoEdit(Db db, ContactStore contacts, Properties properties, ListMembers members, Files files, JobQueue jobs, TimeProvider clock) : IJob
{
    private static readonly SqlFile Sql = SqlFile.Beside<UndoEdit>();

    /// <summary>The edit, or null when this account has none of this id.</summary>
    public Task<BulkEdit?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(tx => tx.SingleOrNone<BulkEdit>(Sql["find"], new { accountId, id }), stop);

    /// <summary>The edits that these jobs did, by job.</summary>
    public async Task<Dictionary<long, BulkEdit>> OfJobs(long accountId, IReadOnlyCollection<long> jobs, CancellationToken stop = default) => jobs.Count == 0 ? []
        : (await db.Read(tx => tx.Query<BulkEdit>(Sql["of-jobs"], new { accountId, jobs = jobs.ToArray() }), stop)).ToDictionary(edit => edit.JobId);

    /// <summary>Orders the undo. Posted twice it starts one job.</summary>
    /// <param name="typed">The number typed, of <see cref="BulkEdit.Left"/>; null only when a <see cref="SetProperty.Page"/> holds them all.</param>
    /// <param name="title">The job's title.</param>
    /// <param name="texts">What the file of the kept ones shall say; as <see cref="UndoState.Texts"/>.</param>
    public Task<BulkOutcome> Confirm(long accountId, long id, long? typed, string title, long userId, IReadOnlyDictionary<string, string>? texts = null, CancellationToken stop = default) => db.Write(async tx =>
    {
        await tx.SingleOrNone<long>(Sql["lock"], new { accountId, id });
        if (await tx.SingleOrNone<BulkEdit>(Sql["find"], new { accountId, id }) is not { } edit) return new(null, Error: ListRefusal.NoEdit);
        if (!edit.CanBeUndone(clock.GetUtcNow())) return edit.UndoJobId is { } posted ? new(posted) : new(null, Error: ListRefusal.EditStands);
        if ((await properties.Catalog(tx, accountId)).Find(edit.Edit.Property) is not { ArchivedAt: null } property) return new(null, Error: ListRefusal.ArchivedSince);
        if ((typed ?? (edit.Left <= SetProperty.Page ? edit.Left : null)) != edit.Left) return new(null, WrongNumber: true);

        var jobId = await jobs.Enqueue<UndoEdit>(tx, accountId, title, new UndoState(id, edit.SelectionId, property.Name, 0, 0, 0, null, texts), edit.Left, userId);
        await tx.Execute(Sql["order"], new { accountId, id, jobId });
        await AuditLog.Add(tx, clock, accountId, userId, edit.IsOfMarketing ? AuditAction.MarketingSetUndone : AuditAction.PropertySetUndone, edit.Source, edit.Left, before: $"{property.Label}: {edit.Edit.Value}");
        return new BulkOutcome(jobId);
    }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var pace = new PacedBatches(clock);
        while (await db.Read(tx => members.Page(tx, run.AccountId, run.State<UndoState>().SelectionId, run.State<UndoState>().After, pace.Size), stop) is { Count: > 0 } ids)
            await pace.Step(run, tx => UndoBatch(tx, run, ids), stop);
        return run.State<UndoState>();
    }

    /// <summary>What came after an edit and stands in the way of its undo: the last change of the property that was not undone itself. Null: what the edit
    /// wrote still stands, or stands again.</summary>
    /// <param name="later">The changes of the property after the edit, oldest first, by the source id of each.</param>
    internal static LaterChange? InTheWay(IReadOnlyList<LaterChange> later)
    {
        var undone = later.Select(change => LaterChange.UndoneBy(change.SourceId)).OfType<(string, string)>().ToHashSet();
        return later.LastOrDefault(change => change.SourceId is not { } id || (LaterChange.UndoneBy(id) is null && !undone.Contains((change.Source, id))));
    }

    private async Task<Step<UndoState>> UndoBatch(Tx tx, JobRun run, List<long> ids)
    {
        var (state, catalog) = (run.State<UndoState>(), await properties.Catalog(tx, run.AccountId));
        var property = catalog.Find(state.Property)!;
        var written = property == MarketingStatus.Property ? MarketingStatus.Properties : [property];
        var source = $"{LaterChange.Edit}{state.OperationId}";
        var edited = (await tx.Query<EditedContact>(Sql["edited"], new { run.AccountId, ids = ids.ToArray(), source })).ToDictionary(e => e.ContactId);
        if (edited.Count == 0) return new(state with { After = ids[^1] }, 0);
        var present = await contacts.ReadToChange(tx, run.AccountId, edited.Keys);               // before their later changes are read: from here on there are no more
        var later = (await tx.Query<LaterChange>(Sql["later"], new { run.AccountId, ids = edited.Keys.ToArray(), source }))
            .Where(change => CustomValues.Read(change.Changes) is var changed && written.Any(p => changed.ContainsKey(p.Id))).ToLookup(change => change.ContactId);
        var already = edited.Keys.Count(id => IsUndoneBy(later[id], state.OperationId));

        var (pairs, kept) = (new List<(Contact?, Contact)>(present.Count), new List<KeptValue>());
        foreach (var now in present.Where(c => !IsUndoneBy(later[c.Id], state.OperationId)))
        {
            var (old, back) = (CustomValues.Read(edited[now.Id].Before), now.Copy());
            foreach (var p in written) if (old.TryGetValue(p.Id, out var value)) back[p] = PropertyHistory.Typed(p, value);
            var inTheWay = InTheWay([.. later[now.Id]]);
            if (inTheWay is null && !back.IsNameless) pairs.Add((now, back));
            else kept.Add(new(now, back, inTheWay));
        }
        await contacts.Save(tx, new("CRM_UI", $"{LaterChange.OfEdit}{state.OperationId}", run.UserId), catalog, pairs);
        await tx.Execute(Sql["count-undone"], new { run.AccountId, state.OperationId, count = (long)pairs.Count });
        var fileId = await Note(tx, run, state, property, kept);
        return new(state with { After = ids[^1], Undone = state.Undone + pairs.Count, Kept = state.Kept + kept.Count, FileId = fileId }, edited.Count - already);
    }

    /// <summary>Adds the kept ones to the file, which the first of them makes.</summary>
    private async Task<long?> Note(Tx tx, JobRun run, UndoState state, Property property, List<KeptValue> kept)
    {
        var (fileId, texts) = (state.FileId, state.Texts);
        if (kept.Count == 0) return fileId;
        var people = await PropertyHistory.UserNames(tx, run.AccountId, [.. kept.Select(k => k.InTheWay?.UserId).OfType<long>()]);
        if (fileId is null) await files.Append(tx, run.AccountId, (fileId = await files.Create(tx, run.AccountId, texts.Say(KeptTexts.ValuesFile), run.UserId)).Value, KeptValue.Heading(texts));
        await files.Append(tx, run.AccountId, fileId.Value, KeptValue.Lines(property, kept, people, texts));
        return fileId;
    }

    private static bool IsUndoneBy(IEnumerable<LaterChange> later, long operationId) => later.Any(change => change.SourceId == $"{LaterChange.OfEdit}{operationId}");

    private sealed record EditedContact(long ContactId, string Before);
}

/// <summary>A change of a contact after an edit.</summary>
internal sealed record LaterChange(long ContactId, DateTimeOffset At, string Source, string? SourceId, long? UserId, string Changes)
{
    /// <summary>What stands before the number of a deed in the source id of the changes by it, and by the undo of an edit or of an import.</summary>
    public const string Edit = "bulk:", OfEdit = "undo:", OfImport = "undo-import:";

    /// <summary>The source, and its id, of the changes that a change with this source id took back; null: it is no undo.</summary>
    public static (string Source, string SourceId)? UndoneBy(string? sourceId) =>
        sourceId is null ? null
        : sourceId.StartsWith(OfEdit, StringComparison.Ordinal) ? ("CRM_UI", Edit + sourceId[OfEdit.Length..])
        : sourceId.StartsWith(OfImport, StringComparison.Ordinal) ? ("IMPORT", sourceId[OfImport.Length..])
        : null;
}
