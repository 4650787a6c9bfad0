namespace Winnow.Contacts;

/// <summary>Which contacts someone means: those ticked, or all of a view. Travels in the address and in forms, so that a reload,
/// the back button and a shared link show the same.</summary>
/// <param name="Ids">The ticked ones; null means all that the view shows.</param>
/// <param name="Search">What was typed in the search box.</param>
/// <param name="Filter">A filter in HubSpot's filterBranch form (JSON).</param>
/// <param name="ListId">Members of this list.</param>
public sealed record SelectionQuery(IReadOnlyList<long>? Ids, string? Search = null, string? Filter = null, long? ListId = null)
{
    /// <summary>The names under which it travels: <c>id</c> (repeated), <c>all=1</c>, <c>q</c>, <c>filter</c>, <c>list</c>.</summary>
    /// <param name="values">All values sent under a name; empty when there are none.</param>
    public static SelectionQuery Read(Func<string, IEnumerable<string?>> values) => new(
        values("all").FirstOrDefault() == "1" ? null : [.. values("id").Select(v => long.TryParse(v, out var id) ? id : 0).Where(id => id > 0).Distinct().Order()],
        Text(values("q")), Text(values("filter")), long.TryParse(values("list").FirstOrDefault(), out var list) ? list : null);

    /// <summary>The view without the ticks.</summary>
    public SelectionQuery All => this with { Ids = null };

    private static string? Text(IEnumerable<string?> values) => values.FirstOrDefault()?.Trim() is { Length: > 0 } text ? text : null;
}
