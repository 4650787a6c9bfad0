using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>A burst of blocks. Instants are UTC.</summary>
/// <param name="GroupedBy">provider or text: what its blocks have in common.</param>
/// <param name="Provider">Of the block that opened it; null when it has blocks of several.</param>
/// <param name="Sample">The words of the block that opened it.</param>
/// <param name="Texts">How many different texts its blocks have.</param>
/// <param name="Contacts">How many people it is about.</param>
/// <param name="OnRecord">On how many addresses it put a bounce that stands there now.</param>
public sealed record Incident(
    long Id, string GroupedBy, string? Provider, string Sample, DateTimeOffset FirstAt, DateTimeOffset LastAt, DateTimeOffset OpenedAt, long Texts, long Contacts, long OnRecord)
{
    /// <summary>Whether the next block that fits still belongs to it.</summary>
    public bool Lasts(DateTimeOffset now) => now <= LastAt + IncidentRules.Quiet;
}

/// <summary>A person behind an incident.</summary>
/// <param name="OnRecord">Whether the incident put a bounce on the address that stands there now.</param>
public sealed record IncidentPerson(long InboxId, long ContactId, string EmailKey, DateTimeOffset At, string? Decisive, bool OnRecord);

/// <summary>Keeps incidents and the blocks they are made of. Who judges blocks holds the account's counter of incidents until the commit: of two processes
/// the second sees the blocks of the first, so no burst is missed and none is opened twice.</summary>
public sealed class Incidents(Db db, TellIncident tell, TimeProvider clock)
{
    private const string Counter = "incident";
    private static readonly SqlFile Sql = SqlFile.Beside<Incidents>();
    private static readonly BulkTable IncidentRows = new("incidents", "account_id", "id", "grouped_by", "group_key", "provider", "sample", "first_at", "last_at", "opened_at");
    private static readonly BulkTable BlockRows = new("incident_blocks", "account_id", "inbox_id", "at", "provider", "words", "email_key", "contact_id", "incident_id");

    /// <summary>All that decides what becomes of these blocks, held until the commit. To be called after recipients are locked and before addresses are.</summary>
    /// <param name="blocks">Each with when its report came.</param>
    internal async Task<IncidentBook> Open(Tx tx, long accountId, IReadOnlyCollection<(Block Block, DateTimeOffset At)> blocks)
    {
        if (blocks.Count == 0) return IncidentBook.Empty;
        var next = await Ids.Next(tx, accountId, Counter, 0);
        var (first, now) = (blocks.Min(b => b.At), clock.GetUtcNow());
        var args = new
        {
            accountId, providers = blocks.Select(b => b.Block.Provider).Distinct().ToArray(), words = blocks.Select(b => b.Block.Words).Where(w => w.Length > 0).Distinct().ToArray(),
            near = first - IncidentRules.Window, lasting = first - IncidentRules.Quiet, until = now + IncidentRules.Window,
        };
        return new(await tx.Query<IncidentSpan>(Sql["open"], args), await tx.Query<NotedBlock>(Sql["near"], args), next);
    }

    /// <summary>Writes what became of the blocks.</summary>
    internal async Task Write(Tx tx, long accountId, IncidentBook book)
    {
        if (book.Blocks.Count == 0) return;
        if (book.Opened.Count > 0) await Ids.Next(tx, accountId, Counter, book.Opened.Count);
        var opened = book.Opened.ToDictionary(o => o.Id);
        await tx.Bulk(IncidentRows, book.Opened, (row, o) => Write(row, accountId, o, book.Changed[o.Id]));
        var longer = book.Changed.Values.Where(i => !opened.ContainsKey(i.Id)).ToList();
        if (longer.Count > 0)
            await tx.Execute(Sql["stretch"], new { rows = JsonRows.Of(longer.Select(i => new { account = accountId, id = i.Id, first = i.FirstAt.ToUnixTimeMilliseconds(), last = i.LastAt.ToUnixTimeMilliseconds() })) });
        await tx.Bulk(BlockRows, book.Blocks.Values.Where(book.IsNew), (row, b) => Write(row, accountId, b));
        var gathered = book.Blocks.Values.Where(b => !book.IsNew(b)).ToList();
        if (gathered.Count > 0) await tx.Execute(Sql["gather"], new { rows = JsonRows.Of(gathered.Select(b => new { account = accountId, inbox = b.InboxId, incident = b.IncidentId })) });
    }

    /// <summary>Tells that incidents opened. It puts jobs in, and comes last.</summary>
    internal async Task Tell(Tx tx, IncidentBook book)
    {
        foreach (var o in book.Opened) await tell.Order(tx, o.Path, o.Id, book.Changed[o.Id].GroupedBy == IncidentBook.ByProvider ? o.Block.Provider : o.Block.Sample);
    }

    /// <summary>A page of them, the latest first.</summary>
    public Task<List<Incident>> Page(long accountId, int skip, int take, CancellationToken stop = default) => db.Read(tx => tx.Query<Incident>(Sql["page"], new { accountId, skip, take }), stop);

    /// <summary>One of them, or null when this account has none of this id.</summary>
    public Task<Incident?> Find(long accountId, long id, CancellationToken stop = default) => db.Read(tx => tx.SingleOrNone<Incident>(Sql["find"], new { accountId, id }), stop);

    /// <summary>How many last.</summary>
    public Task<long> CountLasting(long accountId, CancellationToken stop = default) =>
        db.Read(tx => tx.Single<long>(Sql["count-lasting"], new { accountId, since = clock.GetUtcNow() - IncidentRules.Quiet }), stop);

    /// <summary>The people behind one, in the order of their reports, after this report (0 to begin).</summary>
    public Task<List<IncidentPerson>> People(long accountId, long id, long after, int limit, CancellationToken stop = default) =>
        db.Read(tx => tx.Query<IncidentPerson>(Sql["people"], new { accountId, id, after, limit }), stop);

    /// <summary>Forgets blocks that became no incident.</summary>
    public async Task Forget(CancellationToken stop)
    {
        var before = clock.GetUtcNow().AddDays(-1);
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts-with-single"], new { before }), stop))
            await db.Write(tx => tx.Execute(Sql["forget"], new { accountId, before }), stop);
    }

    private void Write(BulkRow row, long accountId, OpenedIncident opened, IncidentSpan span)
    {
        row.Long(accountId); row.Long(opened.Id); row.Text(span.GroupedBy); row.Text(span.GroupKey); row.Text(opened.Block.Provider); row.Text(opened.Block.Sample);
        row.Long(span.FirstAt.ToUnixTimeMilliseconds()); row.Long(span.LastAt.ToUnixTimeMilliseconds()); row.Long(clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private static void Write(BulkRow row, long accountId, NotedBlock b)
    {
        row.Long(accountId); row.Long(b.InboxId); row.Long(b.At.ToUnixTimeMilliseconds()); row.Text(b.Provider); row.Text(b.Words); row.Text(b.EmailKey); row.Long(b.ContactId); row.Long(b.IncidentId);
    }
}
