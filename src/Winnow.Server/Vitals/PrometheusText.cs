using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Winnow.Server.Vitals;

/// <summary>Figures in Prometheus' text format 0.0.4: those that OpenTelemetry collects in this process, and single ones.</summary>
public sealed class PrometheusText : BaseExporter<Metric>
{
    /// <summary>The format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private StringBuilder text = new();

    /// <summary>What was written since the last time, and an empty sheet.</summary>
    public string Take()
    {
        var taken = text.ToString();
        text = new();
        return taken;
    }

    /// <summary>Writes one gauge with a value for each label.</summary>
    public void Gauge(string name, string help, string label, IEnumerable<(string Label, long Value)> values)
    {
        Head(name, "gauge", help);
        foreach (var (of, value) in values) Line(name, [new(label, of)], value);
    }

    /// <summary>Writes one gauge.</summary>
    public void Gauge(string name, string help, double value)
    {
        Head(name, "gauge", help);
        Line(name, [], value);
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var metric in batch) Write(metric);
        return ExportResult.Success;
    }

    private void Write(Metric metric)
    {
        var name = Named(metric);
        Head(name, metric.MetricType == MetricType.Histogram ? "histogram" : metric.MetricType.IsSum() ? "counter" : "gauge", metric.Description);
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var tags = new List<KeyValuePair<string, object?>>();
            foreach (var tag in point.Tags) tags.Add(tag);
            if (metric.MetricType == MetricType.Histogram) Histogram(name, tags, point);
            else Line(name, tags, Value(metric.MetricType, point));
        }
    }

    private void Histogram(string name, List<KeyValuePair<string, object?>> tags, in MetricPoint point)
    {
        var below = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            below += bucket.BucketCount;
            Line(name + "_bucket", [.. tags, new("le", double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound))], below);
        }
        Line(name + "_sum", tags, point.GetHistogramSum());
        Line(name + "_count", tags, point.GetHistogramCount());
    }

    private static double Value(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        _ => point.GetGaugeLastValueDouble(),
    };

    // http.server.request.duration in s is http_server_request_duration_seconds; a counter ends in _total.
    private static string Named(Metric metric) => Word(metric.Name) + (metric.Unit == "s" ? "_seconds" : "")
        + (metric.MetricType is MetricType.LongSum or MetricType.DoubleSum ? "_total" : "");

    private void Head(string name, string type, string? help)
    {
        if (!string.IsNullOrEmpty(help)) text.Append("# HELP ").Append(name).Append(' ').Append(help.ReplaceLineEndings(" ")).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private void Line(string name, IReadOnlyList<KeyValuePair<string, object?>> tags, double value)
    {
        text.Append(name);
        for (var i = 0; i < tags.Count; i++)
            text.Append(i == 0 ? '{' : ',').Append(Word(tags[i].Key)).Append("=\"").Append(Escaped(Convert.ToString(tags[i].Value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        text.Append(tags.Count == 0 ? " " : "} ").Append(Number(value)).Append('\n');
    }

    private static string Word(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escaped(string value) => value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
