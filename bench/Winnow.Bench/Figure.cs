using System.Diagnostics;
using System.Globalization;

namespace Winnow.Bench;

/// <summary>One measured promise.</summary>
/// <param name="Value">What the product did, and <paramref name="Limit"/> what the named limit did in the same run, in <paramref name="Unit"/>.</param>
/// <param name="Ratio">The two compared; <paramref name="Reach"/> is the bar: a rate must reach it, a time must stay under it.</param>
public sealed record Figure(string Name, double Value, double Limit, string Unit, double Ratio, double Reach, bool AtMost)
{
    /// <summary>Whether the promise holds.</summary>
    public bool Held => AtMost ? Ratio <= Reach : Ratio >= Reach;

    /// <summary>A rate (more is better) that must reach a share of the limit's.</summary>
    public static Figure Rate(string name, double value, double limit, string unit, double reach) => new(name, value, limit, unit, value / limit, reach, false);

    /// <summary>A time (less is better) that may be at most a multiple of the limit's.</summary>
    public static Figure Time(string name, double value, double limit, string unit, double reach) => new(name, value, limit, unit, value / limit, reach, true);

    /// <summary>A time with a bar of its own.</summary>
    public static Figure Within(string name, double value, double bar, string unit) => new(name, value, bar, unit, value / bar, 1, true);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}\t{Value:0.###} {Unit}\t{Limit:0.###} {Unit}\t{Ratio:0.###}\t{(AtMost ? "<=" : ">=")} {Reach:0.###}\t{(Held ? "held" : "short")}");

    /// <summary>Seconds that the work took.</summary>
    public static async Task<double> Seconds(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Seconds that the work took, and the most memory of this process meanwhile, in bytes, mapped files included.</summary>
    public static async Task<(double Seconds, long Memory)> Watched(Func<Task> work)
    {
        using var ended = new CancellationTokenSource();
        var watched = Watch(ended.Token);
        var seconds = await Seconds(work);
        await ended.CancelAsync();
        return (seconds, await watched);
    }

    /// <summary>The middle one; rounds are interleaved, so that a slow moment of the machine hits both sides.</summary>
    public static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    private static async Task<long> Watch(CancellationToken ended)
    {
        var most = 0L;
        while (!ended.IsCancellationRequested)
        {
            most = Math.Max(most, Environment.WorkingSet);
            try { await Task.Delay(50, ended); }
            catch (OperationCanceledException) { }
        }
        return most;
    }
}
