using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Winnow.Jobs;

/// <summary>Work that comes back: what, and how long to wait between the end of one run and the start of the next.</summary>
public sealed record RecurringWork(string Name, TimeSpan Every, Func<CancellationToken, Task> Run);

/// <summary>Runs the recurring work of Schedule.cs, each entry on its own loop. One that fails is logged and tried again.</summary>
public sealed class Recurring(IEnumerable<RecurringWork> schedule, TimeProvider clock, ILogger<Recurring> log) : BackgroundService
{
    /// <summary>Runs every entry once, in order; tests call it.</summary>
    public async Task RunAllOnce(CancellationToken stop = default)
    {
        foreach (var work in schedule) await work.Run(stop);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(schedule.Select(work => Loop(work, stoppingToken)));

    private async Task Loop(RecurringWork work, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await work.Run(stop);
                await Task.Delay(work.Every, clock, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested) { }
            catch (Exception e)
            {
                log.LogError(e, "{Work} failed; trying again in a minute", work.Name);
                await Task.Delay(TimeSpan.FromMinutes(1), clock, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }
}
