using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Sets of contacts kept for a bulk operation: hidden lists of kind SELECTION.</summary>
public sealed class FrozenSelections(TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<FrozenSelections>();

    /// <summary>Makes an empty set.</summary>
    /// <param name="name">What it is a set of, for those who read the database.</param>
    public async Task<long> Make(Tx tx, long accountId, string name, long? userId)
    {
        var id = await Ids.Next(tx, accountId, "list");
        await tx.Execute(Sql["make"], new { accountId, id, name, userId, now = clock.GetUtcNow(), kind = "SELECTION", nameKey = $"selection {id}" });
        return id;
    }

    /// <summary>Makes a static list.</summary>
    public async Task<(long? Id, string? Error)> MakeList(Tx tx, long accountId, string name, long? userId)
    {
        var id = await Ids.Next(tx, accountId, "list");
        await tx.Execute(Sql["make"], new { accountId, id, name, userId, now = clock.GetUtcNow(), kind = "MANUAL", nameKey = name.ToLowerInvariant() });
        return (id, null);
    }
}
