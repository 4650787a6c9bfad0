using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>A property before and after a change, typed as the property says.</summary>
public sealed record ValueChange(Property Property, object? Before, object? After);

/// <summary>One change of a contact: when, by what, and which values.</summary>
/// <param name="Created">It made the contact.</param>
/// <param name="Source">HubSpot's PropertySource: CRM_UI, IMPORT, EMAIL, …</param>
/// <param name="UserName">The person behind it; null when it was no person, or nobody of this account.</param>
public sealed record ContactEdit(long Version, DateTimeOffset At, bool Created, string Source, string? SourceId, string? UserName, IReadOnlyList<ValueChange> Changes);

/// <summary>What a contact's properties held before, and who or what changed them.</summary>
public static class PropertyHistory
{
    private const int Stride = 500, MostRead = 20_000;
    private static readonly SqlFile Sql = SqlFile.Of("Contacts/PropertyHistory.sql");

    /// <summary>The changes of a contact below a version, newest first; with <paramref name="only"/>, those of one property.</summary>
    /// <returns>At most <paramref name="count"/>.</returns>
    public static async Task<List<ContactEdit>> Before(Tx tx, PropertyCatalog properties, long accountId, long contactId, long below, int count, Property? only = null)
    {
        var found = new List<(Row Row, List<ValueChange> Changes)>();
        for (var read = 0; found.Count < count && read < MostRead; read += Stride)
        {
            var rows = await tx.Query<Row>(Sql["older"], new { accountId, contactId, below, limit = only is null ? Math.Min(count, Stride) : Stride });
            found.AddRange(rows.Select(r => (r, ChangesOf(r, properties, only))).Where(e => only is null || e.Item2.Count > 0));
            if (rows.Count < (only is null ? Math.Min(count, Stride) : Stride)) break;
            below = rows[^1].Version;
        }
        var people = await UserNames(tx, accountId, [.. found.Take(count).Select(f => f.Row.UserId).OfType<long>()]);
        return [.. found.Take(count).Select(f => new ContactEdit(f.Row.Version, f.Row.At, f.Row.Before is null, f.Row.Source, f.Row.SourceId,
            f.Row.UserId is { } user ? people.GetValueOrDefault(user) : null, f.Changes))];
    }

    /// <summary>The names of these people, as far as they belong to the account.</summary>
    public static async Task<Dictionary<long, string>> UserNames(Tx tx, long accountId, IReadOnlyCollection<long> ids) => ids.Count == 0 ? []
        : (await tx.Query<User>(Sql["users"], new { accountId, ids = ids.Distinct().ToArray() })).ToDictionary(u => u.Id, u => u.Name);

    /// <summary>A value as history keeps it, typed as the property says.</summary>
    internal static object? Typed(Property property, object? value) => value is double instant && property.Type is PropertyType.Date or PropertyType.DateTime ? (long)instant : value;

    private static List<ValueChange> ChangesOf(Row row, PropertyCatalog properties, Property? only)
    {
        var (after, before) = (CustomValues.Read(row.Changes), row.Before is null ? [] : CustomValues.Read(row.Before));
        return [.. after.Keys.Where(id => only is null || id == only.Id).Select(properties.Find).OfType<Property>()
            .Select(p => new ValueChange(p, Typed(p, before.GetValueOrDefault(p.Id)), Typed(p, after[p.Id])))];
    }

    private sealed record Row(long Version, DateTimeOffset At, string Source, string? SourceId, long? UserId, string Changes, string? Before);

    private sealed record User(long Id, string Name);
}
