using System.Text.Json;
using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Contacts;

/// <summary>The account's own properties: create, edit, archive; and the catalogue of all.</summary>
public sealed class Properties(PropertyGroups groups, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<Properties>();
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>All properties of the account, archived ones included.</summary>
    public async Task<PropertyCatalog> Catalog(Tx tx, long accountId) => new((await tx.Query<Row>(Sql["all"], new { accountId })).Select(Read));

    /// <summary>Makes a property. The same wish twice makes one.</summary>
    /// <param name="by">Who wishes it; null for Winnow itself. So for each deed here.</param>
    /// <returns>The property, or what is wrong with the wish.</returns>
    public async Task<(Property? Made, PropertyFault? Error)> Create(Tx tx, long accountId, PropertyWish wish, long? by = null)
    {
        var id = Property.FirstCustomId - 1 + await Ids.Next(tx, accountId, "property");       // holds the counter: two wishes for one name queue up
        var catalog = await Catalog(tx, accountId);
        if (catalog.Find(wish.InternalName) is { } there && wish.IsMet(there)) return (there, null);
        if (wish.Error(catalog) is { } error) return (null, error);
        if (await NoGroup(tx, accountId, wish.Group) is { } fault) return (null, fault);
        var property = wish.ToProperty(id);
        await tx.Execute(Sql["create"], Parameters(accountId, property));
        await AuditLog.Add(tx, clock, accountId, by, AuditAction.PropertyCreated, property.Label, null, null, Words(property));
        return (property, null);
    }

    /// <summary>Changes label, description, options and, when one is named, the group. Name and type stay: values were stored with them. So do the values of
    /// options that are taken away.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<PropertyFault?> Edit(Tx tx, long accountId, long id, string label, string description, IReadOnlyList<PropertyOption> options, string? group = null, long? by = null)
    {
        await PropertyGroups.Alone(tx, accountId);
        var property = (await Catalog(tx, accountId)).Find(id);
        if (property is not { IsCustom: true }) return new("Label", PropertyFault.NotYours);
        if (PropertyWish.TextError(label, description) is { } wrong) return wrong;
        if (property.Type == PropertyType.Enumeration && PropertyWish.OptionError(options) is { } error) return error;
        if (group is not null && await NoGroup(tx, accountId, group) is { } fault) return fault;
        var edited = property with { Label = label.Trim(), Description = description.Trim(), Options = options, Group = group ?? property.Group };
        await tx.Execute(Sql["edit"], Parameters(accountId, edited));
        if (Words(edited) != Words(property)) await AuditLog.Add(tx, clock, accountId, by, AuditAction.PropertyChanged, property.Label, null, Words(property), Words(edited));
        return null;
    }

    /// <summary>Takes the property out of every choice; values and history remain, and it can be brought back.</summary>
    public async Task<bool> Archive(Tx tx, long accountId, long id, bool archived, long? by = null)
    {
        var before = (await Catalog(tx, accountId)).Find(id);
        if (await tx.Execute(Sql["archive"], new { accountId, id, now = clock.GetUtcNow(), archivedAt = archived ? clock.GetUtcNow() : (DateTimeOffset?)null }) == 0) return false;
        if (before is not null && before.ArchivedAt is null == archived) await AuditLog.Add(tx, clock, accountId, by, archived ? AuditAction.PropertyArchived : AuditAction.PropertyRestored, before.Label);
        return true;
    }

    private async Task<PropertyFault?> NoGroup(Tx tx, long accountId, string group) =>
        (await groups.All(tx, accountId)).Any(g => g.Name == group) ? null : new("Group", PropertyFault.NoGroup);

    // As far as a person can read it: many options would hide what changed.
    private static string Words(Property p)
    {
        var options = string.Join(", ", p.Options.Select(o => o.Hidden ? $"({o.Label})" : o.Label));
        return $"{p.Label} ({p.Name}), {p.FieldType}, {p.Group}{(p.Description.Length > 0 ? $", {p.Description}" : "")}{(options.Length > 0 ? $": {(options.Length > 500 ? options[..500] + "…" : options)}" : "")}";
    }

    private object Parameters(long accountId, Property p) => new
    {
        accountId, p.Id, p.Name, p.Label, type = p.Type.ToString(), p.FieldType, p.Group, p.Description, options = JsonSerializer.Serialize(p.Options, Json), now = clock.GetUtcNow(),
    };

    private static Property Read(Row row) => new(row.Id, row.Name, row.Label, Enum.Parse<PropertyType>(row.Type), row.FieldType, row.GroupName, row.Description,
        JsonSerializer.Deserialize<List<PropertyOption>>(row.Options, Json)!, ArchivedAt: row.ArchivedAt);

    private sealed record Row(long Id, string Name, string Label, string Type, string FieldType, string GroupName, string Description, string Options, DateTimeOffset? ArchivedAt);
}
