using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;

namespace Winnow.Lists;

/// <summary>How the index is ordered and where a page begins.</summary>
/// <param name="Sort">A name of <see cref="ContactIndex.Sorts"/>, or <see cref="ContactIndex.ByJoining"/> for a list.</param>
/// <param name="By">Any property instead of <paramref name="Sort"/>; one without a column of its own only for views of at most <see cref="ContactIndex.Small"/>.</param>
/// <param name="After">The page after this contact; <paramref name="Before"/>: the page before it. Neither: the first page.</param>
/// <param name="Size">Rows on a page.</param>
public sealed record ContactOrder(string Sort = "created", bool Descending = true, long? After = null, long? Before = null, int Size = 25, Property? By = null);

/// <summary>A page of the index.</summary>
/// <param name="Rows">In order.</param>
public sealed record ContactRows(IReadOnlyList<Contact> Rows, bool HasPrevious, bool HasNext);

/// <summary>The index of contacts: a view's page, its count, and the exact set of ids behind it. A page is found by the place of
/// its first or last contact in the order, never by counting rows, so that the last page of a million is as fast as the first.</summary>
public sealed class ContactIndex(ContactStore contacts, ListMembers members, FilterFacts facts, PropertyUses uses, TimeProvider clock)
{
    /// <summary>Sets up to this size are looked up by id and can be sorted by any column of <see cref="Sorts"/>.</summary>
    public const int Small = 20_000;

    /// <summary>What can be sorted by. The indexed ones always; the others when the view is <see cref="Small"/>.</summary>
    public static readonly IReadOnlyDictionary<string, (ContactColumn Column, bool Indexed)> Sorts = new Dictionary<string, (ContactColumn, bool)>
    {
        ["created"] = (ContactColumn.Of("created_at"), true),
        ["email"] = (ContactColumn.Of("email_key"), true),
        ["firstname"] = (ContactColumn.Of("firstname"), false),
        ["lastname"] = (ContactColumn.Of("lastname"), false),
        ["company"] = (ContactColumn.Of("company"), false),
        ["updated"] = (ContactColumn.Of("updated_at"), false),
        ["sent"] = (ContactColumn.Of("last_send_at"), false),
    };

    /// <summary>The sort of a list's members by when they joined: whatever its size, at the price of reading the whole list.</summary>
    public const string ByJoining = "joined";

    private const int Few = 2_000, MostAtOnce = 10_000;
    private static readonly SqlFile Sql = SqlFile.Beside<ContactIndex>();

    /// <summary>Reads a view: search, filter, list and ticks.</summary>
    /// <returns>The view, or what is wrong with its filter, as a sentence.</returns>
    public async Task<(ContactView? View, string? Error)> View(Tx tx, long accountId, SelectionQuery query, PropertyCatalog properties, TimeZoneInfo zone)
    {
        Filter? filter = null;
        if (query.Filter is not null && FilterJson.Read(query.Filter, properties, zone) is var read && (filter = read.Filter) is null) return (null, read.Error);
        var view = new ContactView(accountId, query) { Filter = filter };
        if (filter is not null)
        {
            var (whole, missing) = await facts.WithMembers(tx, accountId, filter);
            if (whole is null) return (null, missing);
            uses.Asked(accountId, whole);
            view.Add(FilterSql.Of(whole, clock.GetUtcNow()));
        }
        if (query.Ids is not null) view.Add("id in @ticked", ("ticked", query.Ids.ToArray()));
        if (query.Search is not null) await Find(tx, accountId, view, query.Search);
        if (query.ListId is { } list) view.Take(await members.Read(tx, accountId, list));
        return (view, null);
    }

    /// <summary>How many contacts the view has, as far as that is quickly told; a view of few is then looked up by id.</summary>
    /// <returns>Null when it has more than <see cref="Small"/>, and only <see cref="Count"/> would tell.</returns>
    public async Task<long?> Narrow(Tx tx, ContactView view)
    {
        if (view.IsEverything || view.Whole is not null) return await Count(tx, view);
        if (view.IsLarge) return null;
        var ids = new List<long>();
        await using (var rows = await tx.Reader(Statement.Built("narrow contacts", $"select id from contacts where {view.Condition}{(view.Sieve is null ? $" limit {Small + 1}" : "")}"), view.Parameters))
            while (ids.Count <= Small && await rows.ReadAsync(tx.Stop))
                if (view.Sieve?.Contains(rows.GetInt64(0)) != false) ids.Add(rows.GetInt64(0));
        if (ids.Count > Small) return null;
        if (ids.Count <= Few) view.Become([.. ids]);
        else view.IsSmall = true;
        return ids.Count;
    }

    /// <summary>How many contacts the view has.</summary>
    public async Task<long> Count(Tx tx, ContactView view) =>
        view.IsEverything ? (await contacts.Counts(tx, view.AccountId)).All
        : view.Whole is { } list ? list.Count
        : view.Sieve is not null ? (await Freeze(tx, view)).Count
        : await tx.Single<long>(Statement.Built("count contacts", $"select count(*) from contacts where {view.Condition}"), view.Parameters);

    /// <summary>The ids of all contacts of the view, as they are now.</summary>
    public async Task<MemberSet> Freeze(Tx tx, ContactView view)
    {
        if (view.Whole is { } list) return list;
        var set = new MemberSet();
        await using var rows = await tx.Reader(Statement.Built("freeze contacts", $"select id from contacts where {view.Condition} order by id"), view.Parameters);
        while (await rows.ReadAsync(tx.Stop))
            if (view.Sieve?.Contains(rows.GetInt64(0)) != false) set.Add(rows.GetInt64(0));
        return set;
    }

    /// <summary>Since when these contacts are in a list, as far as that is known.</summary>
    public Task<Dictionary<long, DateTimeOffset>> JoinTimes(Tx tx, long accountId, long list, IReadOnlyList<Contact> rows) => members.JoinTimes(tx, accountId, list, [.. rows.Select(row => row.Id)]);

    /// <summary>One page of the view.</summary>
    public async Task<ContactRows> Page(Tx tx, ContactView view, ContactOrder order)
    {
        if (order.By is { } property && (view.IsSmall || property.Column is null)) return await PageOf(tx, view, order, await InOrderOf(tx, view, property, order.Descending));
        if (order.Sort == ByJoining && view.Query.ListId is { } list) return await PageOf(tx, view, order, await InOrderOfJoining(tx, view, list, order.Descending));
        var column = order.By?.Column ?? (Sorts.TryGetValue(order.Sort, out var known) ? known : Sorts["created"]).Column;
        var cursor = (order.After ?? order.Before) is { } id ? await contacts.Find(tx, view.AccountId, id) : null;
        var backwards = cursor is not null && order.Before is not null;
        var rows = new List<Contact>();
        foreach (var stretch in Stretches(column, order.Descending != backwards, backwards, cursor))
            if (rows.Count <= order.Size) await Fill(tx, view, stretch, rows, order.Size + 1);
        var more = rows.Count > order.Size;
        if (more) rows.RemoveAt(order.Size);
        if (backwards) rows.Reverse();
        return new(rows, backwards ? more : cursor is not null, backwards || more);
    }

    private async Task<long[]> InOrderOfJoining(Tx tx, ContactView view, long list, bool down)
    {
        var shown = await Freeze(tx, view);
        var ids = Array.FindAll(await members.InOrderOfJoining(tx, view.AccountId, list), shown.Contains);
        if (down) Array.Reverse(ids);
        return ids;
    }

    /// <summary>As <see cref="Stretches"/> order them: values first, contacts without one last.</summary>
    private async Task<long[]> InOrderOf(Tx tx, ContactView view, Property property, bool down)
    {
        var all = await contacts.Read(tx, view.AccountId, [.. (await Freeze(tx, view)).Ids.Take(Small)]);
        var valued = all.Where(c => c[property] is not null).OrderBy(c => c[property], Values).ThenBy(c => c.Id).Select(c => c.Id).ToList();
        if (down) valued.Reverse();
        return [.. valued, .. all.Where(c => c[property] is null).Select(c => c.Id).Order()];
    }

    private static readonly Comparer<object?> Values = Comparer<object?>.Create((a, b) =>
        a is string x && b is string y ? string.Compare(x, y, StringComparison.OrdinalIgnoreCase) : System.Collections.Comparer.DefaultInvariant.Compare(a, b));

    private async Task<ContactRows> PageOf(Tx tx, ContactView view, ContactOrder order, long[] ids)
    {
        var place = (order.After ?? order.Before) is { } cursor ? Array.IndexOf(ids, cursor) : -1;
        var back = place >= 0 && order.After is null;
        var from = place < 0 ? 0 : back ? Math.Max(0, place - order.Size) : place + 1;
        var page = ids[from..Math.Min(back ? place : from + order.Size, ids.Length)];
        var rows = (await contacts.Read(tx, view.AccountId, page)).ToDictionary(c => c.Id);
        return new([.. page.Where(rows.ContainsKey).Select(id => rows[id])], from > 0, from + page.Length < ids.Length);
    }

    /// <summary>Contacts with a value come first, those without follow by id, whatever the direction and the database.</summary>
    private static IEnumerable<Stretch> Stretches(ContactColumn column, bool down, bool backwards, Contact? cursor)
    {
        var (value, id) = (cursor?[column], cursor?.Id);
        var with = new Stretch(column.Name, true, down, value, value is null ? null : id);
        var without = new Stretch(column.Name, false, down, null, value is null ? id : null);
        if (backwards) return value is null ? [without, with] : [with];
        return cursor is not null && value is null ? [without] : [with, without];
    }

    private static async Task Fill(Tx tx, ContactView view, Stretch stretch, List<Contact> rows, int upTo)
    {
        var sieve = view.Sieve;                                   // a large list: walk the order and let its members through
        for (var limit = upTo; rows.Count < upTo; limit = Math.Min(limit * 8, MostAtOnce))       // each batch of an order without an index sorts anew
        {
            if (sieve is null) limit = upTo - rows.Count;
            var read = await ContactStore.ReadAll(tx, stretch.Select(view.Condition), stretch.Parameters(view.Parameters, limit));
            rows.AddRange(read.Where(c => sieve?.Contains(c.Id) != false).Take(upTo - rows.Count));
            if (read.Count < limit) return;
            stretch = stretch.From(read[^1]);
        }
    }

    /// <summary>Rare words are looked up first; common ones are checked contact by contact along the way.</summary>
    private static async Task Find(Tx tx, long accountId, ContactView view, string search)
    {
        HashSet<long>? rare = null;
        var n = 0;
        foreach (var word in SearchWords.Asked(search))
        {
            var range = new { accountId, word, end = word + char.ConvertFromUtf32(0x10FFFF), limit = Small + 1L };
            var hits = await tx.Query<long>(Sql["hits"], range);
            if (hits.Count <= Small)
            {
                if (rare is null) rare = [.. hits];
                else rare.IntersectWith(hits);
                continue;
            }
            view.Add($"exists (select 1 from contact_words w where w.account_id = @accountId and w.contact_id = contacts.id and w.word >= @word{n} and w.word < @end{n})",
                ($"word{n}", range.word), ($"end{n}", range.end));
            n++;
        }
        if (rare is not null) view.Add("id in @found", ("found", rare.ToArray()));
        view.IsLarge = n == 1 && rare is null && view.Filter is null && view.Query.Ids is null;
    }

    /// <summary>A run of the order: contacts with or without a value in the sort column, from a place on.</summary>
    private sealed record Stretch(string Column, bool HasValue, bool Down, object? Value, long? Id)
    {
        public Stretch From(Contact last) => this with { Value = HasValue ? last[ContactColumn.Of(Column)] : null, Id = last.Id };

        public Statement Select(string condition)
        {
            var (than, direction) = Down ? ("<", "desc") : (">", "asc");
            var place = Id is null ? "" : HasValue ? $" and ({Column}, id) {than} (@value, @place)" : $" and id {than} @place";
            var by = HasValue ? $"{Column} {direction}, id {direction}" : $"id {direction}";
            return Statement.Built("page of contacts", $"select {ContactColumn.List()} from contacts where {condition} and {Column} is {(HasValue ? "not " : "")}null{place} order by {by} limit @limit");
        }

        public Dictionary<string, object?> Parameters(IReadOnlyDictionary<string, object?> view, int limit)
        {
            var all = new Dictionary<string, object?>(view) { ["limit"] = (long)limit };
            if (Id is not null) (all["value"], all["place"]) = (Value, Id);
            if (Id is not null && !HasValue) all.Remove("value");
            return all;
        }
    }
}
