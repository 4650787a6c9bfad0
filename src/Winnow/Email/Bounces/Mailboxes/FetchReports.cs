using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Mail.Retrieval;

namespace Winnow.Email.Bounces.Mailboxes;

/// <summary>Takes the mails out of mailboxes, some at a time: read, stored in one transaction with the note that they were taken, and only
/// then removed. A process that dies in between leaves mails that are noted as taken; they are removed the next time and not stored again.
/// A mailbox is read by one process at a time, by lease.</summary>
public sealed class FetchReports(Db db, Inbox inbox, ReportMailboxes mailboxes, TimeProvider clock, ILogger<FetchReports> log)
{
    /// <summary>How many mails are taken in a step.</summary>
    public const int Step = 100;

    /// <summary>A report is small and says what it says at its beginning; of what is larger the rest is not kept.</summary>
    public const int MostBytes = 10 * 1024 * 1024;

    private const int MostBytesInStep = 32 * 1024 * 1024;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1), StepPatience = TimeSpan.FromMinutes(8), Lease = TimeSpan.FromMinutes(10), LongestPause = TimeSpan.FromMinutes(30), PauseAfterRefusal = TimeSpan.FromMinutes(15);
    private static readonly SqlFile Sql = SqlFile.Beside<FetchReports>();
    private readonly string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    /// <summary>Reads all mailboxes whose turn it is, a step of each in turn until they are empty.</summary>
    public async Task Run(CancellationToken stop)
    {
        while (await Next(stop) is { } next) await Read(next, stop);
    }

    private Task<Turn?> Next(CancellationToken stop) => db.Write(async tx =>
    {
        var now = clock.GetUtcNow();
        if (await tx.SingleOrNone<Turn>(Sql["next"], new { now }) is not { } next) return null;
        return await tx.Execute(Sql["claim"], new { next.AccountId, next.Id, owner, now, until = now + Lease }) == 1 ? next : null;
    }, stop);

    private async Task Read(Turn turn, CancellationToken stop)
    {
        if (await mailboxes.Find(turn.AccountId, turn.Id, stop) is not { } box) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(StepPatience);
        try
        {
            var opened = await Retrieval.Open(box.Server, patience.Token);
            await using var drop = opened.Drop;
            if (drop is null) await Failed(turn, opened.Fault, opened.Said);
            else await Done(turn, await Take(turn, box, drop, patience.Token));
        }
        catch (RetrievalException e) { await Failed(turn, e.Fault, e.Message); }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested) { await Failed(turn, RetrievalFault.Unreachable, "The server took too long over one step."); }
        catch (LeaseLostException) { log.LogWarning("Mailbox {AccountId}/{Id} is read by another process or was removed meanwhile", turn.AccountId, turn.Id); }
    }

    /// <summary>One step; returns whether more lie there.</summary>
    private async Task<bool> Take(Turn turn, ReportMailbox box, IMailDrop drop, CancellationToken stop)
    {
        var known = (await db.Read(tx => tx.Query<string>(Sql["known"], new { turn.AccountId, turn.Id }), stop)).ToHashSet();
        var waiting = await drop.List(known, Step);
        var mails = new List<(WaitingMail Mail, byte[]? Raw)>();
        var bytes = 0L;
        foreach (var mail in waiting.New.TakeWhile(_ => bytes < MostBytesInStep))
        {
            mails.Add((mail, await drop.Fetch(mail, MostBytes)));
            bytes += mails[^1].Raw?.Length ?? 0;
        }
        await db.Write(tx => Store(tx, turn, box, mails), stop);
        List<WaitingMail> taken = [.. waiting.Known, .. mails.Select(m => m.Mail)];
        await drop.Remove(taken, box.MoveTo);
        await db.Write(tx => Forget(tx, turn, taken, known, waiting), CancellationToken.None);
        return waiting.More || mails.Count < waiting.New.Count;
    }

    private async Task Store(Tx tx, Turn turn, ReportMailbox box, List<(WaitingMail Mail, byte[]? Raw)> mails)
    {
        if (await tx.Execute(Sql["taken"], new { turn.AccountId, turn.Id, owner, count = mails.Count(m => m.Raw is not null), until = clock.GetUtcNow() + Lease }) == 0) throw new LeaseLostException();
        foreach (var (mail, raw) in mails)
        {
            if (raw is { Length: > 0 }) await inbox.Receive(tx, turn.AccountId, box.Protocol, box.UserName, raw, Convert.ToHexStringLower(SHA256.HashData(raw)));
            await tx.Execute(Sql["note"], new { turn.AccountId, turn.Id, mail.Key });
        }
    }

    /// <summary>What was removed lies there no more; nor does what was noted and not found in a look at all of it.</summary>
    private static async Task Forget(Tx tx, Turn turn, List<WaitingMail> removed, HashSet<string> known, WaitingMails waiting)
    {
        var gone = removed.Select(m => m.Key).Concat(waiting.More ? [] : known);
        foreach (var some in gone.Distinct().Chunk(500)) await tx.Execute(Sql["forget"], new { turn.AccountId, turn.Id, keys = some });
    }

    private Task Done(Turn turn, bool more)
    {
        var now = clock.GetUtcNow();
        return db.Write(tx => tx.Execute(Sql["done"], new { turn.AccountId, turn.Id, owner, now, nextAt = more ? now : now + Every }), CancellationToken.None);
    }

    private Task Failed(Turn turn, RetrievalFault fault, string said)
    {
        var now = clock.GetUtcNow();
        var pause = TimeSpan.FromMinutes(Math.Min(Math.Pow(2, Math.Min(turn.Failures, 10)), LongestPause.TotalMinutes));
        if (fault == RetrievalFault.SignInRefused && pause < PauseAfterRefusal) pause = PauseAfterRefusal;       // servers lock out who tries too often
        log.LogInformation("Mailbox {AccountId}/{Id} could not be read: {Fault}", turn.AccountId, turn.Id, fault);
        return db.Write(tx => tx.Execute(Sql["failed"], new { turn.AccountId, turn.Id, owner, now, nextAt = now + pause, problem = fault.ToString(), said = said.Replace('\0', ' ') }), CancellationToken.None);
    }

    private sealed record Turn(long AccountId, long Id, int Failures);
}
