using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Lists;

namespace Winnow.Tests;

/// <summary>The active list of the first article: Email hard bounce reason is known.</summary>
internal static class HardBouncedList
{
    private const string Filter = """
        {"filterBranchType":"OR","filters":[],"filterBranches":[{"filterBranchType":"AND","filterBranches":[],"filters":[
          {"filterType":"PROPERTY","property":"hs_email_hard_bounce_reason_enum","operation":{"operationType":"ALL_PROPERTY","operator":"IS_KNOWN"}}]}]}
        """;

    /// <summary>Makes it; a job fills it.</summary>
    public static Task<long> Make(Db db, Properties properties, ListStore lists, long accountId) => db.Write(async tx =>
    {
        var (filter, error) = FilterJson.Read(Filter, await properties.Catalog(tx, accountId), TimeZoneInfo.Utc);
        Assert.Null(error);
        var (list, refused) = await lists.Create(tx, accountId, "Hard bounced", ListKind.Dynamic, filter, TimeZoneInfo.Utc, 1);
        Assert.Null(refused);
        return list!.Id;
    });
}
