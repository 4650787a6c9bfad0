using System.Globalization;
using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>A property before and after a change, typed as the property says.</summary>
public sealed record ValueChange(Property Property, object? Before, object? After);

/// <summary>One change of a contact: when, by what, and which values.</summary>
/// <param name="Created">It made the contact.</param>
/// <param name="Source">HubSpot's PropertySource: CRM_UI, IMPORT, EMAIL, …</param>
/// <param name="UserName">The person behind it; null when it was no person, or nobody of this account.</param>
/// <param name="Rule">The rule behind it, that keeps marketing contacts low.</param>
public sealed record ContactEdit(long Version, DateTimeOffset At, bool Created, string Source, string? SourceId, string? UserName, IReadOnlyList<ValueChange> Changes, RuleBehind? Rule = null);

/// <summary>The rule that scheduled a contact.</summary>
/// <param name="Kind">A name of StoppingKind.</param>
/// <param name="Number">Days, or the id of its list.</param>
public sealed record RuleBehind(long OperationId, string Kind, long Number, string? ListName);

/// <summary>What a contact's properties held before, and who or what changed them. A change has a row; the creation has none: a contact was made with what
/// it has now, with every change since taken back.</summary>
public static class PropertyHistory
{
    private const int Stride = 500, MostRead = 20_000;
    private static readonly SqlFile Sql = SqlFile.Of("Contacts/PropertyHistory.sql");

    /// <summary>The changes of a contact below a version, newest first, its creation last; with <paramref name="only"/>, those of one property.</summary>
    /// <param name="contact">As it is now.</param>
    /// <returns>At most <paramref name="count"/>.</returns>
    public static async Task<List<ContactEdit>> Before(Tx tx, PropertyCatalog properties, Contact contact, long below, int count, Property? only = null)
    {
        var (found, stride, more) = (new List<(Row Row, List<ValueChange> Changes)>(), only is null ? Math.Min(count, Stride) : Stride, below > First);
        for (var read = 0; more && found.Count < count && read < MostRead; read += stride)
        {
            var rows = await tx.Query<Row>(Sql["older"], new { contact.AccountId, contact.Id, below, limit = stride });
            found.AddRange(rows.Select(r => (r, ChangesOf(r, properties, only))).Where(e => only is null || e.Item2.Count > 0));
            more = rows.Count == stride;
            if (more) below = rows[^1].Version;
        }
        if (below > First && !more && found.Count < count && await Creation(tx, properties, contact, only) is { } made) found.Add(made);
        var people = await UserNames(tx, contact.AccountId, [.. found.Take(count).Select(f => f.Row.UserId).OfType<long>()]);
        var rules = await Rules(tx, contact.AccountId, [.. found.Take(count).Where(f => f.Row.UserId is null).Select(f => Deed(f.Row.SourceId)).OfType<long>()]);
        return [.. found.Take(count).Select(f => new ContactEdit(f.Row.Version, f.Row.At, f.Row.Version == First, f.Row.Source, f.Row.SourceId,
            f.Row.UserId is { } user ? people.GetValueOrDefault(user) : null, f.Changes, Deed(f.Row.SourceId) is { } deed ? rules.GetValueOrDefault(deed) : null))];
    }

    /// <summary>The names of these people, as far as they belong to the account.</summary>
    public static async Task<Dictionary<long, string>> UserNames(Tx tx, long accountId, IReadOnlyCollection<long> ids) => ids.Count == 0 ? []
        : (await tx.Query<User>(Sql["users"], new { accountId, ids = ids.Distinct().ToArray() })).ToDictionary(u => u.Id, u => u.Name);

    private static async Task<Dictionary<long, RuleBehind>> Rules(Tx tx, long accountId, long[] ids) => ids.Length == 0 ? []
        : (await tx.Query<RuleBehind>(Sql["rules"], new { accountId, ids })).ToDictionary(r => r.OperationId);

    /// <summary>The id of the deed on many contacts that a source id names.</summary>
    private static long? Deed(string? sourceId) => sourceId?.StartsWith("bulk:", StringComparison.Ordinal) == true && long.TryParse(sourceId.AsSpan(5), CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>A value as history keeps it, typed as the property says.</summary>
    internal static object? Typed(Property property, object? value) => value is double instant && property.Type is PropertyType.Date or PropertyType.DateTime ? (long)instant : value;

    private static List<ValueChange> ChangesOf(Row row, PropertyCatalog properties, Property? only)
    {
        var (after, before) = (CustomValues.Read(row.Changes), CustomValues.Read(row.Before));
        return [.. after.Keys.Where(id => only is null || id == only.Id).Select(properties.Find).OfType<Property>()
            .Select(p => new ValueChange(p, Typed(p, before.GetValueOrDefault(p.Id)), Typed(p, after[p.Id])))];
    }

    /// <summary>What the contact was made with; null when that says nothing of the one property that is asked for.</summary>
    private static async Task<(Row, List<ValueChange>)?> Creation(Tx tx, PropertyCatalog properties, Contact contact, Property? only)
    {
        var first = new Dictionary<long, object?>();                                   // what each property held before its first change
        var (above, read) = (First, 0);
        for (var rows = new List<Old>(Stride); read < MostRead; above = rows[^1].Version, read += rows.Count)
        {
            rows = await tx.Query<Old>(Sql["newer"], new { contact.AccountId, contact.Id, above, limit = Stride });
            foreach (var (id, value) in rows.SelectMany(r => CustomValues.Read(r.Before))) first.TryAdd(id, value);
            if (rows.Count < Stride) break;
        }
        var values = (only is null ? properties.Everything : [only]).Where(p => !ContactStore.WithoutHistory.Contains(p.Id))
            .Select(p => new ValueChange(p, null, first.TryGetValue(p.Id, out var value) ? Typed(p, value) : contact[p])).Where(v => !Equals(v.After, Blank[v.Property])).ToList();
        if (only is not null && values.Count == 0) return null;
        return (new(First, DateTimeOffset.FromUnixTimeMilliseconds((long)contact[CreatedAt]!), (string)contact[Source]!, (string?)contact[SourceId], (long?)contact[CreatedBy], "", ""), values);
    }

    private const long First = 1;
    private static readonly Contact Blank = Contact.New(0, 0);
    private static readonly ContactColumn CreatedAt = ContactColumn.Of("created_at"), Source = ContactColumn.Of("source"), SourceId = ContactColumn.Of("source_id"), CreatedBy = ContactColumn.Of("created_by");

    private sealed record Row(long Version, DateTimeOffset At, string Source, string? SourceId, long? UserId, string Changes, string Before);

    private sealed record Old(long Version, string Before);

    private sealed record User(long Id, string Name);
}
