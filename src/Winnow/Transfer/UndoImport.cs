using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;
using Winnow.Mail.Mime;

namespace Winnow.Transfer;

/// <summary>Where the undo of an import is, and at its end what came of it.</summary>
/// <param name="OperationId">The delete in the recycle bin that holds those whom the import made; null when it made none.</param>
/// <param name="After">All ids up to here are done.</param>
/// <param name="Deleted">Contacts that the import made: they are in the recycle bin.</param>
/// <param name="Changed">Those of them that a person had changed since; the file names them.</param>
/// <param name="Restored">Contacts that have values back that the import replaced.</param>
/// <param name="Kept">Values left alone, because they were changed since or cannot be given back; the file names them.</param>
/// <param name="Gone">Contacts of the import that are not there any more.</param>
/// <param name="Left">Contacts that were taken out of the list that the import made.</param>
/// <param name="FileId">The file.</param>
/// <param name="Texts">What it says, in the language of whoever ordered the undo; null: in English.</param>
public sealed record UndoImportState(long ImportId, long? OperationId, long After, long Deleted, long Changed, long Restored, long Kept, long Gone, long Left, long? FileId, IReadOnlyDictionary<string, string>? Texts = null);

/// <summary>Takes an import back: contacts that it made go to the recycle bin, those that it changed get exactly the values that it replaced, and who is in the list that it made through
/// it leaves it. What was changed since is kept and named in a file. Opt-outs are never taken back: who must not be mailed stays so.</summary>
public sealed class UndoImport(Db db, ContactStore contacts, Properties properties, ListStore lists, ListMembers members, Files files, JobQueue jobs, TimeProvider clock) : IJob
{
    /// <summary>Why nothing is undone.</summary>
    public const string NoImport = "There is no such import.", Stands = "This import cannot be undone any more.";
    private static readonly SqlFile Sql = SqlFile.Beside<UndoImport>();
    private static readonly Property Email = BuiltInProperties.Of("email"), Source = BuiltInProperties.Of("hs_object_source"), SourceId = BuiltInProperties.Of("hs_object_source_id"),
        FirstName = BuiltInProperties.Of("firstname"), LastName = BuiltInProperties.Of("lastname");

    /// <summary>The import, or null when this account has none of this id that was started.</summary>
    public Task<FinishedImport?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(tx => tx.SingleOrNone<FinishedImport>(Sql["find"], new { accountId, id }), stop);

    /// <summary>Orders the undo. Posted twice it starts one job.</summary>
    /// <param name="typed">The number typed, of <see cref="FinishedImport.Left"/>; null only when a <see cref="SetProperty.Page"/> holds them all.</param>
    /// <param name="title">The job's title, which the recycle bin shows too.</param>
    /// <param name="texts">What the file of the kept values shall say; as <see cref="UndoImportState.Texts"/>.</param>
    public Task<BulkOutcome> Confirm(long accountId, long id, long? typed, string title, long userId, IReadOnlyDictionary<string, string>? texts = null, CancellationToken stop = default) => db.Write(async tx =>
    {
        await tx.SingleOrNone<long>(Sql["lock"], new { accountId, id });
        if (await tx.SingleOrNone<FinishedImport>(Sql["find"], new { accountId, id }) is not { SeenId: not null } import) return new(null, Error: NoImport);
        if (!import.CanBeUndone(clock.GetUtcNow())) return import.UndoJobId is { } posted ? new(posted) : new(null, Error: Stands);
        if ((typed ?? (import.Left <= SetProperty.Page ? import.Left : null)) != import.Left) return new(null, WrongNumber: true);

        var (done, now) = (import.Done, clock.GetUtcNow());
        long? operationId = done.Created > 0 ? await Ids.Next(tx, accountId, "bulk_operation") : null;
        var jobId = await jobs.Enqueue<UndoImport>(tx, accountId, title, new UndoImportState(id, operationId, 0, 0, 0, 0, 0, 0, 0, null, texts), done.Created + done.Updated + done.Unchanged, userId);
        if (operationId is not null)
            await tx.Execute(Sql["bin"], new { accountId, operationId, selectionId = await lists.Freeze(tx, accountId, new(), userId), count = done.Created, until = now.AddDays(DeleteContacts.RestorableDays), jobId, words = title, userId, now });
        await tx.Execute(Sql["order"], new { accountId, id, jobId });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ImportUndone, $"{import.Name} ({import.FileName})", import.Left);
        return new BulkOutcome(jobId);
    }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var (pace, import) = (new PacedBatches(clock), (await Find(run.AccountId, run.State<UndoImportState>().ImportId, stop))!);
        while (await db.Read(tx => members.Page(tx, run.AccountId, import.SeenId!.Value, run.State<UndoImportState>().After, pace.Size), stop) is { Count: > 0 } ids)
            await pace.Step(run, tx => UndoBatch(tx, run, import, ids), stop);
        return run.State<UndoImportState>();
    }

    private async Task<Step<UndoImportState>> UndoBatch(Tx tx, JobRun run, FinishedImport import, List<long> ids)
    {
        var (state, sourceId) = (run.State<UndoImportState>(), import.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var catalog = await properties.Catalog(tx, run.AccountId);
        await contacts.HoldAddresses(tx, run.AccountId);                     // an address that comes back must not be given to another meanwhile
        var present = await contacts.ReadToChange(tx, run.AccountId, ids);
        var made = present.Where(c => (string?)c[Source] == "IMPORT" && (string?)c[SourceId] == sourceId).ToDictionary(c => c.Id);
        var there = present.Where(c => !made.ContainsKey(c.Id)).ToList();

        var kept = await Delete(tx, state, made, sourceId, run.AccountId);
        var (restored, values) = await GiveBack(tx, run, there, sourceId, catalog);
        var left = await TakeOut(tx, import, new(there.Select(c => c.Id)));
        await tx.Execute(Sql["count-undone"], new { run.AccountId, state.ImportId, count = (long)made.Count + restored });
        var fileId = await Note(tx, run, state, [.. kept, .. values]);
        return new(state with
        {
            After = ids[^1], Deleted = state.Deleted + made.Count, Changed = state.Changed + kept.Count, Restored = state.Restored + restored, Kept = state.Kept + values.Count,
            Gone = state.Gone + ids.Count - present.Count, Left = state.Left + left, FileId = fileId,
        }, ids.Count);
    }

    /// <summary>Takes those whom the import made to the recycle bin.</summary>
    /// <returns>Those whom a person had changed since.</returns>
    private async Task<List<(Property?, KeptValue)>> Delete(Tx tx, UndoImportState state, Dictionary<long, Contact> made, string sourceId, long accountId)
    {
        if (made.Count == 0) return [];
        var ids = made.Keys.Order().ToArray();
        var later = await tx.Query<LaterChange>(Sql["by-people"], new { AccountId = accountId, ids, sourceId });
        await contacts.Delete(tx, accountId, state.OperationId!.Value, ids);
        await tx.Execute(Sql["count-deleted"], new { AccountId = accountId, state.OperationId, count = (long)ids.Length });
        return [.. later.GroupBy(change => change.ContactId).Select(of => ((Property?)null, new KeptValue(made[of.Key], made[of.Key], of.Last(), KeptTexts.InBin)))];
    }

    /// <summary>Gives those whom the import changed their values back.</summary>
    /// <returns>How many have values back, and what was kept.</returns>
    private async Task<(int Restored, List<(Property?, KeptValue)> Kept)> GiveBack(Tx tx, JobRun run, List<Contact> there, string sourceId, PropertyCatalog catalog)
    {
        if (there.Count == 0) return (0, []);
        var undo = LaterChange.OfImport + sourceId;
        var traces = (await tx.Query<ImportTrace>(Sql["traces"], new { run.AccountId, ids = there.Select(c => c.Id).ToArray(), sourceId })).ToLookup(t => t.ContactId);
        var (pairs, kept) = (new List<(Contact? Before, Contact After)>(), new List<(Property?, KeptValue)>());
        foreach (var now in there.Where(c => traces.Contains(c.Id) && !traces[c.Id].Any(t => t.SourceId == undo)))
        {
            var (back, inTheWay) = ImportTraces.TakenBack(now, [.. traces[now.Id]], sourceId, catalog);
            kept.AddRange(inTheWay.Select(k => ((Property?)k.Property, new KeptValue(now, HadBefore(now, traces[now.Id], k.Property), k.InTheWay, KeptTexts.ChangedSinceImport))));
            pairs.Add((now, back));
        }
        await KeepTaken(tx, run.AccountId, pairs, kept);
        foreach (var (now, back) in pairs.Where(p => p.After.IsNameless && !p.Before!.IsNameless))
        {
            kept.Add((FirstName, new(now!, back.Copy(), null)));
            (back[FirstName], back[LastName], back[Email]) = (now![FirstName], now[LastName], now[Email]);
        }
        var partly = kept.Select(k => k.Item2.Now.Id).ToHashSet();
        foreach (var (now, back) in pairs.Where(p => partly.Contains(p.After.Id))) back[ImportTraces.Imported] = now![ImportTraces.Imported];      // something of the import stays on it
        return ((await contacts.Save(tx, new("CRM_UI", undo, run.UserId), catalog, pairs)).Count, kept);
    }

    /// <summary>Leaves an address alone that another contact has by now.</summary>
    private async Task KeepTaken(Tx tx, long accountId, List<(Contact? Before, Contact After)> pairs, List<(Property?, KeptValue)> kept)
    {
        var moved = pairs.Where(p => p.Before!.Email != p.After.Email && p.After.Email is not null).ToList();
        var owners = await contacts.IdsByAddress(tx, accountId, [.. moved.Select(p => EmailAddress.Normalize(p.After.Email)).OfType<string>().Distinct()]);
        foreach (var (now, back) in moved)
        {
            if (EmailAddress.Normalize(back.Email) is not { } key || owners.TryAdd(key, now!.Id) || owners[key] == now.Id) continue;
            kept.Add((Email, new(now, back.Copy(), null, KeptTexts.AddressTaken)));
            back[Email] = now[Email];
        }
    }

    /// <summary>Takes out of the list that the import made who is in it through the import; who joined again later stays.</summary>
    private async Task<long> TakeOut(Tx tx, FinishedImport import, MemberSet there)
    {
        if (import.ListId is not { } list || there.Count == 0 || await lists.Refusal(tx, import.AccountId, list) is not null) return 0;
        var since = await members.JoinTimes(tx, import.AccountId, list, [.. there.Ids]);
        var through = new MemberSet(there.Ids.Where(id => !since.TryGetValue(id, out var at) || at <= import.JobFinishedAt));
        return (await lists.Move(tx, import.AccountId, list, through, join: false)).Members.Count;
    }

    private async Task<long?> Note(Tx tx, JobRun run, UndoImportState state, List<(Property? Property, KeptValue Kept)> kept)
    {
        var (fileId, texts) = (state.FileId, state.Texts);
        if (kept.Count == 0) return fileId;
        var people = await PropertyHistory.UserNames(tx, run.AccountId, [.. kept.Select(k => k.Kept.InTheWay?.UserId).OfType<long>()]);
        if (fileId is null) await files.Append(tx, run.AccountId, (fileId = await files.Create(tx, run.AccountId, texts.Say(KeptTexts.ValuesFile), run.UserId)).Value, KeptValue.Heading(texts, KeptTexts.BeforeImport));
        foreach (var of in kept.GroupBy(k => k.Property)) await files.Append(tx, run.AccountId, fileId.Value, KeptValue.Lines(of.Key, of.Select(k => k.Kept), people, texts));
        return fileId;
    }

    /// <summary>The contact with what a property held before the import, for the file.</summary>
    private static Contact HadBefore(Contact now, IEnumerable<ImportTrace> traces, Property property)
    {
        var had = now.Copy();
        foreach (var p in property == MarketingStatus.Property ? MarketingStatus.Properties : [property])
            if (traces.FirstOrDefault(t => t.Held.ContainsKey(p.Id)) is { } first) had[p] = PropertyHistory.Typed(p, first.Held[p.Id]);
        return had;
    }
}
