using System.Runtime.InteropServices;

namespace Winnow.Contacts;

/// <summary>Who or what makes a change: HubSpot's PropertySource (CRM_UI, IMPORT, API, EMAIL, …), its id, and the person behind it.</summary>
public sealed record Actor(string Source, string? SourceId = null, long? UserId = null)
{
    /// <summary>A person at the screen.</summary>
    public static Actor Person(long userId) => new("CRM_UI", $"userId:{userId}", userId);
}

/// <summary>One contact before and after a change.</summary>
/// <param name="Before">Null when the contact was created, or came back from the recycle bin.</param>
/// <param name="Changed">The properties whose values differ, by id.</param>
public sealed record ContactChange(Contact? Before, Contact After, IReadOnlySet<long> Changed)
{
    /// <summary>The contact's id.</summary>
    public long Id => After.Id;

    [ThreadStatic] private static List<long>? differing;
    private static readonly Contact Blank = Contact.New(0, 0);

    /// <summary>Compares two states of a contact; one that was not there counts as one with nothing filled in.</summary>
    public static ContactChange Of(Contact? before, Contact after, PropertyCatalog properties)
    {
        var ids = differing ??= [];
        ids.Clear();
        (before ?? Blank).Differences(after, properties, ids);
        return new(before, after, PropertyIds.Of(CollectionsMarshal.AsSpan(ids)));
    }
}

/// <summary>What a deleted contact was, as far as others need to know.</summary>
/// <param name="Marketing">It counted toward the contact tier.</param>
/// <param name="UntilRenewal">Whether it was to become non-marketing on the next update date.</param>
public sealed record DeletedContact(long Id, bool Marketing, bool UntilRenewal);

/// <summary>How many contacts an account has, or how many more.</summary>
/// <param name="Marketing">Those that count toward the tier.</param>
/// <param name="Scheduled">Those of them that stop with the next update date.</param>
public sealed record ContactCounts(long All, long Marketing, long Scheduled)
{
    /// <summary>No contacts, or no change.</summary>
    public static readonly ContactCounts None = new(0, 0, 0);

    /// <summary>Contacts that do not count.</summary>
    public long NonMarketing => All - Marketing;

    /// <summary>Contacts that count and go on counting.</summary>
    public long Staying => Marketing - Scheduled;

    /// <summary>Both together.</summary>
    public static ContactCounts operator +(ContactCounts one, ContactCounts more) => new(one.All + more.All, one.Marketing + more.Marketing, one.Scheduled + more.Scheduled);
}

/// <summary>Hears of every change of contacts in the transaction that makes it: list membership and the search index are
/// right when the change commits. Implementations work in sets: a call may bring one change or five thousand.</summary>
public interface IFollowContacts
{
    /// <summary>The changes of one account, ordered by contact id, already written.</summary>
    Task Changed(Data.Tx tx, long accountId, PropertyCatalog properties, IReadOnlyList<ContactChange> changes);

    /// <summary>Contacts of one account were moved to the recycle bin of an operation. Nobody reads them for this: a list knows its members.</summary>
    /// <param name="ids">Ascending.</param>
    Task Deleted(Data.Tx tx, long accountId, long operationId, IReadOnlyList<long> ids);

    /// <summary>Contacts came back from the recycle bin of an operation, after <see cref="Changed"/> told of them as new.</summary>
    /// <param name="ids">Ascending.</param>
    Task Restored(Data.Tx tx, long accountId, long operationId, IReadOnlyList<long> ids);

    /// <summary>Whether a change of only these properties could matter to it, on contacts that were there before and stay. Asked before counters are
    /// written in bulk, the contacts locked; the answer holds until the commit.</summary>
    Task<bool> Minds(Data.Tx tx, long accountId, PropertyCatalog properties, IReadOnlySet<long> changed);
}
