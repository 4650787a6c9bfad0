using Microsoft.Extensions.Logging;
using Winnow.Accounts;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Email.Bounces;
using Winnow.Email.Bounces.Webhooks;
using Winnow.Jobs;
using Winnow.Mail.Mime;

namespace Winnow.Email.Sending;

/// <summary>Which e-mail a job sends. How far it is stands with the recipients, each of whom has an outcome.</summary>
/// <param name="FailedBefore">The job before it failed, and that was told; another failure is none that is news.</param>
/// <param name="HadItsTurn">In this job the last of its recipients had a turn, which is told when the job ends, also by a run that comes after a crash.</param>
public sealed record SendState(long EmailId, bool FailedBefore = false, bool HadItsTurn = false);

/// <summary>Sends an ordered e-mail: writes down its recipients, hands each a mail, or the reason why not. Killed anywhere it goes on
/// where it was; only those whose mail may have been with the relay at that moment become <see cref="Outcome.Unknown"/>.</summary>
public sealed class SendEmail(
    Db db, EmailStore emails, FreezeRecipients freeze, AccountStore accounts, Properties properties, ContactStore contacts, MailTokens tokens, Relays relays, DkimKeys keys,
    Recipients recipients, OutcomeRecorder recorder, SendPace pace, Parole parole, Webhooks webhooks, TimeProvider clock, ILogger<SendEmail> log) : IJob
{
    private static readonly SqlFile Sql = SqlFile.Beside<SendEmail>();
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(1), LongestPause = TimeSpan.FromMinutes(30);

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var (emailId, failedBefore, _) = run.State<SendState>();
        run.IsNews = !failedBefore;
        try
        {
            using var handOvers = await Begin(run, emailId, stop);
            await freeze.All(run, emailId, stop);
            return await HandOver(run, emailId, handOvers, stop);
        }
        catch (JobCancelledException)
        {
            run.IsNews = true;
            await StopSending(run.AccountId, emailId, stop);
            throw;
        }
    }

    /// <summary>Settles what the last run left, and begins the log of this one.</summary>
    private async Task<HandOverLog> Begin(JobRun run, long emailId, CancellationToken stop)
    {
        var (handOvers, before) = (HandOverLog.Begin(), (string?)null);
        await run.Step(async tx =>
        {
            before = await tx.SingleOrNone<string?>(Sql["log"], new { accountId = run.AccountId, emailId });
            if (await emails.Find(tx, run.AccountId, emailId) is { } email && await recorder.Settle(tx, email, await properties.Catalog(tx, run.AccountId), before))
                await Recipients.Recount(tx, run.AccountId, emailId);
            await tx.Execute(Sql["begin-log"], new { accountId = run.AccountId, emailId, log = handOvers.Name });
            return new Step<SendState>(run.State<SendState>(), 0);
        }, stop);
        HandOverLog.Forget(before);
        return handOvers;
    }

    private async Task<object?> HandOver(JobRun run, long emailId, HandOverLog handOvers, CancellationToken stop)
    {
        var email = await emails.Find(run.AccountId, emailId, stop) ?? throw new InvalidOperationException($"E-mail {run.AccountId}/{emailId} is gone while it was being sent.");
        var account = await accounts.Find(run.AccountId, stop) ?? throw new InvalidOperationException($"Account {run.AccountId} is gone while it was sending.");
        var catalog = await db.Read(tx => properties.Catalog(tx, run.AccountId), stop);
        var secret = await tokens.Secret(run.AccountId, stop);
        var (pool, settings) = await relays.Of(run.AccountId, stop);
        var template = Template.Compile(email, account, catalog, signer: await keys.SignerOf(run.AccountId, email.FromAddress, stop));
        var what = new DeliveryOf(run, handOvers, email, template, catalog, pool, settings, secret!, relays.Patience,
            [.. (await webhooks.All(run.AccountId, stop)).Select(door => WebhookProvider.Find(door.Provider)?.Mark).OfType<Func<string, HeaderField>>()]);
        var delivery = new Delivery(what, db, contacts, recorder, pace, parole, clock, log);
        var problem = await delivery.All(stop);
        await run.Step(tx => Settle(tx, run, email, problem, delivery.PausedUntil, handOvers.Name), stop);
        HandOverLog.Forget(handOvers.Name);
        return (await db.Read(tx => recipients.Figures(tx, run.AccountId, [emailId]), stop)).GetValueOrDefault(emailId, EmailFigures.None);
    }

    /// <summary>What is left decides what comes next: nothing, retries that are due later, or all the rest once the relay can be reached or the account's limit allows.</summary>
    private async Task<Step<SendState>> Settle(Tx tx, JobRun run, MarketingEmail email, string? problem, DateTimeOffset? pausedUntil, string handOvers)
    {
        await recorder.Settle(tx, email, await properties.Catalog(tx, run.AccountId), handOvers);
        await Recipients.Recount(tx, run.AccountId, email.Id);
        var left = await tx.Single<Left>(Sql["left"], new { accountId = run.AccountId, emailId = email.Id });
        var pause = TimeSpan.FromTicks(Math.Clamp((clock.GetUtcNow() - email.SentAt!.Value).Ticks / 4, ShortestPause.Ticks, LongestPause.Ticks));
        await tx.Execute(Sql["settle"], new
        {
            accountId = run.AccountId, emailId = email.Id, problem, state = left.Queued ? EmailState.Sending : EmailState.Sent,
            resumeAt = problem is not null && (left.Queued || left.NextRetry is not null) ? clock.GetUtcNow() + pause : pausedUntil ?? left.NextRetry,
        });
        var state = run.State<SendState>();
        state = state with { HadItsTurn = state.HadItsTurn || !left.Queued && email.State == EmailState.Sending };
        run.IsNews = state.HadItsTurn;              // a leg that leaves some for later, and later tries for a few, end nothing
        return new(state, 0);
    }

    /// <summary>Batch by batch, so that nobody waits long; safe to run again from the start.</summary>
    private async Task StopSending(long accountId, long emailId, CancellationToken stop)
    {
        var log = await db.Read(tx => tx.SingleOrNone<string?>(Sql["log"], new { accountId, emailId }), stop);
        await db.Write(async tx => { if (await emails.Find(tx, accountId, emailId) is { } email) await recorder.Settle(tx, email, await properties.Catalog(tx, accountId), log); }, stop);
        HandOverLog.Forget(log);
        while (await db.Write(tx => recorder.LeaveOutSome(tx, accountId, emailId, SendGates.Cancelled, 5_000), stop) > 0) { }
        await db.Write(async tx =>
        {
            await Recipients.Recount(tx, accountId, emailId);
            await tx.Execute(Sql["settle"], new { accountId, emailId, problem = (string?)null, state = EmailState.Stopped, resumeAt = (DateTimeOffset?)null });
        }, stop);
    }

    private sealed record Left(bool Queued, DateTimeOffset? NextRetry);
}
