using Winnow.Contacts;
using Winnow.Data;
using Winnow.Lists;

namespace Winnow.Transfer;

/// <summary>One contact of a batch and the rows about it, in the order of the file.</summary>
internal sealed class ImportDraft
{
    private static readonly Property Email = BuiltInProperties.Of("email"), FirstName = BuiltInProperties.Of("firstname"), LastName = BuiltInProperties.Of("lastname"), Imported = BuiltInProperties.Of("hs_was_imported"), Marketing = BuiltInProperties.Of("hs_marketable_status"),
        UntilRenewal = BuiltInProperties.Of("hs_marketable_until_renewal"), ReasonType = BuiltInProperties.Of("hs_marketable_reason_type"), ReasonId = BuiltInProperties.Of("hs_marketable_reason_id");

    /// <summary>As it is stored; null when the import makes it.</summary>
    public Contact? Before { get; init; }

    /// <summary>As it will be.</summary>
    public Contact? After { get; set; }

    /// <summary>The rows about it; a later one wins where both have a value.</summary>
    public List<ImportRow> Rows { get; } = new(1);

    /// <summary>Fills in the values of the rows. Empty cells keep what is there, a lifecycle stage moves only forward.</summary>
    /// <param name="marketing">Whether it is set as a marketing contact.</param>
    public void Apply(ImportPlan plan, Import import, bool marketing)
    {
        var changed = Before is null;
        foreach (var row in Rows)
        {
            // found by its number, or made: the address of the row is its address. Found by the address: it has it already
            if (row.Email is not null && (Before is null ? After!.Email is null : row.RecordId is not null && Before.EmailKey != row.EmailKey)) changed |= Set(Email, row.Email);
            for (var i = 0; i < row.Values.Length; i++)
                if (row.Values[i] is { } value && !Lifecycle.GoesBack(plan.Targets[i], After![plan.Targets[i]], value)) changed |= Set(plan.Targets[i], value == ImportPlan.Emptied ? null : value);
        }
        if (Before is { IsNameless: false } && After!.IsNameless) (After[FirstName], After[LastName]) = (Before[FirstName], Before[LastName]);     // nobody becomes one without a name by empty cells
        if (marketing) changed |= SetMarketing(import);
        if (changed) Set(Imported, true);
    }

    private bool SetMarketing(Import import)
    {
        if (!Set(Marketing, "true")) return Set(UntilRenewal, "false");
        Set(UntilRenewal, "false");
        Set(ReasonType, "CONTACT_IMPORT");
        return Set(ReasonId, import.Actor.SourceId!);
    }

    private bool Set(Property property, object? value)
    {
        if (Equals(After![property], value)) return false;
        After[property] = value;
        return true;
    }
}

/// <summary>Sorts the rows of a batch by the contact they are about: one that is there (by record id or by any of its
/// addresses), or a new one. Two rows about one contact become one draft.</summary>
internal sealed class ImportDrafts
{
    private readonly ImportDeeds deeds;
    private readonly Func<long, bool> isOurs;
    private readonly Dictionary<long, ImportDraft> byId = [];
    private readonly Dictionary<string, ImportDraft> byAddress = [];

    private ImportDrafts(ImportDeeds deeds, Func<long, bool> isOurs) => (this.deeds, this.isOurs) = (deeds, isOurs);

    /// <summary>Every contact of the batch.</summary>
    public List<ImportDraft> All { get; } = [];

    /// <summary>The rows that cannot be imported, in the order of the file.</summary>
    public List<(CsvRow Row, RowFault Fault)> Rejected { get; } = [];

    /// <summary>Reads and locks the contacts that the rows are about; numbers the new ones.</summary>
    /// <param name="isOurs">Whether an earlier batch was about a contact: then it is no stranger to an import that only makes contacts.</param>
    public static async Task<ImportDrafts> Of(Tx tx, ContactStore contacts, long accountId, List<ImportRow> rows, ImportDeeds deeds, Func<long, bool> isOurs)
    {
        var drafts = new ImportDrafts(deeds, isOurs);
        await contacts.HoldAddresses(tx, accountId);            // from here to the commit nobody else takes an address
        var sound = rows.Where(r => r.Fault is null).ToList();
        var owners = await contacts.IdsByAddress(tx, accountId, [.. sound.Select(r => r.EmailKey).OfType<string>()]);
        var ids = owners.Values.Concat(sound.Select(r => r.RecordId).OfType<long>()).Distinct().ToList();
        foreach (var contact in ids.Count == 0 ? [] : await contacts.ReadToChange(tx, accountId, ids)) drafts.byId[contact.Id] = new() { Before = contact, After = contact.Copy() };
        foreach (var (key, id) in owners) if (drafts.byId.TryGetValue(id, out var owner)) drafts.byAddress[key] = owner;
        var blocked = await contacts.Blocked(tx, accountId, [.. sound.Select(r => r.EmailKey).OfType<string>().Where(k => !drafts.byAddress.ContainsKey(k))]);
        foreach (var row in rows) drafts.Sort(row, blocked);
        var made = drafts.All.Where(d => d.Before is null).ToList();
        if (made.Count > 0) foreach (var (draft, contact) in made.Zip(await contacts.New(tx, accountId, made.Count))) draft.After = contact;
        return drafts;
    }

    private void Sort(ImportRow row, HashSet<string> blocked)
    {
        if ((row.Fault ?? FaultOf(row, blocked)) is { } fault)
        {
            Rejected.Add((row.Source, fault));
            return;
        }
        var draft = row.RecordId is { } id ? byId[id] : byAddress.GetValueOrDefault(row.EmailKey!) ?? new();
        if (row.EmailKey is { } key) byAddress[key] = draft;
        if (draft.Rows.Count == 0) All.Add(draft);
        draft.Rows.Add(row);
    }

    private RowFault? FaultOf(ImportRow row, HashSet<string> blocked)
    {
        if (row.RecordId is { } id && !byId.ContainsKey(id)) return new("", $"{id}", ListRefusal.Say(RejectionReasons.NoContact, id));
        if (row.RecordId is { } number && row.EmailKey is { } key && byAddress.TryGetValue(key, out var owner) && owner != byId[number])
            return new("", row.Email!, owner.Before is { } other ? ListRefusal.Say(RejectionReasons.OfAnother, other.Id) : RejectionReasons.OfAnotherRow);
        var known = row.RecordId is { } found ? byId[found] : byAddress.GetValueOrDefault(row.EmailKey!);
        if (deeds == ImportDeeds.Create && known?.Before is { } there && !isOurs(there.Id)) return new("", row.Email ?? $"{row.RecordId}", ListRefusal.Say(RejectionReasons.IsThere, there.Id));
        if (deeds == ImportDeeds.Update && known is null) return new("", row.Email!, RejectionReasons.IsUnknown);
        return row.EmailKey is { } address && blocked.Contains(address) ? new("", row.Email!, RejectionReasons.Erased) : null;
    }
}
