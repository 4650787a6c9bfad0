using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>Evaluates every complete active list again and compares: what the keeper keeps must be what the filters say.
/// For tests and for an operator in doubt; while contacts change meanwhile it may report changes in flight.</summary>
public sealed class CheckLists(Properties properties, ListMembers members, FilterFacts facts, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<CheckLists>();
    private static readonly Statement Contacts = Statement.Built("all contacts", $"select {ContactColumn.List()} from contacts where account_id = @accountId order by id");

    /// <summary>What is wrong, a sentence each; empty when all is right.</summary>
    public async Task<List<string>> Differences(Tx tx, long accountId)
    {
        var lists = await tx.Query<Row>(Sql["complete"], new { accountId });
        var catalog = await properties.Catalog(tx, accountId);
        var filters = lists.Where(l => l.Kind == ListKind.Dynamic).Select(l => (l.Id, Filter: FollowingLists.Read(l.Id, l.Filter!, l.TimeZone, catalog))).ToList();
        var now = clock.GetUtcNow();
        var known = await facts.About(tx, accountId, filters.Select(f => f.Filter), 0, long.MaxValue, now);
        var active = filters.Select(f => (f.Id, Takes: FilterPredicate.Compile(f.Filter, now, known), Found: new MemberSet())).ToList();
        var everyone = new MemberSet();
        await using (var rows = await tx.Reader(Contacts, new { accountId }))
            while (await rows.ReadAsync(tx.Stop))
            {
                var contact = Contact.Read(rows);
                everyone.Add(contact.Id);
                foreach (var (_, takes, found) in active) if (takes(contact)) found.Add(contact.Id);
            }
        var differences = new List<string>();
        foreach (var list in lists)
        {
            var there = await members.Read(tx, accountId, list.Id);
            var right = active.FirstOrDefault(a => a.Id == list.Id).Found ?? there.Intersect(everyone);
            differences.AddRange(there.Except(right).Ids.Select(id => $"list {list.Id} has contact {id} and should not"));
            differences.AddRange(right.Except(there).Ids.Select(id => $"list {list.Id} lacks contact {id}"));
            if (await members.Count(tx, accountId, list.Id) is var count && count != there.Count) differences.Add($"list {list.Id} counts {count} and has {there.Count}");
        }
        return differences;
    }

    private sealed record Row(long Id, ListKind Kind, string? Filter, string TimeZone);
}
