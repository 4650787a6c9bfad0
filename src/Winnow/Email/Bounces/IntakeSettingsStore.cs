using Winnow.Audit;
using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>How an account keeps and matches reports.</summary>
/// <param name="KeepDays">How long the raw reports are kept; the verdicts stay.</param>
/// <param name="ByAddress">Whether a report that carries no mark of ours, of mail that another system sent, is matched by the address it names.</param>
public sealed record IntakeSettings(int KeepDays, bool ByAddress)
{
    /// <summary>What an account has before anybody changed it.</summary>
    public static readonly IntakeSettings Default = new(365, false);

    /// <summary>The least and most days that can be asked for.</summary>
    public const int LeastDays = 7, MostDays = 3650;
}

/// <summary>Reads and writes them.</summary>
public sealed class IntakeSettingsStore(Db db, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<IntakeSettingsStore>();

    /// <summary>The account's, <see cref="IntakeSettings.Default"/> when it has none.</summary>
    public Task<IntakeSettings> Read(long accountId, CancellationToken stop = default) => db.Read(tx => Read(tx, accountId), stop);

    /// <inheritdoc cref="Read(long, CancellationToken)"/>
    public async Task<IntakeSettings> Read(Tx tx, long accountId) => await tx.SingleOrNone<IntakeSettings>(Sql["read"], new { accountId }) ?? IntakeSettings.Default;

    /// <summary>Writes them.</summary>
    public Task Save(long accountId, IntakeSettings settings, long userId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var before = await Read(tx, accountId);
        if (before == settings) return;
        await tx.Execute(Sql["save"], new { accountId, settings.KeepDays, settings.ByAddress });
        await AuditLog.Add(tx, clock, accountId, userId, AuditAction.BouncePolicyChanged, "Reports", null, Words(before), Words(settings));
    }, stop);

    private static string Words(IntakeSettings s) => $"raw reports kept {s.KeepDays} days, matched by address: {(s.ByAddress ? "yes" : "no")}";
}
