using Winnow.Data;
using Winnow.Jobs;

namespace Winnow.Email.Bounces;

/// <summary>Which incident.</summary>
public sealed record IncidentToTell(long IncidentId);

/// <summary>Tells that an incident opened: a job of who sent the e-mail, or of each super admin where nobody did, so that its end is their notification.</summary>
public sealed class TellIncident(JobQueue jobs) : IJob
{
    private const int MostTitle = 80;
    private static readonly SqlFile Sql = SqlFile.Beside<TellIncident>();

    /// <summary>Orders it, once for each person.</summary>
    /// <param name="what">The provider, or what was said.</param>
    public async Task Order(Tx tx, MailToken path, long incidentId, string what)
    {
        var title = what.Length <= MostTitle ? what : what[..MostTitle] + "…";
        var sender = await tx.SingleOrNone<long?>(Sql["sender"], new { path.AccountId, path.EmailId });
        foreach (var user in sender is { } one ? [one] : await tx.Query<long>(Sql["admins"], new { path.AccountId }))
            await jobs.Enqueue<TellIncident>(tx, path.AccountId, $"Many refusals at once: {title}", new IncidentToTell(incidentId), 0, user);
    }

    /// <inheritdoc/>
    public Task<object?> Run(JobRun run, CancellationToken stop) => Task.FromResult<object?>(run.State<IncidentToTell>());
}
