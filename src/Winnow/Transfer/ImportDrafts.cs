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

    /// <summary>As it will be; one that the import makes has no id before its batch is written.</summary>
    public required Contact After { get; init; }

    /// <summary>The rows about it; a later one wins where both have a value.</summary>
    public List<ImportRow> Rows { get; } = new(1);

    private bool changed;

    /// <summary>Fills in the values of the rows. Empty cells keep what is there, a lifecycle stage moves only forward.</summary>
    public void Apply(ImportPlan plan)
    {
        changed = Before is null;
        foreach (var row in Rows)
        {
            // found by its number, or made: the address of the row is its address. Found by the address: it has it already
            if (row.Email is not null && (Before is null ? After.Email is null : row.RecordId is not null && Before.EmailKey != row.EmailKey)) changed |= Set(Email, row.Email);
            for (var i = 0; i < row.Values.Length; i++)
                if (row.Values[i] is { } value && !Lifecycle.GoesBack(plan.Targets[i], After[plan.Targets[i]], value)) changed |= Set(plan.Targets[i], value == ImportPlan.Emptied ? null : value);
        }
        if (Before is { IsNameless: false } && After.IsNameless) (After[FirstName], After[LastName]) = (Before[FirstName], Before[LastName]);     // nobody becomes one without a name by empty cells
    }

    /// <summary>Sets it as a marketing contact, and says that an import was here if anything changed.</summary>
    /// <param name="marketing">Whether it is set as a marketing contact.</param>
    public void Close(Import import, bool marketing)
    {
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
        if (Equals(After[property], value)) return false;
        After[property] = value;
        return true;
    }
}

/// <summary>Sorts the rows of a batch by the contact they are about: one that is there (by record id or by any of its
/// addresses), or a new one. Two rows about one contact become one draft.</summary>
internal sealed class ImportDrafts
{
    private readonly Import import;
    private readonly Func<long, bool> isOurs;
    private HashSet<string> blocked = [];
    private readonly Dictionary<long, ImportDraft> byId = [];
    private readonly Dictionary<string, ImportDraft> byAddress = [];

    private ImportDrafts(Import import, Func<long, bool> isOurs) => (this.import, this.isOurs) = (import, isOurs);

    /// <summary>Every contact of the batch.</summary>
    public List<ImportDraft> All { get; } = [];

    /// <summary>The rows that cannot be imported, in the order of the file.</summary>
    public List<(CsvRow Row, RowFault Fault)> Rejected { get; } = [];

    /// <summary>Reads the contacts that the rows are about and fills in what they will be.</summary>
    /// <param name="isOurs">Whether an earlier batch was about a contact: then it is no stranger to an import that only makes contacts.</param>
    /// <param name="hold">Locks them until the commit; the caller holds the addresses. Else it is a look ahead, good as long as <see cref="StillHold"/> says so.</param>
    public static async Task<ImportDrafts> Of(Tx tx, ContactStore contacts, Import import, ImportPlan plan, List<ImportRow> rows, Func<long, bool> isOurs, bool hold)
    {
        var (drafts, accountId) = (new ImportDrafts(import, isOurs), import.AccountId);
        var sound = rows.Where(r => r.Fault is null).ToList();
        var owners = await contacts.IdsByAddress(tx, accountId, [.. sound.Select(r => r.EmailKey).OfType<string>()]);
        var ids = owners.Values.Concat(sound.Select(r => r.RecordId).OfType<long>()).Distinct().ToList();
        foreach (var contact in ids.Count == 0 ? [] : hold ? await contacts.ReadToChange(tx, accountId, ids) : await contacts.Read(tx, accountId, ids)) drafts.byId[contact.Id] = new() { Before = contact, After = contact.Copy() };
        foreach (var (key, id) in owners) if (drafts.byId.TryGetValue(id, out var owner)) drafts.byAddress[key] = owner;
        drafts.blocked = await contacts.Blocked(tx, accountId, () => drafts.Unknown(rows));
        foreach (var row in rows) drafts.Sort(row);
        foreach (var draft in drafts.All) draft.Apply(plan);
        return drafts;
    }

    /// <summary>Locks the contacts of a look ahead.</summary>
    /// <returns>Whether all is as it was then; the caller knows that no address came to a contact since.</returns>
    public async Task<bool> StillHold(Tx tx, ContactStore contacts, List<ImportRow> rows) =>
        await ContactStore.HoldUnchanged(tx, import.AccountId, [.. byId.Values.Select(d => d.Before!).OrderBy(c => c.Id)])
        && blocked.SetEquals(await contacts.Blocked(tx, import.AccountId, () => Unknown(rows)));

    /// <summary>Whether the batch before this one is about a contact or an address of it too.</summary>
    public bool Meets(ImportDrafts before, List<ImportRow> rows)
    {
        var theirs = before.All.Select(d => d.After.Id).ToHashSet();
        return byId.Keys.Any(theirs.Contains) || rows.Exists(r => r.EmailKey is { } key && before.byAddress.ContainsKey(key) || r.RecordId is { } id && theirs.Contains(id));
    }

    /// <summary>Gives the new ones their ids.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> Number(Tx tx)
    {
        var made = All.Where(d => d.Before is null).Select(d => d.After).ToList();
        if (made.Count > 0) await ContactStore.Number(tx, import.AccountId, made);
        return made.Count;
    }

    private List<string> Unknown(List<ImportRow> rows) => [.. rows.Where(r => r.Fault is null).Select(r => r.EmailKey).OfType<string>().Where(k => !(byAddress.TryGetValue(k, out var draft) && draft.Before is not null))];

    private void Sort(ImportRow row)
    {
        if ((row.Fault ?? FaultOf(row)) is { } fault)
        {
            Rejected.Add((row.Source, fault));
            return;
        }
        var draft = row.RecordId is { } id ? byId[id] : byAddress.GetValueOrDefault(row.EmailKey!) ?? new() { After = Contact.New(import.AccountId, 0) };
        if (row.EmailKey is { } key) byAddress[key] = draft;
        if (draft.Rows.Count == 0) All.Add(draft);
        draft.Rows.Add(row);
    }

    private RowFault? FaultOf(ImportRow row)
    {
        if (row.RecordId is { } id && !byId.ContainsKey(id)) return new("", $"{id}", ListRefusal.Say(RejectionReasons.NoContact, id));
        if (row.RecordId is { } number && row.EmailKey is { } key && byAddress.TryGetValue(key, out var owner) && owner != byId[number])
            return new("", row.Email!, owner.Before is { } other ? ListRefusal.Say(RejectionReasons.OfAnother, other.Id) : RejectionReasons.OfAnotherRow);
        var known = row.RecordId is { } found ? byId[found] : byAddress.GetValueOrDefault(row.EmailKey!);
        if (import.Deeds == ImportDeeds.Create && known?.Before is { } there && !isOurs(there.Id)) return new("", row.Email ?? $"{row.RecordId}", ListRefusal.Say(RejectionReasons.IsThere, there.Id));
        if (import.Deeds == ImportDeeds.Update && known is null) return new("", row.Email!, RejectionReasons.IsUnknown);
        return row.EmailKey is { } address && blocked.Contains(address) ? new("", row.Email!, RejectionReasons.Erased) : null;
    }
}
