using OpenTelemetry;
using OpenTelemetry.Metrics;
using Winnow.Data;
using Winnow.Vitals;

namespace Winnow.Server.Vitals;

/// <summary>The figures of this process (requests by route and status, errors of the database), collected by OpenTelemetry, and those of the whole
/// installation (jobs, mails, inbox), read from its database when someone asks.</summary>
public sealed class Metrics : IDisposable
{
    private readonly VitalSigns signs;
    private readonly SemaphoreSlim oneReader = new(1);
    private readonly PrometheusText text = new();
    private readonly BaseExportingMetricReader reader;
    private readonly MeterProvider provider;

    /// <summary>Begins to collect.</summary>
    public Metrics(VitalSigns signs)
    {
        this.signs = signs;
        reader = new(text);
        provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("Microsoft.AspNetCore.Hosting", Db.Meter)
            .AddView("http.server.request.duration", new ExplicitBucketHistogramConfiguration
            {
                Boundaries = [0.01, 0.05, 0.25, 1, 5],
                TagKeys = ["http.route", "http.request.method", "http.response.status_code"],
            })
            .AddView("http.server.active_requests", new MetricStreamConfiguration { TagKeys = [] })
            .AddReader(reader).Build();
    }

    /// <summary>All figures in Prometheus' text format.</summary>
    public async Task<string> Read(CancellationToken stop)
    {
        var (now, mails) = (await signs.Read(stop), await signs.Mails(stop));
        await oneReader.WaitAsync(stop);
        try
        {
            reader.Collect();
            text.Gauge("winnow_jobs_open", "Jobs that have not ended.", now.JobsOpen);
            text.Gauge("winnow_jobs_running", "Jobs that a living process has.", now.JobsRunning);
            text.Gauge("winnow_jobs_failed", "Jobs that failed within the last day.", now.JobsFailed);
            text.Gauge("winnow_jobs_waiting_seconds", "How long the first job that could run has been waiting.", now.WaitingSince is { } since ? (now.At - since).TotalSeconds : 0);
            text.Gauge("winnow_inbox", "Reports that came in and are not judged yet.", now.Inbox);
            text.Gauge("winnow_mails", "Recipients of all e-mails by what became of them.", "outcome", mails.Select(m => (m.Outcome, m.Count)));
            return text.Take();
        }
        finally { oneReader.Release(); }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        provider.Dispose();
        oneReader.Dispose();
    }
}
