using Winnow.Contacts;
using Winnow.Data;
using Winnow.Filters;
using Winnow.Lists;

namespace Winnow.MarketingContacts;

/// <summary>Why a marketing contact costs and reaches nobody.</summary>
/// <param name="Label">For translation; {0} is the number of days.</param>
/// <param name="Who">The contacts, by the number of days.</param>
public sealed record CostlyReason(string Label, Func<int, StoppingGroup> Who);

/// <summary>The marketing contacts that cost and reach nobody: those of each reason, and all of them, each once.</summary>
/// <param name="Parts">With the filter that shows them on the page of contacts.</param>
/// <param name="Filter">The filter that shows all of them.</param>
public sealed record CostlyCounts(IReadOnlyList<(CostlyReason Reason, long Contacts, string Filter)> Parts, long Together, string Filter);

/// <summary>Counts marketing contacts who cannot be mailed, or never react, and are not scheduled yet. Each count is asked by the very filter that its link shows.</summary>
public sealed class CostlyContacts(Db db, ContactIndex index, Properties properties)
{
    /// <summary>Since how many days somebody has opened and clicked nothing.</summary>
    public static readonly IReadOnlyList<int> Periods = [90, 180, 365];

    /// <summary>The reasons. Who was never mailed, or was mailed first within the days, is not called unengaged.</summary>
    public static readonly IReadOnlyList<CostlyReason> Reasons =
    [
        new("Hard bounced", _ => new(StoppingKind.HardBounced)),
        new("Unsubscribed from all email", _ => new(StoppingKind.Unsubscribed)),
        new("Reported as spam", _ => new(StoppingKind.Complained)),
        new("Quarantined", _ => Where("hs_email_quarantined", """{"operationType":"BOOL","operator":"IS_EQUAL_TO","value":true}""")),
        new("Without an email address", _ => Where("email", """{"operationType":"ALL_PROPERTY","operator":"IS_UNKNOWN"}""")),
        new("Opened and clicked nothing for {0} days", days => new(StoppingKind.Unengaged, days)),
    ];

    /// <summary>Counts them. It reads the marketing contacts several times: some seconds for a million.</summary>
    /// <param name="days">One of <see cref="Periods"/>.</param>
    public Task<CostlyCounts> Of(long accountId, int days, TimeZoneInfo zone, CancellationToken stop = default) => db.Read(async tx =>
    {
        var catalog = await properties.Catalog(tx, accountId);
        var parts = new List<(CostlyReason, long, string)>();
        foreach (var reason in Reasons)
            if (Filter([reason]) is var filter) parts.Add((reason, await Count(filter), filter));
        return new CostlyCounts(parts, await Count(Filter(Reasons)), Filter(Reasons));

        string Filter(IEnumerable<CostlyReason> reasons) => FilterJson.Write(StoppingGroup.Those(reasons.Select(reason => reason.Who(days)), MarketingStanding.Marketing, catalog, zone)!);

        async Task<long> Count(string filter)
        {
            var (view, error) = await index.View(tx, accountId, new(null, Filter: filter), catalog, zone);
            return await index.Count(tx, view ?? throw new InvalidOperationException($"The filter {filter} cannot be read: {error}"));
        }
    }, stop);

    private static StoppingGroup Where(string property, string operation) => new(StoppingKind.Filter, Json:
        "{\"filterBranchType\":\"OR\",\"filterBranches\":[{\"filterBranchType\":\"AND\",\"filters\":[{\"filterType\":\"PROPERTY\",\"property\":\"" + property + "\",\"operation\":" + operation + "}]}]}");
}
