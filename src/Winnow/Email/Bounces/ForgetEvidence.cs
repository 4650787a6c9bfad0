using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>Removes the raw bytes of reports that are older than their account keeps them. Verdict, rule and decisive line stay.</summary>
public sealed class ForgetEvidence(Db db, IntakeSettingsStore settings, TimeProvider clock)
{
    private const int Batch = 500;
    private static readonly SqlFile Sql = SqlFile.Beside<ForgetEvidence>();

    /// <summary>Removes what is due, some at a time. A report that is not judged yet is kept.</summary>
    public async Task Run(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts"], new { before = now.AddDays(-IntakeSettings.LeastDays) }), stop))
        {
            var before = now.AddDays(-(await settings.Read(accountId, stop)).KeepDays);
            while (await db.Write(tx => tx.Execute(Sql["redact"], new { accountId, before, now, Batch, nothing = Array.Empty<byte>() }), stop) == Batch) { }
        }
    }
}
