using Winnow.Contacts;
using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Who asks that contacts become marketing contacts, and what they are set with once that is approved.</summary>
/// <param name="Origin">What asks; while it waits, what the same origin asks later is added.</param>
/// <param name="Words">Who was selected, in words.</param>
/// <param name="Title">The title of the job.</param>
/// <param name="ReasonType">An option of hs_marketable_reason_type.</param>
public sealed record MarketingAsk(string Origin, string Words, string Title, string ReasonType, string? ReasonId, long? AskedBy)
{
    /// <summary>What an import asks.</summary>
    public static string OfImport(long id) => $"import:{id}";

    /// <summary>What a move in from HubSpot asks.</summary>
    public static string OfMoveIn(long jobId) => $"move-in:{jobId}";

    /// <summary>What a selection asks.</summary>
    public static string OfSelection(long id) => $"selection:{id}";

    /// <summary>What a person asks one by one.</summary>
    public static string OfPerson(long id) => $"person:{id}";
}

/// <summary>What is more than the day's room (<see cref="MarketingFuse"/>) waits here for an approval, as a frozen selection: nothing is lost.</summary>
public sealed class MarketingQueue(Db db, ListStore lists, ListMembers members, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<MarketingQueue>();

    /// <summary>Who pays is told once nothing was added for so long; of a selection at once.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    /// <summary>Lets one contact wait, by hand.</summary>
    /// <returns>The approval's id.</returns>
    public Task<long> WaitOne(long accountId, long userId, long contactId, string title, CancellationToken stop = default) => db.Write(tx =>
        Wait(tx, accountId, new(MarketingAsk.OfPerson(userId), "", title, "USER_SET", Actor.Person(userId).SourceId, userId), new MemberSet([contactId])), stop);

    /// <summary>Lets contacts wait, with those of the same origin that wait already.</summary>
    /// <returns>The approval's id.</returns>
    public async Task<long> Wait(Tx tx, long accountId, MarketingAsk ask, MemberSet contacts)
    {
        await Ids.Next(tx, accountId, Kind, 0);                                                    // held until the commit: one of an origin
        if (await tx.SingleOrNone<Waiting>(Sql["waiting"], new { accountId, ask.Origin }) is not { } there)
            return await Add(tx, accountId, ask, await lists.Freeze(tx, accountId, contacts, ask.AskedBy), contacts.Count, Quiet);
        var added = contacts.Except(await members.Read(tx, accountId, there.SelectionId));
        await members.Flip(tx, accountId, there.SelectionId, added, new());
        await tx.Execute(Sql["more"], new { accountId, there.Id, added = added.Count, tellAt = clock.GetUtcNow() + Quiet });
        return there.Id;
    }

    /// <summary>Lets a selection wait that is frozen already.</summary>
    /// <returns>The approval's id.</returns>
    public Task<long> Wait(Tx tx, long accountId, MarketingAsk ask, long selectionId, long contacts) => Add(tx, accountId, ask, selectionId, contacts, TimeSpan.Zero);

    /// <summary>The latest approval of an origin, decided or not; null when it asked for none.</summary>
    public static Task<long?> Of(Tx tx, long accountId, string origin) => tx.SingleOrNone<long?>(Sql["of"], new { accountId, origin });

    private async Task<long> Add(Tx tx, long accountId, MarketingAsk ask, long selectionId, long contacts, TimeSpan quiet)
    {
        var (id, now) = (await Ids.Next(tx, accountId, Kind), clock.GetUtcNow());
        await tx.Execute(Sql["add"], new { accountId, id, ask.Origin, ask.Words, ask.Title, selectionId, contacts, ask.ReasonType, ask.ReasonId, ask.AskedBy, now, tellAt = now + quiet });
        return id;
    }

    private const string Kind = "marketing_approval";

    private sealed record Waiting(long Id, long SelectionId);
}
