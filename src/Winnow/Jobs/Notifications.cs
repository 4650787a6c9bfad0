using Winnow.Data;

namespace Winnow.Jobs;

/// <summary>A job that ended, as told to the person who started it. Instants are UTC.</summary>
/// <param name="Outcome">done, failed or cancelled.</param>
/// <param name="CreatedAt">When the job ended.</param>
/// <param name="ReadAt">Null as long as it is unread.</param>
public sealed record Notification(long JobId, string Kind, string Title, long Done, long Total, string Outcome, DateTimeOffset CreatedAt, DateTimeOffset? ReadAt);

/// <summary>What a mail is to tell: which job, and whom.</summary>
public sealed record JobEnded(long JobId, long UserId);

/// <summary>Tells people that their jobs ended. A notification is written in the transaction that ends the job, so none is lost and none comes twice.</summary>
public sealed class Notifications(Db db, TimeProvider clock)
{
    /// <summary>How long they are kept, in days.</summary>
    public const int KeptDays = 90;

    private static readonly SqlFile Sql = SqlFile.Beside<Notifications>();

    /// <summary>The job that tells the end of another by e-mail; its words are the pages', so it lives with them.</summary>
    public const string MailJob = "TellByMail";

    /// <summary>Tells the end of a job that just ended, as the person wishes it: under the bell, by a mail that is ordered here, both or neither.</summary>
    internal static async Task Make(Tx tx, long accountId, long userId, long jobId, string kind, string outcome, DateTimeOffset now)
    {
        var wish = await NotificationWishes.For(tx, accountId, userId, kind);
        if (wish.Bell) await tx.Execute(Sql["make"], new { accountId, userId, jobId, now });
        if (wish.Mails(outcome) && await tx.Single<long>(Sql["is-member"], new { accountId, userId }) > 0)
            await JobQueue.Enqueue(tx, accountId, MailJob, "Tell by email that a job ended", new JobEnded(jobId, userId), 1, null, now);
    }

    /// <summary>How many are unread, and the latest.</summary>
    /// <param name="reading">The job that is being looked at just now: its own is no news.</param>
    public Task<(long Unread, List<Notification> Latest)> Latest(long accountId, long userId, long reading = 0, CancellationToken stop = default) => db.Read(async tx => (
        await tx.Single<long>(Sql["unread"], new { accountId, userId, reading }),
        await tx.Query<Notification>(Sql["latest"], new { accountId, userId, take = 5, skip = 0 })), stop);

    /// <summary>A page of them, the latest first.</summary>
    public Task<List<Notification>> Page(long accountId, long userId, int skip, int take, CancellationToken stop = default) =>
        db.Read(tx => tx.Query<Notification>(Sql["latest"], new { accountId, userId, take, skip }), stop);

    /// <summary>Marks the one of this job as read.</summary>
    /// <returns>False when this person has none of this job.</returns>
    public Task<bool> Read(long accountId, long userId, long jobId, CancellationToken stop = default) =>
        db.Write(async tx => await tx.Execute(Sql["read"], new { accountId, userId, jobId, now = clock.GetUtcNow() }) == 1, stop);

    /// <summary>Marks the one of this job as read when there is an unread one; costs no write otherwise.</summary>
    public async Task Seen(long accountId, long userId, long jobId, CancellationToken stop = default)
    {
        if (await db.Read(tx => tx.Single<long>(Sql["unread-of-job"], new { accountId, userId, jobId }), stop) > 0) await Read(accountId, userId, jobId, stop);
    }

    /// <summary>Marks all as read.</summary>
    public Task ReadAll(long accountId, long userId, CancellationToken stop = default) =>
        db.Write(tx => tx.Execute(Sql["read-all"], new { accountId, userId, now = clock.GetUtcNow() }), stop);

    /// <summary>Deletes what is older than <see cref="KeptDays"/>.</summary>
    public async Task Forget(CancellationToken stop)
    {
        var before = clock.GetUtcNow().AddDays(-KeptDays);
        foreach (var accountId in await db.Read(tx => tx.Query<long>(Sql["accounts-with-old"], new { before }), stop))
            await db.Write(tx => tx.Execute(Sql["forget"], new { accountId, before }), stop);
    }
}
