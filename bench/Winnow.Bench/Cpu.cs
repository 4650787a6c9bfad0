using System.Diagnostics;
using System.Globalization;

namespace Winnow.Bench;

/// <summary>Processor time of the product and of its database server together, where that runs on this machine.</summary>
public static class Cpu
{
    private const double TicksPerSecond = 100;             // USER_HZ of Linux

    /// <summary>Seconds by the clock and seconds of processor time that the work took.</summary>
    public static async Task<(double Wall, double Cpu)> Of(Place place, Func<Task> work)
    {
        var server = place.Kind == "postgres" ? await place.Scalar<int>("select pg_backend_pid()") : 0;
        var postmaster = server == 0 ? 0 : Stat(server).Parent;
        var (before, start) = (Used(postmaster), Stopwatch.GetTimestamp());
        await work();
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, Used(postmaster) - before);
    }

    private static double Used(int postmaster) => Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds + (postmaster == 0 ? 0
        : Directory.GetDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var pid) ? Stat(pid) : default)
            .Where(p => p.Parent == postmaster).Sum(p => p.Ticks) / TicksPerSecond);

    /// <summary>proc(5): the fields after the name in parentheses are state, parent, … and utime and stime as the 12th and 13th.</summary>
    private static (int Parent, long Ticks) Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return default;
        }
    }
}
