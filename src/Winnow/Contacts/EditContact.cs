using Winnow.Data;
using Winnow.Mail.Mime;

namespace Winnow.Contacts;

/// <summary>Creates and edits a contact by hand. Texts come as people typed them, by property name; what is not among them stays.</summary>
public sealed class EditContact(Db db, ContactStore contacts, MarketingFuse fuse, Properties properties, TimeProvider clock)
{
    /// <summary>A form that comes again within this time is the same form, posted twice.</summary>
    private static readonly TimeSpan SamePost = TimeSpan.FromMinutes(1);
    private static readonly SqlFile Sql = SqlFile.Beside<EditContact>();
    private static readonly Property Email = BuiltInProperties.Of("email"), FirstName = BuiltInProperties.Of("firstname"), LastName = BuiltInProperties.Of("lastname");

    /// <summary>Makes a contact. The same form posted twice makes one.</summary>
    public Task<EditOutcome> Create(long accountId, long userId, IReadOnlyDictionary<string, string> texts, bool marketing, CancellationToken stop) => db.Write(async tx =>
    {
        await contacts.HoldAddresses(tx, accountId);
        var catalog = await properties.Catalog(tx, accountId);
        var (values, faults) = Read(catalog, texts);
        if (faults.Count == 0 && !values.Any(v => v.Value is not null && (v.Property == Email || v.Property == FirstName || v.Property == LastName))) faults.Add(new(Email, FaultKind.NothingToGoBy));
        if (faults.Count > 0) return new EditOutcome(null, faults);
        var actor = Actor.Person(userId);
        if (await MadeJustNow(tx, accountId, actor, values) is { } twin) return new(twin, []);
        if (await Holder(tx, accountId, values) is { } holder) return new(null, [new(Email, FaultKind.AddressTaken, holder)]);
        if (await IsBlocked(tx, accountId, values)) return new(null, [new(Email, FaultKind.AddressBlocked)]);

        var contact = (await contacts.New(tx, accountId, 1))[0];
        foreach (var (property, value) in values) contact[property] = value;
        var fits = !marketing || await fuse.Take(tx, accountId, 1);
        if (marketing && fits) MarketingStatus.Set(contact, "USER_SET", actor.SourceId);
        await contacts.Save(tx, actor, catalog, [(null, contact)]);
        return new(contact.Id, [], Waits: !fits);
    }, stop);

    /// <summary>Writes what the person changed on a form that showed the contact at <paramref name="version"/>. What others changed
    /// since then stays; a property that both changed is refused, with its present value.</summary>
    public Task<EditOutcome> Save(long accountId, long userId, long id, long version, IReadOnlyDictionary<string, string> texts, CancellationToken stop) => db.Write(async tx =>
    {
        await contacts.HoldAddresses(tx, accountId);
        if ((await contacts.ReadToChange(tx, accountId, [id])).SingleOrDefault() is not { } before) return new EditOutcome(null, []);
        var catalog = await properties.Catalog(tx, accountId);
        var shown = await Shown(tx, before, version);
        var touched = texts.Where(t => catalog.Find(t.Key) is { } p && Plain(t.Value) != (PropertyValue.Text(p, shown(p)) ?? "")).ToDictionary();
        var (values, faults) = Read(catalog, touched);
        faults.AddRange(values.Where(v => !Equals(before[v.Property], shown(v.Property)) && !Equals(before[v.Property], v.Value)).Select(v => new ContactFault(v.Property, FaultKind.ChangedMeanwhile, Now: before[v.Property])));
        var after = before.Copy();
        foreach (var (property, value) in values) after[property] = value;
        if (faults.Count == 0 && after.IsNameless) faults.Add(new(Email, FaultKind.NothingToGoBy));
        if (faults.Count == 0 && await Holder(tx, accountId, values) is { } holder)
        {
            if (holder.Id != id) faults.Add(new(Email, FaultKind.AddressTaken, holder));
            else await AdditionalAddresses.TakeBack(tx, after, EmailAddress.Normalize(after.Email)!);     // one of its own: now the primary one
        }
        if (faults.Count == 0 && await IsBlocked(tx, accountId, values)) faults.Add(new(Email, FaultKind.AddressBlocked));
        if (faults.Count > 0) return new(null, faults);
        await contacts.Save(tx, Actor.Person(userId), catalog, [(before, after)]);
        return new(id, []);
    }, stop);

    /// <summary>Sets one contact as a marketing contact, or schedules it to become non-marketing.</summary>
    /// <returns>False when this account has no such contact, or the day has no room for one more marketing contact: then it waits for an approval, if the caller lets it.</returns>
    public Task<bool> SetMarketing(long accountId, long userId, long id, bool marketing, CancellationToken stop) => db.Write(async tx =>
    {
        if ((await contacts.ReadToChange(tx, accountId, [id])).SingleOrDefault() is not { } before) return false;
        var (after, actor) = (before.Copy(), Actor.Person(userId));
        if (marketing && !before.IsMarketing && !await fuse.Take(tx, accountId, 1)) return false;
        if (marketing) MarketingStatus.Set(after, "USER_SET", actor.SourceId);
        else MarketingStatus.SetNon(after);
        await contacts.Save(tx, actor, await properties.Catalog(tx, accountId), [(before, after)]);
        return true;
    }, stop);

    private static (List<(Property Property, object? Value)> Values, List<ContactFault> Faults) Read(PropertyCatalog catalog, IReadOnlyDictionary<string, string> texts)
    {
        var (values, faults) = (new List<(Property, object?)>(), new List<ContactFault>());
        foreach (var (name, text) in texts)
        {
            if (catalog.Find(name) is not { ReadOnly: false, ArchivedAt: null } property) continue;
            var (value, error) = PropertyValue.Parse(property, Plain(text));
            if (error is not null || property == Email && value is not null && EmailAddress.Normalize((string)value) is null) faults.Add(new(property, FaultKind.NotReadable));
            else values.Add((property, value));
        }
        return (values, faults);
    }

    private async Task<Contact?> Holder(Tx tx, long accountId, List<(Property Property, object? Value)> values) =>
        KeyOf(values) is { } key ? (await contacts.ByAddress(tx, accountId, [key])).GetValueOrDefault(key) : null;

    private async Task<bool> IsBlocked(Tx tx, long accountId, List<(Property Property, object? Value)> values) =>
        KeyOf(values) is { } key && (await contacts.Blocked(tx, accountId, [key])).Count > 0;

    private async Task<long?> MadeJustNow(Tx tx, long accountId, Actor actor, List<(Property Property, object? Value)> values)
    {
        var ids = await tx.Query<long>(Sql["made-just-now"], new { accountId, since = clock.GetUtcNow() - SamePost, actor.Source, actor.SourceId, key = KeyOf(values) ?? "" });
        return (await contacts.Read(tx, accountId, ids)).LastOrDefault(c => values.All(v => Equals(c[v.Property], v.Value)))?.Id;
    }

    /// <summary>The values that the form showed: the present ones, with what changed since taken back.</summary>
    private static async Task<Func<Property, object?>> Shown(Tx tx, Contact now, long version)
    {
        var then = now.Copy();
        var ids = new HashSet<long>();
        var old = new SortedDictionary<long, object?>();
        foreach (var row in await tx.Query<Change>(Sql["changed-since"], new { now.AccountId, now.Id, version }))
        {
            ids.UnionWith(CustomValues.Read(row.Changes).Keys);
            foreach (var (id, value) in CustomValues.Read(row.Before)) old[id] = value;
        }
        return property => ids.Contains(property.Id) ? PropertyHistory.Typed(property, old.GetValueOrDefault(property.Id)) : then[property];
    }

    private static string? KeyOf(List<(Property Property, object? Value)> values) =>
        values.Where(v => v.Property == Email).Select(v => EmailAddress.Normalize((string?)v.Value)).FirstOrDefault();

    private static string Plain(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Trim();

    private sealed record Change(string Changes, string Before);
}
