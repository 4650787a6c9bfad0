using Winnow.Data;
using Winnow.Jobs;
using Winnow.Mail.Reports;

namespace Winnow.Email.Bounces;

/// <summary>Which e-mail was refused, and when the first refusal came.</summary>
public sealed record TellState(long EmailId, DateTimeOffset Since);

/// <summary>What the sender reads: how many were refused so far.</summary>
public sealed record Told(long EmailId, long Contacts);

/// <summary>Tells who sent an e-mail that its bounces ask for a deed of theirs: the own set-up is at fault. A job of the sender, so that its
/// end is their notification; one for each e-mail, some minutes after the first such bounce, so that it can say how many there are.</summary>
public sealed class TellSender(Db db, JobQueue jobs, BouncePolicies policies, Recipients recipients, TimeProvider clock) : IJob
{
    private static readonly SqlFile Sql = SqlFile.Beside<TellSender>();
    private static readonly TimeSpan Gather = TimeSpan.FromMinutes(5);

    /// <summary>Orders it, unless it was ordered for this e-mail before.</summary>
    /// <param name="why">What the first such bounce said.</param>
    public async Task Order(Tx tx, long accountId, long emailId, Verdict why)
    {
        var now = clock.GetUtcNow();
        if (await tx.Execute(Sql["once"], new { accountId, emailId, now }) == 0) return;
        var email = await tx.Single<Sender>(Sql["sender"], new { accountId, emailId });
        await jobs.Enqueue<TellSender>(tx, accountId, $"{(why == Verdict.OwnSetup ? "Your own set-up was refused" : "Bounces that you are told of")}: {email.Name}", new TellState(emailId, now), 0, email.UserId);
    }

    /// <inheritdoc/>
    public async Task<object?> Run(JobRun run, CancellationToken stop)
    {
        var (emailId, since) = run.State<TellState>();
        var left = since + Gather - clock.GetUtcNow();
        if (left > TimeSpan.Zero) throw new JobPostponedException("Waits a few minutes for more reports about this email.", left);
        return await db.Read(async tx =>
        {
            var figures = (await recipients.Figures(tx, run.AccountId, [emailId])).GetValueOrDefault(emailId, EmailFigures.None);
            return new Told(emailId, OwnFaults(figures, await policies.Read(tx, run.AccountId)).Sum(c => c.Count));
        }, stop);
    }

    /// <summary>The bounces of an e-mail that its sender is told of, by fine reason.</summary>
    public static IEnumerable<OutcomeCount> OwnFaults(EmailFigures figures, BouncePolicy policy) =>
        figures.ByReason(Outcome.Bounced, Outcome.SoftBounced).Where(c => policy[ReasonOf(c.Reason).Facts().Verdict].Deed == BounceDeed.Tell);

    private static BounceReason ReasonOf(string code) => Enum.TryParse<BounceReason>(code, ignoreCase: true, out var known) ? known : BounceReason.Undefined;

    private sealed record Sender(string Name, long? UserId);
}
