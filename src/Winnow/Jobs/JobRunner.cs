using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Winnow.Data;

namespace Winnow.Jobs;

/// <summary>Runs jobs: claims one, keeps its lease alive, finishes it. The one retry mechanism: a job that throws is tried
/// again after a growing pause, five times. Several processes may run one each; a job has one at a time.</summary>
public sealed class JobRunner(Db db, JobQueue queue, IServiceProvider services, TimeProvider clock, ILogger<JobRunner> log) : BackgroundService
{
    /// <summary>What a job says while a disk is full. It is no failed attempt: the job waits for room, however long that takes.</summary>
    public const string NoRoom = "There is no room: the disk of Winnow is full. Nothing of the present step was kept; the work goes on by itself once there is room. Tell who runs Winnow.";

    private const int AtOnce = 3, MaxAttempts = 5;
    private static readonly TimeSpan UntilThereIsRoom = TimeSpan.FromSeconds(30);
    private static readonly SqlFile Sql = SqlFile.Beside<JobRunner>();
    private readonly string owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    /// <summary>Runs what is open now, until nothing is left that could start; tests and commands call it.</summary>
    public async Task RunOpenJobs(CancellationToken stop = default)
    {
        while (await Claim(stop) is { } job) await RunOne(job, stop);
    }

    /// <summary>Runs this one job, if nobody has it; commands call it for what they ordered.</summary>
    /// <returns>False when another process has it, it waits for its next attempt, or it has ended.</returns>
    public async Task<bool> RunJob(long accountId, long id, CancellationToken stop = default)
    {
        if (await db.Write(tx => Claim(tx, new(accountId, id), clock.GetUtcNow()), stop) is not { } job) return false;
        await RunOne(job, stop);
        return true;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Loop(stoppingToken)));

    private async Task Loop(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await RunOpenJobs(stop);
                await queue.Arrived(TimeSpan.FromMilliseconds(500), stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
            catch (Exception e)
            {
                log.LogError(e, "Jobs could not be claimed; trying again in 5 s");
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private Task<ClaimedJob?> Claim(CancellationToken stop) => db.Write(async tx =>
    {
        var now = clock.GetUtcNow();
        var open = await tx.SingleOrNone<OpenJob>(Sql["next-open"], new { now });
        return open is null ? null : await Claim(tx, open, now);
    }, stop);

    private Task<ClaimedJob?> Claim(Tx tx, OpenJob open, DateTimeOffset now) =>
        tx.SingleOrNone<ClaimedJob>(Sql["claim"], new { open.AccountId, open.Id, owner, now, until = now + JobRun.Lease });

    private async Task RunOne(ClaimedJob claimed, CancellationToken stop)
    {
        var run = new JobRun(db, clock, claimed, owner);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var alive = KeepAlive(run, ended);
        try
        {
            var result = await services.GetRequiredKeyedService<IJob>(claimed.Kind).Run(run, ended.Token);
            await run.Finish("done", null, result, stop);
        }
        catch (LeaseLostException) { }
        catch (OperationCanceledException) when (ended.IsCancellationRequested) { }
        catch (JobPausedException) { await run.Release(stop); }
        catch (JobCancelledException) { await run.Finish("cancelled", null, run.State<System.Text.Json.JsonElement>(), stop); }      // how far it came
        catch (JobFailedException e) { await run.Finish("failed", e.Message, null, stop); }
        catch (JobPostponedException e) { await run.Postpone(e.Message, e.Pause, stop); }
        catch (Exception e) when (Db.DiskIsFull(e))
        {
            log.LogError(e, "Job {Kind} {AccountId}/{Id} waits: a disk is full", claimed.Kind, claimed.AccountId, claimed.Id);
            await run.Postpone(NoRoom, UntilThereIsRoom, stop);
        }
        catch (Exception e) { await Failed(run, claimed, e, stop); }
        finally
        {
            await ended.CancelAsync();
            await alive;
        }
    }

    private async Task Failed(JobRun run, ClaimedJob claimed, Exception e, CancellationToken stop)
    {
        log.LogError(e, "Job {Kind} {AccountId}/{Id} failed at attempt {Attempt}", claimed.Kind, claimed.AccountId, claimed.Id, claimed.Attempts);
        if (claimed.Attempts >= MaxAttempts) await run.Finish("failed", e.Message, null, stop);
        else await run.Retry(e.Message, TimeSpan.FromSeconds(Math.Pow(3, claimed.Attempts)), stop);
    }

    /// <summary>Renews the lease every third of it; when it is lost, the run is cancelled.</summary>
    private static async Task KeepAlive(JobRun run, CancellationTokenSource ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(JobRun.Lease / 3, ended.Token);
                if (!await run.Extend(ended.Token)) await ended.CancelAsync();
            }
        }
        catch (OperationCanceledException) { }
    }

    private sealed record OpenJob(long AccountId, long Id);
}
