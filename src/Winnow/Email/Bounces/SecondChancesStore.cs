using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>How an account lets addresses that bounced be mailed again.</summary>
/// <param name="UnbouncesADay">How many people may unbounce on one day (UTC), all together; null: as many as they like.</param>
/// <param name="Parole">Whether an address that bounced for a reason that may pass gets one e-mail more.</param>
/// <param name="ParoleAfterDays">… this long after the bounce.</param>
/// <param name="ParoleADay">… and at most so many a day (UTC) at each domain of recipients.</param>
public sealed record SecondChances(int? UnbouncesADay, bool Parole, int ParoleAfterDays, int ParoleADay)
{
    /// <summary>What an account has before anybody changed it: DOMAIN §2.5 knows no limit, and parole is the account's own wish.</summary>
    public static readonly SecondChances Default = new(null, false, 30, 20);

    /// <summary>The most that each number can be.</summary>
    public const int MostUnbounces = 1_000_000, MostDays = 730, MostADay = 10_000;
}

/// <summary>Reads and writes them.</summary>
public sealed class SecondChancesStore(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<SecondChancesStore>();

    /// <summary>The account's, <see cref="SecondChances.Default"/> when it has none.</summary>
    public Task<SecondChances> Read(long accountId, CancellationToken stop = default) => db.Read(tx => Read(tx, accountId), stop);

    /// <inheritdoc cref="Read(long, CancellationToken)"/>
    public async Task<SecondChances> Read(Tx tx, long accountId) => await tx.SingleOrNone<SecondChances>(Sql["read"], new { accountId }) ?? SecondChances.Default;

    /// <summary>Writes them; they hold from now on.</summary>
    public Task Save(long accountId, SecondChances chances, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var before = await Read(tx, accountId);
        if (before == chances) return;
        await tx.Execute(Sql["save"], new { accountId, chances.UnbouncesADay, chances.Parole, chances.ParoleAfterDays, chances.ParoleADay });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.BouncePolicyChanged, "Second chances", null, Words(before), Words(chances));
    }, stop);

    private static string Words(SecondChances c) =>
        $"unbounces a day: {c.UnbouncesADay?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no limit"}, parole: {(c.Parole ? $"after {c.ParoleAfterDays} d, {c.ParoleADay} a day and domain" : "off")}";
}
