namespace Winnow.Transfer.HubSpot;

/// <summary>What is to be brought from HubSpot. Contacts always are.</summary>
/// <param name="Properties">Properties, groups and choices that are not here yet.</param>
/// <param name="Lists">Lists and who is in them.</param>
/// <param name="OptOuts">Who unsubscribed.</param>
/// <param name="Bounces">Hard bounced and quarantined addresses.</param>
/// <param name="Marketing">Who is a marketing contact.</param>
/// <param name="Subscriptions">Kinds of e-mail whose opt-out counts as one from all marketing e-mail, by HubSpot's numbers.</param>
/// <param name="Again">Compares everything, also what did not change in HubSpot since the last run.</param>
/// <param name="Zone">The account's time zone, IANA: the days of filters are days there.</param>
public sealed record MoveInOrder(bool Properties, bool Lists, bool OptOuts, bool Bounces, bool Marketing, IReadOnlyList<long> Subscriptions, bool Again = false, string Zone = "UTC")
{
    /// <summary>Whether a run brought all that this one asks for: then what changed since is enough.</summary>
    public bool IsWithin(MoveInOrder brought) =>
        (brought.Properties || !Properties) && (brought.OptOuts || !OptOuts) && (brought.Bounces || !Bounces) && (brought.Marketing || !Marketing) && Subscriptions.All(brought.Subscriptions.Contains);
}

/// <summary>Where a run is.</summary>
public enum MoveInPhase
{
    /// <summary>Nothing was asked yet.</summary>
    Begin,
    /// <summary>Properties are made.</summary>
    Properties,
    /// <summary>Contacts come, page after page.</summary>
    Contacts,
    /// <summary>Lists come, one after the other.</summary>
    Lists,
    /// <summary>All is here.</summary>
    End,
}

/// <summary>How far a move-in has come; at its end, or where it was stopped, what came of it.</summary>
/// <param name="MoveInId">Which account of HubSpot.</param>
/// <param name="Since">Only what changed in HubSpot since then; null: everything.</param>
/// <param name="Started">HubSpot's changes up to here are in it.</param>
/// <param name="Cursor">Where in the contacts, or in the members of a list, HubSpot goes on.</param>
/// <param name="Index">How many properties were looked at.</param>
/// <param name="Queue">The lists to come, by HubSpot's numbers.</param>
/// <param name="Waited">Lists of the queue that were put back once, because they ask for others.</param>
/// <param name="ListId">The list here that members are brought into just now; null: none.</param>
/// <param name="PropertiesMade">Properties made here.</param>
/// <param name="Created">Contacts made here; <paramref name="Updated"/>: changed; <paramref name="Unchanged"/>: as they were.</param>
/// <param name="OptedOut">Addresses that became opted out; <paramref name="Bounced"/>: hard bounced.</param>
/// <param name="Marketing">Contacts that became marketing contacts.</param>
/// <param name="ListsMade">Lists made here; <paramref name="Joined"/>: contacts that joined static lists.</param>
/// <param name="Misfits">What did not fit, counted by reason.</param>
/// <param name="ReportFileId">The file that names each; null: nothing.</param>
public sealed record MoveInState(
    long MoveInId, MoveInOrder Order, DateTimeOffset? Since, DateTimeOffset Started, MoveInPhase Phase = MoveInPhase.Begin, string? Cursor = null, int Index = 0,
    IReadOnlyList<long>? Queue = null, IReadOnlyList<long>? Waited = null, long? ListId = null,
    long PropertiesMade = 0, long Created = 0, long Updated = 0, long Unchanged = 0, long OptedOut = 0, long Bounced = 0, long Marketing = 0, long ListsMade = 0, long Joined = 0,
    IReadOnlyList<MisfitSum>? Misfits = null, long? ReportFileId = null)
{
    /// <summary>How many things did not fit.</summary>
    public long MisfitCount => Misfits?.Sum(m => m.Count) ?? 0;
}
