using System.Globalization;
using System.Text.Json;
using Winnow.Data;

namespace Winnow.Lists;

/// <summary>What uses a list: drafts of e-mails, other lists, saved views, rules. Shown before it is deleted.</summary>
public sealed class ListUsage(IEnumerable<IUseLists> others)
{
    private static readonly SqlFile Sql = SqlFile.Beside<ListUsage>();

    /// <summary>All that uses the list: e-mails, then lists, views and rules; each by name.</summary>
    public async Task<IReadOnlyList<ListUse>> Of(Tx tx, long accountId, long listId)
    {
        List<ListUse> uses = [.. (await Lists(tx, accountId, listId)).Select(list => new ListUse(ListUser.List, list.Id, list.Name))];
        foreach (var other in others) uses.AddRange(await other.UsesOf(tx, accountId, listId));
        return [.. uses.OrderBy(use => use.By)];
    }

    /// <summary>The lists whose filter asks who is in this one: without it they would be wrong.</summary>
    internal static async Task<List<(long Id, string Name)>> Lists(Tx tx, long accountId, long listId) =>
        [.. (await tx.Query<Row>(Sql["following"], new { accountId })).Where(row => row.Id != listId && InFilter(row.Filter, listId)).Select(row => (row.Id, row.Name))];

    /// <summary>Whether a stored filter asks who is in the list.</summary>
    internal static bool InFilter(string filter, long listId)
    {
        using var json = JsonDocument.Parse(filter);
        return Names(json.RootElement, listId.ToString(CultureInfo.InvariantCulture));
    }

    private static bool Names(JsonElement part, string listId) => part.ValueKind switch
    {
        JsonValueKind.Object => part.TryGetProperty("listId", out var id) && id.ToString() == listId || part.EnumerateObject().Any(field => Names(field.Value, listId)),
        JsonValueKind.Array => part.EnumerateArray().Any(one => Names(one, listId)),
        _ => false,
    };

    private sealed record Row(long Id, string Name, string Filter);
}
