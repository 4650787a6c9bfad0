using Winnow.Data;

namespace Winnow.Contacts;

/// <content>The same change of very many contacts.</content>
public sealed partial class ContactStore
{
    /// <summary>Changes properties with columns of their own on contacts, to values that follow from what these properties are: what <see cref="Save"/> does, by a
    /// statement for all who had the same before, without carrying the rest of each contact to and fro. Contacts are held and read only when lists look at
    /// what changes; else the change itself sees to it that nobody came between, and those of whom somebody did are looked at again.</summary>
    /// <param name="asked">All properties that <paramref name="change"/> looks at or gives.</param>
    /// <param name="change">Changes a contact, of which it may ask no more than these properties.</param>
    /// <param name="likely">What most of them probably have: those are changed before anyone is looked at.</param>
    /// <returns>How many contacts there were with which values before.</returns>
    public async Task<List<(Contact Before, int Count)>> SetSame(
        Tx tx, Actor actor, long accountId, PropertyCatalog properties, IReadOnlyCollection<long> ids, IReadOnlyList<Property> asked, Action<Contact> change, Contact? likely = null)
    {
        var (columns, were, now) = (asked.Select(p => p.Column!).ToList(), new List<(Contact Before, int Count)>(), clock.GetUtcNow());
        var (left, hold, more) = (ids, false, ContactCounts.None);
        while (left.Count > 0)
        {
            var guess = likely is null ? null : new Same(likely, Changed(likely), [.. left], columns);
            List<Same> sets = guess?.Differ.Count > 0 ? [guess] : [.. (await SameBefore(tx, accountId, left, columns, hold)).Select(g => new Same(g.Before, Changed(g.Before), g.Ids, columns))];
            likely = null;
            var changes = sets.Where(g => g.Differ.Count > 0).ToList();
            if (!hold && await Minded(tx, accountId, properties, changes.SelectMany(g => g.Differ).SelectMany(c => properties.InColumn(c.Ordinal)).ToHashSet()))
            {
                hold = true;
                continue;
            }
            var before = hold ? await Read(tx, accountId, [.. changes.SelectMany(g => g.Ids).Order()]) : [];
            were.AddRange(sets.Except(changes).Select(g => (g.Before, g.Ids.Count)));
            var others = new List<long>();
            foreach (var same in changes)
            {
                var done = await Set(tx, actor, properties, same, columns, now);
                were.Add((same.Before, done.Count));
                if (!hold) more += More(same, done.Count);
                if (done.Count < same.Ids.Count) others.AddRange(same.Ids.Except(done));
            }
            left = others;
            if (hold) await Tell(tx, accountId, properties, [.. before.Select(old => ContactChange.Of(old, Stamped(old, Changed(old)), properties))]);
        }
        await Announce(tx, accountId, [], more);                    // of those who were not held; the others are told with their lists
        return were;

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

    private async Task<bool> Minded(Tx tx, long accountId, PropertyCatalog properties, HashSet<long> changed)
    {
        if (changed.Count > 0)
            foreach (var follower in followers) if (await follower.Minds(tx, accountId, properties, changed)) return true;
        return false;
    }

    /// <summary>The contacts by what they have in these columns.</summary>
    /// <param name="hold">Whether they are held until the commit.</param>
    private static async Task<List<(Contact Before, List<long> Ids)>> SameBefore(Tx tx, long accountId, IReadOnlyCollection<long> ids, List<ContactColumn> columns, bool hold)
    {
        var groups = new Dictionary<string, (Contact Before, List<long> Ids)>();
        await using var rows = await tx.Reader(Statement.Built("columns of contacts", $"select id, {string.Join(", ", columns.Select(c => c.Name))} from contacts where account_id = @accountId and id in @ids order by id{(hold ? " $lock" : "")}"), new { accountId, ids = ids.ToArray() });
        var values = new object?[columns.Count];
        while (await rows.ReadAsync(tx.Stop))
        {
            for (var i = 0; i < columns.Count; i++) values[i] = rows.IsDBNull(i + 1) ? null : columns[i].Kind switch { ColumnKind.Flag => rows.GetBoolean(i + 1), ColumnKind.Long => rows.GetInt64(i + 1), _ => rows.GetString(i + 1) };
            var key = string.Join('\u001f', values.Select(value => value ?? "\u0000"));
            if (!groups.TryGetValue(key, out var group))
            {
                groups[key] = group = (Contact.New(accountId, 0), []);
                for (var i = 0; i < columns.Count; i++) group.Before[columns[i]] = values[i];
            }
            group.Ids.Add(rows.GetInt64(0));
        }
        return [.. groups.Values];
    }

    /// <summary>What <see cref="SetSame"/> does, for all contacts of a span of ids of whom the database itself can tell that they had these values and that nobody
    /// changed them since a moment: no id goes to and fro. Whoever is left is for <see cref="SetSame"/>; so are all when a list looks at what changes.</summary>
    /// <param name="above">The span is the ids above this one,</param>
    /// <param name="last">up to this one.</param>
    /// <param name="untouchedSince">Contacts that were changed at or after this moment are left.</param>
    /// <param name="asked">All properties that <paramref name="change"/> looks at or gives: yes or no each.</param>
    /// <param name="were">What those that are meant have.</param>
    /// <returns>How many were changed; null when a list looks at what changes.</returns>
    public async Task<int?> SetSpan(Tx tx, Actor actor, long accountId, PropertyCatalog properties, long above, long last, DateTimeOffset untouchedSince,
        IReadOnlyList<Property> asked, Action<Contact> change, Contact were)
    {
        var (columns, become) = (asked.Select(p => p.Column!).ToList(), were.Copy());
        change(become);
        var same = new Same(were, become, [], columns);
        if (await Minded(tx, accountId, properties, same.Differ.SelectMany(c => properties.InColumn(c.Ordinal)).ToHashSet())) return null;
        var had = string.Join(" and ", columns.Select(c => Equals(were[c], true) ? c.Name : $"not {c.Name}"));       // as words: an index of those who have it is found by them
        var setting = Setting.Of(actor, accountId, properties, same, clock.GetUtcNow(), $"id > @above and id <= @last and updated_at < @untouchedSince and {had}", tell: false);
        (setting.Values["above"], setting.Values["last"], setting.Values["untouchedSince"]) = (above, last, untouchedSince);
        await tx.Execute(setting.First, setting.Values);
        var done = await tx.Execute(setting.Then, setting.Values);
        await Announce(tx, accountId, [], More(same, done));
        return done;
    }

    private static ContactCounts More(Same same, long count) =>
        new(0, count * (One(same.After.IsMarketing) - One(same.Before.IsMarketing)), count * (One(MarketingStatus.IsScheduled(same.After)) - One(MarketingStatus.IsScheduled(same.Before))));

    /// <summary>Writes contacts that had the same and get the same, and their history.</summary>
    /// <returns>Those that still had the same.</returns>
    private static async Task<List<long>> Set(Tx tx, Actor actor, PropertyCatalog properties, Same same, List<ContactColumn> columns, DateTimeOffset now)
    {
        var setting = Setting.Of(actor, same.Before.AccountId, properties, same, now, $"id in @ids and {string.Join(" and ", columns.Select(c => $"{c.Name} is not distinct from @was_{c.Name}"))}", tell: true);
        foreach (var column in columns) setting.Values["was_" + column.Name] = same.Before[column];
        setting.Values["ids"] = same.Ids.ToArray();
        await tx.Execute(setting.First, setting.Values);
        return await tx.Query<long>(setting.Then, setting.Values);
    }

    /// <summary>The statements that change contacts and note it in their history: on PostgreSQL the second does both.</summary>
    private sealed record Setting(Dictionary<string, object?> Values, Statement First, Statement Then)
    {
        private const string History = "insert into contact_history (account_id, contact_id, version, at, source, source_id, user_id, changes, before) select @accountId, id, version";
        private const string What = "@now, @source, @source_id, @user_id, @after, @before";

        /// <param name="tell">Whether the second answers with the ids.</param>
        public static Setting Of(Actor actor, long accountId, PropertyCatalog properties, Same same, DateTimeOffset now, string who, bool tell)
        {
            var changed = same.Differ.SelectMany(c => properties.InColumn(c.Ordinal)).Select(id => properties.Find(id)!).ToList();
            var values = same.Differ.ToDictionary(c => c.Name, c => same.After[c]);
            (values["accountId"], values["now"], values["source"], values["source_id"], values["user_id"]) = (accountId, now, actor.Source, actor.SourceId, actor.UserId);
            (values["after"], values["before"]) = (Json(same.After), Json(same.Before));
            var those = $"account_id = @accountId and {who}";
            var update = $"update contacts set {string.Join(", ", same.Differ.Select(c => $"{c.Name} = @{c.Name}"))}, version = version + 1, updated_at = @now where {those}";
            return new(values, new("before setting columns", d => d == Dialect.Postgres ? ByKey : $"{History} + 1, {What} from contacts where {those}"),
                new("set columns of contacts", d => d == Dialect.Postgres ? $"with done as ({update} returning id, version) {History}, {What} from done{(tell ? " returning contact_id" : "")}" : update + (tell ? " returning id" : "")));

            string Json(Contact contact) => CustomValues.Json(changed.Select(p => KeyValuePair.Create(p.Id, contact[p])));
        }
    }

    /// <summary>Contacts that have the same in some columns.</summary>
    private sealed record Same(Contact Before, Contact After, List<long> Ids, List<ContactColumn> Columns)
    {
        public List<ContactColumn> Differ { get; } = [.. Columns.Where(c => !Equals(Before[c], After[c]))];
    }
}
