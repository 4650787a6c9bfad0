using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Jobs;

namespace Winnow.Lists;

/// <summary>Makes, names, changes and deletes lists. What cannot be done comes back as a sentence.</summary>
public sealed class ListStore(ListMembers members, ListKeeper keeper, Properties properties, JobQueue jobs, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<ListStore>();

    /// <summary>The zone of an IANA name; UTC when this machine does not know it.</summary>
    public static TimeZoneInfo Zone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>The list, or null when this account has none of this id.</summary>
    public Task<ContactList?> Find(Tx tx, long accountId, long id) => tx.SingleOrNone<ContactList>(Sql["find"], new { accountId, id });

    /// <summary>The list of this name, capitals or not, or null.</summary>
    public Task<ContactList?> FindByName(Tx tx, long accountId, string name) => tx.SingleOrNone<ContactList>(Sql["find-by-name"], new { accountId, nameKey = Key(name) });

    /// <summary>All lists with their sizes, the one changed last first.</summary>
    public async Task<List<ListSize>> All(Tx tx, long accountId)
    {
        var sizes = await members.Counts(tx, accountId);
        return [.. (await tx.Query<ContactList>(Sql["all"], new { accountId })).Select(list => new ListSize(list, sizes.GetValueOrDefault(list.Id)))];
    }

    /// <summary>Lists with this in their names, the one changed last first.</summary>
    public Task<List<ContactList>> Named(Tx tx, long accountId, string part, int take) => tx.Query<ContactList>(Sql["named"], new { accountId, like = LikePattern.Containing(part), take });

    /// <summary>Makes a list. With a filter (needed for an active one) its members are looked for by a job; until then it is <see cref="ListState.Processing"/>.</summary>
    /// <returns>The list, or what is wrong.</returns>
    public async Task<(ContactList? Made, string? Error)> Create(Tx tx, long accountId, string name, ListKind kind, Filter? filter, TimeZoneInfo zone, long? userId, long folderId = 0)
    {
        if (kind == ListKind.Dynamic && filter is null) return (null, ListRefusal.NoFilter);
        if (kind is ListKind.Manual or ListKind.Selection && filter is not null) return (null, ListRefusal.ByHand);
        if (filter is not null) await ListGate.Alone(tx, accountId);
        var id = await Ids.Next(tx, accountId, "list");                    // holds the counter: two makers of one name queue up
        if (await NameError(tx, accountId, id, name) is { } error) return (null, error);
        if (filter is not null && await ListRanks.Refusal(tx, accountId, id, name.Trim(), filter, await properties.Catalog(tx, accountId)) is { } refusal) return (null, refusal);
        await Insert(tx, accountId, id, name, kind, filter is null ? null : FilterJson.Write(filter), filter is null, zone.Id, folderId, userId, filter?.Moves ?? false);
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListCreated, name.Trim());
        if (filter is not null) await BuildLists.Start(tx, jobs, accountId, name.Trim(), userId);
        return (await Find(tx, accountId, id), null);
    }

    /// <summary>Makes a static list with the members that another has now; its filter, if it has one, can be read there too.</summary>
    internal async Task<(ContactList? Made, string? Error)> CreateFrom(Tx tx, long accountId, string name, ContactList source, long? userId)
    {
        await ListGate.Alone(tx, accountId);                              // no contact is deleted between the reading and the writing
        var id = await Ids.Next(tx, accountId, "list");
        if (await NameError(tx, accountId, id, name) is { } error) return (null, error);
        await Insert(tx, accountId, id, name, source.Filter is null ? ListKind.Manual : ListKind.Snapshot, source.Filter, true, source.TimeZone, source.FolderId, userId);
        await members.Write(tx, accountId, id, await members.Read(tx, accountId, source.Id), clock.GetUtcNow());
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListCreated, name.Trim(), await members.Count(tx, accountId, id));
        return (await Find(tx, accountId, id), null);
    }

    private Task<int> Insert(Tx tx, long accountId, long id, string name, ListKind kind, string? filter, bool complete, string zone, long folderId, long? userId, bool moves = false) => tx.Execute(Sql["create"], new
    {
        accountId, id, name = name.Trim(), nameKey = Key(name), kind = kind.ToString().ToUpperInvariant(), state = complete ? "COMPLETE" : "PROCESSING", filter, moves, zone, folderId, userId, now = clock.GetUtcNow(),
    });

    /// <summary>Keeps a selection as it is now, for a bulk operation.</summary>
    /// <returns>Its id, for <see cref="ListMembers"/>.</returns>
    public async Task<long> Freeze(Tx tx, long accountId, MemberSet selection, long? userId)
    {
        var id = await Ids.Next(tx, accountId, "list");
        await tx.Execute(Sql["create"], new
        {
            accountId, id, name = "", moves = false, nameKey = $"selection {id}", kind = "SELECTION", state = "COMPLETE", filter = (string?)null, zone = "UTC", folderId = 0L, userId, now = clock.GetUtcNow(),
        });
        await members.Write(tx, accountId, id, selection);
        return id;
    }

    /// <summary>Forgets a frozen selection.</summary>
    public async Task Unfreeze(Tx tx, long accountId, long selectionId)
    {
        await members.Clear(tx, accountId, selectionId);
        await tx.Execute(Sql["delete-selection"], new { accountId, selectionId });
    }

    /// <summary>Gives a list another name.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Rename(Tx tx, long accountId, long id, string name, long? userId = null)
    {
        await Ids.Next(tx, accountId, "list", 0);
        if (await NameError(tx, accountId, id, name) is { } error) return error;
        if (await Find(tx, accountId, id) is not { } list || await tx.Execute(Sql["rename"], new { accountId, id, name = name.Trim(), nameKey = Key(name), now = clock.GetUtcNow() }) == 0) return ListRefusal.Gone;
        if (list.Name != name.Trim()) await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListChanged, list.Name, null, list.Name, name.Trim());
        return null;
    }

    /// <summary>Gives an active list another filter: it begins empty and a job looks for its members.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> ChangeFilter(Tx tx, long accountId, long id, Filter filter, TimeZoneInfo zone, long? userId)
    {
        await ListGate.Alone(tx, accountId);
        if (await Find(tx, accountId, id) is not { } list) return ListRefusal.Gone;
        if (!list.IsActive) return ListRefusal.Say(ListRefusal.IsStatic, list.Name);
        var catalog = await properties.Catalog(tx, accountId);
        if (await ListRanks.Refusal(tx, accountId, id, list.Name, filter, catalog) is { } refusal) return refusal;
        await members.Clear(tx, accountId, id);
        foreach (var above in await ListRanks.Above(tx, accountId, id)) await Refill(tx, accountId, above);
        await tx.Execute(Sql["change-filter"], new { accountId, id, moves = filter.Moves, filter = FilterJson.Write(filter), zone = zone.Id, now = clock.GetUtcNow() });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListChanged, list.Name, null, list.Filter, FilterJson.Write(filter));
        await BuildLists.Start(tx, jobs, accountId, list.Name, userId);
        return null;
    }

    private async Task Refill(Tx tx, long accountId, long id)
    {
        await members.Clear(tx, accountId, id);
        await tx.Execute(Sql["fill-again"], new { accountId, id, now = clock.GetUtcNow() });
    }

    /// <summary>Looks for the members of a list again whose filling was stopped or failed: it begins empty.</summary>
    /// <returns>The job's id; null when there is no such list, or it needs none.</returns>
    public async Task<long?> Fill(Tx tx, long accountId, long id, long? userId)
    {
        await ListGate.Alone(tx, accountId);
        if (await Find(tx, accountId, id) is not { State: ListState.Stopped } list) return null;
        await Refill(tx, accountId, id);
        return await BuildLists.Start(tx, jobs, accountId, list.Name, userId);
    }

    /// <summary>Deletes a list; its contacts stay. The name is free again. For a while it can come back (<see cref="DeletedLists"/>).</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> Delete(Tx tx, long accountId, long id, long? userId = null)
    {
        await ListGate.Alone(tx, accountId);                            // nobody makes a filter that asks for it meanwhile
        if (await Find(tx, accountId, id) is not { } list) return ListRefusal.Gone;
        if (await ListUsage.Lists(tx, accountId, id) is [var other, ..]) return ListRefusal.Say(ListRefusal.IsAsked, other.Name, list.Name);
        if (await tx.Execute(Sql["delete"], new { accountId, id, userId, now = clock.GetUtcNow() }) == 0) return ListRefusal.Gone;
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.ListDeleted, list.Name, (await members.Count(tx, accountId, id)), list.Filter);
        if (list.IsActive || !list.IsReady) await members.Clear(tx, accountId, id);     // looked for again, should it come back
        return null;
    }

    /// <summary>The lists that a contact is in, by name.</summary>
    public async Task<List<ContactList>> Of(Tx tx, PropertyCatalog properties, Contact contact)
    {
        var active = new HashSet<long>();
        foreach (var list in (await keeper.Following(tx, contact.AccountId, properties)).All)
            if (list.IsPlain ? list.Takes(contact, default) : await members.Contains(tx, contact.AccountId, list.Id, contact.Id)) active.Add(list.Id);
        var lists = (await tx.Query<ContactList>(Sql["all"], new { accountId = contact.AccountId })).ToDictionary(l => l.Id);
        var chunk = MemberSet.ChunkOf(contact.Id);
        foreach (var part in await tx.Query<Part>(Sql["static-with"], new { contact.AccountId, contact.Id, chunk }))
            if (part.Members is { } bytes ? Holds(chunk, bytes, contact.Id) : part.Added) active.Add(part.ListId);
            else if (part.Members is null) active.Remove(part.ListId);
        return [.. active.Where(lists.ContainsKey).Select(id => lists[id]).OrderBy(l => l.Name, StringComparer.CurrentCultureIgnoreCase)];
    }

    /// <summary>Puts contacts into a static list; those that the account does not have are left out.</summary>
    /// <returns>How many joined, or what is wrong. For more than some thousands call it for a part at a time.</returns>
    public async Task<(long Joined, string? Error)> AddMembers(Tx tx, long accountId, long id, MemberSet contacts)
    {
        if (await Refusal(tx, accountId, id) is { } error) return (0, error);
        return ((await Move(tx, accountId, id, await Hold(tx, accountId, contacts), true)).Members.Count, null);
    }

    /// <summary>Takes contacts out of a static list.</summary>
    /// <returns>How many left, or what is wrong.</returns>
    public async Task<(long Left, string? Error)> RemoveMembers(Tx tx, long accountId, long id, MemberSet contacts)
    {
        if (await Refusal(tx, accountId, id) is { } error) return (0, error);
        return ((await Move(tx, accountId, id, await Hold(tx, accountId, contacts), false)).Members.Count, null);
    }

    /// <summary>Those that there are: none of them can be changed or deleted before the commit, as lists that ask for this one may move them.</summary>
    internal static async Task<MemberSet> Hold(Tx tx, long accountId, MemberSet contacts) => new(await tx.Query<long>(Sql["hold-contacts"], new { accountId, ids = contacts.Ids.ToArray() }));

    /// <summary>Who joined or left, and since which second each is or was a member; 0 where nobody knows.</summary>
    internal sealed record Moved(MemberSet Members, Func<long, long> Since);

    /// <summary>Puts contacts that the caller holds into a static list that can be changed, or takes them out; who is in it or out of it already stays.</summary>
    /// <param name="since">Since which second each counts as a member; null: from now on.</param>
    internal async Task<Moved> Move(Tx tx, long accountId, long id, MemberSet contacts, bool join, Func<long, long>? since = null)
    {
        var now = JoinTimes.Second(clock.GetUtcNow());
        since ??= _ => now;
        if (contacts.Count == 0) return new(contacts, since);
        var present = await Present(tx, accountId, id, contacts);
        var moving = join ? contacts.Except(present) : contacts.Intersect(present);
        var were = join ? null : await members.JoinTimes(tx, accountId, id, [.. moving.Ids]);
        await members.Flip(tx, accountId, id, join ? moving : new(), join ? new() : moving, now, since);
        await keeper.Moved(tx, accountId, id, moving);
        return new(moving, were is null ? since : contact => were.TryGetValue(contact, out var at) ? JoinTimes.Second(at) : 0);
    }

    /// <summary>The members in the chunks of these contacts, whom the caller holds; the list is held from here to the commit.</summary>
    internal async Task<MemberSet> Present(Tx tx, long accountId, long id, MemberSet contacts)
    {
        await ListGate.Share(tx, accountId);
        await members.Lock(tx, accountId, id);
        return contacts.Count == 0 ? new() : await members.Read(tx, accountId, id, contacts.ChunkNumbers.First(), contacts.ChunkNumbers.Last());
    }

    /// <summary>Why nobody can be put into a list by hand, or null.</summary>
    public async Task<string?> Refusal(Tx tx, long accountId, long id) => await Find(tx, accountId, id) switch
    {
        null => ListRefusal.Gone,
        { IsActive: true } list => ListRefusal.Say(ListRefusal.IsActive, list.Name),
        { State: ListState.Stopped } list => ListRefusal.Say(ListRefusal.IsStopped, list.Name),
        { IsReady: false } list => ListRefusal.Say(ListRefusal.IsFilling, list.Name),
        _ => null,
    };

    private static async Task<string?> NameError(Tx tx, long accountId, long id, string name) =>
        string.IsNullOrWhiteSpace(name) ? ListRefusal.Nameless
        : name.Trim().Length > ContactList.MaxName ? ListRefusal.Say(ListRefusal.TooLong, ContactList.MaxName)
        : await tx.SingleOrNone<ContactList>(Sql["find-by-name"], new { accountId, nameKey = Key(name) }) is { } other && other.Id != id ? ListRefusal.Say(ListRefusal.Taken, other.Name)
        : null;

    private static bool Holds(long chunk, byte[] bytes, long id)
    {
        var set = new MemberSet();
        set.Decode(chunk, bytes);
        return set.Contains(id);
    }

    /// <summary>What is wrong with a stored filter that asks for an archived property: nobody could see or choose it; null when it does not.</summary>
    internal static string? Archived(Filter filter, PropertyCatalog catalog) =>
        filter.PropertyIds.Select(catalog.Find).FirstOrDefault(property => property?.ArchivedAt is not null) is { } gone ? ListRefusal.Say(ListRefusal.Archived, gone.Label) : null;

    /// <summary>This name, or with something behind it where a list has it already: "News (copy)", "News (copy 2)". The caller holds the counter of lists.</summary>
    internal static async Task<string> FreeName(Tx tx, long accountId, string name, string suffix, bool always = false)
    {
        for (var n = always ? 1 : 0; ; n++)
        {
            var behind = n == 0 ? "" : n == 1 ? $" ({suffix})" : $" ({suffix} {n})";
            var tried = name[..Math.Min(name.Length, ContactList.MaxName - behind.Length)].Trim() + behind;
            if (await tx.SingleOrNone<ContactList>(Sql["find-by-name"], new { accountId, nameKey = Key(tried) }) is null) return tried;
        }
    }

    internal static string Key(string name) => name.Trim().ToLowerInvariant();

    private sealed record Part(long ListId, byte[]? Members, bool Added);
}
