using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Winnow.Data;

namespace Winnow.Email.Bounces;

/// <summary>Turns stored reports into verdicts, a batch of one account in a transaction (<see cref="JudgeReports"/>), which first claims its rows: two
/// processes, or one that died in between, judge each once.</summary>
public sealed class BounceIntake(Db db, JudgeReports judge, ReportMarks marks, TimeProvider clock, ILogger<BounceIntake> log)
{
    /// <summary>The most rows and bytes that are in memory at a time; one mail may be larger.</summary>
    private const int AtOnce = 500, MostBytes = 16 * 1024 * 1024;
    /// <summary>After so many batches it begins with the first account again: a flood of one keeps no other waiting for long.</summary>
    private const int BatchesAPass = 25;
    /// <summary>A row that could not be judged waits 1, 4, 9 … minutes after it came, so that it cannot hold up the others, and is left alone,
    /// still <c>new</c>, after so many tries: half a day.</summary>
    private const int MaxAttempts = 28;
    private static readonly SqlFile Sql = SqlFile.Beside<BounceIntake>();

    /// <summary>Judges all new rows. Safe to run on several processes at once.</summary>
    public async Task Drain(CancellationToken stop = default)
    {
        while (await Pass(stop)) { }
    }

    /// <summary>Goes once through what waits, by account and in the order in which it came. Rows that another process holds are passed by.</summary>
    /// <returns>Whether there is more.</returns>
    private async Task<bool> Pass(CancellationToken stop)
    {
        var (accountId, id) = (0L, 0L);
        for (var batches = 0; batches < BatchesAPass; batches++)
        {
            var rows = await db.Read(tx => tx.Query<InboxRow>(Sql["new"], new { accountId, id, MaxAttempts, AtOnce, MostBytes, now = clock.GetUtcNow() }), stop);
            foreach (var account in rows.GroupBy(r => r.AccountId)) await Judge(account.Key, await Read([.. account], stop), stop);
            if (rows.Count < AtOnce && rows.Sum(r => (long)r.Raw.Length) < MostBytes) return false;
            (accountId, id) = (rows[^1].AccountId, rows[^1].Id);
        }
        return true;
    }

    /// <summary>Reads reports, on all cores.</summary>
    private async Task<List<Arrival>> Read(List<InboxRow> rows, CancellationToken stop)
    {
        var read = new ConcurrentBag<Arrival>();
        await Parallel.ForEachAsync(rows, stop, async (row, _) =>
        {
            try { read.Add(await Read(row, stop)); }
            catch (Exception e) when (e is not OperationCanceledException) { await Failed(row, e, stop); }
        });
        return [.. read.OrderBy(a => a.Row.Id)];
    }

    private async Task<Arrival> Read(InboxRow row, CancellationToken stop)
    {
        var whose = row.Door == "smtp" ? new(row.Path, "", IsPath: true) : await marks.Of(row.AccountId, Incoming.Head(row.Raw), stop);
        var incoming = Incoming.Read(row.Door, row.Recipient, row.Raw, isAddressed: whose.IsPath);
        return new(row, incoming, whose.Token is null ? await marks.Of(row.AccountId, incoming.Marks(), stop) : whose);
    }

    /// <summary>A batch that fails is judged again in halves, so that only what really cannot be judged is put off.</summary>
    private async Task Judge(long accountId, List<Arrival> arrivals, CancellationToken stop)
    {
        if (arrivals.Count == 0) return;
        try { await db.Write(tx => judge.Take(tx, accountId, arrivals), stop); }
        catch (Exception e) when (e is not OperationCanceledException && arrivals.Count > 1)
        {
            log.LogWarning(e, "{Count} mails of account {AccountId} could not be judged together; they are judged in halves", arrivals.Count, accountId);
            await Judge(accountId, arrivals[..(arrivals.Count / 2)], stop);
            await Judge(accountId, arrivals[(arrivals.Count / 2)..], stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await Failed(arrivals[0].Row, e, stop);
        }
    }

    private async Task Failed(InboxRow row, Exception e, CancellationToken stop)
    {
        log.LogError(e, "Mail {AccountId}/{Id} could not be judged at attempt {Attempt}; it stays in the inbox", row.AccountId, row.Id, row.Attempts + 1);
        await db.Write(tx => tx.Execute(Sql["failed"], new { row.AccountId, row.Id }), stop);
    }
}
