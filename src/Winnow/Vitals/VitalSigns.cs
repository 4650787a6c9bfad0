using Winnow.Data;

namespace Winnow.Vitals;

/// <summary>What the whole installation is doing, as read from its database.</summary>
/// <param name="JobsOpen">Jobs that have not ended.</param>
/// <param name="JobsRunning">Those that a living process has.</param>
/// <param name="WaitingSince">Since when the first job that could run is waiting; null when none is.</param>
/// <param name="JobsFailed">Jobs that failed within the last day.</param>
/// <param name="Inbox">Reports that came in and are not judged yet.</param>
/// <param name="At">When this was read.</param>
public sealed record Signs(long JobsOpen, long JobsRunning, DateTimeOffset? WaitingSince, long JobsFailed, long Inbox, DateTimeOffset At)
{
    /// <summary>How long a job may wait while nothing runs before that means that nobody works.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Whether work is being done: a job that waits is no trouble while others run.</summary>
    public bool IsWorking => JobsRunning > 0 || WaitingSince is null || At - WaitingSince < Patience;
}

/// <summary>Recipients of all e-mails with one outcome.</summary>
public sealed record MailsOf(string Outcome, long Count);

/// <summary>Reads the vital signs for those who watch over an installation. Counts only: nothing of any account.</summary>
public sealed class VitalSigns(Db db, TimeProvider clock)
{
    private static readonly TimeSpan DatabasePatience = TimeSpan.FromSeconds(5), Freshness = TimeSpan.FromSeconds(1);
    private static readonly SqlFile Sql = SqlFile.Beside<VitalSigns>();
    private (bool Well, DateTimeOffset At)? last;

    /// <summary>Whether the database answers and jobs are being done. Asked of it once a second at most: anyone may ask us.</summary>
    public async Task<bool> AreGood(CancellationToken stop = default)
    {
        if (last is { } known && clock.GetUtcNow() - known.At < Freshness) return known.Well;
        var well = await Look(stop);
        last = (well, clock.GetUtcNow());
        return well;
    }

    /// <summary>The signs now.</summary>
    public Task<Signs> Read(CancellationToken stop = default)
    {
        var now = clock.GetUtcNow();
        return db.Read(tx => tx.Single<Signs>(Sql["jobs"], new { now, dayAgo = now - TimeSpan.FromDays(1) }), stop);
    }

    /// <summary>What became of all recipients so far.</summary>
    public Task<List<MailsOf>> Mails(CancellationToken stop = default) => db.Read(tx => tx.Query<MailsOf>(Sql["mails"]), stop);

    private async Task<bool> Look(CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(DatabasePatience);
        try { return (await Read(patience.Token)).IsWorking; }
#pragma warning disable CA1031 // whatever keeps the database from answering, the answer is no; its errors are counted and logged where they happen
        catch (Exception) when (!stop.IsCancellationRequested) { return false; }
#pragma warning restore CA1031
    }
}
