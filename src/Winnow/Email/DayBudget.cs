using Winnow.Data;

namespace Winnow.Email;

/// <summary>Things of which a day (UTC) has only so many. Whoever takes holds the budget until the commit: of two writers the second sees
/// what the first one took, and nothing is counted that was not done.</summary>
public sealed class DayBudget(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<DayBudget>();

    /// <summary>How much is left today, held until the commit.</summary>
    /// <param name="what">What it is a budget of.</param>
    /// <param name="most">How much a day has.</param>
    public async Task<long> Hold(Tx tx, long accountId, string what, long most)
    {
        await tx.Execute(Sql["make"], new { accountId, what, Today });
        return Math.Max(0, most - await tx.Single<long>(Sql["hold"], new { accountId, what, Today }));
    }

    /// <summary>Counts what was taken of a budget that is held.</summary>
    public async Task Use(Tx tx, long accountId, string what, long count)
    {
        if (count > 0) await tx.Execute(Sql["use"], new { accountId, what, Today, count });
    }

    /// <summary>How much is left today, to be shown.</summary>
    public async Task<long> Left(Tx tx, long accountId, string what, long most) => Math.Max(0, most - await tx.SingleOrNone<long>(Sql["used"], new { accountId, what, Today }));

    /// <summary>Forgets days that are over.</summary>
    public async Task Forget(CancellationToken stop)
    {
        var before = Today - 2;
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts-with-old"], new { before }), stop))
            await db.Write(tx => tx.Execute(Sql["forget"], new { accountId, before }), stop);
    }

    private long Today => clock.GetUtcNow().ToUnixTimeSeconds() / 86_400;
}
