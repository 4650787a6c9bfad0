using System.Text.Json;
using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>Keeps the search index. What a person changes is found at once; imports and bulk work leave it to
/// <see cref="CatchUp"/>, which follows the outbox within a second.</summary>
public sealed class ContactWords(Db db) : IFollowContacts
{
    /// <summary>Up to this many changes at a time are indexed in their own transaction.</summary>
    private const int AtOnce = 50;

    /// <summary>Contacts indexed in one transaction: well under half a second.</summary>
    private const int Batch = 5_000;
    private static readonly SqlFile Sql = SqlFile.Beside<ContactWords>();
    private static readonly Statement Range = Statement.Built("contacts to index",
        $"select {ContactColumn.List()} from contacts where account_id = @accountId and id > @after and id <= @last order by id limit @limit");
    private static readonly Statement Some = Statement.Built("contacts to index by id", $"select {ContactColumn.List()} from contacts where account_id = @accountId and id in @ids order by id");
    private static readonly BulkTable Words = new("contact_words", "account_id", "contact_id", "word");

    /// <inheritdoc/>
    public async Task Changed(Tx tx, long accountId, PropertyCatalog properties, IReadOnlyList<ContactChange> changes)
    {
        if (changes.Count > AtOnce) return;
        foreach (var change in changes.Where(c => c.Before is null || SearchWords.Properties.Overlaps(c.Changed)))
        {
            var before = change.Before is null ? [] : SearchWords.Of(change.Before);
            var after = SearchWords.Of(change.After);
            if (before.Except(after).ToArray() is { Length: > 0 } gone) await tx.Execute(Sql["remove"], new { accountId, change.Id, words = gone });
            foreach (var word in after.Except(before)) await tx.Execute(Sql["add"], new { accountId, change.Id, word });
        }
    }

    /// <inheritdoc/>
    public async Task Deleted(Tx tx, long accountId, long operationId, IReadOnlyList<long> ids)
    {
        if (ids.Count <= AtOnce) await tx.Execute(Sql["clear"], new { accountId, ids = ids.ToArray() });
    }

    /// <inheritdoc/>
    public Task Restored(Tx tx, long accountId, long operationId, IReadOnlyList<long> ids) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> Minds(Tx tx, long accountId, PropertyCatalog properties, IReadOnlySet<long> changed) => Task.FromResult(SearchWords.Properties.Overlaps(changed));

    /// <summary>Indexes what bulk work changed, account by account, and drops outbox rows that were followed. Safe on several
    /// processes: each piece holds the account's cursor until its commit.</summary>
    public async Task CatchUp(CancellationToken stop)
    {
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["behind"]), stop))
            while (await db.Write(tx => Follow(tx, accountId), stop)) { }
    }

    /// <summary>One outbox row, or a piece of a long one; false when there is none left.</summary>
    private async Task<bool> Follow(Tx tx, long accountId)
    {
        await tx.Execute(Sql["make-cursor"], new { accountId });
        var cursor = await tx.Single<Cursor>(Sql["cursor"], new { accountId });
        if (await tx.SingleOrNone<Change>(Sql["next"], new { accountId, cursor.ChangeId }) is not { } change) return false;
        var after = Math.Max(cursor.Position, change.FirstContactId - 1);
        var contacts = change.ContactIds is null
            ? await ContactStore.ReadAll(tx, Range, new { accountId, after, last = change.LastContactId, limit = (long)Batch })
            : await ContactStore.ReadAll(tx, Some, new { accountId, ids = JsonSerializer.Deserialize<long[]>(change.ContactIds)! });
        var (from, upTo) = (after + 1, contacts.Count < Batch || change.ContactIds is not null ? change.LastContactId : contacts[^1].Id);
        if (change.ContactIds is null) await tx.Execute(Sql["clear-range"], new { accountId, from, upTo });
        else await tx.Execute(Sql["clear"], new { accountId, ids = JsonSerializer.Deserialize<long[]>(change.ContactIds)! });
        await tx.Bulk(Words, contacts.SelectMany(c => SearchWords.Of(c).Select(word => (c.Id, word))), (row, w) =>
        {
            row.Long(accountId);
            row.Long(w.Id);
            row.Text(w.word);
        });
        var finished = upTo == change.LastContactId;
        await tx.Execute(Sql["move"], new { accountId, changeId = finished ? change.Id : cursor.ChangeId, position = finished ? 0 : upTo });
        if (finished) await tx.Execute(Sql["drop-followed"], new { accountId, change.Id });
        return true;
    }

    private sealed record Cursor(long ChangeId, long Position);

    private sealed record Change(long Id, long FirstContactId, long LastContactId, string? ContactIds);
}
