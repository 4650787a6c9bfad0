using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Email;

/// <summary>What happened to a contact through e-mail.</summary>
/// <param name="Type">HubSpot's event type: SENT, DELIVERED, BOUNCE, DROPPED, …</param>
/// <param name="EmailName">The marketing e-mail; null when it is gone.</param>
/// <param name="Reason">Bounce category, drop reason or new status.</param>
/// <param name="InboxId">The raw evidence.</param>
public sealed record EmailFact(long Id, DateTimeOffset At, string Type, long? EmailId, string? EmailName, string? Reason, string? Detail, long? InboxId, string? UserName);

/// <summary>One line of the timeline: a change of the contact, or what happened through e-mail.</summary>
public sealed record TimelineEntry(ContactEdit? Edit, EmailFact? Email)
{
    /// <summary>When it happened (UTC).</summary>
    public DateTimeOffset At => Edit?.At ?? Email!.At;
}

/// <summary>A page of the timeline.</summary>
/// <param name="More">Where the next page begins, or null: see <see cref="ContactTimeline.Page"/>.</param>
public sealed record TimelinePage(IReadOnlyList<TimelineEntry> Entries, string? More);

/// <summary>What happened to one contact, newest first: changes with before and after, and e-mail.</summary>
public sealed class ContactTimeline(Db db, ContactStore contacts, Properties properties)
{
    /// <summary>Entries on a page.</summary>
    public const int Size = 25;

    private static readonly SqlFile Sql = SqlFile.Beside<ContactTimeline>();

    /// <summary>A page from a place on.</summary>
    /// <param name="from">What the page before said in <see cref="TimelinePage.More"/>; null for the newest.</param>
    /// <param name="emailOnly">Leaves changes of the contact out.</param>
    public Task<TimelinePage> Page(long accountId, long contactId, string? from, bool emailOnly, CancellationToken stop = default) => db.Read(async tx =>
    {
        var place = Place.Read(from);
        List<ContactEdit> edits = !emailOnly && await contacts.Find(tx, accountId, contactId) is { } contact
            ? await PropertyHistory.Before(tx, await properties.Catalog(tx, accountId), contact, place.Version, Size + 1) : [];
        var facts = await Facts(tx, accountId, contactId, place);
        List<TimelineEntry> page = [.. Merge(edits, facts).Take(Size)];
        return new TimelinePage(page, edits.Count + facts.Count > page.Count ? place.After(page).ToString() : null);
    }, stop);

    /// <summary>Each source keeps its own order, also where clocks of two machines differ: the place of the next page depends on it.</summary>
    private static IEnumerable<TimelineEntry> Merge(List<ContactEdit> edits, List<EmailFact> facts)
    {
        for (var (e, f) = (0, 0); e < edits.Count || f < facts.Count;)
            yield return f == facts.Count || e < edits.Count && edits[e].At > facts[f].At ? new(edits[e++], null) : new(null, facts[f++]);
    }

    private static async Task<List<EmailFact>> Facts(Tx tx, long accountId, long contactId, Place place)
    {
        var rows = await tx.Query<Row>(Sql["emails"], new { accountId, contactId, at = place.At, below = place.Event, limit = Size + 1 });
        var people = await PropertyHistory.UserNames(tx, accountId, [.. rows.Select(r => r.UserId).OfType<long>()]);
        return [.. rows.Select(r => new EmailFact(r.Id, r.At, r.Type, r.EmailId, r.EmailName, r.Reason, r.Detail, r.InboxId, r.UserId is { } user ? people.GetValueOrDefault(user) : null))];
    }

    /// <summary>How far each of the two sources was shown: changes by version, e-mail by time and id.</summary>
    private sealed record Place(long Version, DateTimeOffset At, long Event)
    {
        private static readonly Place Newest = new(long.MaxValue, DateTimeOffset.FromUnixTimeMilliseconds(253_402_300_000_000), 0);

        public static Place Read(string? text) =>
            text?.Split('-') is [var v, var a, var e] && long.TryParse(v, out var version) && long.TryParse(a, out var at) && at is >= 0 and < 253_402_300_000_000 && long.TryParse(e, out var id)
                ? new(version, DateTimeOffset.FromUnixTimeMilliseconds(at), id) : Newest;

        public Place After(IReadOnlyCollection<TimelineEntry> page) => new(
            page.Select(e => e.Edit?.Version).OfType<long>().DefaultIfEmpty(Version).Min(),
            page.LastOrDefault(e => e.Email is not null)?.Email?.At ?? At,
            page.LastOrDefault(e => e.Email is not null)?.Email?.Id ?? Event);

        public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Version}-{At.ToUnixTimeMilliseconds()}-{Event}");
    }

    private sealed record Row(long Id, DateTimeOffset At, string Type, long? EmailId, string? EmailName, string? Reason, string? Detail, long? InboxId, long? UserId);
}
