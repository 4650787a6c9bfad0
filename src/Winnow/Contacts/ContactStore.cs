using System.Text;
using System.Text.Json;
using Winnow.Data;
using Winnow.Mail.Mime;

namespace Winnow.Contacts;

/// <summary>The only writer of contacts. Every change leaves a history row, what search looks at an outbox row, and tells the followers
/// (<see cref="IFollowContacts"/>), all in the caller's transaction. One contact or five thousand: the same door.</summary>
public sealed partial class ContactStore(IEnumerable<IFollowContacts> followers, AddressHashes hashes, TimeProvider clock)
{
    /// <summary>From this many contacts on, rows go in by bulk insert.</summary>
    private const int BulkFrom = 20;
    private static readonly SqlFile Sql = SqlFile.Beside<ContactStore>();
    private static readonly string Columns = ContactColumn.List();
    private static readonly Statement ById = Statement.Built("contacts by id", $"select {Columns} from contacts where account_id = @accountId and id in @ids order by id");
    private static readonly Statement ByIdLocked = Statement.Built("contacts by id, locked", $"select {Columns} from contacts where account_id = @accountId and id in @ids order by id $lock");
    private static readonly Statement ByEmailKey = Statement.Built("contacts by address", $"select {Columns} from contacts where account_id = @accountId and email_key in @keys order by id");
    private static readonly Statement Put = Statement.Built("put a contact", Upsert($"values ({string.Join(", ", ContactColumn.Names.Select(n => n == "custom" ? "cast(@custom as $json)" : "@" + n))})"));
    private static readonly BulkTable Contacts = ContactColumn.Bulk("contacts");
    private static readonly BulkTable History = new("contact_history", "account_id", "contact_id", "version", "at", "source", "source_id", "user_id", "changes", "before");

    private static readonly BulkTable BlockedAddresses = new("blocked_addresses", "account_id", "email_hash", "at");

    /// <summary>Contacts by id; those this account does not have are missing from the answer.</summary>
    public Task<List<Contact>> Read(Tx tx, long accountId, IReadOnlyCollection<long> ids) =>
        ids.Count < ManyFrom ? ReadAll(tx, ById, new { accountId, ids = ids.ToArray() }) : ReadMany(tx, accountId, ids, hold: false);

    /// <summary>The contact, or null when this account has none of this id.</summary>
    public async Task<Contact?> Find(Tx tx, long accountId, long id) => (await Read(tx, accountId, [id])).SingleOrDefault();

    /// <summary>Contacts by id, locked until the commit: read them so before changing them.</summary>
    public Task<List<Contact>> ReadToChange(Tx tx, long accountId, IReadOnlyCollection<long> ids) =>
        ids.Count < ManyFrom ? ReadAll(tx, ByIdLocked, new { accountId, ids = ids.ToArray() }) : ReadMany(tx, accountId, ids, hold: true);

    /// <summary>Contacts whose primary or additional address is one of these normalised addresses.</summary>
    public async Task<Dictionary<string, Contact>> ByAddress(Tx tx, long accountId, IReadOnlyCollection<string> keys)
    {
        var found = (await ReadAll(tx, ByEmailKey, new { accountId, keys = keys.ToArray() })).ToDictionary(c => c.EmailKey!);
        var others = await tx.Query<Additional>(Sql["additional"], new { accountId, keys = keys.ToArray() });
        if (others.Count == 0) return found;
        var contacts = (await Read(tx, accountId, others.Select(o => o.ContactId).Distinct().ToList())).ToDictionary(c => c.Id);
        foreach (var other in others)
            if (contacts.TryGetValue(other.ContactId, out var holder)) found.TryAdd(other.EmailKey, holder);       // else the holder is in the recycle bin
        return found;
    }

    /// <summary>Which contact has which of these normalised addresses, primary or additional.</summary>
    public async Task<Dictionary<string, long>> IdsByAddress(Tx tx, long accountId, IReadOnlyCollection<string> keys) => keys.Count == 0 ? []
        : (await tx.Query<Holder>(Sql["holders"], new { accountId, keys = Sorted(keys) })).GroupBy(h => h.EmailKey).ToDictionary(h => h.Key, h => h.First().ContactId);

    /// <summary>Those of these normalised addresses that were deleted permanently: they are not taken from files or forms again.</summary>
    public Task<HashSet<string>> Blocked(Tx tx, long accountId, IReadOnlyCollection<string> keys) => Blocked(tx, accountId, () => keys);

    /// <inheritdoc cref="Blocked(Tx, long, IReadOnlyCollection{string})"/>
    /// <param name="keys">Asked for only where any address was deleted so.</param>
    internal async Task<HashSet<string>> Blocked(Tx tx, long accountId, Func<IReadOnlyCollection<string>> keys)
    {
        if (!await tx.Single<bool>(Sql["any-blocked"], new { accountId })) return [];
        var known = await hashes.Of(tx, accountId, keys());
        return (await tx.Query<string>(Sql["blocked"], new { accountId, hashes = known.Keys.ToArray() })).Select(h => known[h]).ToHashSet();
    }

    /// <summary>Keeps these normalised addresses from being imported again, as hashes: the addresses themselves are gone.</summary>
    public async Task Block(Tx tx, long accountId, IReadOnlyCollection<string> keys)
    {
        var added = (await hashes.Of(tx, accountId, keys)).Keys.ToHashSet();
        added.ExceptWith(await tx.Query<string>(Sql["blocked"], new { accountId, hashes = added.ToArray() }));
        await tx.Bulk(BlockedAddresses, added, (row, hash) =>
        {
            row.Long(accountId);
            row.Text(hash);
            row.Long(clock.GetUtcNow().ToUnixTimeMilliseconds());
        });
    }

    /// <summary>New contacts with ids, ready to be filled in. Holds the account's contact counter until the commit, so whoever
    /// looks for a taken address after this call and then creates cannot collide with another writer.</summary>
    public async Task<List<Contact>> New(Tx tx, long accountId, int count)
    {
        var first = await Ids.Next(tx, accountId, "contact", count);
        return [.. Enumerable.Range(0, count).Select(i => Contact.New(accountId, first + i))];
    }

    /// <summary>Holds the account's contact counter until the commit: taken before an address is given to an existing contact.</summary>
    /// <returns>How often it was taken (<see cref="Ids.Hold"/>): no address came to a contact while nobody had it.</returns>
    public Task<long> HoldAddresses(Tx tx, long accountId) => Ids.Hold(tx, accountId, "contact");

    /// <summary>Ids for contacts that are filled in already. Takes the counter once more.</summary>
    internal static async Task Number(Tx tx, long accountId, IReadOnlyList<Contact> contacts)
    {
        var first = await Ids.Next(tx, accountId, "contact", contacts.Count);
        for (var i = 0; i < contacts.Count; i++) contacts[i].Number(first + i);
    }

    /// <summary>Writes new contacts (before is null) and changed ones (locked by <see cref="ReadToChange"/>). Unchanged ones are left alone.</summary>
    /// <returns>What really changed, ordered by id.</returns>
    public async Task<List<ContactChange>> Save(Tx tx, Actor actor, PropertyCatalog properties, IReadOnlyList<(Contact? Before, Contact After)> contacts)
    {
        if (contacts.Count == 0) return [];
        var (accountId, now) = (contacts[0].After.AccountId, clock.GetUtcNow().ToUnixTimeMilliseconds());
        await ProjectAddresses(tx, accountId, contacts);
        var (changes, instant) = (new List<ContactChange>(contacts.Count), (object)now);
        foreach (var (before, after) in contacts)
        {
            if (before is null) Stamp(null, after, actor, instant);             // when it was made and by whom is part of what it is
            var change = ContactChange.Of(before, after, properties);
            if (before is not null && change.Changed.Count > 0) Stamp(before, after, actor, instant);
            if (before is null || change.Changed.Count > 0) changes.Add(change);
        }
        changes.Sort((a, b) => a.Id.CompareTo(b.Id));
        await WriteRows(tx, accountId, changes);
        await WriteHistory(tx, actor, properties, now, changes);
        await Tell(tx, accountId, properties, changes);
        return changes;
    }

    /// <summary>Keys that are asked for in the order of the index meet its pages in their order too.</summary>
    internal static string[] Sorted(IReadOnlyCollection<string> keys)
    {
        var sorted = keys.ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }

    private static int One(bool? yes) => yes == true ? 1 : 0;

    /// <summary>One marketing e-mail more went to each of these: counters, dates and its name. The e-mail events are the history of that, so there is
    /// no row of contact history, no new version that would stop a person who is just editing, and none in the outbox; lists that look at these properties
    /// hear of it as of any change.</summary>
    public async Task CountMail(Tx tx, long accountId, PropertyCatalog properties, IReadOnlyCollection<long> ids, string emailName)
    {
        if (ids.Count == 0) return;
        var (now, there) = (clock.GetUtcNow().ToUnixTimeMilliseconds(), (await tx.Query<long>(Sql["hold"], new { accountId, ids = ids.ToArray() })).ToArray());
        var minded = false;
        foreach (var follower in followers) minded |= await follower.Minds(tx, accountId, properties, MailProperties);
        var name = CustomValues.Json([KeyValuePair.Create(LastName.Id, (object?)emailName)]);
        if (!minded) await tx.Execute(Sql["count-mail"], new { accountId, ids = there, now, name });
        else await CountMailOneByOne(tx, accountId, properties, there, emailName, now);
    }

    private async Task CountMailOneByOne(Tx tx, long accountId, PropertyCatalog properties, long[] ids, string emailName, long now)
    {
        var changes = new List<ContactChange>(ids.Length);
        foreach (var before in await ReadToChange(tx, accountId, ids))
        {
            var after = before.Copy();
            after[Delivered] = (long)after[Delivered]! + 1;
            after[SinceEngaged] = (long)after[SinceEngaged]! + 1;
            after[FirstSend] ??= now;
            after[LastSend] = now;
            after[LastName] = emailName;
            after[UpdatedAt] = now;
            changes.Add(ContactChange.Of(before, after, properties));
        }
        await WriteRows(tx, accountId, changes);
        foreach (var follower in followers) await follower.Changed(tx, accountId, properties, changes);
    }

    /// <summary>Takes contacts out of the account into the recycle bin of a bulk operation; for a permanent delete the caller empties it.</summary>
    /// <returns>Those that were there, by id.</returns>
    public async Task<List<DeletedContact>> Delete(Tx tx, long accountId, long operationId, IReadOnlyCollection<long> ids)
    {
        await tx.Execute(BeforeTaking, new { accountId, operationId, ids = ids.ToArray() });
        var gone = await tx.Query<DeletedContact>(TakeToBin, new { accountId, operationId, ids = ids.ToArray() });
        if (gone.Count == 0) return gone;
        gone.Sort((a, b) => a.Id.CompareTo(b.Id));
        var there = gone.Select(c => c.Id).ToArray();
        await tx.Execute(Sql["free-addresses"], new { accountId, ids = there });
        foreach (var follower in followers) await follower.Deleted(tx, accountId, operationId, there);
        await Announce(tx, accountId, there, new(-gone.Count, -gone.Count(c => c.Marketing), -gone.Count(c => c.Marketing && c.UntilRenewal)));
        return gone;
    }

    /// <summary>Brings contacts back from the recycle bin as they were. One whose address another contact has by now comes back
    /// without it, so that no address belongs to two. What became known of an address meanwhile shows on its contact.</summary>
    /// <returns>How many came back.</returns>
    public async Task<int> Restore(Tx tx, Actor actor, long accountId, long operationId, PropertyCatalog properties, IReadOnlyCollection<long> ids)
    {
        await HoldAddresses(tx, accountId);
        var args = new { accountId, operationId, ids = ids.ToArray() };
        await tx.Execute(Sql["drop-taken-addresses"], args);
        var moved = await tx.Query<long>(MoveFromBin, args);                     // not those that are here already: another operation brought them back
        await tx.Execute(Sql["delete-from-bin"], args);
        var back = await CatchUpAddresses(tx, actor, accountId, properties, await ReadToChange(tx, accountId, moved));
        await Tell(tx, accountId, properties, [.. back.Select(c => ContactChange.Of(null, c, properties))], operationId);
        return back.Count;
    }

    /// <summary>How many contacts the account has, and how many of them count toward the tier.</summary>
    public async Task<ContactCounts> Counts(Tx tx, long accountId) => await tx.SingleOrNone<ContactCounts>(Sql["counts"], new { accountId }) ?? ContactCounts.None;

    /// <summary>Reads rows selected as <see cref="ContactColumn.List"/>.</summary>
    public static async Task<List<Contact>> ReadAll(Tx tx, Statement sql, object args)
    {
        await using var rows = await tx.Reader(sql, args);
        var contacts = new List<Contact>();
        while (await rows.ReadAsync(tx.Stop)) contacts.Add(Contact.Read(rows));
        return contacts;
    }

    /// <summary>Gives contacts the normalised form of a new address and the state that this address already has: a bounce, an opt-out
    /// or a complaint outlives the contact that had it.</summary>
    private async Task ProjectAddresses(Tx tx, long accountId, IReadOnlyList<(Contact? Before, Contact After)> contacts)
    {
        var moved = contacts.Where(c => c.Before?.Email != c.After.Email).ToList();
        if (moved.Count == 0) return;
        foreach (var (_, contact) in moved)
        {
            var key = EmailAddress.Normalize(contact.Email);
            (contact[EmailKey], contact[Domain]) = (key, key is null ? null : EmailAddress.DomainOf(key));
        }
        await hashes.Revive(tx, accountId, () => Emails(moved.Select(c => c.After)));
        var states = await Addresses.Read(tx, accountId, moved.Select(c => c.After.EmailKey).OfType<string>().ToList());
        foreach (var (_, contact) in moved)
            (contact.EmailKey is { } key ? states.GetValueOrDefault(key) ?? AddressState.None : AddressState.None).ProjectOnto(contact);
    }

    /// <summary>What became known of their addresses meanwhile, as a change of its own in their history.</summary>
    /// <returns>The contacts as they are then.</returns>
    private async Task<List<Contact>> CatchUpAddresses(Tx tx, Actor actor, long accountId, PropertyCatalog properties, List<Contact> contacts)
    {
        await hashes.Revive(tx, accountId, () => Emails(contacts));
        var (states, now) = (await Addresses.Read(tx, accountId, contacts.Select(c => c.EmailKey).OfType<string>().ToList()), clock.GetUtcNow());
        var pairs = contacts.Select(c => (Before: c, After: c.Copy())).ToList();
        foreach (var (_, after) in pairs) if (after.EmailKey is { } key && states.TryGetValue(key, out var state)) state.ProjectOnto(after);
        await AdditionalAddresses.GiveBack(tx, pairs.Select(p => p.After), now);
        var changes = pairs.Select(p => ContactChange.Of(p.Before, p.After, properties)).Where(c => c.Changed.Count > 0).ToList();
        foreach (var change in changes) Stamp(change.Before, change.After, actor, now.ToUnixTimeMilliseconds());
        await WriteRows(tx, accountId, changes);
        await WriteHistory(tx, actor, properties, now.ToUnixTimeMilliseconds(), changes);
        return [.. pairs.Select(p => p.After)];
    }

    private static Dictionary<string, string> Emails(IEnumerable<Contact> contacts) => contacts.Where(c => c.EmailKey is not null).GroupBy(c => c.EmailKey!).ToDictionary(g => g.Key, g => g.First().Email!);

    private static void Stamp(Contact? before, Contact after, Actor actor, object now)
    {
        if (before is not null) after.Version = before.Version + 1;
        else after[Version] = First;
        after[UpdatedAt] = now;
        if (before is not null) return;
        after[CreatedAt] ??= now;
        (after[Source], after[SourceId], after[CreatedBy]) = (actor.Source, actor.SourceId, actor.UserId);
    }

    /// <summary>Somewhere for changed rows to lie, empty.</summary>
    private static async Task MakeStage(Tx tx, long accountId)
    {
        await tx.Execute(Sql["stage"]);
        await tx.Execute(Sql["empty-stage"], new { accountId });
    }

    /// <summary>What changed, before and after. A new contact needs no row: what it was made with is what it has, with the changes since taken
    /// back (<see cref="PropertyHistory"/>), and a second copy of it would double every import.</summary>
    private static async Task WriteHistory(Tx tx, Actor actor, PropertyCatalog properties, long now, List<ContactChange> all)
    {
        var changes = all.Where(c => c.Before is not null).ToList();
        if (changes.Count >= BulkFrom)
            await tx.Bulk(History, changes, (row, change) =>
            {
                row.Long(change.After.AccountId);
                row.Long(change.Id);
                row.Long(change.After.Version);
                row.Long(now);
                row.Text(actor.Source);
                row.Text(actor.SourceId);
                row.Long(actor.UserId);
                using (var after = Values(change.After, change)) row.Text(after.Utf8);
                using (var before = Values(change.Before!, change)) row.Text(before.Utf8);
            });
        else
            foreach (var change in changes)
                await tx.Execute(Sql["history"], new
                {
                    accountId = change.After.AccountId, change.Id, change.After.Version, now, actor.Source, actor.SourceId, actor.UserId,
                    after = Text(change.After, change), before = Text(change.Before!, change),
                });

        JsonBuffer Values(Contact contact, ContactChange change)
        {
            var json = JsonBuffer.Rent();
            foreach (var id in change.Changed) json.Add(id, contact[properties.Find(id)!]);
            return json;
        }

        string Text(Contact contact, ContactChange change)
        {
            using var json = Values(contact, change);
            return Encoding.UTF8.GetString(json.Utf8);
        }
    }

    /// <summary>The followers first, then what the whole account shares: whoever takes a list after that waits for one who takes them the other way round.</summary>
    /// <param name="restoredFrom">The operation from whose bin the contacts came back.</param>
    private async Task Tell(Tx tx, long accountId, PropertyCatalog properties, List<ContactChange> changes, long? restoredFrom = null)
    {
        if (changes.Count == 0) return;
        foreach (var follower in followers) await follower.Changed(tx, accountId, properties, changes);
        if (restoredFrom is { } operationId)
            foreach (var follower in followers) await follower.Restored(tx, accountId, operationId, [.. changes.Select(c => c.Id)]);
        long[] searched = [.. changes.Where(c => c.Before is null || SearchWords.Properties.Overlaps(c.Changed)).Select(c => c.Id)];
        await Announce(tx, accountId, searched, new(changes.Count(c => c.Before is null),
            changes.Sum(c => One(c.After.IsMarketing) - One(c.Before?.IsMarketing)), changes.Sum(c => One(MarketingStatus.IsScheduled(c.After)) - One(c.Before is { } old && MarketingStatus.IsScheduled(old)))));
    }

    /// <summary>What the whole account shares, and therefore last: the counts and the outbox, held from here to the commit.</summary>
    /// <param name="ids">Whom the search may find by other words now: that is what the outbox is followed for.</param>
    private async Task Announce(Tx tx, long accountId, long[] ids, ContactCounts more)
    {
        if (more != ContactCounts.None) await tx.Execute(Sql["count"], new { accountId, more.All, more.Marketing, more.Scheduled });
        if (ids.Length == 0) return;
        var (id, first, last) = (await Ids.Next(tx, accountId, "contact_change"), ids[0], ids[^1]);
        await tx.Execute(Sql["outbox"], new { accountId, id, first, last, ids = last - first + 1 == ids.Length ? null : JsonSerializer.Serialize(ids), now = clock.GetUtcNow() });
    }

    private static string Upsert(string rows) =>
        $"insert into contacts ({Columns}) {rows} on conflict (account_id, id) do update set {string.Join(", ", ContactColumn.Names.Skip(2).Select(n => $"{n} = excluded.{n}"))}";

    // SQLite copies, then deletes. PostgreSQL does both in one pass, along the key: rows are locked by id, as everywhere, so that two writers cannot wait for each other.
    private const string ByKey = "select set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true)";
    private static readonly Statement BeforeTaking = new("before taking to the bin", d => d == Dialect.Postgres ? ByKey + ", set_config('work_mem', '32MB', true)"
        : $"insert into deleted_contacts ({Columns}, operation_id) select {Columns}, @operationId from contacts where account_id = @accountId and id in @ids");
    private static readonly Statement TakeToBin = new("take to the bin", d => d == Dialect.Postgres
        ? $"""
           with gone as (delete from contacts where account_id = @accountId and id in @ids returning {Columns}),
           bin as (insert into deleted_contacts ({Columns}, operation_id) select {Columns}, @operationId from gone returning id, marketing, until_renewal)
           select id, marketing, until_renewal from bin
           """
        : "delete from contacts where account_id = @accountId and id in @ids returning id, marketing, until_renewal");
    private static readonly Statement MoveFromBin = Statement.Built("move from the bin",
        $"insert into contacts ({Columns}) select {Columns} from deleted_contacts where account_id = @accountId and operation_id = @operationId and id in @ids on conflict do nothing returning id");

    private static readonly object First = 1L;
    private static readonly ContactColumn Version = ContactColumn.Of("version"), EmailKey = ContactColumn.Of("email_key"), CreatedAt = ContactColumn.Of("created_at"), UpdatedAt = ContactColumn.Of("updated_at"), CreatedBy = ContactColumn.Of("created_by"),
        Source = ContactColumn.Of("source"), SourceId = ContactColumn.Of("source_id");
    private static readonly ContactColumn Delivered = ContactColumn.Of("emails_delivered"), SinceEngaged = ContactColumn.Of("sends_since_engaged"),
        FirstSend = ContactColumn.Of("first_send_at"), LastSend = ContactColumn.Of("last_send_at");
    private static readonly Property LastName = BuiltInProperties.Of("hs_email_last_email_name");
    private static readonly HashSet<long> MailProperties =
    [
        LastName.Id, .. new[] { "hs_email_delivered", "hs_email_sends_since_last_engagement", "hs_email_first_send_date", "hs_email_last_send_date" }.Select(n => BuiltInProperties.Of(n).Id),
    ];

    /// <summary>What is written without a row of history: counters of mail, whose history are the e-mail events, and the time of the last change.</summary>
    internal static readonly IReadOnlySet<long> WithoutHistory = new HashSet<long>([.. MailProperties, BuiltInProperties.Of("lastmodifieddate").Id]);

    /// <summary>Whether changes of a property are kept (<see cref="PropertyHistory"/>).</summary>
    public static bool HasHistory(Property property) => property.Id != Contact.RecordId && !WithoutHistory.Contains(property.Id);

    private static readonly Property Domain = BuiltInProperties.Of("hs_email_domain");

    private sealed record Additional(string EmailKey, long ContactId);
    private sealed record Holder(string EmailKey, long ContactId);
}
