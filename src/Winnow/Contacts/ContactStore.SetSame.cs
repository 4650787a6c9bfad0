using System.Text.Json;
using Winnow.Data;

namespace Winnow.Contacts;

/// <content>The same change of very many contacts.</content>
public sealed partial class ContactStore
{
    private static readonly SqlFile Many = SqlFile.Of("Contacts/ContactStore.SetSame.sql");

    /// <summary>Changes properties with columns of their own on contacts, to values that follow from what these properties are: what <see cref="Save"/> does, by a
    /// statement for all who had the same before, without carrying the rest of each contact to and fro. Contacts are read only when lists look at these properties.</summary>
    /// <param name="asked">All properties that <paramref name="change"/> looks at or gives.</param>
    /// <param name="change">Changes a contact, of which it may ask no more than these properties.</param>
    /// <returns>How many contacts there were with which values before.</returns>
    public async Task<List<(Contact Before, int Count)>> SetSame(
        Tx tx, Actor actor, long accountId, PropertyCatalog properties, IReadOnlyCollection<long> ids, IReadOnlyList<Property> asked, Action<Contact> change)
    {
        var columns = asked.Select(p => p.Column!).ToList();
        var groups = await SameBefore(tx, accountId, ids, columns);
        var changes = groups.Select(g => (g.Before, After: Changed(g.Before), g.Ids)).Where(g => columns.Exists(c => !Equals(g.Before[c], g.After[c]))).ToList();
        var (now, minded) = (clock.GetUtcNow(), false);
        if (changes.Count > 0)
            foreach (var follower in followers) minded |= await follower.Minds(tx, accountId, properties, asked.Select(p => p.Id).ToHashSet());
        var before = minded ? await Read(tx, accountId, [.. changes.SelectMany(g => g.Ids).Order()]) : [];
        foreach (var (old, after, those) in changes) await Set(tx, actor, properties, old, after, [.. columns.Where(c => !Equals(old[c], after[c]))], [.. those], now);
        if (minded) await Tell(tx, accountId, properties, [.. before.Select(old => ContactChange.Of(old, Stamped(old, Changed(old)), properties))]);
        else await Announce(tx, accountId, [], 0, changes.Sum(g => g.Ids.Count * (long)(One(g.After.IsMarketing) - One(g.Before.IsMarketing))));
        return [.. groups.Select(g => (g.Before, g.Ids.Count))];

        Contact Changed(Contact old)
        {
            var after = old.Copy();
            change(after);
            return after;
        }

        Contact Stamped(Contact old, Contact after)
        {
            Stamp(old, after, actor, now.ToUnixTimeMilliseconds());
            return after;
        }
    }

    /// <summary>The contacts, held until the commit, by what they have in these columns.</summary>
    private static async Task<List<(Contact Before, List<long> Ids)>> SameBefore(Tx tx, long accountId, IReadOnlyCollection<long> ids, List<ContactColumn> columns)
    {
        var groups = new Dictionary<string, (Contact Before, List<long> Ids)>();
        await using var rows = await tx.Reader(Statement.Built("columns of contacts", $"select id, {string.Join(", ", columns.Select(c => c.Name))} from contacts where account_id = @accountId and id in @ids order by id $lock"), new { accountId, ids = ids.ToArray() });
        while (await rows.ReadAsync(tx.Stop))
        {
            var before = Contact.New(accountId, 0);
            for (var i = 0; i < columns.Count; i++) before[columns[i]] = rows.IsDBNull(i + 1) ? null : columns[i].Kind switch { ColumnKind.Flag => rows.GetBoolean(i + 1), ColumnKind.Long => rows.GetInt64(i + 1), _ => rows.GetString(i + 1) };
            var key = JsonSerializer.Serialize(columns.Select(c => before[c]));
            if (!groups.TryGetValue(key, out var group)) groups[key] = group = (before, []);
            group.Ids.Add(rows.GetInt64(0));
        }
        return [.. groups.Values];
    }

    /// <summary>Writes contacts that had the same and get the same, and their history.</summary>
    private static async Task Set(Tx tx, Actor actor, PropertyCatalog properties, Contact before, Contact after, List<ContactColumn> columns, long[] ids, DateTimeOffset now)
    {
        var (accountId, changed) = (before.AccountId, columns.SelectMany(c => properties.InColumn(c.Ordinal)).Select(id => properties.Find(id)!).ToList());
        await tx.Execute(Many["history-of-many"], new
        {
            accountId, ids, now, actor.Source, actor.SourceId, actor.UserId,
            after = CustomValues.Json(changed.Select(p => KeyValuePair.Create(p.Id, after[p]))), before = CustomValues.Json(changed.Select(p => KeyValuePair.Create(p.Id, before[p]))),
        });
        var parameters = columns.ToDictionary(c => c.Name, c => after[c]);
        (parameters["accountId"], parameters["ids"], parameters["now"]) = (accountId, ids, now);
        await tx.Execute(Statement.Built("set columns of contacts",
            $"update contacts set {string.Join(", ", columns.Select(c => $"{c.Name} = @{c.Name}"))}, version = version + 1, updated_at = @now where account_id = @accountId and id in @ids"), parameters);
    }
}
