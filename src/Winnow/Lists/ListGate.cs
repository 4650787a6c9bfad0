using Winnow.Data;

namespace Winnow.Lists;

/// <summary>Between those who change contacts and those who make lists: writers pass it together, a maker passes alone. So every
/// change that commits after a list was made has seen the list, and a build sees every change that has not.
/// Order of locks: contacts, gate, lists, deltas.</summary>
internal static class ListGate
{
    private static readonly SqlFile Sql = SqlFile.Of("Lists/ListGate.sql");

    /// <summary>Passes as a writer of contacts.</summary>
    /// <returns>The version: another number after every change to the set of lists that follow contacts.</returns>
    public static async Task<long> Share(Tx tx, long accountId)
    {
        if (await tx.SingleOrNone<long?>(Sql["share"], new { accountId }) is { } version) return version;
        await tx.Execute(Sql["make"], new { accountId });
        return await tx.Single<long>(Sql["share"], new { accountId });
    }

    /// <summary>The version, without holding the gate.</summary>
    public static Task<long> Look(Tx tx, long accountId) => tx.SingleOrNone<long>(Sql["look"], new { accountId });

    /// <summary>Passes alone and changes the version. The number is drawn, not counted: one that was rolled back never comes again.</summary>
    public static Task Alone(Tx tx, long accountId) => tx.Execute(Sql["alone"], new { accountId, version = Random.Shared.NextInt64(1, long.MaxValue) });
}
