using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email.Bounces;
using Winnow.Jobs;
using Winnow.Mail.Mime;
using Winnow.Mail.Reports;
using Winnow.Mail.Smtp;

namespace Winnow.Email.Sending;

/// <summary>One run over the recipients of an e-mail who wait: read in batches, asked at the gates again, handed to the relay over many
/// connections. Before the last byte of a mail goes out, its hand-over is noted; how it ended is committed within moments.</summary>
internal sealed class Delivery(DeliveryOf what, Db db, ContactStore contacts, OutcomeRecorder recorder, SendPace pace, Parole parole, TimeProvider clock, ILogger log)
{
    /// <summary>Recipients whose mail ended but whose outcome is not committed yet: after a crash the log of the run knows of those that were taken.</summary>
    private const int MostUnwritten = 2_000;
    private const int LargestBatch = 1_000, MostTriesInARow = 5;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50), WritingPatience = TimeSpan.FromMinutes(1), PacePatience = TimeSpan.FromSeconds(10);
    private static readonly SqlFile Sql = SqlFile.Beside<Delivery>();

    private readonly PaceLimits limits = new(what.Settings.PerMinute, what.Settings.PerHour);
    private readonly SemaphoreSlim room = new(MostUnwritten);
    private readonly CancellationTokenSource broken = new();
    private Exception? failure;
    private long troubleSince;
    private volatile string? trouble;                                              // what the relay said last, while it cannot be used
    private volatile bool relayIsDown;
    private int allowance;                                                         // mails that may go out before the pace is asked again

    /// <summary>When the account's limit lets more mails go out; null when it kept none back.</summary>
    public DateTimeOffset? PausedUntil { get; private set; }

    /// <summary>Goes through all who wait.</summary>
    /// <returns>What keeps the rest from being sent, or null when all were tried.</returns>
    public async Task<string?> All(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop, broken.Token);
        var turns = Channel.CreateBounded<Turn>(what.Settings.Connections);
        await using (var endings = new GroupCommit<Ending>(WriteEndings, MostUnwritten / 2, Gather))
        {
            var lanes = Enumerable.Range(0, what.Settings.Connections).Select(_ => Guarded(() => Lane(turns.Reader, endings, ended.Token)));
            await Task.WhenAll(lanes.Append(Guarded(() => Read(turns.Writer, endings, ended.Token))).ToList());
        }
        stop.ThrowIfCancellationRequested();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return relayIsDown ? trouble : null;
    }

    /// <summary>The queue in order of contacts, then those whose retry is due. A batch is about a second's work, one is
    /// read ahead: what the gates know is fresh.</summary>
    private async Task Read(ChannelWriter<Turn> turns, GroupCommit<Ending> endings, CancellationToken stop)
    {
        var (least, most) = (Math.Min(2 * what.Settings.Connections, limits.Piece), Math.Min(LargestBatch, limits.Piece));
        var size = Math.Min(Math.Max(32, least), most);
        foreach (var queue in new[] { "queued", "due" })
        {
            var next = Next(queue, 0, size, endings, stop);
            try
            {
                while (await next is (var batch, > 0 and var last) && !relayIsDown && PausedUntil is null)         // who was taken up and not handed over is put back at the end
                {
                    next = Next(queue, last, size, endings, stop);                          // while this batch is handed over
                    var began = clock.GetTimestamp();
                    foreach (var (turn, i) in batch.Select((turn, i) => (turn, i)))
                        if (await MayGoOut(batch.Count - i, stop)) await turns.WriteAsync(turn, stop);
                        else break;
                    var rate = batch.Count / Math.Max(clock.GetElapsedTime(began).TotalSeconds, 0.001);
                    size = (int)Math.Clamp(rate, least, most);
                }
            }
            finally { await next.ContinueWith(_ => { }, TaskScheduler.Default); }           // it must not take anybody up once this run has ended
        }
        turns.Complete();
    }

    /// <summary>Asks the account's pace, a second's work at a time, and waits a little for it.</summary>
    /// <returns>False when it takes longer: the run ends, and is continued then.</returns>
    private async Task<bool> MayGoOut(int waiting, CancellationToken stop)
    {
        if (limits.None || allowance-- > 0) return true;
        while (true)
        {
            var allowed = await pace.Take(what.Email.AccountId, waiting, stop);
            allowance = allowed.Mails - 1;
            if (allowed.Mails > 0) return true;
            var pause = allowed.At - clock.GetUtcNow();
            if (pause > PacePatience) PausedUntil = allowed.At;
            if (pause > PacePatience || relayIsDown) return false;
            await Task.Delay(pause < TimeSpan.FromMilliseconds(10) ? TimeSpan.FromMilliseconds(10) : pause, clock, stop);
        }
    }

    private async Task<(List<Turn> Batch, long Last)> Next(string queue, long after, int size, GroupCommit<Ending> endings, CancellationToken stop)
    {
        var (rows, people, addresses, onParole) = await db.Read(async tx =>
        {
            var rows = await tx.Query<Waiting>(Sql[queue], new { accountId = what.Email.AccountId, emailId = what.Email.Id, after, size, now = clock.GetUtcNow() });
            var people = (await contacts.Read(tx, what.Email.AccountId, rows.Select(r => r.ContactId).ToList())).ToDictionary(c => c.Id);
            var addresses = await Addresses.Read(tx, what.Email.AccountId, rows.Select(r => r.EmailKey).ToList());
            var bounced = rows.Where(r => addresses.GetValueOrDefault(r.EmailKey) is { IsHardBounced: true }).Select(r => r.ContactId).ToList();
            return (rows, people, addresses, await parole.Granted(tx, what.Email.AccountId, what.Email.Id, bounced));
        }, stop);
        var batch = new List<Turn>(rows.Count);
        foreach (var row in rows)
        {
            var contact = people.GetValueOrDefault(row.ContactId);
            if (SendGates.WhyNot(RecipientFacts.Of(contact, addresses.GetValueOrDefault(row.EmailKey), row.EmailKey) with { OnParole = onParole.Contains(row.ContactId) }) is { } reason) await End(new(row, Outcome.NotSent, reason, null), endings);
            else batch.Add(new(row, contact!));
        }
        var last = rows.Count == 0 ? 0 : rows[^1].ContactId;
        return (await TakeUp(batch, queue == "queued" && last > 0 ? last : null), last);
    }

    /// <summary>In the job's step: who has lost the job, or was asked to stop, takes nobody up.</summary>
    private async Task<List<Turn>> TakeUp(List<Turn> batch, long? last)
    {
        HashSet<long> taken = [];
        await what.Run.Step(async tx =>
        {
            taken = [.. await recorder.TakeUp(tx, what.Email.AccountId, what.Email.Id, last, [.. batch.Select(t => t.Recipient.ContactId)])];
            return new Step<SendState>(what.Run.State<SendState>(), taken.Count);
        }, CancellationToken.None);
        return [.. batch.Where(t => taken.Contains(t.Recipient.ContactId))];
    }

    private async Task Lane(ChannelReader<Turn> turns, GroupCommit<Ending> endings, CancellationToken stop)
    {
        await foreach (var turn in turns.ReadAllAsync(stop))
            if (!relayIsDown) await HandOver(turn, endings, stop);                         // else it keeps its place in the queue
    }

    private async Task HandOver(Turn turn, GroupCommit<Ending> endings, CancellationToken stop)
    {
        var token = new MailToken(what.Email.AccountId, what.Email.Id, turn.Recipient.ContactId);
        var letter = what.Template.For(turn.Contact, turn.Recipient.Email, LetterHead.Sign(token, what.Settings, what.Secret, clock.GetUtcNow(), what.Marks));
        var message = new SmtpMessage(letter.ReturnPath, letter.To, letter.Content);
        var noted = false;
        for (var tries = 1; !relayIsDown && !stop.IsCancellationRequested; tries++)
        {
            var outcome = await what.Pool.SendAsync(message, _ => { what.HandOvers.Note(turn.Recipient.ContactId); noted = true; return ValueTask.CompletedTask; }, stop);
            if (Judge(turn.Recipient, outcome) is { } ending)
            {
                if (outcome is SmtpOutcome.Accepted) what.HandOvers.Taken(turn.Recipient.ContactId);
                if (outcome is SmtpOutcome.Accepted or SmtpOutcome.Refused) trouble = null;
                await End(ending, endings);
                return;
            }
            if (stop.IsCancellationRequested) break;
            // others get through, or it broke in the middle of the text: then it is this mail, and it must not hold up the rest
            if (tries >= MostTriesInARow && (trouble is null || outcome is SmtpOutcome.NotStarted { Stage: SmtpStage.Content or SmtpStage.End }))
            {
                await End(Later(turn.Recipient, Why(outcome), null), endings);
                return;
            }
            await WaitForRelay(outcome, stop);
        }
        if (noted) what.HandOvers.Back(turn.Recipient.ContactId);               // nothing of it reached anybody: it keeps its place in the queue
    }

    /// <summary>What an outcome says about the recipient; null when it speaks of the relay or of ourselves only.</summary>
    private Ending? Judge(Waiting recipient, SmtpOutcome outcome) => outcome switch
    {
        SmtpOutcome.Accepted taken => new(recipient, Outcome.Sent, null, taken.Reply.ToString()),
        SmtpOutcome.Unknown unknown => new(recipient, Outcome.Unknown, null, unknown.Why),
        SmtpOutcome.Refused { Stage: SmtpStage.Sender } => null,
        SmtpOutcome.Refused { IsPermanent: true } refused => Refused(recipient, refused),
        SmtpOutcome.Refused later => Later(recipient, later.Reply.ToString(), later),
        _ => null,
    };

    private Ending Later(Waiting recipient, string why, SmtpOutcome.Refused? refused) => Retries.After(recipient.Attempts + 1) is { } pause
        ? new(recipient, Outcome.Retry, null, why, clock.GetUtcNow() + pause)
        : refused is not null ? Refused(recipient, refused) : new(recipient, Outcome.SoftBounced, "expired", why);

    private Ending Refused(Waiting recipient, SmtpOutcome.Refused refused) => new(recipient, Outcome.Refused, null, refused.Reply.ToString(), Refusal: new(
        refused.Code, refused.Enhanced, refused.Text, StageOf(refused.Stage), what.Settings.RelayHost, $"{Said(refused.Stage, recipient)}\r\n{refused.Reply}\r\n"));

    /// <summary>What the rules for refusals call it. A check of our own was made before anybody was asked about the recipient.</summary>
    private static RefusalStage StageOf(SmtpStage stage) => stage switch
    {
        SmtpStage.Recipient => RefusalStage.Recipient,
        SmtpStage.Data or SmtpStage.Content or SmtpStage.End => RefusalStage.Data,
        _ => RefusalStage.BeforeRecipient,
    };

    private static string Said(SmtpStage stage, Waiting recipient) => stage switch
    {
        SmtpStage.Recipient => $"RCPT TO:<{recipient.Email}>",
        SmtpStage.Check => $"(not handed over to the relay: <{recipient.Email}>)",
        _ => $"(the mail to <{recipient.Email}>)",
    };

    private static string Why(SmtpOutcome outcome) => outcome switch
    {
        SmtpOutcome.NotStarted notStarted => notStarted.Why,
        SmtpOutcome.Refused refused => $"The relay refused the sender's address: {refused.Reply}",
        _ => "",
    };

    /// <summary>Some patience, shared by all lanes; then the run ends and the rest is continued later.</summary>
    private async Task WaitForRelay(SmtpOutcome outcome, CancellationToken stop)
    {
        if (trouble is null) troubleSince = clock.GetTimestamp();
        trouble = Why(outcome);
        if (clock.GetElapsedTime(troubleSince) > what.Patience)
        {
            if (!relayIsDown) log.LogWarning("Sending e-mail {AccountId}/{Id} waits: {Why}", what.Email.AccountId, what.Email.Id, trouble);
            relayIsDown = true;
            return;
        }
        var pause = outcome is SmtpOutcome.NotStarted { RetryAfter: var after } ? after : TimeSpan.Zero;
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(pause.TotalMilliseconds, 250, 10_000)), stop).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task End(Ending ending, GroupCommit<Ending> endings)
    {
        await room.WaitAsync();
        _ = endings.Write(ending).ContinueWith(_ => room.Release(), TaskScheduler.Default);
    }

    /// <summary>Mails are out there whose outcome only we know: tried for a minute before they are left to be unknown.</summary>
    private async Task WriteEndings(IReadOnlyList<Ending> group)
    {
        foreach (var part in recorder.Parts(what.Email, what.Properties, group)) await Patiently(part);
    }

    private async Task Patiently(Func<Tx, Task> part)
    {
        for (var began = clock.GetTimestamp(); ;)
            try { await db.Write(part); return; }
            catch (Exception e) when (clock.GetElapsedTime(began) < WritingPatience && !broken.IsCancellationRequested)
            {
                log.LogWarning(e, "Outcomes of mails of {AccountId}/{Id} could not be written; trying again", what.Email.AccountId, what.Email.Id);
                await Task.Delay(500);
            }
            catch (Exception e) { Fail(e); throw; }
    }

    private async Task Guarded(Func<Task> work)
    {
        try { await Task.Run(work); }
        catch (OperationCanceledException) when (broken.IsCancellationRequested) { }
#pragma warning disable CA1031 // the first failure ends all lanes and is thrown once they have ended
        catch (Exception e) { Fail(e); }
#pragma warning restore CA1031
    }

    private void Fail(Exception e)
    {
        Interlocked.CompareExchange(ref failure, e, null);
        broken.Cancel();
    }

    private sealed record Turn(Waiting Recipient, Contact Contact);
}

/// <summary>What a delivery sends, and through what.</summary>
/// <param name="Marks">For the providers that tell of bounces: the fields by which they carry our mark back.</param>
internal sealed record DeliveryOf(
    JobRun Run, HandOverLog HandOvers, MarketingEmail Email, Template Template, PropertyCatalog Properties, SmtpPool Pool, MailSettings Settings, byte[] Secret, TimeSpan Patience,
    IReadOnlyList<Func<string, HeaderField>> Marks);
