using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Which contacts are about to be edited, frozen: exactly these and no others.</summary>
/// <param name="FrozenAt">When the selection was frozen (UTC).</param>
/// <param name="Sample">Some of them.</param>
public sealed record EditReceipt(long SelectionId, DateTimeOffset FrozenAt, long Count, IReadOnlyList<Contact> Sample);

/// <summary>Where a bulk edit is, and at its end what came of it.</summary>
/// <param name="Property">The internal name.</param>
/// <param name="Value">The value as the API writes it; null: the property is emptied.</param>
/// <param name="After">All ids up to here are done.</param>
/// <param name="Changed">Contacts that have another value now.</param>
/// <param name="Same">Contacts that had this value before.</param>
/// <param name="Kept">Contacts left alone, because they would have neither an address nor a name.</param>
public record EditState(long OperationId, long SelectionId, string Property, string? Value, long After, long Changed, long Same, long Kept)
{
    /// <summary>Contacts that were written, and that an undo looks at.</summary>
    public virtual long Touched => Changed;
}

/// <summary>Gives one property of a selection of contacts a value, or empties it: frozen first, confirmed by its number when it is more
/// than a page, then written in short transactions in the order of their ids, each contact with its row of history.</summary>
public sealed class SetProperty(Db db, ContactStore contacts, Properties properties, FrozenSelections selections, ListMembers members, JobQueue jobs, TimeProvider clock) : IJob
{
    /// <summary>Up to this many contacts, a page of the table, nobody has to type the number.</summary>
    public const int Page = 25;
    private const int SampleSize = 5;
    private static readonly SqlFile Sql = SqlFile.Beside<SetProperty>();
    private static readonly Property Email = BuiltInProperties.Of("email");

    /// <summary>Whether people can set this property on many contacts: not what Winnow keeps itself, not what is archived, and not the
    /// address, which belongs to one contact.</summary>
    public static bool Allows(Property property) => property is { ReadOnly: false, ArchivedAt: null } && property != Email;

    /// <summary>Freezes a selection as it is now.</summary>
    /// <returns>The receipt, or what is wrong with the selection, as a sentence.</returns>
    public Task<(EditReceipt? Receipt, string? Error)> Freeze(long accountId, SelectionQuery query, TimeZoneInfo zone, long? userId, CancellationToken stop = default) =>
        db.Write<(EditReceipt?, string?)>(async tx =>
        {
            var (frozen, error) = await selections.Freeze(tx, accountId, query, zone, userId);
            return frozen is null ? (null, error) : (await Receipt(tx, frozen), null);
        }, stop);

    /// <summary>The receipt of a frozen selection again, or null when this account has none of this id.</summary>
    public Task<EditReceipt?> Find(long accountId, long selectionId, CancellationToken stop = default) => db.Read(async tx =>
        await selections.Find(tx, accountId, selectionId) is { } frozen ? await Receipt(tx, frozen) : null, stop);

    /// <summary>Orders the edit. The selection, evaluated again, must be the frozen one; else nothing happens. Posted twice it starts one job.</summary>
    /// <param name="typed">The number typed; null only when a <see cref="Page"/> holds them all.</param>
    /// <param name="text">The value as it was typed; empty empties the property.</param>
    /// <param name="query">The selection that the receipt was made of.</param>
    /// <param name="words">What was selected, in words.</param>
    /// <param name="title">The job's title.</param>
    public Task<BulkOutcome> Confirm(long accountId, long selectionId, long? typed, string property, string text, SelectionQuery query, TimeZoneInfo zone, string words, string title, long userId, CancellationToken stop = default) =>
        db.Write(async tx =>
        {
            if ((await properties.Catalog(tx, accountId)).Find(property) is not { } wanted || !Allows(wanted)) return new(null, Error: ListRefusal.NotEditable);
            var (value, wrong) = PropertyValue.Parse(wanted, text);
            if (wrong is not null) return new(null, Error: wrong);
            var (frozen, refused) = await selections.Confirm(tx, accountId, selectionId, typed, query, zone, Page);
            if (frozen is null) return refused!;

            var operationId = await Ids.Next(tx, accountId, "bulk_operation");
            var jobId = await jobs.Enqueue<SetProperty>(tx, accountId, title, new EditState(operationId, selectionId, wanted.Name, PropertyValue.Text(wanted, value), 0, 0, 0, 0), frozen.Set.Count, userId);
            await tx.Execute(Sql["order"], new { accountId, operationId, selectionId, count = frozen.Set.Count, jobId, words, userId, now = clock.GetUtcNow() });
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.PropertySet, words, frozen.Set.Count, after: $"{wanted.Label}: {PropertyValue.Text(wanted, value)}");
            return new BulkOutcome(jobId);
        }, stop);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var pace = new PacedBatches(clock);
        while (await db.Read(tx => members.Page(tx, run.AccountId, run.State<EditState>().SelectionId, run.State<EditState>().After, pace.Size), stop) is { Count: > 0 } ids)
            await pace.Step(run, tx => EditBatch(tx, run, ids), stop);
        return run.State<EditState>();
    }

    private async Task<Step<EditState>> EditBatch(Tx tx, JobRun run, List<long> ids)
    {
        var (state, catalog) = (run.State<EditState>(), await properties.Catalog(tx, run.AccountId));
        var property = catalog.Find(state.Property)!;
        var (value, wrong) = PropertyValue.Parse(property, state.Value);
        if (wrong is not null) throw new InvalidOperationException(wrong);           // an option that was taken away meanwhile
        var (pairs, same, kept) = (new List<(Contact?, Contact)>(ids.Count), 0L, 0L);
        foreach (var before in await contacts.ReadToChange(tx, run.AccountId, ids))
        {
            var after = before.Copy();
            after[property] = value;
            if (Equals(before[property], value)) same++;
            else if (after.IsNameless) kept++;
            else pairs.Add((before, after));
        }
        await contacts.Save(tx, new("CRM_UI", $"bulk:{state.OperationId}", run.UserId), catalog, pairs);
        return new(state with { After = ids[^1], Changed = state.Changed + pairs.Count, Same = state.Same + same, Kept = state.Kept + kept }, ids.Count);
    }

    private async Task<EditReceipt> Receipt(Tx tx, FrozenSelection frozen) =>
        new(frozen.Id, frozen.At, frozen.Set.Count, await contacts.Read(tx, frozen.AccountId, [.. frozen.Set.After(0).Take(SampleSize)]));
}
