using Winnow.Accounts;
using Winnow.Audit;
using Winnow.Contacts;
using Winnow.Data;
using Winnow.Jobs;
using Winnow.Lists;

namespace Winnow.Email.Sending;

/// <summary>What came of an order to send.</summary>
/// <param name="JobId">The job that sends; null when nothing was ordered.</param>
/// <param name="Faults">What stands in the way.</param>
/// <param name="Outlook">Who would get it, as counted for this order; null when faults came first.</param>
public sealed record OrderOutcome(long? JobId, IReadOnlyList<Fault> Faults, Outlook? Outlook);

/// <summary>Orders an e-mail to be sent, and to be stopped. What is ordered is the set of contacts that the person saw counted.</summary>
public sealed class OrderEmail(
    Db db, EmailStore emails, Audience audience, ListStore lists, SweepLists clockwork, MailSettingsStore settings, Properties properties, JobQueue jobs, TimeProvider clock)
{
    private static readonly SqlFile Sql = SqlFile.Beside<OrderEmail>();

    /// <summary>What stands in the way of sending, texts, sender, lists and the account's settings.</summary>
    public async Task<IReadOnlyList<Fault>> Faults(Tx tx, MarketingEmail email)
    {
        List<Fault> faults = [.. email.Faults(), .. Template.Faults(email, await properties.Catalog(tx, email.AccountId))];
        if (!(await settings.Read(tx, email.AccountId)).Complete) faults.Add(new("Settings", "Sending is not set up yet: a relay, a bounce domain and the public address are needed."));
        foreach (var id in email.IncludedLists.Concat(email.ExcludedLists))
            if (await lists.Find(tx, email.AccountId, id) is not { } list) faults.Add(await Missing(tx, email.AccountId, id));
            else if (list.State == ListState.Stopped) faults.Add(new(nameof(email.IncludedLists), "The list {0} was not filled to the end. Open it and fill it first.", list.Name));
            else if (!list.IsReady) faults.Add(new(nameof(email.IncludedLists), "The list {0} is still being filled. Send when it is ready.", list.Name));
        return faults;
    }

    private static async Task<Fault> Missing(Tx tx, long accountId, long listId) => await DeletedLists.Name(tx, accountId, listId) is { } name
        ? new(nameof(MarketingEmail.IncludedLists), "The list {0} was deleted. Restore it, or take it out of the recipients.", name)
        : new(nameof(MarketingEmail.IncludedLists), "A list you chose does not exist any more. Choose again.");

    /// <summary>Orders a draft to be sent to everyone its lists hold now.</summary>
    /// <param name="expected">How many would get it, as the person was shown. Another number now: nothing is ordered, and the outcome tells the new one.</param>
    public async Task<OrderOutcome> Send(long accountId, long emailId, long expected, long? userId, CancellationToken stop = default)
    {
        await clockwork.Run(accountId, stop);                                   // lists that go by the clock are right at this moment
        var (email, faults, selection, outlook) = await db.Read(tx => Look(tx, accountId, emailId), stop);
        if (email is null || faults.Count > 0 || outlook!.WouldGetIt != expected) return new(null, faults, outlook);
        return await db.Write(async tx =>
        {
            // first of all: of two orders at once, one finds no draft any more
            if (await tx.Execute(Sql["order"], new { accountId, emailId, now = clock.GetUtcNow() }) == 0) return new OrderOutcome(null, [AlreadySent], null);
            var selectionId = await lists.Freeze(tx, accountId, selection!, userId);
            var jobId = await jobs.Enqueue<SendEmail>(tx, accountId, $"Send {email.Name}", new SendState(emailId), selection!.Count, userId);
            await tx.Execute(Sql["ordered"], new { accountId, emailId, selectionId, jobId });
            await AuditLog.Add(tx, clock, accountId, userId, AuditAction.EmailSent, email.Name, selection.Count);
            return new(jobId, [], outlook);
        }, stop);
    }

    /// <summary>Asks a running sending to stop: who has not got it by then will not.</summary>
    public async Task Stop(long accountId, long emailId, long? userId, CancellationToken stop = default)
    {
        if (await Continue(accountId, emailId, stop) is not { } jobId) return;
        await db.Write(async tx => await AuditLog.Add(tx, clock, accountId, userId, AuditAction.EmailStopped, (await emails.Find(tx, accountId, emailId))?.Name ?? ""), stop);
        await jobs.Cancel(accountId, jobId);
    }

    /// <summary>Starts the job of a sending that waits or failed, if it does; of one that runs it is the one that runs. It is the job of who ordered
    /// the sending, whoever starts it, so that this one is told how it ends.</summary>
    /// <returns>The job's id, or null when nothing is left to be sent.</returns>
    public Task<long?> Continue(long accountId, long emailId, CancellationToken stop = default) => db.Write(async tx =>
    {
        var open = await tx.SingleOrNone<Open>(Sql["open"], new { accountId, emailId });
        if (open is null || open.JobOpen) return open?.JobId;
        var jobId = await jobs.Enqueue<SendEmail>(tx, accountId, $"Send {open.Name}", new SendState(emailId, open.FailedBefore), 0, open.OrderedBy);
        await tx.Execute(Sql["resumed"], new { accountId, emailId, jobId });
        return (long?)jobId;
    }, stop);

    /// <summary>Starts the jobs of all sendings whose time to go on has come, of every account. Safe to run on several processes at once.</summary>
    public async Task ContinueDue(CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        foreach (var (accountId, emailId) in await db.Read(tx => tx.Query<(long, long)>(Sql["due"], new { now, failedBefore = now - TimeSpan.FromMinutes(5) }), stop))
            await Continue(accountId, emailId, stop);
    }

    private async Task<(MarketingEmail? Email, IReadOnlyList<Fault> Faults, MemberSet? Selection, Outlook? Outlook)> Look(Tx tx, long accountId, long emailId)
    {
        if (await emails.Find(tx, accountId, emailId) is not { } email) return (null, [new(nameof(MarketingEmail), "This email does not exist any more.")], null, null);
        if (!email.IsDraft) return (email, [AlreadySent], null, null);
        if (await Faults(tx, email) is { Count: > 0 } faults) return (email, faults, null, null);
        var selection = await audience.Read(tx, email);
        if (selection.Count == 0) return (email, [new(nameof(email.IncludedLists), "Nobody is in the lists you chose.")], null, null);
        return (email, [], selection, await audience.Outlook(tx, accountId, selection));
    }

    private static readonly Fault AlreadySent = new(nameof(MarketingEmail), "This email was sent already.");

    private sealed record Open(string Name, long? JobId, bool JobOpen, long? OrderedBy, bool FailedBefore);
}
