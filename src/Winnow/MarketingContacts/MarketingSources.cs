using Winnow.Data;

namespace Winnow.MarketingContacts;

/// <summary>What set marketing contacts as such.</summary>
/// <param name="Type">An option of hs_marketable_reason_type; null: it is not known, as of contacts from before.</param>
/// <param name="Id">Which user, import or form; hs_marketable_reason_id.</param>
public sealed record MarketingSource(string? Type, string? Id, long Contacts);

/// <summary>The marketing contacts of an account by what set them as such.</summary>
public sealed class MarketingSources(Db db)
{
    private static readonly SqlFile Sql = SqlFile.Beside<MarketingSources>();

    /// <summary>The sources with the most contacts. It reads each marketing contact: about a second for a million.</summary>
    /// <param name="most">So many sources; the rest is left out.</param>
    public Task<List<MarketingSource>> Of(long accountId, int most, CancellationToken stop = default) => db.Read(tx => tx.Query<MarketingSource>(Sql["split"], new { accountId, most }), stop);
}
