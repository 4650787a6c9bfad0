using Winnow.Data;

namespace Winnow.Contacts;

/// <content>Very many contacts at once, by their ids.</content>
public sealed partial class ContactStore
{
    /// <summary>From this many on, contacts are read along their key.</summary>
    private const int ManyFrom = 100;
    private const string Stamps = "id, version, updated_at, emails_delivered";
    private static readonly Statement Neighbours = Along(ContactColumn.List(), ""), NeighboursLocked = Along(ContactColumn.List(), "$lock"), NeighbourStamps = Along(Stamps, "$lock");
    private static readonly Statement Many = Each(ContactColumn.List(), ""), ManyLocked = Each(ContactColumn.List(), "$lock"), ManyStamps = Each(Stamps, "$lock");

    /// <summary>Locks contacts that were read before until the commit.</summary>
    /// <param name="read">As they were then, in the order of their ids.</param>
    /// <returns>Whether they are what they were; false also when one is gone.</returns>
    internal static async Task<bool> HoldUnchanged(Tx tx, long accountId, IReadOnlyList<Contact> read)
    {
        if (read.Count == 0) return true;
        long[] ids = [.. read.Select(c => c.Id)];
        var at = 0;
        await using var rows = await tx.Reader(IsWhole(ids) ? NeighbourStamps : ManyStamps, Asked(accountId, ids));
        for (; await rows.ReadAsync(tx.Stop); at++)
            if (at == read.Count || rows.GetInt64(0) != read[at].Id || rows.GetInt64(1) != read[at].Version || rows.GetInt64(2) != (long)read[at][UpdatedAt]! || rows.GetInt64(3) != (long)read[at][Delivered]!) return false;
        return at == read.Count;
    }

    private static async Task<List<Contact>> ReadMany(Tx tx, long accountId, IReadOnlyCollection<long> ids, bool hold)
    {
        long[] sorted = [.. ids.Distinct().Order()];
        if (IsWhole(sorted)) return await ReadAll(tx, hold ? NeighboursLocked : Neighbours, Asked(accountId, sorted));
        if (hold || sorted[^1] - sorted[0] > 2L * sorted.Length) return await ReadAll(tx, hold ? ManyLocked : Many, Asked(accountId, sorted));
        var around = await ReadAll(tx, Neighbours, Asked(accountId, sorted));
        around.RemoveAll(c => Array.BinarySearch(sorted, c.Id) < 0);
        return around;
    }

    private static bool IsWhole(long[] sorted) => sorted[^1] - sorted[0] == sorted.Length - 1;

    private static object Asked(long accountId, long[] ids) => new { accountId, ids, first = ids[0], last = ids[^1] };

    private static Statement Along(string columns, string hold) => Statement.Built("neighbouring contacts", $"select {columns} from contacts where account_id = @accountId and id >= @first and id <= @last order by id {hold}");

    /// <summary>On PostgreSQL one index probe a contact. The account is hidden from the planner: shown a young account it believes it small, and reads all of it for every batch.</summary>
    private static Statement Each(string columns, string hold) => new("many contacts by id", d => d == Dialect.Postgres
        ? $"""
           select c.* from unnest(cast(@ids as bigint[])) k (id)
           cross join lateral (select {columns} from contacts where account_id = (select cast(@accountId as bigint)) and id = k.id limit 1 {hold}) c
           order by c.id
           """
        : $"select {columns} from contacts where account_id = @accountId and id in @ids order by id");
}
